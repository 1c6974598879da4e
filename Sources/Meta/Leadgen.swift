import Storage

/// What one call of Facebook's webhook says: that people have sent lead forms. The answers
/// themselves are not in it.
package struct Leadgen: Sendable, Equatable {
    package var changes: [Change] = []
    /// Whether it names fields without their values: something came, and nobody says what.
    package var isIncomplete = false

    /// One form that was sent.
    package struct Change: Sendable, Equatable {
        package let id: String
        package let form: String?
        package let page: String?
        package let sentAt: Instant?
        /// As it came, with the numbers that some ids are.
        package let raw: JSON
    }

    /// - Returns: Nil for what is no notice about pages.
    package init?(_ json: JSON) {
        guard let entries = json["entry"]?.array, json["object"]?.string == "page" else {
            return nil
        }
        for entry in entries {
            if let names = entry["changed_fields"]?.array, names.contains("leadgen") {
                isIncomplete = true
            }
            for change in entry["changes"]?.array ?? [] where change["field"] == "leadgen" {
                guard let value = change["value"], let made = Change(value, of: entry) else {
                    isIncomplete = true
                    continue
                }
                changes.append(made)
            }
        }
    }
}

extension Leadgen.Change {
    fileprivate init?(_ value: JSON, of entry: JSON) {
        guard let id = GraphID.read(value["leadgen_id"]) else { return nil }
        self.id = id
        form = GraphID.read(value["form_id"])
        page = GraphID.read(value["page_id"]) ?? GraphID.read(entry["id"])
        sentAt = GraphTime.read(value["created_time"])
        raw = value
    }
}

/// Ids at Facebook: of 15 to 17 digits, as text or as a number. Always text here.
package enum GraphID {
    private static let charactersMax = 100

    /// Nil when there is none: an organic lead's ad may also be 0.
    package static func read(_ json: JSON?) -> String? {
        switch json {
        case .integer(let number): number > 0 ? String(number) : nil
        case .string(let text): isID(text) && text != "0" ? text : nil
        default: nil
        }
    }

    /// It becomes a part of an address, so nothing else may be in it.
    package static func isID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= charactersMax
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...122).contains(byte | 32)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
    }
}

/// Moments at Facebook: seconds since 1970, or ISO 8601 without a colon in the offset.
package enum GraphTime {
    package static func read(_ json: JSON?) -> Instant? {
        switch json {
        case .integer(let seconds): moment(seconds)
        case .string(let text): Int64(text).flatMap(moment) ?? instant(text)
        default: nil
        }
    }

    private static let secondsMax: Int64 = 253_402_300_799

    private static func moment(_ seconds: Int64) -> Instant? {
        (1...secondsMax).contains(seconds) ? Instant(microseconds: seconds * 1_000_000) : nil
    }

    private static func instant(_ text: String) -> Instant? {
        if let instant = Instant(text) { return instant }
        guard text.utf8.count > 5, let sign = text.dropLast(4).last, sign == "+" || sign == "-"
        else { return nil }
        return Instant("\(text.dropLast(2)):\(text.suffix(2))")
    }
}

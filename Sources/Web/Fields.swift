import Storage

/// The members of a JSON object that has passed its schema: reading one cannot fail.
package struct Fields: Sendable {
    private let members: [String: JSON]

    package init(_ json: JSON) {
        members = json.object ?? [:]
    }

    /// The object itself, as it was sent.
    package var json: JSON { .object(members) }

    package func has(_ key: String) -> Bool { members[key] != nil }

    package subscript(key: String) -> JSON? { members[key] }

    package var keys: [String] { members.keys.sorted() }

    /// The text without white space around it; nil when absent, null or empty.
    package func text(_ key: String) -> String? {
        guard let text = members[key]?.string else { return nil }
        let trimmed = text.trimmed
        return trimmed.isEmpty ? nil : trimmed
    }

    package func integer(_ key: String) -> Int64? { members[key]?.integer }

    package func bool(_ key: String) -> Bool? {
        if case .bool(let bool) = members[key] { bool } else { nil }
    }

    package func instant(_ key: String) -> Instant? { members[key]?.string.flatMap(Instant.init) }

    package func day(_ key: String) -> Day? { members[key]?.string.flatMap(Day.init) }

    package func id<Noun>(_ key: String, of type: Noun.Type = Noun.self) -> ID<Noun>? {
        members[key]?.string.flatMap(ID<Noun>.init)
    }

    package func choice<Choice: RawRepresentable<String>>(
        _ key: String, of type: Choice.Type = Choice.self
    ) -> Choice? {
        members[key]?.string.flatMap(Choice.init)
    }

    package func texts(_ key: String) -> [String]? {
        members[key]?.array?.compactMap { $0.string?.trimmed }.filter { !$0.isEmpty }
    }

    package func ids<Noun>(_ key: String, of type: Noun.Type = Noun.self) -> [ID<Noun>] {
        members[key]?.array?.compactMap { $0.string.flatMap(ID<Noun>.init) } ?? []
    }

    package func fields(_ key: String) -> Fields? {
        members[key]?.object == nil ? nil : members[key].map(Fields.init)
    }

    package func list(_ key: String) -> [Fields]? { members[key]?.array?.map(Fields.init) }
}

extension String {
    /// Without white space and line ends at both ends.
    package var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}

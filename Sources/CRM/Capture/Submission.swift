import Storage
import Tenancy
import Web

/// What somebody typed into a web form, by field name.
struct Submission: Sendable {
    let fields: [(name: String, value: String)]

    private static let fieldsMax = 80
    private static let valueMax = 10_000
    /// What fields of other people's forms are called here.
    static let names = [
        "name": "contact_name", "full_name": "contact_name", "organisation": "company",
        "organization": "company", "message": "notes", "comments": "notes",
        "phone_number": "phone", "tel": "phone", "e-mail": "email", "mail": "email",
    ]
    private static let tracking = ["utm_", "gclid", "fbclid", "page", "referrer", "landing_page"]

    /// - Throws: `Problem.invalid` past the limits, `malformed` for JSON that is no object of
    ///   texts.
    init(_ body: [UInt8], contentType: String?) throws {
        let text = String(decoding: body, as: UTF8.self)
        try self.init(
            pairs: contentType?.hasPrefix("application/json") ?? false
                ? try Self.members(text) : Query(text).pairs)
    }

    /// - Throws: `Problem.invalid` past the limits.
    init(pairs: [(name: String, value: String)]) throws {
        guard pairs.count <= Self.fieldsMax else {
            throw Problem.invalid("form", "Send at most \(Self.fieldsMax) fields.")
        }
        for pair in pairs
        where pair.value.unicodeScalars.count > Self.valueMax || pair.value.utf8.contains(0)
            || pair.name.utf8.contains(0)
        {
            throw Problem.invalid(
                String(pair.name.prefix(100)),
                "Write at most \(Self.valueMax) characters, without NUL.")
        }
        fields = pairs.map { name, value in
            let key = String(name.lowercased().prefix(100))
            return (Self.names[key] ?? key, value.trimmed)
        }
    }

    private static func members(_ text: String) throws -> [(name: String, value: String)] {
        guard let members = try? JSON(parsing: text).object else {
            throw Problem.malformed("The body is not a JSON object.")
        }
        return try members.sorted { $0.key < $1.key }.flatMap { key, value in
            // Of what is chosen, several.
            guard let values = value.array else { return [(key, try Self.text(value, of: key))] }
            return try values.prefix(fieldsMax).map { (key, try Self.text($0, of: key)) }
        }
    }

    private static func text(_ value: JSON, of key: String) throws -> String {
        switch value {
        case .string(let text): return text
        case .null: return ""
        case .integer, .number, .bool: return value.text
        case .array, .object:
            throw Problem.invalid(String(key.prefix(100)), "Send text here.")
        }
    }

    /// From the journal.
    init(payload: String) throws {
        fields =
            try JSON(parsing: payload).array?.compactMap { pair in
                guard let sides = pair.array, sides.count == 2, let name = sides[0].string,
                    let value = sides[1].string
                else { return nil }
                return (name, value)
            } ?? []
    }

    /// For the journal: the pairs, in order.
    var payload: String {
        JSON.array(fields.map { .array([.string($0.name), .string($0.value)]) }).text
    }

    /// The same without what is of use for one request alone.
    func without(_ names: Set<String>) -> Submission {
        Submission(kept: fields.filter { !names.contains($0.name) })
    }

    private init(kept: [(name: String, value: String)]) {
        fields = kept
    }

    subscript(name: String) -> String? {
        fields.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// All that was chosen under a name.
    func all(_ name: String) -> [String] {
        fields.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
    }

    func text(_ name: String, max: Int) -> String? {
        self[name].map { String($0.unicodeScalars.prefix(max)) }
    }

    /// Where the sender came from, as far as the page told.
    var attribution: [String: JSON] {
        var found: [String: JSON] = [:]
        for field in fields where Self.isTracking(field.name) && !field.value.isEmpty {
            found[field.name] = .string(String(field.value.unicodeScalars.prefix(500)))
        }
        return found
    }

    static func isTracking(_ name: String) -> Bool {
        tracking.contains(where: name.hasPrefix)
    }

    /// Whether a name is of use to the form itself, so that no question can have it.
    static func isReserved(_ name: String) -> Bool {
        FormIntake.hidden.contains(name) || isTracking(name) || name == "f"
    }
}

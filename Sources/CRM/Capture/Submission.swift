import Storage
import Tenancy
import Web

/// What somebody typed into a web form, by field name.
struct Submission: Sendable {
    let fields: [(name: String, value: String)]

    private static let fieldsMax = 60
    private static let valueMax = 10_000
    private static let names = [
        "name": "contact_name", "full_name": "contact_name", "organisation": "company",
        "organization": "company", "message": "notes", "comments": "notes",
        "phone_number": "phone", "tel": "phone", "e-mail": "email", "mail": "email",
    ]
    private static let own: Set<String> = [
        "company", "contact_name", "email", "phone", "notes", "product", "territory", "campaign",
    ]
    private static let tracking = ["utm_", "gclid", "fbclid", "page", "referrer"]

    /// - Throws: `Problem.invalid` past the limits, `malformed` for JSON that is no object of
    ///   texts.
    init(_ body: [UInt8], contentType: String?) throws {
        let text = String(decoding: body, as: UTF8.self)
        let pairs =
            contentType?.hasPrefix("application/json") ?? false
            ? try Self.members(text) : Query(text).pairs
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
        return try members.sorted { $0.key < $1.key }.map { key, value in
            switch value {
            case .string(let text): return (key, text)
            case .null: return (key, "")
            case .integer, .number, .bool: return (key, value.text)
            case .array, .object:
                throw Problem.invalid(String(key.prefix(100)), "Send text here.")
            }
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

    subscript(name: String) -> String? {
        fields.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// The lead it asks to become.
    ///
    /// - Throws: `Problem.invalid` with every field that is wrong.
    func draft(for form: Form, of tenant: TenantProfile, besides hidden: Set<String>) throws
        -> LeadDraft
    {
        var draft = LeadDraft(source: form.source, currency: tenant.defaultCurrency)
        draft.company = text("company", max: 200)
        draft.contactName = text("contact_name", max: 200)
        draft.product = text("product", max: 120) ?? form.product
        draft.territory = text("territory", max: 120) ?? form.territory
        draft.campaign = text("campaign", max: 200) ?? text("utm_campaign", max: 200)
        draft.setPhone(text("phone", max: 60), region: tenant.defaultRegion)
        draft.attribution = .object(attribution)
        draft.notes = notes(besides: hidden)
        try draft.setEmail(self["email"])
        return try draft.checked()
    }

    private func text(_ name: String, max: Int) -> String? {
        self[name].map { String($0.unicodeScalars.prefix(max)) }
    }

    private var attribution: [String: JSON] {
        var found: [String: JSON] = [:]
        for field in fields where Self.tracking.contains(where: field.name.hasPrefix) {
            found[field.name] = .string(String(field.value.unicodeScalars.prefix(500)))
        }
        return found
    }

    /// The message, and below it whatever else the form asked.
    private func notes(besides hidden: Set<String>) -> String? {
        let others = fields.filter { field in
            !field.value.isEmpty && !Self.own.contains(field.name) && !hidden.contains(field.name)
                && !Self.tracking.contains(where: field.name.hasPrefix)
        }.map { "\(Faces.sourceLabel($0.name)): \($0.value)" }
        let lines = [self["notes"]].compactMap { $0 } + others
        return lines.isEmpty
            ? nil : String(lines.joined(separator: "\n").unicodeScalars.prefix(10_000))
    }
}

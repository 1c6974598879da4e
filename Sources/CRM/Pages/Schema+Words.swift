import Storage
import Web

/// Schemas for people: in words, and by example.
extension Schema {
    /// The type in words: `text, at most 200`, `list of Lead`, `integer 0–100 or null`.
    var words: String {
        switch self {
        case .text(let max, let hint): hint ?? "text, at most \(max)"
        case .choice(let choices): "one of \(choices.joined(separator: ", "))"
        case .integer(let range): Self.words(range)
        case .number: "number"
        case .boolean: "boolean"
        case .instant: "date-time"
        case .day: "date"
        case .id: "uuid"
        case .list(let element, _): "list of \(element.words)"
        case .object(let fields):
            // One page of a list is known by its rows.
            fields.first { $0.name == "data" }?.schema.words ?? "object"
        case .map(let schema): "object of \(schema.words)"
        case .any: "anything"
        case .named(let name, _): name
        case .optional(let schema): "\(schema.words) or null"
        }
    }

    private static func words(_ range: ClosedRange<Int64>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (Int64.min, Int64.max): "integer"
        case (let least, Int64.max): "integer, \(least) or more"
        case (let least, let most): "integer \(least)–\(most)"
        }
    }

    /// The fields of the object, or of the objects of the list, that this comes down to.
    var members: [Field] {
        switch self {
        case .object(let fields): fields
        case .named(_, let schema), .optional(let schema), .list(let schema, _): schema.members
        default: []
        }
    }

    /// A body that could be sent, of what must be there; where nothing must, of what comes first.
    var example: String {
        var writer = JSONWriter()
        writeExample(to: &writer, as: "")
        return writer.text
    }

    private static let fieldsWithoutRequired = 3

    private func writeExample(to writer: inout JSONWriter, as name: String) {
        switch self {
        case .text(let max, _): writer.string(String(Self.text(name).prefix(max)))
        case .choice(let choices): writer.string(choices.first ?? "")
        case .integer(let range): writer.integer(min(max(1, range.lowerBound), range.upperBound))
        case .number: writer.raw("1.5")
        case .boolean: writer.raw("true")
        case .instant: writer.string("2026-11-22T09:30:00Z")
        case .day: writer.string("2026-11-22")
        case .id: writer.string("01937b5e-7c1a-7000-8000-000000000001")
        case .list(let element, _):
            writer.array { $0.element { element.writeExample(to: &$0, as: name) } }
        case .object(let fields): Self.writeExample(of: fields, to: &writer)
        case .map, .any: writer.raw("{}")
        case .named(_, let schema), .optional(let schema):
            schema.writeExample(to: &writer, as: name)
        }
    }

    private static func writeExample(of fields: [Field], to writer: inout JSONWriter) {
        let required = fields.filter(\.isRequired)
        let shown = required.isEmpty ? Array(fields.prefix(fieldsWithoutRequired)) : required
        writer.object { body in
            for field in shown {
                body.member(field.name) { field.schema.writeExample(to: &$0, as: field.name) }
            }
        }
    }

    /// What a person would type there.
    private static func text(_ name: String) -> String {
        let known = [
            "company": "Cedar Dairy", "contact_name": "Rohan Fischer", "name": "Cedar Dairy",
            "email": "rohan@cedar.example", "phone": "+14155550123", "currency": "USD",
            "source": "web_form", "to": "demo_given", "password": "…", "tenant": "acme",
            "key": "industry", "label": "Industry", "refresh_token": "…",
        ]
        return known[name] ?? "…"
    }
}

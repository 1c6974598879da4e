/// The shape of a JSON value: it checks what comes in and describes itself in OpenAPI, so that
/// the document and the door cannot disagree.
package indirect enum Schema: Sendable {
    /// Text of at most `max` characters; `hint` is an OpenAPI format.
    case text(max: Int, hint: String? = nil)
    case choice([String])
    case integer(ClosedRange<Int64>)
    case number
    case boolean
    /// RFC 3339 with time zone.
    case instant
    /// `2026-11-22`
    case day
    /// UUID, 36 characters.
    case id
    case list(Schema, max: Int)
    case object([Field])
    /// Any keys, all of one shape.
    case map(Schema)
    case any
    /// A schema with a name in the document.
    case named(String, Schema)
    /// The value, or null.
    case optional(Schema)

    /// A member of an object.
    package struct Field: Sendable {
        package let name: String
        package let schema: Schema
        package let isRequired: Bool
        package let note: String?

        package init(
            _ name: String, _ schema: Schema, required: Bool = false, _ note: String? = nil
        ) {
            self.name = name
            self.schema = schema
            self.isRequired = required
            self.note = note
        }
    }

    /// The fields, when it is an object.
    package var fields: [Field] {
        switch self {
        case .object(let fields): fields
        case .named(_, let schema), .optional(let schema): schema.fields
        default: []
        }
    }

    /// One page of a list.
    package static func page(of schema: Schema) -> Schema {
        .object([
            Field("data", .list(schema, max: 1000), required: true),
            Field(
                "next", .optional(.text(max: 1000)), required: true,
                "The cursor of the next page; null on the last."),
        ])
    }
}

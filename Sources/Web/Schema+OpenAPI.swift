import Storage

extension Schema {
    /// JSON Schema 2020-12, as OpenAPI 3.1 wants it; named schemas become references.
    func document(into components: inout [String: JSON]) -> JSON {
        switch self {
        case .text(let max, let hint):
            var members: [String: JSON] = ["type": "string", "maxLength": .integer(Int64(max))]
            if let hint { members["format"] = .string(hint) }
            return .object(members)
        case .choice(let choices):
            return ["type": "string", "enum": .array(choices.map(JSON.string))]
        case .integer(let range):
            return [
                "type": "integer", "format": "int64",
                "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
            ]
        case .number: return ["type": "number"]
        case .boolean: return ["type": "boolean"]
        case .instant: return ["type": "string", "format": "date-time"]
        case .day: return ["type": "string", "format": "date"]
        case .id: return ["type": "string", "format": "uuid"]
        case .list(let element, let max):
            return [
                "type": "array", "items": element.document(into: &components),
                "maxItems": .integer(Int64(max)),
            ]
        case .map(let schema):
            return [
                "type": "object", "additionalProperties": schema.document(into: &components),
            ]
        case .any: return [:]
        case .object(let fields): return Self.object(fields, &components)
        case .optional(let schema):
            return ["anyOf": [schema.document(into: &components), ["type": "null"]]]
        case .named(let name, let schema):
            if components[name] == nil {
                components[name] = [:]
                components[name] = schema.document(into: &components)
            }
            return ["$ref": .string("#/components/schemas/\(name)")]
        }
    }

    private static func object(_ fields: [Field], _ components: inout [String: JSON]) -> JSON {
        var properties: [String: JSON] = [:]
        for field in fields {
            var document = field.schema.document(into: &components)
            if let note = field.note, case .object(var members) = document {
                members["description"] = .string(note)
                document = .object(members)
            }
            properties[field.name] = document
        }
        var members: [String: JSON] = [
            "type": "object", "properties": .object(properties), "additionalProperties": false,
        ]
        let required = fields.filter(\.isRequired).map { JSON.string($0.name) }
        if !required.isEmpty { members["required"] = .array(required) }
        return .object(members)
    }
}

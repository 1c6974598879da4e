import Storage
import Tenancy

extension Schema {
    /// Every fault of `value` against the schema, each under its field's path.
    package func faults(in value: JSON, at path: String = "") -> [Problem.Fault] {
        var faults: [Problem.Fault] = []
        check(value, path, &faults)
        return faults
    }

    private func check(_ value: JSON, _ path: String, _ faults: inout [Problem.Fault]) {
        switch self {
        case .named(_, let schema): schema.check(value, path, &faults)
        case .optional(let schema): if value != .null { schema.check(value, path, &faults) }
        case .any: break
        case .list(let element, let max): checkList(value, element, max, path, &faults)
        case .map(let schema): checkMap(value, schema, path, &faults)
        case .object(let fields): checkObject(value, fields, path, &faults)
        default: if let message = scalarFault(value) { faults.append(.init(path, message)) }
        }
    }

    private func scalarFault(_ value: JSON) -> String? {
        switch self {
        case .text(let max, _):
            guard let text = value.string else { return "Give text." }
            // In code points, as JSON Schema counts: a letter may bear any number of accents.
            if text.utf8.count > max, text.unicodeScalars.count > max {
                return "Give at most \(max) characters, not \(text.unicodeScalars.count)."
            }
            return text.utf8.contains(0) ? "Leave out the NUL character." : nil
        case .choice(let choices):
            guard let text = value.string, choices.contains(text) else {
                return "Give one of: \(choices.joined(separator: ", "))."
            }
            return nil
        case .integer(let range):
            guard let integer = value.integer else { return "Give a whole number." }
            return range.contains(integer)
                ? nil : "Give a number from \(range.lowerBound) to \(range.upperBound)."
        case .number:
            if case .number = value { return nil }
            return value.integer == nil ? "Give a number." : nil
        case .boolean:
            if case .bool = value { return nil }
            return "Give true or false."
        case .instant:
            return value.string.flatMap(Instant.init) == nil
                ? "Give a time like 2026-11-22T09:30:00Z." : nil
        case .day:
            return value.string.flatMap(Day.init) == nil ? "Give a day like 2026-11-22." : nil
        case .id:
            return value.string.flatMap(ID<Never>.init) == nil ? "Give an id (a UUID)." : nil
        case .list, .map, .object, .any, .named, .optional:
            return nil
        }
    }

    private func checkList(
        _ value: JSON, _ element: Schema, _ max: Int, _ path: String,
        _ faults: inout [Problem.Fault]
    ) {
        guard let values = value.array else {
            faults.append(.init(path, "Give a list."))
            return
        }
        if values.count > max { faults.append(.init(path, "Give at most \(max) of them.")) }
        for (index, value) in values.prefix(max).enumerated() where faults.count < 50 {
            element.check(value, "\(path)[\(index)]", &faults)
        }
    }

    private func checkMap(
        _ value: JSON, _ schema: Schema, _ path: String, _ faults: inout [Problem.Fault]
    ) {
        guard let members = value.object else {
            faults.append(.init(path, "Give an object."))
            return
        }
        if members.count > 200 { faults.append(.init(path, "Give at most 200 keys.")) }
        for (key, value) in members.sorted(by: { $0.key < $1.key }).prefix(200) {
            if key.count > 200 || key.utf8.contains(0) {
                faults.append(.init(path, "Give keys of at most 200 characters, without NUL."))
            }
            schema.check(value, Self.joined(path, key), &faults)
        }
    }

    private func checkObject(
        _ value: JSON, _ fields: [Field], _ path: String, _ faults: inout [Problem.Fault]
    ) {
        guard let members = value.object else {
            faults.append(.init(path.isEmpty ? "body" : path, "Give a JSON object."))
            return
        }
        for field in fields {
            let name = Self.joined(path, field.name)
            switch members[field.name] {
            case .some(let member): field.schema.check(member, name, &faults)
            case nil where field.isRequired: faults.append(.init(name, "This is required."))
            case nil: break
            }
        }
        let known = Set(fields.map(\.name))
        for key in members.keys.sorted() where !known.contains(key) && faults.count < 50 {
            let name = Self.joined(path, String(key.prefix(100)))
            faults.append(.init(name, "There is no such field here."))
        }
    }

    private static func joined(_ path: String, _ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }
}

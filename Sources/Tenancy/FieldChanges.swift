import Storage

/// Which fields a change gave other values: the `before` and `after` of an event.
package struct FieldChanges: Sendable, Equatable {
    private var changes: [Field] = []

    private struct Field: Sendable, Equatable {
        let field: String
        let before: JSON
        let after: JSON
    }

    package init() {}

    package var isEmpty: Bool { changes.isEmpty }
    package var fields: [String] { changes.map(\.field) }

    /// Keeps the field when its value changed.
    package mutating func note(_ field: String, _ before: JSON, _ after: JSON) {
        if before != after { changes.append(Field(field: field, before: before, after: after)) }
    }

    package mutating func note(_ field: String, _ before: String?, _ after: String?) {
        note(field, before.map(JSON.string) ?? .null, after.map(JSON.string) ?? .null)
    }

    package mutating func note<Noun>(_ field: String, _ before: ID<Noun>?, _ after: ID<Noun>?) {
        note(field, before?.description, after?.description)
    }

    /// Adds `"before": {…}, "after": {…}` to the object that is open.
    package func write(to writer: inout JSONWriter) {
        writer.member("before") { writer in
            writer.object { for change in changes { $0.member(change.field, change.before) } }
        }
        writer.member("after") { writer in
            writer.object { for change in changes { $0.member(change.field, change.after) } }
        }
    }
}

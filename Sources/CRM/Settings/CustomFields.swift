import Storage
import Tenancy

/// A field that a tenant has added to its leads.
package struct CustomField: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable, SQLConvertible {
        case text, number, date, boolean, choice
    }

    package let key: String
    package let label: String
    package let kind: Kind
    package let choices: [String]
    /// Seen only with the right to sensitive fields, and noted when it is.
    package let isSensitive: Bool

    package init(
        key: String, label: String, kind: Kind, choices: [String], isSensitive: Bool = false
    ) {
        self.key = key
        self.label = label
        self.kind = kind
        self.choices = choices
        self.isSensitive = isSensitive
    }

    /// The value as it is kept, or what is wrong with it.
    func checked(_ value: JSON) throws(CustomFieldFault) -> JSON {
        switch (kind, value) {
        case (_, .null): return .null
        case (.text, .string(let text)):
            if text.count <= 2000 { return value }
            throw CustomFieldFault(message: "Give at most 2000 characters.")
        case (.number, .integer), (.number, .number): return value
        case (.number, .string(let text)):
            if let number = Double(text) { return .number(number) }
            throw CustomFieldFault(message: "Give a number.")
        case (.date, .string(let text)):
            if let day = Day(text) { return .string(day.text) }
            throw CustomFieldFault(message: "Give a day like 2026-11-22.")
        case (.boolean, .bool): return value
        case (.boolean, .string(let text)):
            if ["true", "yes", "1"].contains(text.lowercased()) { return true }
            if ["false", "no", "0"].contains(text.lowercased()) { return false }
            throw CustomFieldFault(message: "Give true or false.")
        case (.choice, .string(let text)):
            if choices.contains(text) { return value }
            throw CustomFieldFault(message: "Give one of: \(choices.joined(separator: ", ")).")
        default:
            throw CustomFieldFault(message: "Give a \(kind.rawValue).")
        }
    }
}

/// What is wrong with a custom field's value.
struct CustomFieldFault: Error {
    let message: String
}

extension CustomField: RowDecodable {
    package init(row: inout Row) throws {
        key = try row.next()
        label = try row.next()
        kind = try row.next()
        choices = try JSON(parsing: row.next(String.self)).array?.compactMap(\.string) ?? []
        isSensitive = try row.next()
    }
}

/// A tenant's custom fields, in this transaction.
package struct CustomFields: Sendable {
    let scope: Scope

    static let max = 100

    package init(_ scope: Scope) {
        self.scope = scope
    }

    package func list() async throws -> [CustomField] {
        try await scope.tx.all(
            """
            SELECT key, label, type, choices, sensitive FROM custom_fields
            WHERE tenant_id = \(scope.tenant) ORDER BY position
            """)
    }

    /// Replaces the list. Values of a field that is gone stay on the leads, unseen.
    package func replace(with fields: [CustomField]) async throws -> [CustomField] {
        try scope.caller.must(.settingsEdit)
        guard Set(fields.map(\.key)).count == fields.count else {
            throw Problem.invalid("fields", "Give each field a key of its own.")
        }
        for field in fields where field.kind == .choice && field.choices.isEmpty {
            throw Problem.invalid("fields.\(field.key).choices", "Give at least one choice.")
        }
        try await scope.tx.execute(
            "DELETE FROM custom_fields WHERE tenant_id = \(scope.tenant)")
        for (position, field) in fields.enumerated() {
            let choices = JSON.array(field.choices.map(JSON.string)).text
            try await scope.tx.execute(
                """
                INSERT INTO custom_fields (tenant_id, key, label, type, choices, position,
                    sensitive)
                VALUES (\(scope.tenant), \(field.key), \(field.label), \(field.kind), \(choices),
                    \(position), \(field.isSensitive))
                """)
        }
        try await scope.record(
            Event("custom_fields.changed", nil) { body in
                body.member("keys", .array(fields.map { .string($0.key) }))
                let sensitive = fields.filter(\.isSensitive)
                body.member("sensitive", .array(sensitive.map { .string($0.key) }))
            })
        return fields
    }

    /// A lead's values, checked and brought to their kind.
    ///
    /// - Throws: `Problem.invalid` naming every field (`custom.industry`) that is wrong.
    package func checked(_ values: JSON) async throws -> JSON {
        guard let members = values.object, !members.isEmpty else { return [:] }
        return try Self.checked(members, try await list())
    }

    /// A lead's values with some of them changed; null takes one away.
    ///
    /// - Throws: As `checked`.
    func merged(_ given: JSON, into values: JSON) async throws -> JSON {
        let checked = try await checked(given).object ?? [:]
        var merged = values.object ?? [:]
        for key in given.object?.keys ?? [:].keys { merged[key] = checked[key] }
        return .object(merged)
    }

    static func checked(_ members: [String: JSON], _ fields: [CustomField]) throws -> JSON {
        var faults: [Problem.Fault] = []
        var kept: [String: JSON] = [:]
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            guard let field = fields.first(where: { $0.key == key }) else {
                faults.append(.init("custom.\(key)", "You have no such custom field."))
                continue
            }
            do {
                kept[key] = try field.checked(value)
            } catch {
                faults.append(.init("custom.\(key)", error.message))
            }
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        return .object(kept.filter { $0.value != .null })
    }
}

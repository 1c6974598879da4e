import Foundation
import Storage

/// Puts a row of a tenant into every table that the catalog knows, whatever it means: for rules
/// that hold for tables which are not thought of yet.
///
/// Each of a tenant's ids is the same one and each of its texts too, so every foreign key finds
/// its row, once the tables come in the order of their references.
struct Sowing {
    let tables: [String: TableSchema]

    func sow(_ tenant: UUID, in tx: any Transaction) async throws {
        for table in order { try await sow(tenant, table, in: tx) }
    }

    /// Tables after those that they refer to.
    private var order: [String] {
        var order: [String] = []
        func add(_ table: String, below: Set<String>) {
            guard !order.contains(table), !below.contains(table) else { return }
            let others = tables[table]?.references.map(\.table) ?? []
            for other in others.sorted() { add(other, below: below.union([table])) }
            order.append(table)
        }
        for table in tables.keys.sorted() { add(table, below: []) }
        return order
    }

    /// With all its columns, else with those alone that may not be null, else with one more: one
    /// of these meets every check so far.
    private func sow(_ tenant: UUID, _ table: String, in tx: any Transaction) async throws {
        let schema = tables[table] ?? TableSchema()
        let needed = schema.columns.filter { !$0.isNullable }.map(\.name)
        let others = schema.columns.filter(\.isNullable).map(\.name)
        let choices = [needed + others, needed] + others.map { needed + [$0] }
        for (number, names) in choices.enumerated() {
            let columns = schema.columns.filter { names.contains($0.name) }
            do {
                try await tx.attempt { try await insert(tenant, table, columns, in: tx) }
                return
            } catch StorageError.check where number + 1 < choices.count {
                continue
            }
        }
    }

    private func insert(
        _ tenant: UUID, _ table: String, _ columns: [ColumnSchema], in tx: any Transaction
    ) async throws {
        let own = columns.filter { $0.type != "xid8" }
        let names = own.map { "\"\($0.name)\"" }.joined(separator: ", ")
        // A kept total may be there already, made by a trigger.
        let statement =
            SQL(stringLiteral: "INSERT INTO \(table) (\(names)) OVERRIDING SYSTEM VALUE")
            + .rows([own.map { value(tenant, table, $0) }]) + "ON CONFLICT DO NOTHING"
        try await tx.execute(statement)
    }

    private func value(_ tenant: UUID, _ table: String, _ column: ColumnSchema) -> SQLValue {
        switch column.type {
        case "uuid": .uuid(tenant)
        case "bytea": .bytes(Array(tenant.uuidString.utf8))
        case "text": .text(choice(table, column) ?? "x-\(tenant)")
        // Numbered by the engine elsewhere: a number for each tenant.
        case "bigint" where column.name == tables[table]?.key.first: .integer(Int64(tenant.uuid.15))
        default: .integer(1)
        }
    }

    /// The first text that a check allows.
    private func choice(_ table: String, _ column: ColumnSchema) -> String? {
        tables[table]?.checks.first { $0.columns == [column.name] }?.literals
            .first { $0.hasPrefix("'") }.map { String($0.dropFirst().dropLast()) }
    }
}

import Foundation
import Storage

/// SQLite's words where the engines differ.
struct SQLiteDialect: Dialect {
    func jsonText(_ column: SQL, key: String) -> SQL {
        "(\(column) ->> \(key))"
    }

    func contains(_ column: SQL, _ text: String) -> SQL {
        let literal =
            text
            .replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
        return "\(column) LIKE \("%\(literal)%") ESCAPE '\\'"
    }

    /// There is one writer.
    func locking(_ table: SQL) -> SQL { "" }

    var skipLocked: SQL { "" }

    /// Without statistics of a table an index is always preferred.
    var byIndexAlone: SQL? { nil }

    /// The machine's clock, which is that of all processes that share a file.
    var clock: SQL { "\(Instant.now)" }

    var feed: FeedOrder { Self.feed }

    private static let feed = FeedOrder(
        // tenant: the end of the whole feed.
        place: "0, seq", order: "seq", end: "SELECT 0, COALESCE(MAX(seq), 0) FROM events",
        after: { "seq > \($0.number)" })
}

struct SQLiteTransaction: Transaction {
    let connection: SQLiteConnection
    let dialect: any Dialect = SQLiteDialect()

    func each(_ sql: SQL, _ body: (inout Row) throws -> Void) async throws {
        try connection.prepared(sql).run(in: connection.handle) { statement in
            var row = Row(statement)
            try body(&row)
        }
    }

    func execute(_ sql: SQL) async throws -> Int {
        try connection.prepared(sql).run(in: connection.handle)
    }

    func executeAll(_ statements: [SQL]) async throws {
        for statement in statements { _ = try await execute(statement) }
    }

    /// There is one writer.
    func hold(_ id: UUID) async throws {}

    func attempt<Value>(_ body: () async throws -> Value) async throws -> Value {
        try connection.run("SAVEPOINT attempt")
        do {
            let value = try await body()
            try connection.run("RELEASE attempt")
            return value
        } catch {
            // Gone with the transaction when the disk is full.
            if connection.inTransaction {
                try connection.run("ROLLBACK TO attempt")
                try connection.run("RELEASE attempt")
            }
            throw error
        }
    }
}

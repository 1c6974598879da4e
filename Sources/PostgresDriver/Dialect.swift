import Foundation
import Storage

/// PostgreSQL's words where the engines differ.
struct PostgresDialect: Dialect {
    func jsonText(_ column: SQL, key: String) -> SQL {
        "(CAST(\(column) AS jsonb) ->> CAST(\(key) AS text))"
    }

    func contains(_ column: SQL, _ text: String) -> SQL {
        let literal =
            text
            .replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
        return "\(column) ILIKE \("%\(literal)%")"
    }

    func locking(_ table: SQL) -> SQL { "FOR UPDATE OF" + table }

    var skipLocked: SQL { "FOR UPDATE SKIP LOCKED" }

    /// What is off is used all the same where there is nothing else, and passes for so dear that
    /// it would be worth compiling.
    var byIndexAlone: SQL? {
        """
        SELECT set_config('enable_seqscan', 'off', true),
            set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true),
            set_config('enable_hashjoin', 'off', true),
            set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true)
        """
    }

    /// The transaction's moment: the same in all of its statements.
    var clock: SQL { "CAST(EXTRACT(EPOCH FROM now()) * 1000000 AS bigint)" }

    var feed: FeedOrder { Self.feed }

    private static let feed = FeedOrder(
        place: "CAST(CAST(xact AS text) AS bigint), seq", order: "xact, seq",
        end: "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint), 0",
        after: { "\(beyond($0)) AND xact < pg_snapshot_xmin(pg_current_snapshot())" },
        // Also what has become readable since it was looked for.
        heldBack: beyond)

    private static func beyond(_ place: FeedPlace) -> SQL {
        // There is no cast from a number to xid8.
        "(xact, seq) > (CAST(\(place.transaction) AS xid8), \(place.number))"
    }
}

/// A transaction on a connection that it holds until it ends.
struct PostgresTransaction: Transaction {
    let connection: PostgresConnection
    let dialect: any Dialect = PostgresDialect()

    func each(_ sql: SQL, _ body: (inout Row) throws -> Void) async throws {
        try await run(sql).each(body)
    }

    func execute(_ sql: SQL) async throws -> Int {
        try await run(sql).changes
    }

    func executeAll(_ statements: [SQL]) async throws {
        guard let last = statements.last else { return }
        for statement in statements.dropLast() {
            try await queue(statement.text, statement.values)
        }
        _ = try await run(last)
    }

    /// A conflict stays what it is, for the engine to run the operation again; everything else
    /// becomes what an operation can act on.
    private func run(_ sql: SQL) async throws -> PostgresResult {
        do {
            if connection.reactor.thread.isCurrent { return try await connection.run(sql) }
            // An operation that went elsewhere in between: into a task of its own, say.
            return try await connection.reactor.run { _ in try await connection.run(sql) }
        } catch let failure as PostgresFailure where !failure.isConflict && !failure.isLoss {
            throw failure.storageError
        }
    }

    /// Sends a statement with the next one that is waited for.
    private func queue(_ text: String, _ values: [SQLValue] = []) async throws {
        if connection.reactor.thread.isCurrent { return try connection.queue(text, values) }
        try await connection.reactor.run { _ in try connection.queue(text, values) }
    }

    /// Leaves with the next statement and is waited for by it.
    func hold(_ id: UUID) async throws {
        // The second half of a UUIDv7 is random.
        let key = withUnsafeBytes(of: id.uuid) {
            Int64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: Int64.self))
        }
        try await queue("SELECT pg_advisory_xact_lock(?)", [.integer(key)])
    }

    func attempt<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await queue("SAVEPOINT attempt")
        do {
            let value = try await body()
            try await queue("RELEASE attempt")
            return value
        } catch let failure as PostgresFailure {
            // The whole transaction is run again.
            throw failure
        } catch {
            try await queue("ROLLBACK TO attempt")
            try await queue("RELEASE attempt")
            throw error
        }
    }
}

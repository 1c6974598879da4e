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

    /// The transaction's moment: the same in all of its statements.
    var clock: SQL { "CAST(EXTRACT(EPOCH FROM now()) * 1000000 AS bigint)" }

    var feed: FeedOrder { Self.feed }

    private static let feed = FeedOrder(
        place: "CAST(CAST(xact AS text) AS bigint), seq", order: "xact, seq",
        end: "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint), 0",
        after: { "\(beyond($0)) AND xact < pg_snapshot_xmin(pg_current_snapshot())" },
        heldBack: { "\(beyond($0)) AND xact >= pg_snapshot_xmin(pg_current_snapshot())" })

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

    /// A conflict stays what it is, for the engine to run the operation again; everything else
    /// becomes what an operation can act on.
    private func run(_ sql: SQL) async throws -> PostgresResult {
        do {
            return try await connection.run(sql)
        } catch let failure as PostgresFailure where !failure.isConflict && !failure.isLoss {
            throw failure.storageError
        }
    }

    /// Leaves with the next statement and is waited for by it.
    func hold(_ id: UUID) async throws {
        // The second half of a UUIDv7 is random.
        let key = withUnsafeBytes(of: id.uuid) {
            Int64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: Int64.self))
        }
        try connection.queue("SELECT pg_advisory_xact_lock(?)", [.integer(key)])
    }

    func attempt<Value>(_ body: () async throws -> Value) async throws -> Value {
        try connection.queue("SAVEPOINT attempt")
        do {
            let value = try await body()
            try connection.queue("RELEASE attempt")
            return value
        } catch let failure as PostgresFailure {
            // The whole transaction is run again.
            throw failure
        } catch {
            try connection.queue("ROLLBACK TO attempt")
            try connection.queue("RELEASE attempt")
            throw error
        }
    }
}

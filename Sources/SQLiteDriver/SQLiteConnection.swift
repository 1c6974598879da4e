import GRDBSQLite
import Storage

/// One open connection with its prepared statements.
///
/// GRDB opens, configures and closes it; statements run on its handle through SQLite's own
/// interface, because a GRDB access costs more than a short statement does (docs/decisions/0002).
///
/// `@unchecked`: a connection is held by one task at a time, by the pool or by the writer.
final class SQLiteConnection: @unchecked Sendable {
    private let connection: Handle
    var handle: OpaquePointer { connection.pointer }
    private var statements: [String: Statement] = [:]
    private(set) var statementsRun = 0

    /// Prepared statements kept per connection; past that all are dropped and made again.
    private static let statementsMax = 400

    init(path: String, readOnly: Bool, cacheKilobytes: Int) throws {
        connection = try Handle(path: path, readOnly: readOnly)
        removeHooks()
        // Durable means on the disk: FULL, made cheap by group commit.
        try run("PRAGMA synchronous = FULL")
        try run("PRAGMA temp_store = MEMORY")
        try run("PRAGMA cache_size = -\(cacheKilobytes)")
        if !readOnly { try run("PRAGMA wal_autocheckpoint = 4000") }
    }

    func migrate(_ migrations: [Migration]) throws {
        try connection.migrate(migrations.map { ($0.name, $0.sql) })
        removeHooks()
    }

    /// GRDB observes transactions through hooks that must run on its own queues; ours run on
    /// the writer's thread and observe nothing.
    private func removeHooks() {
        _ = sqlite3_commit_hook(handle, nil, nil)
        _ = sqlite3_rollback_hook(handle, nil, nil)
        _ = sqlite3_update_hook(handle, nil, nil)
    }

    /// Runs constant text of this driver: pragmas and transaction control.
    func run(_ text: String) throws {
        try statement(text).run(in: handle)
    }

    /// Whether a transaction is open: SQLite ends it by itself after some errors.
    var inTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Rows that were inserted, changed or deleted on this connection since it was opened.
    var changes: Int64 { sqlite3_total_changes64(handle) }

    func prepared(_ sql: SQL) throws -> Statement { try prepared(sql.text, sql.values) }

    func prepared(_ text: String, _ values: [SQLValue]) throws -> Statement {
        statementsRun &+= 1
        let statement = try statement(text)
        try statement.bind(values, in: handle)
        return statement
    }

    private func statement(_ text: String) throws -> Statement {
        if let statement = statements[text] {
            // A statement that is still being stepped (a query inside a query's decoding)
            // must not be taken a second time.
            if !statement.isRunning { return statement }
            return try Statement(text, in: handle)
        }
        if statements.count >= Self.statementsMax { statements.removeAll() }
        let statement = try Statement(text, in: handle)
        statements[text] = statement
        return statement
    }

    func close() throws {
        statements.removeAll()
        try connection.close()
    }
}

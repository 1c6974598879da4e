import CSQLite
import GRDB
import GRDBSQLite

/// An open SQLite connection, as GRDB opens, configures, migrates and closes it.
///
/// Alone in its file: GRDB and Storage both have a `SQL`, a `Row` and a `Statement`.
struct Handle {
    private let queue: DatabaseQueue
    let pointer: OpaquePointer

    /// Seconds to wait for another process that holds the write lock.
    private static let lockSeconds = 10.0

    /// Before the first connection is opened. Without it, connections that read at the same time
    /// wait for each other at every allocation.
    private static let withoutCounting: Void = {
        _ = sqlite_count_no_memory()
    }()

    init(path: String, readOnly: Bool) throws {
        Self.withoutCounting
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(Self.lockSeconds)
        configuration.foreignKeysEnabled = true
        configuration.allowsUnsafeTransactions = true
        if !readOnly { configuration.journalMode = .wal }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        guard let pointer = queue.unsafeReentrantRead({ $0.sqliteConnection }) else {
            throw DatabaseError(resultCode: .SQLITE_CANTOPEN)
        }
        self.pointer = pointer
    }

    func migrate(_ migrations: [(name: String, sql: String)]) throws {
        var migrator = DatabaseMigrator()
        for migration in migrations {
            migrator.registerMigration(migration.name) { try $0.execute(sql: migration.sql) }
        }
        try migrator.migrate(queue)
    }

    func close() throws {
        try queue.close()
    }
}

import Foundation
import Logging
import Storage
import Synchronization

/// The embedded engine: one SQLite file in WAL mode, one writer, several readers.
package final class SQLiteEngine: Engine {
    private let writer: SQLiteWriter
    private let readers: ReaderPool
    private let watcher: CommitWatcher
    private let wakes: Wakes

    /// Opens (or makes) the file and brings its schema up to date.
    ///
    /// - Throws: `StorageError`, or GRDB's error when the file cannot be opened or migrated.
    package init(path: String, migrations: [Migration], log: Logger) throws {
        let connection = try SQLiteConnection(
            path: path, readOnly: false, cacheKilobytes: 16_384)
        try connection.refuseUnfinishedMove()
        try connection.migrate(migrations)
        let wakes = Wakes()
        self.wakes = wakes
        writer = SQLiteWriter(connection: connection, log: log, committed: wakes.all)
        readers = ReaderPool {
            try SQLiteConnection(path: path, readOnly: true, cacheKilobytes: 8192)
        }
        watcher = CommitWatcher(
            connection: try SQLiteConnection(path: path, readOnly: true, cacheKilobytes: 64),
            changed: wakes.all)
        watcher.start()
    }

    package func read<Value: Sendable>(
        _ extent: Extent, from copy: Copy,
        _ body: @Sendable (any Transaction) async throws -> Value
    ) async throws -> Value {
        try await readers.read(body)
    }

    package func write<Value: Sendable>(
        _ extent: Extent, _ isolation: Isolation,
        _ body: @escaping @Sendable (any Transaction) async throws -> Value
    ) async throws -> Value {
        try await writer.write(body)
    }

    package func onCommit(_ wake: @escaping @Sendable () -> Void) {
        wakes.add(wake)
    }

    package var statementsRun: Int { readers.statementsRun }

    package func close() async throws {
        watcher.stop()
        readers.close()
        try await writer.close()
    }
}

/// Who is woken after a commit.
private final class Wakes: Sendable {
    private let list = Mutex<[@Sendable () -> Void]>([])

    func add(_ wake: @escaping @Sendable () -> Void) {
        list.withLock { $0.append(wake) }
    }

    @Sendable func all() {
        for wake in list.withLock({ $0 }) { wake() }
    }
}

/// Notices the commits of other processes (an import from the command line beside a server).
///
/// SQLite has no notification between processes; its `data_version` is a counter in shared
/// memory that costs two microseconds to look at.
private final class CommitWatcher: Sendable {
    private let connection: SQLiteConnection
    private let changed: @Sendable () -> Void
    private let task = Mutex<Task<Void, Never>?>(nil)

    private static let interval = Duration.milliseconds(400)

    init(connection: SQLiteConnection, changed: @escaping @Sendable () -> Void) {
        self.connection = connection
        self.changed = changed
    }

    func start() {
        task.withLock {
            $0 = Task { [connection, changed] in
                let transaction = SQLiteTransaction(connection: connection)
                var seen: Int64 = 0
                while !Task.isCancelled {
                    let version: Int64? = try? await transaction.value("PRAGMA data_version")
                    if let version, version != seen {
                        seen = version
                        changed()
                    }
                    try? await Task.sleep(for: Self.interval)
                }
                try? connection.close()
            }
        }
    }

    func stop() {
        task.withLock { $0?.cancel() }
    }
}

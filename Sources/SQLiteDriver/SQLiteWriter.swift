import Logging
import Storage

/// The one writer of a SQLite file, with group commit.
///
/// Operations that wait at the same time share a transaction: one that throws is undone alone,
/// and one `fsync` makes all the others durable. That is what makes `synchronous = FULL` as
/// fast as NORMAL (docs/benchmarks.md).
actor SQLiteWriter {
    private nonisolated let thread = WriterThread()
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private let connection: SQLiteConnection
    private let committed: @Sendable () -> Void
    private let log: Logger
    private var waiting: [Operation] = []
    private var draining = false

    /// Operations that may wait; one more is refused with `StorageError.busy`.
    private static let waitingMax = 10_000
    /// Operations that share a transaction: bounds how long the first of them waits.
    private static let groupMax = 512

    /// An operation and whoever waits for it.
    private struct Operation: Sendable {
        /// Runs the operation and returns how to tell its caller, once the group's fate is known.
        let run: @Sendable (any Transaction) async throws -> @Sendable () -> Void
        let fail: @Sendable (any Error) -> Void
    }

    init(connection: SQLiteConnection, log: Logger, committed: @escaping @Sendable () -> Void) {
        self.connection = connection
        self.log = log
        self.committed = committed
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) async throws -> Value
    ) async throws -> Value {
        guard waiting.count < Self.waitingMax else { throw StorageError.busy }
        return try await withCheckedThrowingContinuation { caller in
            waiting.append(
                Operation(
                    run: { transaction in
                        let value = try await body(transaction)
                        return { caller.resume(returning: value) }
                    },
                    fail: { caller.resume(throwing: $0) }))
            if !draining {
                draining = true
                Task { await drain() }
            }
        }
    }

    private func drain() async {
        while !waiting.isEmpty {
            let group = Array(waiting.prefix(Self.groupMax))
            waiting.removeFirst(group.count)
            await commit(group)
        }
        draining = false
    }

    /// Commits a group; every operation of it is answered exactly once.
    ///
    /// A savepoint keeps a copy of each page that is changed under it, and a created lead
    /// changes fifteen. So a group runs without any first. Should an operation fail that has
    /// written already, the group is undone and runs again, each operation in a savepoint
    /// (docs/decisions/0011).
    private func commit(_ group: [Operation]) async {
        if await commit(group, apart: false) { return }
        _ = await commit(group, apart: true)
    }

    /// What became of an operation inside the group's transaction.
    private enum Fate {
        case done(@Sendable () -> Void)
        case failed(any Error)
        /// It failed, and what it wrote cannot be undone alone.
        case spoiled
    }

    /// Returns false when the group is spoiled: nothing was kept and nobody was answered.
    private func commit(_ group: [Operation], apart: Bool) async -> Bool {
        var fates: [(operation: Operation, fate: Fate)] = []
        do {
            try connection.run("BEGIN IMMEDIATE")
            for operation in group {
                let fate = apart ? try await attempt(operation) : try await run(operation)
                if case .spoiled = fate {
                    try connection.run("ROLLBACK")
                    return false
                }
                fates.append((operation, fate))
            }
            try connection.run("COMMIT")
        } catch {
            if connection.inTransaction { try? connection.run("ROLLBACK") }
            log.error("A group of writes was not committed", metadata: ["error": "\(error)"])
            for (operation, fate) in fates {
                if case .failed(let own) = fate {
                    operation.fail(own)
                } else {
                    operation.fail(error)
                }
            }
            for operation in group.dropFirst(fates.count) { operation.fail(error) }
            return true
        }
        tell(fates)
        return true
    }

    private func tell(_ fates: [(operation: Operation, fate: Fate)]) {
        var kept = false
        for (operation, fate) in fates {
            switch fate {
            case .done(let answer):
                kept = true
                answer()
            case .failed(let error): operation.fail(error)
            case .spoiled: break
            }
        }
        if kept { committed() }
    }

    /// Runs an operation as it is. One that fails before it has written has nothing to undo.
    ///
    /// - Throws: What ended the whole transaction: SQLite gives up more than a statement when
    ///   the disk is full or fails.
    private func run(_ operation: Operation) async throws -> Fate {
        let before = connection.changes
        do {
            return .done(try await operation.run(SQLiteTransaction(connection: connection)))
        } catch {
            guard connection.inTransaction else { throw error }
            return connection.changes == before ? .failed(error) : .spoiled
        }
    }

    /// Runs an operation in a savepoint of its own.
    ///
    /// - Throws: As `run`.
    private func attempt(_ operation: Operation) async throws -> Fate {
        do {
            try connection.run("SAVEPOINT operation")
            let answer = try await operation.run(SQLiteTransaction(connection: connection))
            try connection.run("RELEASE operation")
            return .done(answer)
        } catch {
            guard connection.inTransaction else { throw error }
            try connection.run("ROLLBACK TO operation")
            try connection.run("RELEASE operation")
            return .failed(error)
        }
    }

    func close() throws {
        try connection.close()
        thread.stop()
    }

    var statementsRun: Int { connection.statementsRun }
}

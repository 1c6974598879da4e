import Logging
import Storage

/// The one writer of a SQLite file, with group commit.
///
/// Operations that wait at the same time share a transaction, each inside a savepoint of its
/// own: one that throws is undone alone, and one `fsync` makes all the others durable. That
/// is what makes `synchronous = FULL` as fast as NORMAL (docs/benchmarks.md).
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

    /// Commits a group. Every operation of it is answered exactly once: as it failed by
    /// itself, or all that remain with the error that ended the transaction.
    private func commit(_ group: [Operation]) async {
        var open = group[...]
        var done: [(operation: Operation, answer: @Sendable () -> Void)] = []
        do {
            try connection.run("BEGIN IMMEDIATE")
            while let operation = open.popFirst() {
                if let answer = try await attempt(operation) { done.append((operation, answer)) }
            }
            try connection.run("COMMIT")
        } catch {
            if connection.inTransaction { try? connection.run("ROLLBACK") }
            log.error("A group of writes was not committed", metadata: ["error": "\(error)"])
            for (operation, _) in done { operation.fail(error) }
            for operation in open { operation.fail(error) }
            return
        }
        for (_, answer) in done { answer() }
        if !done.isEmpty { committed() }
    }

    /// Runs one operation in its savepoint. Nil when it failed and its caller was told.
    ///
    /// - Throws: What ended the whole transaction: SQLite gives up more than the savepoint
    ///   when the disk is full or fails. The operation's caller was told then, too.
    private func attempt(_ operation: Operation) async throws -> (@Sendable () -> Void)? {
        do {
            try connection.run("SAVEPOINT operation")
            let answer = try await operation.run(SQLiteTransaction(connection: connection))
            try connection.run("RELEASE operation")
            return answer
        } catch {
            operation.fail(error)
            guard connection.inTransaction else { throw error }
            try connection.run("ROLLBACK TO operation")
            try connection.run("RELEASE operation")
            return nil
        }
    }

    func close() throws {
        try connection.close()
        thread.stop()
    }

    var statementsRun: Int { connection.statementsRun }
}

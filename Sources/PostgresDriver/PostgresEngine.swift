import Foundation
import Logging
import Storage
import Synchronization

/// PostgreSQL 15 or later, shared by as many processes as there are.
package final class PostgresEngine: Engine {
    private let pool: ConnectionPool
    private let channel: CommitChannel
    private let replica: Replica?
    private let reactors: [Reactor]

    /// Times an operation is run when others are in its way, and when its connections are lost:
    /// a server that restarts takes them all at once.
    private static let (conflictsMax, lossesMax) = (12, 5)

    /// Opens the database and brings its schema up to date.
    ///
    /// - Parameters:
    ///   - replica: A server that follows the first one, for lists and searches.
    ///   - connections: The most that this process opens at each of them, besides one that
    ///     listens and one that looks after the replica.
    ///   - patience: How long an operation waits for a connection before it is `busy`.
    ///   - tick: How often readers of commits are woken although nothing was told.
    /// - Throws: `PostgresFailure` when the server is away or refuses, or a migration fails.
    package init(
        _ address: PostgresAddress, replica: PostgresAddress? = nil, migrations: [Migration],
        connections: Int, log: Logger, patience: Duration = .seconds(5),
        tick: Duration = .seconds(1)
    ) async throws {
        try await PostgresMigrations(address).run(migrations)
        let cores = max(1, ProcessInfo.processInfo.activeProcessorCount)
        reactors = (1...min(cores, connections)).map { Reactor(name: "postgres-\($0)") }
        pool = ConnectionPool(
            address, size: connections, patience: patience, reactors: reactors, log: log)
        channel = CommitChannel(address, on: reactors[0], log: log)
        channel.start(tick: tick)
        self.replica = replica.map { [pool, reactors] in
            Replica($0, of: pool, size: connections, reactors: reactors, log: log)
        }
        self.replica?.start()
    }

    package func read<Value: Sendable>(
        _ extent: Extent, from copy: Copy,
        _ body: @Sendable (any Transaction) async throws -> Value
    ) async throws -> Value {
        @Sendable func snapshot(_ connection: PostgresConnection) async throws -> Value {
            try connection.begin(nil, extent)
            let value = try await body(PostgresTransaction(connection: connection))
            // Nothing hangs on its answer: the next transaction reads it.
            try connection.sync()
            return value
        }
        if copy == .replica, let value = try await replica?.read(snapshot) { return value }
        return try await again(snapshot)
    }

    package func write<Value: Sendable>(
        _ extent: Extent, _ isolation: Isolation,
        _ body: @escaping @Sendable (any Transaction) async throws -> Value
    ) async throws -> Value {
        let begin =
            switch isolation {
            case .serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE, READ WRITE"
            case .readCommitted: "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE"
            }
        do {
            let value = try await again { connection in
                try connection.begin(begin, extent)
                let value = try await body(PostgresTransaction(connection: connection))
                try await connection.commit()
                return value
            }
            channel.committed()
            return value
        } catch {
            // Readers of the feed wait for the end of every write, also of one that failed.
            channel.committed()
            throw error
        }
    }

    /// Runs a transaction on a connection, and again when others were in its way, or when the
    /// connection turned out to be dead before anything could have been committed.
    private func again<Value: Sendable>(
        _ transaction: @Sendable (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        var (conflicts, losses, uniques) = (0, 0, 0)
        while true {
            do {
                return try await pool.once(transaction)
            } catch let failure as PostgresFailure {
                if failure.isLoss { losses += 1 } else { conflicts += 1 }
                guard conflicts < Self.conflictsMax, losses < Self.lossesMax, failure.canRunAgain
                else { throw failure.storageError }
            } catch StorageError.unique(let name) {
                // Perhaps somebody else was first. Run again, the operation finds what they
                // wrote; and when it fails again, it does so by itself.
                uniques += 1
                guard uniques < 2 else { throw StorageError.unique(name) }
            }
            let tries = conflicts + losses
            if tries > 1 {
                let most = 1 << min(tries, 6)
                try await Task.sleep(for: .milliseconds(Int.random(in: 1...most)))
            }
        }
    }

    package func onCommit(_ wake: @escaping @Sendable () -> Void) {
        channel.add(wake)
    }

    package var statementsRun: Int { pool.statementsRun + (replica?.statementsRun ?? 0) }

    package var replicaStanding: ReplicaStanding? { replica?.standing }

    /// Waits for the operations that are running.
    package func close() async throws {
        await channel.stop()
        await replica?.close()
        await pool.close()
        for reactor in reactors { reactor.thread.stop() }
    }
}

extension ConnectionPool {
    /// Runs a transaction on a connection of the pool, and undoes it when it throws.
    func once<Value: Sendable>(
        _ transaction: @Sendable (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        let connection = try await take()
        let result: (value: Result<Value, any Error>, statements: Int) =
            try await connection.reactor.run { _ in
                let before = connection.statementsRun
                do {
                    let value = try await transaction(connection)
                    return (.success(value), connection.statementsRun - before)
                } catch {
                    connection.rollBack()
                    let error = connection.conflict ?? error
                    return (.failure(error), connection.statementsRun - before)
                }
            }
        await give(connection, statements: result.statements)
        return try result.value.get()
    }
}

extension PostgresConnection {
    /// Opens a transaction; it leaves with the first statement. Without a text it is the one that
    /// all statements up to the next sync make, as a connection begins them: a snapshot, to read.
    fileprivate func begin(_ text: String?, _ extent: Extent) throws {
        conflict = nil
        syncsEach = text != nil
        if let text { try queue(text) }
        let (tenant, everyone) =
            switch extent {
            case .tenant(let id): (id.uuidString, "")
            case .installation: ("", "on")
            }
        try queue(
            "SELECT set_config('iperform.tenant', ?, true), set_config('iperform.everyone', ?, true)",
            [.text(tenant), .text(everyone)])
    }

    /// - Throws: `PostgresFailure` when the transaction was not committed, or when the
    ///   connection was lost so that nobody knows.
    fileprivate func commit() async throws {
        // Lost before the COMMIT left, or met by a conflict: nothing was committed.
        if isBroken { throw PostgresFailure.lost }
        if let conflict { throw conflict }
        let result: PostgresResult
        do {
            result = try await command("COMMIT")
        } catch let failure as PostgresFailure where failure.isLoss {
            throw PostgresFailure(
                state: PostgresFailure.unresolved, message: failure.message, constraint: nil)
        }
        guard result.command == "COMMIT" else {
            throw PostgresFailure(
                state: "40000", message: "A failed statement was passed over.", constraint: nil)
        }
    }

    fileprivate func rollBack() {
        guard !isBroken else { return }
        if syncsEach { try? queue("ROLLBACK") }
        try? sync()
    }
}

extension PostgresFailure {
    /// Whether nothing can have been committed: not so when the connection was lost during COMMIT.
    fileprivate var canRunAgain: Bool { isConflict || (isLoss && state != Self.unresolved) }
}

import Foundation
import Logging
import Storage
import Synchronization

/// A second server that follows the first, for reads that take long (docs/decisions/0014).
///
/// A read first asks the primary how far it has written, and waits a moment until the replica has
/// come as far: it sees all that was committed when it began, by whichever process. What would
/// wait too long is the primary's to answer.
final class Replica: Sendable {
    private let address: PostgresAddress
    private let primary: ConnectionPool
    private let pool: ConnectionPool
    private let reactor: Reactor
    private let log: Logger
    private let state = Mutex(State())
    private let watching = Mutex<Task<Void, Never>?>(nil)

    private struct State {
        /// Whether it was where the primary was when it was looked at last.
        var isNear = false
        var lastNear = ContinuousClock.now
        /// Whether it was said that it is of no use.
        var isTold = false
        var reads = 0
    }

    /// How long a read waits for it, and for one of its connections.
    private static let (patience, connectionPatience) =
        (Duration.milliseconds(50), Duration.milliseconds(250))
    private static let (look, lookAgain) = (Duration.milliseconds(2), Duration.milliseconds(250))
    /// From then on that it is behind is worth a word.
    private static let lagMax = Duration.seconds(10)
    private static let rest = Duration.seconds(1)

    init(
        _ address: PostgresAddress, of primary: ConnectionPool, size: Int, reactors: [Reactor],
        log: Logger
    ) {
        self.address = address
        self.primary = primary
        // That it does not answer is said once, here.
        var quiet = log
        quiet.logLevel = .error
        pool = ConnectionPool(
            address, size: size, patience: Self.connectionPatience, reactors: reactors, log: quiet)
        reactor = reactors[0]
        self.log = log
    }

    /// Runs a transaction that must not write. Nil when the primary has to.
    func read<Value: Sendable>(
        _ transaction: @Sendable (PostgresConnection) async throws -> Value
    ) async throws -> Value? {
        guard state.withLock({ $0.isNear }) else { return nil }
        do {
            let position = try await written()
            let value: Value? = try await pool.once { connection in
                guard try await Self.comes(connection, to: position) else { return nil }
                return try await transaction(connection)
            }
            state.withLock { state in
                if value == nil { state.isNear = false } else { state.reads += 1 }
            }
            return value
        } catch is PostgresFailure {
            // Lost; or cancelled, because it was in the way of what the replica has to follow.
            return nil
        } catch StorageError.busy {
            return nil
        }
    }

    /// How far the primary has written: as bytes, what is committed being among them.
    private func written() async throws -> Int64 {
        try await primary.once { try await $0.number(Self.written) } ?? 0
    }

    /// Waits until what is written up to there can be seen, and not for long.
    private static func comes(
        _ connection: PostgresConnection, to position: Int64
    ) async throws -> Bool {
        let end = ContinuousClock.now + patience
        while true {
            if let seen = try await connection.number(replayed), seen >= position { return true }
            guard .now < end else { return false }
            try await Task.sleep(for: look)
        }
    }

    private static let written =
        "SELECT CAST(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0') AS bigint)"
    /// Null on a server that follows none.
    private static let replayed = """
        SELECT CASE WHEN pg_is_in_recovery()
            THEN CAST(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') AS bigint) END
        """
    private static let cluster = "SELECT system_identifier FROM pg_control_system()"

    // MARK: Whether it is of use

    func start() {
        watching.withLock { $0 = Task { await watch() } }
    }

    func close() async {
        let task = watching.withLock { $0 }
        task?.cancel()
        await task?.value
        await pool.close()
    }

    private func watch() async {
        while !Task.isCancelled {
            do {
                try await address.connected(on: reactor) { try await look(through: $0) }
            } catch is CancellationError {
                return
            } catch StorageError.busy {
                // It is the primary that does not answer.
                try? await Task.sleep(for: Self.rest)
            } catch {
                note(isNear: false, error)
                try? await Task.sleep(for: Self.rest)
            }
        }
    }

    /// Looks every now and then until the connection is lost.
    private func look(through connection: PostgresConnection) async throws {
        let cluster = try await reactor.run { _ in try await connection.number(Self.cluster) }
        let own = try await primary.once { try await $0.number(Self.cluster) }
        guard cluster == own else { throw NoReplica() }
        while true {
            let seen = try await reactor.run { _ in try await connection.number(Self.replayed) }
            guard let seen else { throw NoReplica() }
            // Without the primary nothing is known, and nothing read.
            if let position = try? await written() {
                let comes = try await reactor.run { _ in
                    try await Self.comes(connection, to: position)
                }
                // One that was ahead follows another since the primary was replaced.
                note(isNear: comes && seen <= position)
            }
            try await Task.sleep(for: Self.lookAgain)
        }
    }

    /// Says once that it is of no use, and once that it is again.
    private func note(isNear: Bool, _ error: (any Error)? = nil) {
        let (tellsTrouble, tellsReturn) = state.withLock { state in
            state.isNear = isNear
            if isNear { state.lastNear = .now }
            let isLate = error != nil || .now - state.lastNear > Self.lagMax
            defer { state.isTold = !isNear && (state.isTold || isLate) }
            return (!isNear && isLate && !state.isTold, isNear && state.isTold)
        }
        if tellsTrouble {
            log.warning(
                "The read replica is away or behind: its reads go to the primary",
                metadata: ["error": "\(error.map { "\($0)" } ?? "behind")"])
        }
        if tellsReturn { log.notice("The read replica is used again") }
    }

    var standing: ReplicaStanding {
        state.withLock { state in
            let lag = ContinuousClock.now - state.lastNear
            return ReplicaStanding(
                lagSeconds: state.isNear ? 0 : lag / .seconds(1), reads: state.reads)
        }
    }

    var statementsRun: Int { pool.statementsRun }
}

/// Why the server at the replica's address is not read.
private struct NoReplica: Error, CustomStringConvertible {
    var description: String { "The server there is no replica of this database." }
}

extension PostgresConnection {
    /// The one number that a statement of this driver finds.
    fileprivate func number(_ statement: String) async throws -> Int64? {
        var number: Int64?
        try await command(statement).each { row in number = try row.next(Int64?.self) }
        return number
    }
}

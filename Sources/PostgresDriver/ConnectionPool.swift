import Foundation
import Logging
import Storage
import Synchronization

/// The connections of this process, and who waits for one.
final class ConnectionPool: Sendable {
    private let address: PostgresAddress
    private let reactors: [Reactor]
    private let size: Int
    private let log: Logger
    private let state = Mutex(State())

    private struct State {
        var idle: [PostgresConnection] = []
        /// Open, or being opened.
        var opened = 0
        var isClosed = false
        var waiting: [Waiting] = []
        /// Connections that could not be opened in a row, and until when none is tried.
        var failures = 0
        var restUntil = ContinuousClock.now
        var statementsRun = 0
    }

    private struct Waiting {
        let deadline: ContinuousClock.Instant
        let caller: CheckedContinuation<PostgresConnection?, Never>
    }

    /// Who waits longer, or would stand further back, is told to come again.
    private static let patience = Duration.seconds(5)
    private static let waitingMax = 2_000
    private static let restMax = Duration.seconds(2)

    private enum Place {
        case connection(PostgresConnection)
        case openOne
        case wait
    }

    init(_ address: PostgresAddress, size: Int, reactors: [Reactor], log: Logger) {
        self.address = address
        self.size = size
        self.reactors = reactors
        self.log = log
    }

    /// - Throws: `StorageError.busy` when none comes free in time, or the server is away.
    func take() async throws -> PostgresConnection {
        while true {
            let (place, broken) = try place()
            for connection in broken { await discard(connection) }
            switch place {
            case .connection(let connection): return connection
            case .openOne: return try await open()
            case .wait:
                if let connection = try await wait() { return connection }
            }
        }
    }

    private func place() throws -> (Place, broken: [PostgresConnection]) {
        try state.withLock { state in
            var broken: [PostgresConnection] = []
            while let connection = state.idle.popLast() {
                if !connection.isBroken { return (.connection(connection), broken) }
                broken.append(connection)
                state.opened -= 1
            }
            guard !state.isClosed else { throw StorageError.busy }
            if state.opened < size {
                guard state.restUntil <= .now else { throw StorageError.busy }
                state.opened += 1
                return (.openOne, broken)
            }
            guard state.waiting.count < Self.waitingMax else { throw StorageError.busy }
            return (.wait, broken)
        }
    }

    private func open() async throws -> PostgresConnection {
        do {
            let opened = try await address.open()
            let reactor = reactors[state.withLock { $0.opened } % reactors.count]
            let connection = await reactor.adopt(opened)
            state.withLock { $0.failures = 0 }
            return connection
        } catch {
            let next = state.withLock { state in
                state.opened -= 1
                state.failures += 1
                let rest = Duration.milliseconds(50 << min(state.failures, 6))
                state.restUntil = .now + min(rest, Self.restMax) * Double.random(in: 0.5...1)
                return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            }
            next?.caller.resume(returning: nil)
            log.warning("The database does not answer", metadata: ["error": "\(error)"])
            throw StorageError.busy
        }
    }

    /// Nil: look again, for a connection may be opened now.
    private func wait() async throws -> PostgresConnection? {
        let deadline = ContinuousClock.now + Self.patience
        let connection = await withCheckedContinuation { caller in
            let (connection, isFirst) = state.withLock { state -> (PostgresConnection?, Bool) in
                // One may have come back between asking for a place and waiting here.
                if let connection = state.idle.popLast() { return (connection, false) }
                state.waiting.append(Waiting(deadline: deadline, caller: caller))
                return (nil, state.waiting.count == 1)
            }
            if let connection { caller.resume(returning: connection) }
            if isFirst { Task { await watchDeadlines() } }
        }
        if connection == nil, deadline <= .now { throw StorageError.busy }
        return connection
    }

    /// Sends away who has waited too long, as long as anybody waits.
    private func watchDeadlines() async {
        while true {
            try? await Task.sleep(for: .milliseconds(100))
            let (late, isOver) = state.withLock { state in
                let late = state.waiting.prefix { $0.deadline <= .now }
                state.waiting.removeFirst(late.count)
                return (Array(late), state.waiting.isEmpty)
            }
            for waiting in late { waiting.caller.resume(returning: nil) }
            if isOver { return }
        }
    }

    /// Takes back a connection whose transaction is over.
    func give(_ connection: PostgresConnection, statements: Int) async {
        let isBroken = connection.isBroken
        let next = state.withLock { state -> Waiting? in
            state.statementsRun += statements
            if isBroken || state.isClosed { state.opened -= 1 }
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            if !isBroken && !state.isClosed { state.idle.append(connection) }
            return nil
        }
        next?.caller.resume(returning: isBroken ? nil : connection)
        if isBroken || (next == nil && isClosed) { await discard(connection) }
    }

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    private func discard(_ connection: PostgresConnection) async {
        await connection.reactor.end(connection)
    }

    var statementsRun: Int { state.withLock { $0.statementsRun } }

    func close() async {
        let (idle, waiting) = state.withLock { state in
            state.isClosed = true
            defer { (state.idle, state.waiting) = ([], []) }
            return (state.idle, state.waiting)
        }
        for waiting in waiting { waiting.caller.resume(returning: nil) }
        for connection in idle { await discard(connection) }
    }
}

import Foundation
import Logging
import Storage
import Synchronization

/// The connections of this process, and who waits for one.
final class ConnectionPool: Sendable {
    private let address: PostgresAddress
    private let reactors: [Reactor]
    private let size: Int
    private let patience: Duration
    private let log: Logger
    private let state = Mutex(State())

    private struct State {
        var idle: [PostgresConnection] = []
        /// Open, being opened or being closed.
        var opened = 0
        /// Opened so far, for the reactors to take turns.
        var turn = 0
        var waiting: [Waiting] = []
        var isClosed = false
        /// Who waits for `opened` to be 0.
        var closing: [CheckedContinuation<Void, Never>] = []
        /// Connections that could not be opened in a row, and until when none is tried.
        var failures = 0
        var restUntil = ContinuousClock.now
        var statementsRun = 0
    }

    private struct Waiting {
        let deadline: ContinuousClock.Instant
        let caller: CheckedContinuation<PostgresConnection?, Never>
    }

    /// Who would stand further back is told to come again.
    private static let waitingMax = 2_000
    private static let restMax = Duration.seconds(2)

    private enum Place {
        case connection(PostgresConnection)
        case openOne
        case wait
    }

    /// - Parameter patience: Who waits longer is told to come again.
    init(
        _ address: PostgresAddress, size: Int, patience: Duration, reactors: [Reactor],
        log: Logger
    ) {
        self.address = address
        self.size = size
        self.patience = patience
        self.reactors = reactors
        self.log = log
    }

    /// - Throws: `StorageError.busy` when none comes free in time, or the server is away.
    func take() async throws -> PostgresConnection {
        var deadline: ContinuousClock.Instant?
        while true {
            switch try place() {
            case .connection(let connection):
                if !connection.isBroken { return connection }
                await discard(connection)
            case .openOne: return try await open()
            case .wait:
                let until = deadline ?? .now + patience
                deadline = until
                if let connection = try await wait(until: until) { return connection }
            }
        }
    }

    private func place() throws -> Place {
        try state.withLock { state in
            guard !state.isClosed else { throw StorageError.busy }
            if let connection = state.idle.popLast() { return .connection(connection) }
            if state.opened < size, state.restUntil <= .now {
                state.opened += 1
                return .openOne
            }
            // Only who has a connection can give one back.
            guard state.opened > 0, state.waiting.count < Self.waitingMax else {
                throw StorageError.busy
            }
            return .wait
        }
    }

    private func open() async throws -> PostgresConnection {
        do {
            let opened = try await address.open()
            let turn = state.withLock { state in
                state.failures = 0
                state.turn += 1
                return state.turn
            }
            return await reactors[turn % reactors.count].adopt(opened)
        } catch {
            state.withLock { state in
                state.failures += 1
                let rest = Duration.milliseconds(50 << min(state.failures, 6))
                state.restUntil = .now + min(rest, Self.restMax) * Double.random(in: 0.5...1)
            }
            oneLess()
            log.warning("The database does not answer", metadata: ["error": "\(error)"])
            throw StorageError.busy
        }
    }

    /// Nil: look again.
    private func wait(until deadline: ContinuousClock.Instant) async throws -> PostgresConnection? {
        let connection = await withCheckedContinuation { caller in
            let (connection, isOver, isFirst) = state.withLock { state in
                // What `place` saw may have changed since.
                let connection = state.idle.popLast()
                let isOver = connection != nil || state.opened == 0 || state.isClosed
                if !isOver { state.waiting.append(Waiting(deadline: deadline, caller: caller)) }
                return (connection, isOver, state.waiting.count == 1)
            }
            if isOver {
                caller.resume(returning: connection)
            } else if isFirst {
                Task { await watchDeadlines() }
            }
        }
        if let connection, connection.isBroken {
            await discard(connection)
            return nil
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
        let (next, isOver) = state.withLock { state -> (Waiting?, Bool) in
            state.statementsRun += statements
            if isBroken || state.isClosed { return (nil, true) }
            if !state.waiting.isEmpty { return (state.waiting.removeFirst(), false) }
            state.idle.append(connection)
            return (nil, false)
        }
        next?.caller.resume(returning: connection)
        if isOver { await discard(connection) }
    }

    private func discard(_ connection: PostgresConnection) async {
        await connection.reactor.end(connection)
        oneLess()
    }

    /// A connection less: one of those who wait may open another, or all may wait in vain.
    private func oneLess() {
        let (waiting, closing) = state.withLock { state in
            state.opened -= 1
            let isLast = state.opened == 0
            let count = isLast ? state.waiting.count : state.restUntil <= .now ? 1 : 0
            let waiting = Array(state.waiting.prefix(count))
            state.waiting.removeFirst(waiting.count)
            let closing = isLast ? state.closing : []
            if isLast { state.closing = [] }
            return (waiting, closing)
        }
        for waiting in waiting { waiting.caller.resume(returning: nil) }
        for closing in closing { closing.resume() }
    }

    var statementsRun: Int { state.withLock { $0.statementsRun } }

    /// Sends away who waits, and waits for who has a connection.
    func close() async {
        let (idle, waiting) = state.withLock { state in
            state.isClosed = true
            defer { (state.idle, state.waiting) = ([], []) }
            return (state.idle, state.waiting)
        }
        for waiting in waiting { waiting.caller.resume(returning: nil) }
        for connection in idle { await discard(connection) }
        await withCheckedContinuation { caller in
            let isOver = state.withLock { state in
                if state.opened > 0 { state.closing.append(caller) }
                return state.opened == 0
            }
            if isOver { caller.resume() }
        }
    }
}

import Storage
import Synchronization

/// The connections that read. A read runs where its caller runs: reading a page from memory
/// takes less time than going to another thread and back (docs/decisions/0002).
final class ReaderPool: Sendable {
    private let open: @Sendable () throws -> SQLiteConnection
    private let state: Mutex<State>

    private struct State {
        var idle: [SQLiteConnection] = []
        var opened = 0
        var closed = false
        var waiting: [CheckedContinuation<SQLiteConnection?, Never>] = []
        /// Statements run on connections that are in use were counted when they came back.
        var statementsRun = 0
    }

    private static let connectionsMax = 8
    private static let waitingMax = 2_000

    private enum Place {
        case connection(SQLiteConnection)
        case openOne
        case wait
    }

    init(open: @escaping @Sendable () throws -> SQLiteConnection) {
        self.open = open
        state = Mutex(State())
    }

    func read<Value: Sendable>(
        _ body: @Sendable (any Transaction) async throws -> Value
    ) async throws -> Value {
        let connection = try await take()
        let before = connection.statementsRun
        defer { give(connection, statements: connection.statementsRun - before) }
        try connection.run("BEGIN")
        do {
            let value = try await body(SQLiteTransaction(connection: connection))
            try connection.run("COMMIT")
            return value
        } catch {
            if connection.inTransaction { try connection.run("ROLLBACK") }
            throw error
        }
    }

    private func take() async throws -> SQLiteConnection {
        let place: Place = try state.withLock { state in
            if let connection = state.idle.popLast() { return .connection(connection) }
            if state.opened < Self.connectionsMax {
                state.opened += 1
                return .openOne
            }
            guard state.waiting.count < Self.waitingMax else { throw StorageError.busy }
            return .wait
        }
        switch place {
        case .connection(let connection):
            return connection
        case .openOne:
            do { return try open() } catch {
                state.withLock { $0.opened -= 1 }
                throw error
            }
        case .wait:
            guard let connection = await waitForOne() else { throw StorageError.busy }
            return connection
        }
    }

    private func waitForOne() async -> SQLiteConnection? {
        await withCheckedContinuation { caller in
            let connection = state.withLock { state -> SQLiteConnection? in
                // One may have come back between asking for a place and waiting here.
                if let connection = state.idle.popLast() { return connection }
                state.waiting.append(caller)
                return nil
            }
            if let connection { caller.resume(returning: connection) }
        }
    }

    private func give(_ connection: SQLiteConnection, statements: Int) {
        let next = state.withLock { state -> CheckedContinuation<SQLiteConnection?, Never>? in
            state.statementsRun += statements
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            if !state.closed { state.idle.append(connection) }
            return nil
        }
        next?.resume(returning: connection)
    }

    var statementsRun: Int { state.withLock { $0.statementsRun } }

    func close() {
        let (idle, waiting) = state.withLock { state in
            state.closed = true
            defer { (state.idle, state.waiting) = ([], []) }
            return (state.idle, state.waiting)
        }
        for caller in waiting { caller.resume(returning: nil) }
        for connection in idle { try? connection.close() }
    }
}

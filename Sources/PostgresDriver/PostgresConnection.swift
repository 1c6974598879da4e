import CPQ
import Foundation
import Storage
import Synchronization

/// One connection in libpq's pipeline mode (PostgreSQL manual, 34.5): what need not be waited
/// for leaves together with the next statement that is.
///
/// `@unchecked`: all but `isBroken` is touched on its reactor's thread, by one task at a time.
final class PostgresConnection: @unchecked Sendable {
    let reactor: Reactor
    private let pointer: OpaquePointer
    private let socket: Int32
    private let broken = Atomic<Bool>(false)

    /// The names of prepared statements, by their text.
    private var names: [String: String] = [:]
    private var nextName = 0
    private var parameters = Parameters()
    /// What was sent and not answered yet, in order.
    private var steps: [Step] = []
    private var firstStep = 0
    /// What became of the steps since the last sync.
    private var answer: PostgresResult?
    private var failure: PostgresFailure?
    private var wait = Wait.none
    private var isWatched = true
    private var isClosed = false
    private(set) var statementsRun = 0
    /// The conflict that the current transaction has met: whatever its operation made of it,
    /// it cannot be committed.
    var conflict: PostgresFailure?
    /// Whether each statement ends its batch. Not in a read, which is one batch.
    var syncsEach = true

    /// Called for each notification, with the process id of who sent it.
    var onNotification: ((Int32) -> Void)?
    /// Called once when the connection is lost.
    var onLoss: (() -> Void)?

    /// Who waits for the batch that was sent last. Between its sending and the waiting other jobs
    /// of the thread may run: a task that prefers an executor goes to the end of the queue there.
    private enum Wait {
        case none
        case waiting(UnsafeContinuation<PostgresResult, any Error>)
        /// The answer was here first.
        case settled(Result<PostgresResult, any Error>)
    }

    private enum Step {
        case prepare(String)
        /// A statement whose answer matters only when it is a failure.
        case silent
        /// Whether its answer is waited for; if not, the end of its batch is.
        case statement(isAwaited: Bool)
        /// The end of a batch; whether somebody waits for it.
        case sync(isAwaited: Bool)
    }

    /// Prepared statements kept per connection; past that all are dropped and made again.
    private static let statementsMax = 500

    /// Takes over a connection that is open and set up, on the reactor's thread.
    init(_ pointer: OpaquePointer, on reactor: Reactor) {
        self.pointer = pointer
        self.reactor = reactor
        socket = PQsocket(pointer)
        PQsetnonblocking(pointer, 1)
        PQenterPipelineMode(pointer)
        // Unwatched before it goes, see `close`.
        reactor.thread.watch(socket) { [unowned self] in ready() }
    }

    deinit {
        assert(isClosed, "a connection was dropped without being closed")
    }

    /// Whether it is of no use any more. May be asked anywhere.
    var isBroken: Bool { broken.load(ordering: .acquiring) }

    var processID: Int32 { PQbackendPID(pointer) }

    // MARK: Statements

    /// Sends a statement with the next one that is waited for.
    func queue(_ text: String, _ values: [SQLValue] = []) throws {
        try send(text, values)
        steps.append(.silent)
    }

    /// Runs a statement and waits for its answer.
    func run(_ sql: SQL) async throws -> PostgresResult {
        statementsRun &+= 1
        try makeRoom()
        try send(sql.text, sql.values)
        steps.append(.statement(isAwaited: !syncsEach))
        if syncsEach {
            try batchEnd(isAwaited: true)
        } else {
            guard PQsendFlushRequest(pointer) == 1 else { throw lost() }
        }
        return try await answered()
    }

    /// Runs a statement of this driver, ends the batch and waits for the answer.
    func command(_ text: String) async throws -> PostgresResult {
        try send(text, [])
        steps.append(.statement(isAwaited: false))
        try batchEnd(isAwaited: true)
        return try await answered()
    }

    /// Sends what is queued, and lets whoever uses the connection next read the answers.
    func sync() throws {
        try batchEnd(isAwaited: false)
        try flush()
    }

    private func batchEnd(isAwaited: Bool) throws {
        guard !isBroken, PQpipelineSync(pointer) == 1 else { throw lost() }
        steps.append(.sync(isAwaited: isAwaited))
    }

    private func answered() async throws -> PostgresResult {
        if case .waiting = wait { preconditionFailure("two tasks share a transaction") }
        try flush()
        return try await withUnsafeThrowingContinuation { caller in
            if case .settled(let result) = wait {
                wait = .none
                caller.resume(with: result)
            } else if !isWatched {
                caller.resume(throwing: PostgresFailure.lost)
            } else {
                wait = .waiting(caller)
            }
        }
    }

    private func send(_ text: String, _ values: [SQLValue]) throws {
        reactor.thread.checkIsolated()
        guard !isBroken else { throw lost() }
        let name = try names[text] ?? prepare(text)
        parameters.set(values)
        let isSent = parameters.withArrays { addresses, lengths, formats in
            PQsendQueryPrepared(
                pointer, name, Int32(values.count), addresses, lengths, formats, 1)
        }
        guard isSent == 1 else { throw lost() }
    }

    private func prepare(_ text: String) throws -> String {
        nextName += 1
        let name = "s\(nextName)"
        guard PQsendPrepare(pointer, name, Self.numbered(text), 0, nil) == 1 else { throw lost() }
        steps.append(.prepare(text))
        names[text] = name
        return name
    }

    /// Called before an operation's own statements only: DEALLOCATE would fail in a failed
    /// transaction, and the ROLLBACK behind it would be skipped.
    private func makeRoom() throws {
        guard names.count >= Self.statementsMax, !isBroken else { return }
        names.removeAll()
        guard PQsendQueryParams(pointer, "DEALLOCATE ALL", 0, nil, nil, nil, nil, 1) == 1 else {
            throw lost()
        }
        steps.append(.silent)
    }

    /// The text with `$1`, `$2`… for its question marks: no literal contains one (`SQL`).
    static func numbered(_ text: String) -> String {
        var numbered = ""
        numbered.reserveCapacity(text.utf8.count + 64)
        var number = 0
        for piece in text.split(separator: "?", omittingEmptySubsequences: false) {
            if number > 0 { numbered += "$\(number)" }
            numbered += piece
            number += 1
        }
        return numbered
    }

    // MARK: On the wire

    private func flush() throws {
        switch PQflush(pointer) {
        case 0: reactor.thread.wantsToWrite(false, socket)
        case 1: reactor.thread.wantsToWrite(true, socket)
        default: throw lost()
        }
    }

    private func ready() {
        _ = PQconsumeInput(pointer)
        // A record of TLS may be longer than the room that libpq had for it.
        while decrypted_bytes(pointer) > 0, PQconsumeInput(pointer) == 1 {}
        if PQflush(pointer) == 0 { reactor.thread.wantsToWrite(false, socket) }
        // Also when the server has gone: what it said before it went has been read.
        while firstStep < steps.count, PQisBusy(pointer) == 0 {
            if let result = PQgetResult(pointer) {
                take(result)
            } else if PQstatus(pointer) == CONNECTION_BAD {
                break
            }
            // Between the answers to two statements there is a null.
        }
        if firstStep == steps.count, firstStep > 0 {
            steps.removeAll(keepingCapacity: true)
            firstStep = 0
        }
        while let notification = PQnotifies(pointer) {
            onNotification?(notification.pointee.be_pid)
            PQfreemem(notification)
        }
        if PQstatus(pointer) == CONNECTION_BAD { fail() }
    }

    private func take(_ result: OpaquePointer) {
        let step = steps[firstStep]
        firstStep += 1
        switch PQresultStatus(result) {
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            if case .sync(let isAwaited) = step { settle(isAwaited) }
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
            if case .statement(let isAwaited) = step {
                answer = PostgresResult(result)
                if isAwaited { settle(true) }
            } else {
                PQclear(result)
            }
        default:
            // An error, or what the server skipped after one.
            if case .prepare(let text) = step { names[text] = nil }
            if failure == nil, PQresultStatus(result) == PGRES_FATAL_ERROR {
                let failure = PostgresFailure(result)
                if failure.isConflict { conflict = failure }
                self.failure = failure
            }
            PQclear(result)
            if case .statement(isAwaited: true) = step { settle(true) }
        }
    }

    /// The end of a batch, or of a statement that is waited for by itself.
    private func settle(_ isAwaited: Bool) {
        defer { (answer, failure) = (nil, nil) }
        if failure?.isLoss == true { return fail() }
        guard isAwaited else { return }
        let result: Result<PostgresResult, any Error> =
            if let answer, failure == nil {
                .success(answer)
            } else {
                .failure(failure ?? PostgresFailure.skipped)
            }
        if case .waiting(let caller) = wait {
            wait = .none
            caller.resume(with: result)
        } else {
            wait = .settled(result)
        }
    }

    /// The connection is lost: whoever waits is told. Its socket is watched no longer, for libpq
    /// may have closed it already, and its number be another's soon.
    private func fail() {
        broken.store(true, ordering: .releasing)
        unwatch()
        let onLoss = onLoss
        self.onLoss = nil
        if case .waiting(let caller) = wait {
            wait = .none
            caller.resume(throwing: failure.flatMap { $0.isLoss ? $0 : nil } ?? .lost)
        }
        onLoss?()
    }

    private func lost() -> PostgresFailure {
        fail()
        return .lost
    }

    /// libpq closes the socket of a connection that is lost, and the next one to be opened may
    /// get its number: from then on the number is not ours to take back.
    private func unwatch() {
        guard isWatched else { return }
        isWatched = false
        reactor.thread.unwatch(socket)
    }

    /// Ends the connection. Nobody may be using it.
    func close() {
        broken.store(true, ordering: .releasing)
        unwatch()
        PQfinish(pointer)
        isClosed = true
    }
}

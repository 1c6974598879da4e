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
    private var waiter: UnsafeContinuation<PostgresResult?, any Error>?
    private(set) var statementsRun = 0

    /// Called for each notification, with the process id of who sent it.
    var onNotification: ((Int32) -> Void)?
    /// Called once when the connection is lost.
    var onLoss: (() -> Void)?

    private enum Step {
        case prepare(String)
        /// A statement whose answer matters only when it is a failure.
        case silent
        case statement
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
        reactor.thread.watch(socket) { [unowned self] in ready() }
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
        try send(sql.text, sql.values)
        steps.append(.statement)
        guard let result = try await synced() else { throw PostgresFailure.lost }
        return result
    }

    /// Runs a statement of this driver and waits for its answer.
    func command(_ text: String) async throws -> PostgresResult {
        try send(text, [])
        steps.append(.statement)
        guard let result = try await synced() else { throw PostgresFailure.lost }
        return result
    }

    /// Sends what is queued, and lets whoever uses the connection next read the answers.
    func sync() throws {
        guard !isBroken, PQpipelineSync(pointer) == 1 else { throw lost() }
        steps.append(.sync(isAwaited: false))
        try flush()
    }

    private func synced() async throws -> PostgresResult? {
        guard !isBroken, PQpipelineSync(pointer) == 1 else { throw lost() }
        steps.append(.sync(isAwaited: true))
        try flush()
        return try await withUnsafeThrowingContinuation { waiter = $0 }
    }

    private func send(_ text: String, _ values: [SQLValue]) throws {
        assert(reactor.thread.isCurrent, "a statement left its reactor's thread")
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
        if names.count >= Self.statementsMax {
            names.removeAll()
            guard PQsendQueryParams(pointer, "DEALLOCATE ALL", 0, nil, nil, nil, nil, 1) == 1 else {
                throw lost()
            }
            steps.append(.silent)
        }
        nextName += 1
        let name = "s\(nextName)"
        guard PQsendPrepare(pointer, name, Self.numbered(text), 0, nil) == 1 else { throw lost() }
        steps.append(.prepare(text))
        names[text] = name
        return name
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
        guard PQconsumeInput(pointer) == 1 else { return fail() }
        if PQflush(pointer) == 0 { reactor.thread.wantsToWrite(false, socket) }
        while firstStep < steps.count, PQisBusy(pointer) == 0 {
            // Between the answers to two statements there is a null.
            guard let result = PQgetResult(pointer) else { continue }
            take(result)
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
            if case .statement = step {
                answer = PostgresResult(result)
            } else {
                PQclear(result)
            }
        default:
            // An error, or what the server skipped after one.
            if case .prepare(let text) = step { names[text] = nil }
            if failure == nil, PQresultStatus(result) == PGRES_FATAL_ERROR {
                failure = PostgresFailure(result)
            }
            PQclear(result)
        }
    }

    /// The end of a batch.
    private func settle(_ isAwaited: Bool) {
        defer { (answer, failure) = (nil, nil) }
        if failure?.isLoss == true { broken.store(true, ordering: .releasing) }
        guard isAwaited, let waiter else { return }
        self.waiter = nil
        if let failure {
            waiter.resume(throwing: failure)
        } else {
            waiter.resume(returning: answer)
        }
    }

    /// The server has gone: whoever waits is told.
    private func fail() {
        guard broken.exchange(true, ordering: .acquiringAndReleasing) == false || waiter != nil
        else { return }
        reactor.thread.unwatch(socket)
        let failure = failure ?? .lost
        waiter?.resume(throwing: failure.isLoss ? failure : .lost)
        waiter = nil
        onLoss?()
    }

    private func lost() -> PostgresFailure {
        broken.store(true, ordering: .releasing)
        return .lost
    }

    /// Ends the connection. Nobody may be using it.
    func close() {
        broken.store(true, ordering: .releasing)
        reactor.thread.unwatch(socket)
        PQfinish(pointer)
    }
}

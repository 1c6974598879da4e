import Foundation
import Storage
import Synchronization

/// An engine that keeps the statements of each transaction it passes on: what a bare loop runs
/// again is then exactly what the product ran.
final class Recorder: Engine {
    private let engine: any Engine
    private let kept = Mutex<Kept>(Kept())

    struct Kept: Sendable {
        /// The statements of each write, in the order in which they were committed.
        var writes: [[SQL]] = []
        /// The statements of the last read.
        var lastRead: [SQL] = []
    }

    init(_ engine: any Engine) {
        self.engine = engine
    }

    var statements: Kept { kept.withLock { $0 } }

    func read<Value: Sendable>(
        _ extent: Extent, from copy: Copy,
        _ body: @Sendable (any Transaction) async throws -> Value
    ) async throws -> Value {
        let record = Record()
        let value = try await engine.read(extent, from: copy) { tx in
            try await body(RecordedTransaction(tx: tx, record: record))
        }
        kept.withLock { $0.lastRead = record.statements }
        return value
    }

    func write<Value: Sendable>(
        _ extent: Extent, _ isolation: Isolation,
        _ body: @escaping @Sendable (any Transaction) async throws -> Value
    ) async throws -> Value {
        let record = Record()
        let value = try await engine.write(extent, isolation) { tx in
            try await body(RecordedTransaction(tx: tx, record: record))
        }
        kept.withLock { $0.writes.append(record.statements) }
        return value
    }

    func onCommit(_ wake: @escaping @Sendable () -> Void) { engine.onCommit(wake) }

    var statementsRun: Int { engine.statementsRun }

    func close() async throws { try await engine.close() }
}

private final class Record: Sendable {
    private let list = Mutex<[SQL]>([])

    func add(_ sql: SQL) { list.withLock { $0.append(sql) } }

    var statements: [SQL] { list.withLock { $0 } }
}

private struct RecordedTransaction: Transaction {
    let tx: any Transaction
    let record: Record

    var dialect: any Dialect { tx.dialect }

    func each(_ sql: SQL, _ body: (inout Row) throws -> Void) async throws {
        record.add(sql)
        try await tx.each(sql, body)
    }

    func execute(_ sql: SQL) async throws -> Int {
        record.add(sql)
        return try await tx.execute(sql)
    }

    func executeAll(_ statements: [SQL]) async throws {
        for statement in statements { record.add(statement) }
        try await tx.executeAll(statements)
    }

    func hold(_ id: UUID) async throws { try await tx.hold(id) }

    func attempt<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await tx.attempt(body)
    }
}

extension Database {
    /// Runs recorded writes again as fast as the engine can, `group` of them a transaction, and
    /// returns how many a second it did.
    func replay(_ writes: [[SQL]], group: Int) async throws -> Double {
        let start = ContinuousClock.now
        for first in stride(from: 0, to: writes.count, by: group) {
            let some = writes[first..<min(first + group, writes.count)]
            try await write { tx in
                for statement in some.joined() {
                    _ = try await tx.rows(statement) { _ in }
                }
            }
        }
        return Double(writes.count) / start.secondsAgo
    }
}

extension ContinuousClock.Instant {
    var secondsAgo: Double { (ContinuousClock.now - self) / .seconds(1) }
}

import Background
import Foundation
import PostgresDriver
import Storage
import Synchronization
import Tenancy

/// Does nothing, and says that it began.
private struct EmptyJob: Job {
    static let kind = JobKind("bench.empty", atOnce: 128)
    let number: Int
}

/// What jobs cost on an engine: how many empty ones are done in a second, how soon one begins
/// that is added to an idle installation, and how long ten thousand timers take that are due at
/// the same moment.
struct JobsCourse: Sendable {
    let database: Database
    let engine: String
    /// Empty jobs a second that are asked for.
    let goal: Double
    private let tenant = ID<Tenant>()

    init(_ database: Database, engine: String, goal: Double) {
        self.database = database
        self.engine = engine
        self.goal = goal
    }

    private static let many = 20_000
    private static let timers = 10_000
    private static let singles = 200

    /// When jobs began, by their number.
    private final class Starts: Sendable {
        private let moments = Mutex<[Int: ContinuousClock.Instant]>([:])

        func note(_ number: Int) { moments.withLock { $0[number] = .now } }
        var count: Int { moments.withLock { $0.count } }
        subscript(number: Int) -> ContinuousClock.Instant? { moments.withLock { $0[number] } }
    }

    func throughput() async throws -> Finding {
        let starts = Starts()
        try await add(0..<Self.many)
        let perSecond = try await running(starts) {
            let start = ContinuousClock.now
            try await wait(.milliseconds(5)) { try await isEmpty() }
            return Double(Self.many) / start.secondsAgo
        }
        return Finding(
            measure: "empty jobs done on \(engine)", figure: rate(perSecond),
            goal: "≥ \(figure(goal, 0))/s", isMet: perSecond >= goal,
            detail: "\(Self.many) of one company, one process")
    }

    func latency() async throws -> Finding {
        let starts = Starts()
        let times = try await running(starts) {
            var times: [Double] = []
            for number in 0..<Self.singles {
                let start = ContinuousClock.now
                try await add(number..<number + 1)
                try await wait { starts[number] != nil }
                times.append(((starts[number] ?? start) - start) / .milliseconds(1))
            }
            return times.sorted()
        }
        let p99 = times[times.count * 99 / 100]
        return Finding(
            measure: "from adding a job to its start, idle, on \(engine)",
            figure: "\(figure(p99, 1)) ms", goal: "p99 < 50 ms", isMet: p99 < 50,
            detail: "p50 \(figure(times[times.count / 2], 1)) ms, the commit included")
    }

    func alarm() async throws -> Finding {
        let starts = Starts()
        let due = Instant.now.adding(seconds: 5)
        try await add(0..<Self.timers, at: due)
        let seconds = try await running(starts) {
            try await wait { starts.count == Self.timers }
            return Double(Instant.now.microseconds - due.microseconds) / 1_000_000
        }
        return Finding(
            measure: "\(Self.timers) timers due at once on \(engine)",
            figure: "\(figure(seconds, 1)) s", goal: "fire within 5 s", isMet: seconds <= 5)
    }

    private func add(_ numbers: Range<Int>, at moment: Instant? = nil) async throws {
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 1000) {
            let some = start..<min(start + 1000, numbers.upperBound)
            try await database.write(as: .system(tenant), isolation: .readCommitted) { scope in
                for number in some {
                    try await Jobs(scope).add(EmptyJob(number: number), at: moment)
                }
            }
        }
    }

    /// Not by counting: that took a third of what was measured.
    private func isEmpty() async throws -> Bool {
        try await database.read(of: .tenant(tenant.uuid)) { [tenant] tx in
            let left: Int? = try await tx.value(
                "SELECT 1 FROM jobs WHERE tenant_id = \(tenant) LIMIT 1")
            return left == nil
        }
    }

    private func running<Value: Sendable>(
        _ starts: Starts, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        let handler = JobHandler(EmptyJob.self) { job, _ in starts.note(job.number) }
        let runner = JobRunner(database, [handler], log: quietLog)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await runner.run() }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    private func wait(
        _ pause: Duration = .microseconds(500), until isSo: @Sendable () async throws -> Bool
    ) async throws {
        while try await !isSo() { try await Task.sleep(for: pause) }
    }
}

extension PostgresCourse {
    /// Jobs, in a database of their own.
    func jobs(
        _ measure: (JobsCourse) async throws -> Finding
    ) async throws -> Finding {
        let name = "jobs_\(Int.random(in: 0...Int.max))"
        try await PostgresAddress(server.address("template1")).execute("CREATE DATABASE \(name)")
        var settings = Settings(dataDirectory: directory.appending(path: name).path)
        settings.databaseAddress = server.address(name)
        let installation = try await Installation.open(settings, log: quietLog)
        let finding = try await measure(
            JobsCourse(installation.database, engine: "PostgreSQL", goal: 3000))
        try await installation.close()
        return finding
    }
}

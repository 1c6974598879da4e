import Background
import DatabaseSupport
import Foundation
import Logging
import Storage
import Synchronization
import Tenancy

/// A database for jobs, with what they have done.
struct Yard: Sendable {
    let database: Database
    let ada = ID<Tenant>()
    let eve = ID<Tenant>()

    static func with(
        _ engine: EngineKind, _ body: @Sendable (Yard) async throws -> Void
    ) async throws {
        try await engine.with { try await body(Yard(database: Database($0))) }
    }

    static let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    func add<Some: Job>(
        _ jobs: [Some], for tenant: ID<Tenant>, at moment: Instant? = nil, key: String? = nil,
        rival: Jobs.Rival = .stays
    ) async throws {
        try await database.write(as: .system(tenant)) { scope in
            for job in jobs {
                try await Jobs(scope).add(job, at: moment, key: key, rival: rival)
            }
        }
    }

    func queue<Value: Sendable>(
        _ body: @escaping @Sendable (JobQueue) async throws -> Value
    ) async throws -> Value {
        try await database.queue(body)
    }

    func jobs() async throws -> [StoredJob] {
        try await database.read { tx in
            try await tx.all("SELECT \(StoredJob.columns) FROM jobs j ORDER BY j.id")
        }
    }

    /// Runs jobs until `isDone`, and ends the runner.
    func running(
        _ handlers: [JobHandler], _ settings: JobRunner.Settings = .init(),
        until isDone: @Sendable () async throws -> Bool
    ) async throws {
        let runner = JobRunner(database, handlers, settings, log: Self.log)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await runner.run() }
            try await wait(until: isDone)
            group.cancelAll()
        }
    }
}

/// Looks until it is so, for at most five minutes: all tests run at once.
func wait(until isSo: @Sendable () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(300)
    while try await !isSo() {
        guard ContinuousClock.now < deadline else { throw TooLate() }
        try await Task.sleep(for: .milliseconds(2))
    }
}

struct TooLate: Error {}

/// What the jobs of one test have done, told to them by the number of their board.
final class Board: Sendable {
    let number: Int
    private let notes = Mutex<[String]>([])
    private static let boards = Mutex<[Int: Board]>([:])

    init() {
        let number = Int.random(in: 0...Int.max)
        self.number = number
        Self.boards.withLock { $0[number] = self }
    }

    deinit {
        let number = number
        Self.boards.withLock { _ = $0.removeValue(forKey: number) }
    }

    static func write(_ note: String, on number: Int) {
        boards.withLock { $0[number] }?.notes.withLock { $0.append(note) }
    }

    var all: [String] { notes.withLock { $0 } }
}

/// Writes a note.
struct Note: Job {
    static let kind = JobKind("test.note", atOnce: 64)
    let board: Int
    let text: String

    static let handler = JobHandler(Note.self) { note, _ in
        Board.write(note.text, on: note.board)
    }
}

/// Fails as often as it is told.
struct Stumble: Job {
    static let kind = JobKind(
        "test.stumble", failuresMax: 3, pause: Pause(firstSeconds: 0.01, mostSeconds: 0.02))
    let board: Int
    let times: Int

    static let handler = JobHandler(Stumble.self) { stumble, work in
        Board.write("try \(work.job.failures)", on: stumble.board)
        if work.job.failures < stumble.times { throw Problem.conflict("It is raining.") }
    }
}

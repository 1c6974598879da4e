import DatabaseSupport
import Storage
import Synchronization
import Tenancy
import Testing

@testable import Background

@Suite struct JobRunnerTests {
    @Test(arguments: EngineKind.allCases)
    func `what is added is run once, and gone`(on engine: EngineKind) async throws {
        try await Yard.with(engine) { yard in
            let board = Board()
            try await yard.add(
                (1...200).map { Note(board: board.number, text: "\($0)") }, for: yard.ada)
            try await yard.running([Note.handler]) { try await yard.jobs().isEmpty }
            #expect(board.all.count == 200)
            #expect(Set(board.all).count == 200)
            let done: Int? = try await yard.database.read {
                try await $0.value("SELECT SUM(done) FROM job_counts")
            }
            #expect(done == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a job is run only if what caused it was committed`(on engine: EngineKind) async throws {
        try await Yard.with(engine) { yard in
            let board = Board()
            await #expect(throws: LeaseLost.self) {
                try await yard.database.write(as: .system(yard.ada)) { scope in
                    try await Jobs(scope).add(Note(board: board.number, text: "never"))
                    throw LeaseLost()
                }
            }
            try await yard.add([Note(board: board.number, text: "yes")], for: yard.ada)
            try await yard.running([Note.handler]) { try await yard.jobs().isEmpty }
            #expect(board.all == ["yes"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a failure is tried again, and after the last one the job waits for a person`(
        on engine: EngineKind
    ) async throws {
        try await Yard.with(engine) { yard in
            let (lucky, poison) = (Board(), Board())
            try await yard.add([Stumble(board: lucky.number, times: 2)], for: yard.ada)
            try await yard.add([Stumble(board: poison.number, times: 9)], for: yard.eve)
            try await yard.running([Stumble.handler]) {
                try await yard.jobs().map(\.state) == [.dead]
            }
            #expect(lucky.all == ["try 0", "try 1", "try 2"])
            #expect(poison.all == ["try 0", "try 1", "try 2"])
            let dead = try await yard.jobs()[0]
            #expect(dead.error == "It is raining." && dead.failures == 3)
            // A person sends it off again, and it begins from the start.
            _ = try await yard.database.write(as: .system(yard.eve)) {
                try await Jobs($0).retry(dead.id)
            }
            #expect(try await yard.jobs()[0].failures == 0)
            await #expect(throws: Problem.notFound("job")) {
                try await yard.database.write(as: .system(yard.ada)) {
                    try await Jobs($0).cancel(dead.id)
                }
            }
            let cancelled = try await yard.database.write(as: .system(yard.eve)) {
                try await Jobs($0).cancel(dead.id)
            }
            #expect(cancelled.state == .cancelled)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a key lets one wait; a timer is moved, or taken back`(on engine: EngineKind) async throws
    {
        try await Yard.with(engine) { yard in
            let board = Board()
            let later = Instant.now.adding(days: 1)
            func note(_ text: String) -> [Note] { [Note(board: board.number, text: text)] }
            try await yard.add(note("first"), for: yard.ada, at: later, key: "k")
            try await yard.add(note("ignored"), for: yard.ada, at: later, key: "k")
            try await yard.add(note("other tenant"), for: yard.eve, at: later, key: "k")
            #expect(try await yard.jobs().count == 2)
            try await yard.add(
                note("moved"), for: yard.ada, at: .now, key: "k", rival: .makesWay)
            try await yard.running([Note.handler]) { try await yard.jobs().count == 1 }
            #expect(board.all == ["moved"])
            try await yard.database.write(as: .system(yard.eve)) {
                try await Jobs($0).remove(key: "k")
            }
            #expect(try await yard.jobs().isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `ten thousand timers that are due at once fire once each`(
        on engine: EngineKind
    ) async throws {
        try await Yard.with(engine) { yard in
            let board = Board()
            let due = Instant.now.adding(seconds: 1)
            for start in stride(from: 0, to: 10_000, by: 1000) {
                try await yard.add(
                    (start..<start + 1000).map { Note(board: board.number, text: "\($0)") },
                    for: yard.ada, at: due)
            }
            try await yard.running([Note.handler]) { board.all.count >= 10_000 }
            #expect(Set(board.all).count == 10_000)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a company with many jobs does not hold up another's first`(on engine: EngineKind)
        async throws
    {
        try await Yard.with(engine) { yard in
            func notes(_ count: Int) -> [Note] { (0..<count).map { _ in Note(board: 0, text: "") } }
            try await yard.add(notes(3000), for: yard.ada)
            var settings = JobRunner.Settings()
            (settings.atOnce, settings.atOnceOfTenant) = (64, 48)
            let runner = JobRunner(yard.database, [Note.handler], settings, log: Yard.log)
            // Nobody else is there: there is room left for who may come.
            let first = try await runner.take()
            #expect(first.count == 48 && first.allSatisfy { $0.tenant == yard.ada })
            // The next one that comes is the next one taken, before 2,952 that are older.
            try await yard.add(notes(1), for: yard.eve)
            #expect(try await runner.take().map(\.tenant) == [yard.eve])
            // Two with many share what is free.
            try await yard.add(notes(3000), for: yard.eve)
            for job in first { runner.bench.remove(job) }
            let next = Dictionary(grouping: try await runner.take(), by: \.tenant)
            #expect(next.mapValues(\.count) == [yard.ada: 32, yard.eve: 31])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `two workers take no job twice`(on engine: EngineKind) async throws {
        try await Yard.with(engine) { yard in
            let board = Board()
            try await yard.add(
                (1...1000).map { Note(board: board.number, text: "\($0)") }, for: yard.ada)
            let other = JobRunner(yard.database, [Note.handler], log: Yard.log)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await other.run() }
                try await yard.running([Note.handler]) { try await yard.jobs().isEmpty }
                group.cancelAll()
            }
            #expect(board.all.count == 1000)
            #expect(Set(board.all).count == 1000)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a job whose end was not written is run again, though its worker goes on with others`(
        on engine: EngineKind
    ) async throws {
        try await Yard.with(engine) { yard in
            let board = Board()
            let handler = JobHandler(Note.self) { note, run in
                Board.write("\(note.text) \(run.job.claims)", on: note.board)
                // One runs on until the other has been run again; the other leaves no trace.
                if note.text == "long" { try await wait { board.all.contains("lost 2") } }
                if run.job.claims == 1, note.text == "lost" { throw LeaseLost() }
            }
            var settings = JobRunner.Settings()
            settings.leaseSeconds = 3
            try await yard.add(
                ["long", "lost"].map { Note(board: board.number, text: $0) }, for: yard.ada)
            try await yard.running([handler], settings) { try await yard.jobs().isEmpty }
            #expect(Set(board.all).isSuperset(of: ["long 1", "lost 1", "lost 2"]))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a job that calls itself cancelled has failed; one that ends with its worker has not`(
        on engine: EngineKind
    ) async throws {
        try await Yard.with(engine) { yard in
            let board = Board()
            let fickle = JobHandler(Stumble.self) { _, _ in throw CancellationError() }
            let long = JobHandler(Note.self) { note, _ in
                Board.write(note.text, on: note.board)
                try await Task.sleep(for: .seconds(600))
            }
            try await yard.add([Stumble(board: board.number, times: 0)], for: yard.ada)
            try await yard.add([Note(board: board.number, text: "begun")], for: yard.ada)
            try await yard.running([fickle, long]) {
                let isDead = try await yard.jobs().contains { $0.state == .dead }
                return isDead && board.all == ["begun"]
            }
            let jobs = try await yard.jobs()
            #expect(jobs.map(\.state) == [.dead, .waiting])
            #expect(jobs.map(\.failures) == [3, 0])
            #expect(jobs.map(\.error) == ["CancellationError()", nil])
        }
    }

    @Test func `timers that another worker has before itself are left to it`() async throws {
        // SQLite has one writer: nobody is ever between looking and taking.
        guard EngineKind.allCases.contains(.postgres) else { return }
        try await Yard.with(.postgres) { yard in
            let due = Instant.now.adding(seconds: -1)
            try await yard.add([Note(board: 0, text: "")], for: yard.ada, at: due)
            let runner = JobRunner(yard.database, [Note.handler], log: Yard.log)
            let taken = try await yard.database.write(isolation: .readCommitted) { tx in
                let held = try await tx.rows(
                    "SELECT id FROM jobs WHERE state = 'scheduled' FOR UPDATE"
                ) { try $0.next(ID<StoredJob>.self) }
                #expect(held.count == 1)
                return try await runner.take()
            }
            #expect(taken.isEmpty)
            #expect(try await runner.take().count == 1)
        }
    }
}

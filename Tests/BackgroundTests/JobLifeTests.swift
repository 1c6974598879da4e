import DatabaseSupport
import Storage
import Tenancy
import Testing

@testable import Background

@Suite struct JobLifeTests {
    /// Thousands of courses, in memory: what workers and clocks may do to jobs, they end, and
    /// no run is kept twice.
    @Test(arguments: 0..<20) func `no course of things loses a job or keeps it twice`(part: UInt64)
    {
        for seed in part * 250..<(part + 1) * 250 {
            var walk = JobWalk(seed: seed)
            for _ in 0..<120 {
                _ = walk.step()
                #expect(walk.model.done.values.allSatisfy { $0 == 1 }, "seed \(seed)")
            }
            walk.bringToAnEnd()
            let ends = walk.model.jobs.filter { $0.state == .dead || $0.state == .cancelled }
            #expect(ends.count == walk.model.jobs.count, "seed \(seed)")
            #expect(Set(walk.model.done.keys).isDisjoint(with: ends.map(\.id)), "seed \(seed)")
        }
    }

    @Test(arguments: EngineKind.allCases, 1...8)
    func `the statements do what the model says`(on engine: EngineKind, seed: UInt64) async throws {
        try await Yard.with(engine) { yard in
            var walk = JobWalk(seed: seed)
            for number in 0..<120 {
                let step = walk.step()
                try await step.apply(in: yard, at: walk.model.now)
                let stored = try await yard.jobs().map(JobModel.Entry.init)
                let expected = walk.model.jobs.sorted { $0.id < $1.id }.map(\.comparable)
                #expect(stored == expected, "step \(number): \(step)")
                guard stored == expected else { return }
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `whose lease is lost keeps nothing`(on engine: EngineKind) async throws {
        try await Yard.with(engine) { yard in
            try await yard.add([Note(board: 0, text: "")], for: yard.ada)
            let line = JobQueue.Line(kind: Note.kind.name, tenant: yard.ada)
            let slow = try await yard.queue {
                try await $0.take(line, limit: 1, for: ID(), leaseSeconds: 0)
            }[0]
            try await wait { try await yard.queue { try await $0.sweep() } == 1 }
            let fast = try await yard.queue {
                try await $0.take(line, limit: 1, for: ID(), leaseSeconds: 60)
            }[0]
            #expect(fast.claims == 2)
            // The slow one wakes up and goes on as if nothing had happened.
            let late = JobRun(slow, yard.database) { .now }
            await #expect(throws: LeaseLost.self) {
                try await late.finish { try await $0.record(Event("test.late", nil)) }
            }
            await #expect(throws: LeaseLost.self) {
                try await late.write { try await $0.record(Event("test.late", nil)) }
            }
            try await yard.queue { try await $0.finish([slow]) }
            #expect(try await yard.jobs().map(\.state) == [.running])
            try await JobRun(fast, yard.database) { .now }.finish {
                try await $0.record(Event("test.done", nil))
            }
            #expect(try await yard.jobs().isEmpty)
            let events = try await yard.database.read { tx in
                try await tx.column("SELECT name FROM events", as: String.self)
            }
            #expect(events == ["test.done"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a worker whose clock is an hour ahead takes nothing early and steals nothing`(
        on engine: EngineKind
    ) async throws {
        try await Yard.with(engine) { yard in
            let board = Board()
            let timer = [Note(board: board.number, text: "early")]
            try await yard.add(timer, for: yard.ada, at: .now.adding(seconds: 1800))
            try await yard.add([Note(board: 0, text: "")], for: yard.ada)
            let line = JobQueue.Line(kind: Note.kind.name, tenant: yard.ada)
            _ = try await yard.queue {
                try await $0.take(line, limit: 1, for: ID(), leaseSeconds: 600)
            }
            var settings = JobRunner.Settings()
            settings.clock = { .now.adding(seconds: 3600) }
            let own = Board()
            try await yard.add([Note(board: own.number, text: "own")], for: yard.eve)
            try await yard.running([Note.handler], settings) { own.all == ["own"] }
            #expect(try await yard.queue { try await $0.promote(limit: 10) } == 0)
            #expect(try await yard.queue { try await $0.sweep() } == 0)
            #expect(board.all.isEmpty)
            #expect(Set(try await yard.jobs().map(\.state)) == [.running, .scheduled])
        }
    }
}

extension JobModel.Entry {
    /// What is compared: the key and the priority are not read back.
    var comparable: Self {
        Self(
            id: id, tenant: tenant, key: nil, priority: 0, state: state, runAt: runAt,
            failures: failures, worker: worker, leaseUntil: leaseUntil, claims: claims)
    }

    init(_ job: StoredJob) {
        self.init(
            id: job.id, tenant: job.tenant, key: nil, priority: 0, state: job.state,
            runAt: job.runAt.microseconds, failures: job.failures, worker: job.worker,
            leaseUntil: job.leaseUntil?.microseconds, claims: job.claims)
    }
}

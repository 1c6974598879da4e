import Background
import DatabaseSupport
import Foundation
import Storage
import Tenancy
import Testing

@Suite(.timeLimit(.minutes(5))) struct WorkerKillTests {
    private static let jobsOfAKind = 60
    private static let kills = 6

    @Test(arguments: EngineKind.allCases)
    func `workers killed in the middle of jobs lose none, and keep no effect twice`(
        on engine: EngineKind
    ) async throws {
        try await engine.withPlace { place in
            let yard = Yard(database: Database(try await engine.open(place)))
            let ids = try await Self.fill(yard)
            var workers = try (0..<2).map { _ in try WorkerProcess(engine, at: place) }
            defer { for worker in workers { worker.kill() } }
            var begun = 0
            for number in 0..<Self.kills {
                // Somebody works, and has not worked since the last kill alone.
                try await wait { [begun] in
                    let now = try await Self.counts("labour.begun", in: yard).values.reduce(0, +)
                    let running = try await yard.jobs().count { $0.state == .running }
                    return now >= begun + 10 && running >= 4
                }
                workers[number % 2].kill()
                begun = try await Self.counts("labour.begun", in: yard).values.reduce(0, +)
                workers[number % 2] = try WorkerProcess(engine, at: place)
            }
            try await wait { try await yard.jobs().isEmpty }
            let done = try await Self.counts("labour.done", in: yard)
            #expect(Set(done.keys) == Set(ids), "none is lost")
            #expect(done.values.allSatisfy { $0 == 1 }, "none is kept twice")
            let steps = try await Self.counts("labour.step", in: yard)
            #expect(steps.count == Self.jobsOfAKind)
            #expect(steps.values.allSatisfy { $0 == ByAndBy.steps }, "nor is a step of one")
            let all = try await Self.counts("labour.begun", in: yard).values
            #expect(all.reduce(0, +) > ids.count, "some were in the middle, and began again")
            try await yard.database.engine.close()
        }
    }

    /// Adds jobs of each kind for two companies; returns what each must have an effect for.
    private static func fill(_ yard: Yard) async throws -> [UUID] {
        func fresh() -> [UUID] { (0..<jobsOfAKind / 2).map { _ in UUID() } }
        var all: [UUID] = []
        for tenant in [yard.ada, yard.eve] {
            let (first, second, third, fourth, heirs) = (
                fresh(), fresh(), fresh(), fresh(), fresh()
            )
            try await yard.add(first.map { AtOnce(id: $0) }, for: tenant)
            try await yard.add(second.map { ByAndBy(id: $0) }, for: tenant)
            try await yard.add(zip(third, heirs).map { Heir(id: $0, heir: $1) }, for: tenant)
            try await yard.add(fourth.map { Careful(id: $0) }, for: tenant)
            all += first + second + third + fourth + heirs
        }
        return all
    }

    private static func counts(_ name: String, in yard: Yard) async throws -> [UUID: Int] {
        let rows = try await yard.database.read { tx in
            try await tx.rows(
                "SELECT subject_id, COUNT(*) FROM events WHERE name = \(name) GROUP BY subject_id"
            ) { row in try (row.next(ID<StoredJob>.self).uuid, row.next(Int.self)) }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }
}

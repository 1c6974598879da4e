import Background
import DatabaseSupport
import Foundation
import Storage
import Tenancy
import Testing

@Suite(.timeLimit(.minutes(15))) struct WorkerKillTests {
    /// Of each company, at a time.
    private static let jobsOfAKind = 12
    private static let kills = 6

    @Test(arguments: EngineKind.allCases)
    func `workers killed in the middle of jobs lose none, and keep no effect twice`(
        on engine: EngineKind
    ) async throws {
        try await engine.withPlace { place in
            try await engine.with(at: place) {
                let yard = Yard(database: Database($0))
                let ids = try await Self.killing(engine, place, yard)
                try await Self.expectEffects(of: ids, in: yard)
            }
        }
    }

    /// Lets two workers run jobs, kills one of them again and again, and waits for the end of
    /// all jobs; returns what each must have an effect for.
    private static func killing(
        _ engine: EngineKind, _ place: String, _ yard: Yard
    ) async throws -> [UUID] {
        var workers = try (0..<2).map { _ in try WorkerProcess(engine, at: place) }
        defer { for worker in workers { worker.kill() } }
        var ids: [UUID] = []
        for number in 0..<kills {
            while true {
                let jobs = try await yard.jobs()
                if jobs.contains(where: { $0.state == .running }) { break }
                if jobs.isEmpty { ids += try await fill(yard) }
                try await Task.sleep(for: .milliseconds(2))
            }
            workers[number % 2].kill()
            workers[number % 2] = try WorkerProcess(engine, at: place)
        }
        try await wait { try await yard.jobs().isEmpty }
        return ids
    }

    private static func expectEffects(of ids: [UUID], in yard: Yard) async throws {
        let done = try await counts("labour.done", in: yard)
        #expect(Set(done.keys) == Set(ids), "none is lost")
        #expect(done.values.allSatisfy { $0 == 1 }, "none is kept twice")
        let steps = try await counts("labour.step", in: yard).values
        #expect(steps.allSatisfy { $0 == ByAndBy.steps }, "nor is a step of one")
        let begun = try await counts("labour.begun", in: yard).values.reduce(0, +)
        #expect(begun > ids.count, "some were in the middle, and began again")
    }

    /// Adds jobs of each kind for two companies; returns what each must have an effect for.
    private static func fill(_ yard: Yard) async throws -> [UUID] {
        func fresh() -> [UUID] { (0..<jobsOfAKind).map { _ in UUID() } }
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

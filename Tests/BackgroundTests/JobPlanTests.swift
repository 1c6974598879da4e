import DatabaseSupport
import Storage
import Tenancy
import Testing

@testable import Background

@Suite(.enabled(if: PostgresServer.address != nil)) struct JobPlanTests {
    private static let many = 4000

    /// PostgreSQL plans by what it believes of a table, and keeps the plan.
    @Test(arguments: ["never", "while it was small", "when it was full"])
    func `no step of the queue reads many jobs, whenever statistics were taken`(
        taken: String
    ) async throws {
        try await EngineKind.postgres.withPlace { place in
            try await EngineKind.postgres.with(at: place) {
                let yard = Yard(database: Database($0))
                if taken == "while it was small" { try await Self.plan(yard, at: place) }
                try await Self.add(Self.many, in: yard)
                if taken == "when it was full" { try await Self.analyze(place) }
                for _ in 0..<8 {
                    let read = try await Self.work(in: yard)
                    #expect(read < 200, "rows read to take and finish ten")
                }
            }
        }
    }

    /// Lets plans be made, and kept, with few jobs there: on each connection, several times.
    private static func plan(_ yard: Yard, at place: String) async throws {
        try await add(8, in: yard)
        try await analyze(place)
        for _ in 0..<8 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { _ = try await work(in: yard) } }
                try await group.waitForAll()
            }
        }
    }

    private static func analyze(_ place: String) async throws {
        try await PostgresServer.execute("VACUUM (ANALYZE) jobs", at: place)
    }

    private static func add(_ count: Int, in yard: Yard) async throws {
        try await yard.add((0..<count).map { _ in Note(board: 0, text: "") }, for: yard.ada)
    }

    /// Takes ten jobs through their life; returns how many rows of the table were read for it.
    private static func work(in yard: Yard) async throws -> Int {
        try await yard.queue { queue in
            let worker = ID<Worker>()
            // Of this connection, and not of this transaction alone.
            let before = try await Self.rowsRead(queue.tx)
            let lines = try await queue.lines(after: nil, limit: 64)
            _ = try await queue.untilNext()
            _ = try await queue.promote(limit: 10)
            var jobs: [StoredJob] = []
            for line in lines {
                jobs += try await queue.take(line, limit: 10, for: worker, leaseSeconds: 60)
            }
            _ = try await queue.renew(Set(jobs.map(\.id)), of: worker, leaseSeconds: 60)
            _ = try await queue.sweep()
            for job in jobs { try await queue.hold(job) }
            try await queue.finish(jobs)
            return try await Self.rowsRead(queue.tx) - before
        }
    }

    private static func rowsRead(_ tx: any Transaction) async throws -> Int {
        try await tx.value(
            """
            SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables
            WHERE relname = 'jobs'
            """) ?? 0
    }
}

import Background
import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

@testable import CRM

private struct Chore: Job {
    static let kind = JobKind("chores.do")
    let text: String
}

@Suite struct JobRoutesTests {
    /// Four jobs of Vantage, one of them dead, and one of Rival.
    private static func fill(_ world: World) async throws {
        for (person, texts) in [(world.ada, ["a", "b", "<c>"]), (world.eve, ["e"])] {
            try await world.asking(person) { scope in
                for text in texts { try await Jobs(scope).add(Chore(text: text)) }
            }
        }
        try await world.asking(world.ada) { scope in
            let later = scope.now.adding(days: 1)
            try await Jobs(scope).add(Chore(text: "later"), at: later)
        }
        let tenant = world.vantage
        try await world.database.write { tx in
            let queue = JobQueue(tx)
            let line = JobQueue.Line(kind: Chore.kind.name, tenant: tenant)
            let taken = try await queue.take(line, limit: 1, for: ID(), leaseSeconds: 60)
            try await queue.bury(taken[0], failures: 12, error: "The <server> did not answer.")
            var counts = JobCounts()
            (counts.done, counts.failed, counts.runMicroseconds) = (9, 1, 20_000)
            try await queue.count([line: counts])
        }
    }

    private static func id(_ state: String, _ person: Person) async throws -> String {
        let found = try await person.get("/api/v1/jobs?filter%5Bstate%5D=\(state)")
        return try #require(found.data.first?["id"]?.string)
    }

    @Test(arguments: EngineKind.allCases)
    func `an admin sees the company's jobs, page by page, and what failed`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            world.clock.advance(seconds: Instant.now.seconds(since: world.clock.now))
            try await Self.fill(world)
            let first = try await world.ada.get("/api/v1/jobs?limit=3")
            let next = try #require(first.json["next"]?.string)
            let second = try await world.ada.get("/api/v1/jobs?limit=3&cursor=\(next)")
            #expect(first.data.count + second.data.count == 4)
            let dead = try await world.ada.get("/api/v1/jobs?filter%5Bstate%5D=dead").data
            #expect(dead.map { $0["error"] } == ["The <server> did not answer."])
            #expect(dead.first?["payload"]?["text"] != nil)
            let queue = try await world.ada.get("/api/v1/jobs/queues").json["data"]?.array?.first
            #expect(queue?["waiting"] == 2 && queue?["scheduled"] == 1 && queue?["dead"] == 1)
            #expect(queue?["done_in_a_day"] == 9 && queue?["failed_in_a_day"] == 1)
            #expect(try await world.sam.get("/api/v1/jobs").status == 403)
            #expect(try await world.eve.get("/api/v1/jobs").data.count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a failed job is sent off again or given up, by its own company`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            try await Self.fill(world)
            let id = try await Self.id("dead", world.ada)
            let path = "/api/v1/jobs/\(id)"
            #expect(try await world.eve.post(path + "/retry", [:]).status == 404)
            #expect(try await world.sam.post(path + "/retry", [:]).status == 403)
            let again = try await world.ada.post(path + "/retry", [:])
            #expect(again.json["state"] == "waiting" && again.json["failures"] == 0)
            #expect(try await world.ada.post(path + "/retry", [:]).status == 409)
            let given = try await world.ada.post(path + "/cancellation", [:])
            #expect(given.json["state"] == "cancelled")
            #expect(try await world.ada.post(path + "/cancellation", [:]).status == 409)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the page shows queues and failures, for admins`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let empty = try await world.ada.page("/jobs")
            #expect(empty.text.contains("Nothing was done in the background yet"))
            world.clock.advance(seconds: Instant.now.seconds(since: world.clock.now))
            try await Self.fill(world)
            let page = try await world.ada.page("/jobs")
            #expect(page.status == 200)
            #expect(page.text.contains("Chores: do"))
            #expect(page.text.contains("The &lt;server&gt; did not answer."))
            let dead = try await world.ada.page("/jobs?state=dead", fragment: true)
            #expect(dead.text.hasPrefix("<div class=\"leaf\""))
            #expect(dead.text.contains("Retry") && !dead.text.contains("Run now"))
            #expect(try await world.sam.page("/jobs").status == 403)
            #expect(!(try await world.sam.page("/today").text.contains("href=\"/jobs\"")))
        }
    }

    /// As many jobs of one kind as are counted at most, of Vantage.
    private static func flood(_ world: World, _ engine: EngineKind) async throws {
        let id: SQL = engine == .sqlite ? "randomblob(16)" : "gen_random_uuid()"
        let (tenant, now) = (world.vantage, world.clock.now)
        try await world.database.write { tx in
            _ = try await tx.execute(
                """
                INSERT INTO jobs (tenant_id, id, kind, payload, state, run_at, created_at, changed_at)
                WITH RECURSIVE numbers (number) AS (
                    SELECT 1 UNION ALL SELECT number + 1 FROM numbers
                    WHERE number < \(Jobs.countedMax))
                SELECT t.id, \(id), 'chores.do', '{}', 'waiting', CAST(\(now) AS bigint),
                    CAST(\(now) AS bigint), CAST(\(now) AS bigint)
                FROM numbers, tenants t WHERE t.id = \(tenant)
                """)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `where not all jobs are counted, the page and the API say so`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            try await Self.fill(world)
            #expect(try await world.ada.get("/api/v1/jobs/queues").json["is_more"] == false)
            try await Self.flood(world, engine)
            #expect(try await world.ada.get("/api/v1/jobs/queues").json["is_more"] == true)
            let page = try await world.ada.page("/jobs")
            #expect(page.text.matches(of: /data-label="Waiting">(99,99\d|100,000)\+</).count == 1)
            #expect(page.text.matches(of: /Waiting <span class="n num">[\d,]+\+</).count == 1)
            let few = try await world.eve.page("/jobs")
            #expect(few.text.contains("data-label=\"Waiting\">1<"))
        }
    }
}

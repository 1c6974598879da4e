import Background
import DatabaseSupport
import Logging
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

/// Leads that nobody can take yet, and leads whose owners do not act.
@Suite struct WaitingTests {
    private static func set(_ world: World, _ rules: [JSON], fallback: JSON = nil) async throws {
        let answer = try await world.ada.put(
            "/api/v1/assignment-rules", ["rules": .array(rules), "fallback": fallback])
        #expect(answer.status == 200, "\(answer.text)")
    }

    private static func east(_ world: World, _ how: JSON) throws -> JSON {
        let team = try #require(world.teams["East"])
        return ["name": "East", "to": ["team": .string("\(team)")], "how": how]
    }

    private static func away(
        _ world: World, _ people: [Person], until: Instant?
    ) async throws {
        for person in people {
            _ = try await world.asking(world.ada) { scope in
                try await scope.tx.execute(
                    """
                    UPDATE users SET away_until = \(until)
                    WHERE tenant_id = \(scope.tenant) AND id = \(person.id)
                    """)
            }
        }
    }

    /// Does what waits to be done by now.
    private static func work(_ world: World) async throws {
        var settings = JobRunner.Settings()
        settings.clock = { world.clock.now }
        let runner = JobRunner(
            world.database, assignmentHandlers(world.database), settings,
            log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let now = world.clock.now
        let jobs: [StoredJob] = try await world.database.write { tx in
            try await tx.execute(
                """
                UPDATE jobs SET state = 'waiting', run_at = 0
                WHERE state = 'scheduled' AND run_at <= \(now)
                """)
            return try await tx.all(
                "SELECT \(StoredJob.columns) FROM jobs j WHERE state = 'waiting' ORDER BY id")
        }
        for job in jobs { _ = try await runner.run(job.id, of: job.tenant) }
    }

    private static func offer(_ world: World) async throws {
        _ = try await world.database.write(
            as: .system(world.vantage), at: world.clock.now, isolation: .readCommitted
        ) { try await Holds($0).offer() }
    }

    @Test(arguments: EngineKind.allCases)
    func `a lead that nobody can take waits, and goes to the first who is back`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            try await Self.set(world, [Self.east(world, ["hold_minutes": 60])])
            let team = [world.sam, world.sia, world.nik]
            try await Self.away(world, team, until: world.clock.now.adding(days: 1))
            let lead = try await world.ada.lead(["company": "Orchard"])
            let path = "/api/v1/leads/\(lead)"
            let waiting = try await world.ada.get(path).json
            #expect(waiting["owner"] == .null)
            #expect(
                waiting["owner_reason"]?.string?.hasPrefix("Waiting for somebody of East") == true)
            try await Self.offer(world)
            #expect(try await world.ada.get(path).json["owner"] == .null)
            let holds = try await world.ada.get("/api/v1/assignment/holds").data
            #expect(holds.map { $0["title"] } == ["Orchard"])
            #expect(holds.first?["rule"] == "East")
            #expect(try await world.wes.get("/api/v1/assignment/holds").data.isEmpty)
            #expect(try await world.eve.get("/api/v1/assignment/holds").data.isEmpty)
            let page = try await world.ada.page("/leads/\(lead)").text
            #expect(page.contains("Waiting for somebody of East, until 10:30."))

            try await Self.away(world, [world.nik], until: nil)
            try await Self.offer(world)
            let given = try await world.ada.get(path).json
            #expect(given["owner_name"] == "Nik")
            let told = try await world.ada.get("\(path)/timeline").data.first
            #expect(told?["name"] == "lead.assigned")
            #expect(told?["actor"]?["kind"] == "system")
            #expect(try await world.ada.get("/api/v1/assignment/holds").data.isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a lead whose wait is over goes to the next rule, and one given by hand waits no more`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            try await Self.set(
                world, [Self.east(world, ["hold_minutes": 60])],
                fallback: ["user": .string("\(world.wes.id)")])
            try await Self.away(
                world, [world.sam, world.sia, world.nik], until: world.clock.now.adding(days: 1))
            let first = try await world.ada.lead(["company": "A"])
            let second = try await world.ada.lead(["company": "B"])
            let answer = try await world.ada.post(
                "/api/v1/leads/\(second)/assignment", ["owner": .string("\(world.sam.id)")])
            #expect(answer.status == 200)
            world.clock.advance(seconds: 3599)
            try await Self.offer(world)
            #expect(try await world.ada.get("/api/v1/leads/\(first)").json["owner"] == .null)
            world.clock.advance(seconds: 1)
            try await Self.offer(world)
            let given = try await world.ada.get("/api/v1/leads/\(first)").json
            #expect(given["owner_name"] == "Wes")
            #expect(given["owner_reason"]?.string?.contains("Rule “East” found nobody.") == true)
            let kept = try await world.ada.get("/api/v1/leads/\(second)").json
            #expect(kept["owner_name"] == "Sam")
            let left: Int? = try await world.database.read { tx in
                try await tx.value("SELECT COUNT(*) FROM assignment_holds")
            }
            #expect(left == 0)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a lead goes to the next when its owner has not acted in working minutes`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            try await Self.set(world, [Self.east(world, ["reoffer_minutes": 30])])
            let lead = try await world.ada.lead(["company": "Orchard"])
            let path = "/api/v1/leads/\(lead)"
            var owners = [try await world.ada.get(path).json["owner_name"]?.string ?? ""]
            world.clock.advance(seconds: 1799)
            try await Self.work(world)
            #expect(try await world.ada.get(path).json["owner_name"]?.string == owners[0])
            // Two more have a turn; then there is nobody who has not had it.
            for _ in 0..<3 {
                world.clock.advance(seconds: 1801)
                try await Self.work(world)
                owners.append(try await world.ada.get(path).json["owner_name"]?.string ?? "")
            }
            #expect(Set(owners.prefix(3)) == ["Sam", "Sia", "Nik"])
            #expect(owners[2] == owners[3])
            let told = try await world.ada.get("\(path)/timeline").data
            #expect(told.prefix(2).allSatisfy { $0["name"] == "lead.reoffered" })
            #expect(told.first?["data"]?["minutes"] == 30)
            let reason = try await world.ada.get(path).json["owner_reason"]?.string ?? ""
            #expect(
                reason.hasPrefix("\(owners[1]) did not act within 30 working minutes. Rule “East”"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who acts keeps the lead, and minutes outside working hours do not count`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            try await Self.set(world, [Self.east(world, ["reoffer_minutes": 30])])
            let people = [world.sam, world.sia, world.nik]
            let called = try await world.ada.lead(["company": "Called"])
            let owner = try await world.ada.get("/api/v1/leads/\(called)").json["owner"]?.string
            let person = try #require(people.first { "\($0.id)" == owner })
            let call: JSON = ["kind": "call", "outcome": "connected"]
            let logged = try await person.post("/api/v1/leads/\(called)/activities", call)
            #expect(logged.status == 201, "\(logged.text)")
            world.clock.advance(seconds: 1800)
            try await Self.work(world)
            #expect(
                try await world.ada.get("/api/v1/leads/\(called)").json["owner"]?.string == owner)

            // Ten minutes before the day ends: twenty are left for the morning.
            world.clock.advance(seconds: 8 * 3600 - 600)
            let late = try await world.ada.lead(["company": "Late"])
            let path = "/api/v1/leads/\(late)"
            let first = try await world.ada.get(path).json["owner"]
            world.clock.advance(seconds: 600 + 15 * 3600 + 1199)
            try await Self.work(world)
            #expect(try await world.ada.get(path).json["owner"] == first)
            world.clock.advance(seconds: 1)
            try await Self.work(world)
            #expect(try await world.ada.get(path).json["owner"] != first)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an import lets leads wait as well, and nobody has to act on them in time`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            try await Self.set(
                world, [Self.east(world, ["hold_minutes": 60, "reoffer_minutes": 1])])
            let desk = ImportDesk(world: world)
            let mapping: JSON = ["columns": ["Company": "company"]]
            _ = try await desk.run("Company\nA\n", as: world.ada, mapping: mapping)
            try await Self.away(
                world, [world.sam, world.sia, world.nik], until: world.clock.now.adding(days: 1))
            _ = try await desk.run("Company\nB\nC\n", as: world.ada, mapping: mapping)
            let holds = try await world.ada.get("/api/v1/assignment/holds").data
            #expect(holds.compactMap { $0["title"]?.string }.sorted() == ["B", "C"])
            let timers: Int? = try await world.database.read { tx in
                try await tx.value(
                    "SELECT COUNT(*) FROM jobs WHERE kind = \(ReofferLead.kind.name)")
            }
            #expect(timers == 0)
        }
    }
}

import CRM
import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@Suite struct UndoTests {
    /// A lead and what hangs on it, but for what counts changes.
    private static func state(_ world: World, _ id: ID<Lead>) async throws -> [String] {
        try await world.asking(world.ada) { scope in
            var lead = try await Leads(scope).find(id)
            (lead.version, lead.updatedAt) = (0, World.moment)
            let intervals = try await scope.tx.column(
                """
                SELECT number || stage || entered_at || COALESCE(left_at, 0) FROM stage_intervals
                WHERE tenant_id = \(scope.tenant) AND lead_id = \(id) ORDER BY number
                """, as: String.self)
            let steps = try await scope.tx.column(
                """
                SELECT kind || due_at || CAST(owner_id AS TEXT) FROM follow_ups
                WHERE tenant_id = \(scope.tenant) AND lead_id = \(id) AND state = 'open'
                ORDER BY due_at, id
                """, as: String.self)
            let activities = try await scope.tx.column(
                """
                SELECT CAST(id AS TEXT) FROM activities
                WHERE tenant_id = \(scope.tenant) AND lead_id = \(id) ORDER BY id
                """, as: String.self)
            return ["\(lead)"] + intervals + steps + activities
        }
    }

    @Test(arguments: EngineKind.allCases, 1...6)
    func `undo puts back exactly what was there`(on engine: EngineKind, seed: UInt64) async throws {
        try await World.with(engine) { world in
            var walk = Walk(world, seed: seed)
            for _ in 0..<3 { try await walk.create() }
            var undone = 0
            for _ in 0..<40 {
                let id = walk.dice.pick(walk.leads)
                let before = try await Self.state(world, id)
                guard let change = try await walk.step(on: id) else { continue }
                let after = try await Self.state(world, id)
                guard after != before, walk.dice.chance(50) else { continue }
                let result = try await world.asking(world.ada) {
                    try await Changes($0).undo(change)
                }
                #expect(result.done == 1)
                #expect(try await Self.state(world, id) == before)
                undone += 1
            }
            #expect(undone > 3)
            try await Books.check(world)
        }
    }

    private static func moved(_ world: World) async throws -> (lead: String, change: String) {
        let id = try await world.sam.lead(["company": "Orchard"])
        let moved = try await world.sam.post("/api/v1/leads/\(id)/transition", ["to": "won"])
        return (id, moved.json["change"]?.string ?? "")
    }

    @Test(arguments: EngineKind.allCases)
    func `a win is taken back with the customer it made`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let (id, change) = try await Self.moved(world)
            let undone = try await world.sam.post("/api/v1/changes/\(change)/undo")
            #expect(undone.status == 200)
            #expect(undone.json["done"] == 1)
            let lead = try await world.sam.get("/api/v1/leads/\(id)").json
            #expect(lead["stage"] == "open")
            #expect(lead["stage_class"] == "open")
            #expect(lead["closed_at"] == JSON.null)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a change is undone once, within the hour, by who made it`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let (id, change) = try await Self.moved(world)
            let path = "/api/v1/changes/\(change)/undo"
            for person in [world.sia, world.ada, world.eve] {
                #expect(try await person.post(path).status == 404)
            }
            let undone = try await world.sam.post(path)
            #expect(try await world.sam.post(path).status == 409)
            // Taking back what took back would move the lead without its intervals.
            let second = undone.json["change"]?.string ?? ""
            #expect(try await world.sam.post("/api/v1/changes/\(second)/undo").status == 409)
            #expect(try await world.sam.post("/api/v1/changes/nothing/undo").status == 404)
            let again = try await world.sam.post("/api/v1/leads/\(id)/transition", ["to": "won"])
            world.clock.advance(seconds: 3601)
            let late = again.json["change"]?.string ?? ""
            #expect(try await world.sam.post("/api/v1/changes/\(late)/undo").status == 409)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a lead given back has its follow-ups with whom they were`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let id = try await world.ada.lead(["company": "Nobody's"])
            let lead = try #require(ID<Lead>(id))
            let path = "/api/v1/leads/\(id)"
            let step: JSON = ["kind": "call", "at": "2026-11-20T10:00:00Z"]
            _ = try await world.ada.post(path + "/follow-ups", step)
            _ = try await world.eva.post(path + "/follow-ups", step)
            let before = try await Self.state(world, lead)
            let owner: JSON = ["owner": .string(world.sam.id.description)]
            let given = try await world.ada.post(path + "/assignment", owner)
            let change = given.json["change"]?.string ?? ""
            #expect(try await world.ada.post("/api/v1/changes/\(change)/undo").json["done"] == 1)
            #expect(try await Self.state(world, lead) == before)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a lead that was changed since is left and named`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let (id, change) = try await Self.moved(world)
            _ = try await world.sam.patch("/api/v1/leads/\(id)", ["product": "Suite"], version: 2)
            let undone = try await world.sam.post("/api/v1/changes/\(change)/undo")
            #expect(undone.json["done"] == 0)
            #expect(undone.json["failed"]?.array?.map { $0["id"] } == [.string(id)])
            #expect(try await world.sam.get("/api/v1/leads/\(id)").json["stage"] == "won")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `several leads move together and are taken back together`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            var ids: [JSON] = []
            for number in 0..<5 {
                ids.append(.string(try await world.sam.lead(["company": .string("F\(number)")])))
            }
            let foreign = try await world.roy.lead(["company": "Other"])
            let other = try await world.wes.lead(["company": "Not Sam's"])
            let all = JSON.array(ids + [.string(foreign), .string(other)])
            let moved = try await world.sam.post(
                "/api/v1/leads/transitions", ["ids": all, "to": "connected"])
            #expect(moved.json["done"] == 5)
            #expect(moved.json["failed"]?.array?.count == 2)
            #expect(try await world.roy.get("/api/v1/leads/\(foreign)").json["stage"] == "open")
            let change = moved.json["change"]?.string ?? ""
            let undone = try await world.sam.post("/api/v1/changes/\(change)/undo")
            #expect(undone.json["done"] == 5)
            let stages = try await world.sam.get("/api/v1/leads").data.map { $0["stage"] }
            #expect(stages == Array(repeating: "open", count: 5))
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what all of them lack is asked once, and none has moved`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let first = try await world.sam.lead(["company": "A"])
            let second = try await world.sam.lead(["company": "B"])
            let ids: JSON = .array([.string(first), .string(second)])
            let answer = try await world.sam.post(
                "/api/v1/leads/transitions", ["ids": ids, "to": "lost"])
            #expect(answer.status == 422)
            #expect(answer.faults == ["lost_reason"])
            let too: JSON = .array(Array(repeating: .string(first), count: 1001))
            let many = try await world.sam.post(
                "/api/v1/leads/transitions", ["ids": too, "to": "won"])
            #expect(many.faults == ["ids"])
            #expect(try await world.sam.get("/api/v1/leads/\(first)").version == 1)
            let mute: JSON = ["ids": ids, "owner": .string(world.nik.id.description)]
            let refused = try await world.max.post("/api/v1/leads/assignments", mute)
            #expect(refused.faults == ["reason"])
            let owner: JSON = [
                "ids": ids, "owner": .string(world.nik.id.description), "reason": "Sam is ill",
            ]
            let handed = try await world.max.post("/api/v1/leads/assignments", owner)
            #expect(handed.json["done"] == 2)
            let moved = try await world.nik.get("/api/v1/leads/\(first)")
            #expect(moved.json["owner_reason"] == "Sam is ill")
            let told = try await world.nik.get("/api/v1/leads/\(first)/timeline").data.first
            #expect(told?["data"]?["reason"] == "Sam is ill")
            let change = handed.json["change"]?.string ?? ""
            #expect(try await world.max.post("/api/v1/changes/\(change)/undo").json["done"] == 2)
            #expect(try await world.sam.get("/api/v1/leads").data.count == 2)
        }
    }
}

import CRM
import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@Suite struct ExplanationTests {
    private static func asked(
        _ world: World, _ asker: Person, of person: Person, _ lead: String, _ action: String
    ) async throws -> Answer {
        try await asker.get(
            "/api/v1/access/explain?user=\(person.id)&subject=lead:\(lead)&action=\(action)")
    }

    @Test(arguments: EngineKind.allCases)
    func `an admin is told why somebody sees a lead, or what is missing`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            let ada = world.ada
            let own = try await Self.asked(world, ada, of: world.sam, id, "leads.read").json
            #expect(own["allowed"] == true)
            #expect(own["because"]?.array?.last == "Sam owns it.")
            let max = try await Self.asked(world, ada, of: world.max, id, "read").json
            #expect(max["because"]?.array?.last == "Sam, who owns it, is of their teams.")
            let wes = try await Self.asked(world, ada, of: world.wes, id, "leads.read").json
            #expect(wes["allowed"] == false)
            #expect(wes["missing"]?.array?.first?.string?.hasSuffix("Sam owns it.") == true)
            let eva = try await Self.asked(world, ada, of: world.eva, id, "leads.edit").json
            #expect(
                eva["missing"]?.array == ["The role executive has no right to edit leads."])
            let share: JSON = ["user": .string(world.wes.id.description), "relation": "watcher"]
            _ = try await world.sam.post("/api/v1/leads/\(id)/shares", share)
            let now = try await Self.asked(world, ada, of: world.wes, id, "leads.read").json
            #expect(now["because"]?.array?.last == "It is shared with Wes as a watcher.")
            let close = try await Self.asked(world, ada, of: world.wes, id, "leads.close").json
            #expect(close["allowed"] == false)
        }
    }

    /// What is explained is what happens.
    @Test(arguments: EngineKind.allCases)
    func `the explanation agrees with the door`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for owner in [world.sam, world.nik, world.wes] {
                let id = try await owner.lead(["company": .string("Of \(owner.name)")])
                for person in world.everyone where person.tenant == world.vantage {
                    let told = try await Self.asked(world, world.ada, of: person, id, "read").json
                    let seen = try await person.get("/api/v1/leads/\(id)").status
                    #expect(told["allowed"] == .bool(seen == 200), "\(person.name), \(owner.name)")
                }
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `one asks about oneself; about others only who manages people`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            let own = try await Self.asked(world, world.sam, of: world.sam, id, "leads.read")
            #expect(own.json["allowed"] == true)
            #expect(try await Self.asked(world, world.sam, of: world.max, id, "read").status == 403)
            #expect(try await Self.asked(world, world.wes, of: world.wes, id, "read").status == 404)
            let roy = try await Self.asked(world, world.ada, of: world.roy, id, "read")
            #expect(roy.status == 404)
            let page = try await world.sam.page("/leads/\(id)/access")
            #expect(page.status == 200 && page.text.contains("Sam owns it."))
            let rights = try await world.sam.get("/api/v1/access/rights").data
            #expect(rights.contains { $0["action"] == "leads.close" && $0["on"] == ["own"] })
        }
    }
}

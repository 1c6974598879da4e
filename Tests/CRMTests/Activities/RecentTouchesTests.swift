import CRM
import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@Suite struct RecentTouchesTests {
    /// Sam's lead, which Wes has too.
    private static func shared(_ world: World) async throws -> String {
        let id = try await world.sam.lead(["company": "Orchard"])
        let share: JSON = ["user": .string(world.wes.id.description), "relation": "co_owner"]
        #expect(try await world.sam.post("/api/v1/leads/\(id)/shares", share).status == 201)
        return "/api/v1/leads/\(id)"
    }

    @Test(arguments: EngineKind.allCases)
    func `a colleague's call is told before the next one, and refuses nothing`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let lead = try await Self.shared(world)
            let call: JSON = ["kind": "call", "outcome": "no_answer"]
            let first = try await world.wes.post("\(lead)/activities", call)
            #expect(first.status == 201 && first.json["recent_touch"] == JSON.null)
            _ = try await world.wes.post("\(lead)/activities", ["kind": "note", "notes": "n"])
            world.clock.advance(seconds: 2 * 3600)
            let touches = try await world.sam.get("\(lead)/recent-touches")
            #expect(touches.data.map { $0["outcome"] } == ["no_answer"])
            #expect(touches.data.first?["user"]?["name"] == "Wes")
            #expect(touches.json["hours"] == 24)
            // One's own does not count.
            #expect(try await world.wes.get("\(lead)/recent-touches").data.isEmpty)
            let page = try await world.sam.page(lead.replacing("/api/v1", with: "")).text
            #expect(page.contains("Wes called 2 h ago: “No answer”"))
            let second = try await world.sam.post("\(lead)/activities", call)
            #expect(second.status == 201)
            #expect(second.json["recent_touch"]?["user"]?["name"] == "Wes")
            world.clock.advance(seconds: 23 * 3600)
            #expect(try await world.sam.get("\(lead)/recent-touches").data.isEmpty)
            #expect(try await world.wes.get("\(lead)/recent-touches").data.count == 1)
            #expect(try await world.nik.get("\(lead)/recent-touches").status == 404)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the company says for how long, and partners see no words`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let made = try await world.pat.post("/api/v1/leads", ["company": "Orchard"])
            let lead = "/api/v1/leads/\(made.json["id"]?.string ?? "")"
            let call: JSON = ["kind": "call", "outcome": "connected", "notes": "margin 40"]
            #expect(try await world.ada.post("\(lead)/activities", call).status == 201)
            world.clock.advance(seconds: 3600)
            let seen = try await world.pat.get("\(lead)/recent-touches")
            #expect(seen.data.map { $0["kind"] } == ["call"])
            #expect(seen.data.first?["outcome"] == JSON.null && !seen.text.contains("margin"))
            #expect(try await world.sam.put("/api/v1/touch-guard", ["hours": 1]).status == 403)
            let wrong = try await world.ada.put("/api/v1/touch-guard", ["hours": 721])
            #expect(wrong.faults == ["hours"])
            #expect(try await world.ada.put("/api/v1/touch-guard", ["hours": 0]).status == 200)
            #expect(try await world.ada.get("/api/v1/touch-guard").json["hours"] == 0)
            #expect(try await world.pat.get("\(lead)/recent-touches").data.isEmpty)
            #expect(try await world.ada.page("/settings/stages").text.contains("PUT /touch-guard"))
        }
    }
}

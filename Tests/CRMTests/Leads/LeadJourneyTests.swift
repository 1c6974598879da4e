import DatabaseSupport
import Storage
import TestSupport
import Testing

@Suite struct LeadJourney {
    @Test(arguments: EngineKind.allCases)
    func `a lead is entered, worked, won and becomes a customer`(on engine: EngineKind) async throws
    {
        try await World.with(engine) { world in
            let created = try await world.sam.post(
                "/api/v1/leads",
                [
                    "company": "Orchard Dairy", "contact_name": "Fatima Mehta",
                    "email": "Fatima@Orchard.example", "phone": "(212) 555-0147",
                    "value_minor": 2_200_000,
                ])
            #expect(created.status == 201)
            #expect(created.json["email"] == "fatima@orchard.example")
            #expect(created.json["phone"] == "+12125550147")
            #expect(created.json["owner"]?.string == world.sam.id.description)
            let id = created.json["id"]?.string ?? ""
            let logged = try await world.sam.post(
                "/api/v1/leads/\(id)/activities",
                [
                    "kind": "call", "outcome": "connected", "notes": "Wants a demo.",
                    "next": ["kind": "call", "at": "2026-11-20T10:00:00Z"],
                    "transition": ["to": "connected"],
                ])
            #expect(logged.status == 201)
            #expect(logged.json["lead"]?["stage"] == "connected")
            #expect(logged.json["lead"]?["next_follow_up_at"] == "2026-11-20T10:00:00Z")
            let won = try await world.sam.post("/api/v1/leads/\(id)/transition", ["to": "won"])
            #expect(won.status == 200)
            #expect(won.json["stage_class"] == "won")
            let names = try await world.sam.get("/api/v1/leads/\(id)/timeline").data
                .compactMap { $0["name"]?.string }
            #expect(
                names == [
                    "lead.won", "lead.moved", "follow_up.scheduled", "activity.logged",
                    "lead.created",
                ])
            let customers = try await world.sam.page("/customers")
            #expect(customers.text.contains("Orchard Dairy"))
        }
    }
}

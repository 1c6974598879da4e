import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@Suite struct MoveRoutesTests {
    private static func path(_ id: String) -> String { "/api/v1/leads/\(id)/transition" }

    /// What each stage asks for, in full.
    static func move(to stage: String) -> JSON {
        [
            "to": .string(stage), "lost_reason": stage == "lost" ? "other" : nil,
            "lost_note": stage == "lost" ? "Moved away." : nil,
            "resume_on": stage == "on_hold" ? "2026-12-01" : nil,
            "demo_at": stage == "demo_scheduled" ? "2026-11-20T15:00:00Z" : nil,
            "note": "Why not.",
        ]
    }

    @Test(
        arguments: EngineKind.allCases,
        [
            (#"{"to":"lost"}"#, "lost_reason"),
            (#"{"to":"lost","lost_reason":"other"}"#, "lost_note"),
            (#"{"to":"lost","lost_reason":"bad luck"}"#, "lost_reason"),
            (#"{"to":"on_hold"}"#, "resume_on"),
            (#"{"to":"on_hold","resume_on":"2026-11-17"}"#, "resume_on"),
            (#"{"to":"on_hold","resume_on":"soon"}"#, "resume_on"),
            (#"{"to":"demo_scheduled"}"#, "demo_at"), (#"{"to":"nowhere"}"#, "to"), ("{}", "to"),
            (#"{"to":" "}"#, "to"), (#"{"to":"won","colour":1}"#, "colour"),
        ])
    func `what a stage asks for and a move lacks is named, and nothing moves`(
        on engine: EngineKind, _ given: (String, String)
    ) async throws {
        let (move, fault) = given
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            let answer = try await world.sam.post(Self.path(id), try JSON(parsing: move))
            #expect(answer.status == 422)
            #expect(answer.faults == [fault])
            #expect(try await world.sam.get("/api/v1/leads/\(id)").version == 1)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a lost lead keeps its reason until a note reactivates it`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            let lost = try await world.sam.post(
                Self.path(id), ["to": "lost", "lost_reason": "competitor", "lost_note": "Acme"])
            #expect(lost.json["stage_class"] == "lost")
            #expect(lost.json["lost_reason"] == "competitor")
            #expect(lost.json["closed_at"] == "2026-11-18T09:30:00Z")
            let silent = try await world.sam.post(Self.path(id), ["to": "connected"])
            #expect(silent.faults == ["note"])
            let back = try await world.sam.post(
                Self.path(id), ["to": "connected", "note": "They called."])
            #expect(back.json["stage"] == "connected")
            for field in ["lost_reason", "lost_note", "closed_at"] {
                #expect(back.json[field] == JSON.null)
            }
            let newest = try await world.sam.get("/api/v1/leads/\(id)/timeline").data.first
            #expect(newest?["name"] == "lead.reactivated")
            #expect(newest?["data"]?["note"] == "They called.")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the day to resume is the company's own, as is nine in the morning`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            try await world.asking(world.ada) { scope in
                _ = try await scope.tx.execute(
                    """
                    UPDATE tenants SET time_zone = 'Pacific/Auckland' WHERE id = \(scope.tenant)
                    """)
            }
            // 22:30 of the 18th in Auckland.
            let today: JSON = "2026-11-18"
            let first = try await world.sam.lead(["company": "Orchard"])
            let held = try await world.sam.post(
                Self.path(first), ["to": "on_hold", "resume_on": today])
            #expect(held.json["next_follow_up_at"] == "2026-11-17T20:00:00Z")
            world.clock.advance(seconds: 2 * 3600)
            let next = try await world.sam.lead(["company": "Cedar"])
            let refused = try await world.sam.post(
                Self.path(next), ["to": "on_hold", "resume_on": today])
            #expect(refused.faults == ["resume_on"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `on hold has a day to resume, and goes back to where it was`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            _ = try await world.sam.post(Self.path(id), ["to": "proposal_sent"])
            let held = try await world.sam.post(Self.path(id), Self.move(to: "on_hold"))
            #expect(held.json["resume_on"] == "2026-12-01")
            #expect(held.json["next_follow_up_at"] == "2026-12-01T09:00:00Z")
            for stage in ["open", "negotiation", "won", "on_hold"] {
                let answer = try await world.sam.post(Self.path(id), Self.move(to: stage))
                #expect(answer.status == 409)
                #expect(answer.json["detail"]?.string?.isEmpty == false)
            }
            let back = try await world.sam.post(Self.path(id), ["to": "proposal_sent"])
            #expect(back.status == 200)
            #expect(back.json["resume_on"] == JSON.null)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a forward move says which stages it skipped; back goes one step`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            let moved = try await world.sam.post(Self.path(id), ["to": "demo_given"])
            #expect(moved.status == 200)
            let newest = try await world.sam.get("/api/v1/leads/\(id)/timeline").data.first
            #expect(
                newest?["data"]?["skipped"] == ["first_contact", "connected", "demo_scheduled"])
            #expect(try await world.sam.post(Self.path(id), ["to": "connected"]).status == 409)
            let back = try await world.sam.post(Self.path(id), ["to": "demo_scheduled"])
            #expect(back.status == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the winner is a customer once, and stays`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard", "value_minor": 900])
            let won = try await world.sam.post(Self.path(id), ["to": "won"])
            #expect(won.json["closed_at"] == "2026-11-18T09:30:00Z")
            for stage in ["open", "lost", "on_hold", "won"] {
                #expect(try await world.sam.post(Self.path(id), Self.move(to: stage)).status == 409)
            }
            try await Books.check(world)
        }
    }
}

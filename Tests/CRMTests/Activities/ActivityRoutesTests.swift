import DatabaseSupport
import Storage
import TestSupport
import Testing

@Suite struct ActivityRoutesTests {
    private static func lead(_ world: World) async throws -> (id: String, path: String) {
        let id = try await world.sam.lead(["company": "Orchard"])
        return (id, "/api/v1/leads/\(id)")
    }

    @Test(arguments: EngineKind.allCases)
    func `what was done completes what was due, and what is next stands`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let (_, path) = try await Self.lead(world)
            for at in ["2026-11-18T18:00:00Z", "2026-11-25T10:00:00Z", "2026-11-30T10:00:00Z"] {
                let made = try await world.sam.post(
                    path + "/follow-ups", ["kind": "call", "at": .string(at)])
                #expect(made.status == 201)
                #expect(made.json["next_follow_up_at"] == "2026-11-18T18:00:00Z")
            }
            let note = try await world.sam.post(
                path + "/activities", ["kind": "note", "notes": "n"])
            #expect(note.json["lead"]?["next_follow_up_at"] == "2026-11-18T18:00:00Z")
            let call = try await world.sam.post(
                path + "/activities",
                ["kind": "call", "outcome": "no_answer", "duration_minutes": 3])
            #expect(call.status == 201)
            #expect(call.json["activity"]?["outcome"] == "no_answer")
            #expect(call.json["lead"]?["next_follow_up_at"] == "2026-11-25T10:00:00Z")
            #expect(call.json["lead"]?["last_activity_at"] == "2026-11-18T09:30:00Z")
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `one form is one operation: a part that cannot be done undoes the rest`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            let (_, path) = try await Self.lead(world)
            let answer = try await world.sam.post(
                path + "/activities",
                [
                    "kind": "call", "notes": "Lost it.", "transition": ["to": "lost"],
                    "next": ["kind": "call", "at": "2026-11-25T10:00:00Z"],
                ])
            #expect(answer.status == 422)
            #expect(answer.faults == ["transition.lost_reason"])
            #expect(try await world.sam.get(path + "/timeline").data.count == 1)
            #expect(try await world.sam.get(path).version == 1)
            try await Books.check(world)
        }
    }

    @Test(
        arguments: EngineKind.allCases,
        [
            ("{}", "kind"), (#"{"kind":"smoke"}"#, "kind"),
            (#"{"kind":"call","duration_minutes":1441}"#, "duration_minutes"),
            (#"{"kind":"call","at":"yesterday"}"#, "at"),
            (#"{"kind":"call","next":{"kind":"call"}}"#, "next.at"),
            (#"{"kind":"call","next":{"kind":"note","at":"2026-11-25"}}"#, "next.kind"),
            (#"{"kind":"call","transition":{"to":5}}"#, "transition.to"),
            (#"{"kind":"call","transition":{"to":"nowhere"}}"#, "transition.to"),
            (#"{"kind":"call","notes":"a\u0000"}"#, "notes"),
        ])
    func `each wrong part is named`(on engine: EngineKind, _ given: (String, String)) async throws {
        let (input, field) = (try JSON(parsing: given.0), given.1)
        try await World.with(engine) { world in
            let (_, path) = try await Self.lead(world)
            let answer = try await world.sam.post(path + "/activities", input)
            #expect(answer.status == 422)
            #expect(answer.faults == [field])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a follow-up is moved, completed once, and only by who reaches its lead`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            let (_, path) = try await Self.lead(world)
            let step: JSON = ["kind": "meeting", "at": "2026-11-25T10:00:00Z"]
            _ = try await world.sam.post(path + "/follow-ups", step)
            let made = try await world.sam.get(path + "/timeline").data.first
            let id = made?["data"]?["follow_up"]?.string ?? ""
            let own = "/api/v1/follow-ups/\(id)"
            for person in [world.wes, world.pat, world.eve] {
                #expect(try await person.post(own + "/completion").status == 404)
                let moved = try await person.patch(own, ["at": "2026-12-01T10:00:00Z"], version: 1)
                #expect(moved.status == 404)
            }
            let moved = try await world.max.patch(own, ["at": "2026-12-01T10:00:00Z"], version: 1)
            #expect(moved.json["next_follow_up_at"] == "2026-12-01T10:00:00Z")
            let change = moved.json["change"]?.string ?? ""
            #expect(try await world.max.post("/api/v1/changes/\(change)/undo").status == 200)
            let back = try await world.sam.get(path).json
            #expect(back["next_follow_up_at"] == "2026-11-25T10:00:00Z")
            let done = try await world.sam.post(own + "/completion", ["notes": "Went well."])
            #expect(done.status == 200)
            #expect(done.json["next_follow_up_at"] == JSON.null)
            #expect(try await world.sam.post(own + "/completion").status == 409)
            #expect(try await world.sam.patch(own, ["at": "2026-12-01"], version: 1).status == 409)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the timeline tells everything with who and when, page by page`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let (id, path) = try await Self.lead(world)
            for number in 0..<6 {
                world.clock.advance(seconds: 60)
                _ = try await world.max.post(
                    path + "/activities", ["kind": "note", "notes": .string("Note \(number)")])
            }
            var (seen, cursor): ([JSON], String?) = ([], nil)
            repeat {
                let more = cursor.map { "&cursor=\($0)" } ?? ""
                let page = try await world.sam.get("\(path)/timeline?limit=3\(more)")
                seen += page.data
                cursor = page.json["next"]?.string
            } while cursor != nil && seen.count < 50
            #expect(seen.count == 7)
            #expect(seen.compactMap { $0["data"]?["notes"]?.string }.first == "Note 5")
            #expect(seen.first?["actor"]?["name"] == "Max")
            #expect(seen.last?["actor"]?["name"] == "Sam")
            #expect(seen.first?["at"] == "2026-11-18T09:36:00Z")
            for bad in ["cursor=x", "limit=0", "colour=red", "filter%5Bname%5D=x", "sort=at"] {
                #expect(try await world.sam.get("\(path)/timeline?\(bad)").status == 422)
            }
            let other = try await world.sam.lead(["company": "Other"])
            let page = try await world.sam.get("\(path)/timeline?limit=3")
            let next = page.json["next"]?.string ?? ""
            let bent = try await world.sam.get("/api/v1/leads/\(other)/timeline?cursor=\(next)")
            #expect(bent.status == 422)
            #expect(try await world.eve.get("/api/v1/leads/\(id)/timeline").status == 404)
        }
    }
}

import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct MergeRoutesTests {
    private static let leads = "/api/v1/leads"

    /// A lead with an activity, a follow-up and a share; and a thinner one.
    private static func two(_ world: World) async throws -> (thin: String, full: String) {
        let full = try await world.sam.lead([
            "company": "Orchard Ltd", "email": "ann@orchard.example", "phone": "2125550147",
            "tags": ["vip"], "value_minor": 700, "notes": "Old friend.", "external_id": "E-1",
        ])
        let thin = try await world.sia.lead([
            "company": "Orchard", "contact_name": "Ann Lee", "email": "a.lee@orchard.example",
            "tags": ["fair"], "product": "Suite",
        ])
        let note: JSON = ["kind": "call", "notes": "Rang."]
        _ = try await world.sia.post("\(leads)/\(thin)/activities", note)
        _ = try await world.sia.post(
            "\(leads)/\(thin)/follow-ups", ["kind": "call", "at": "2026-12-01T10:00:00Z"])
        let share: JSON = ["user": .string(world.nik.id.description), "relation": "watcher"]
        _ = try await world.max.post("\(leads)/\(thin)/shares", share)
        return (thin, full)
    }

    private static func merge(
        _ world: World, _ id: String, into: String, _ choose: JSON = [:]
    ) async throws -> Answer {
        try await world.ada.post(
            "\(leads)/\(id)/merge", ["into": .string(into), "choose": choose])
    }

    @Test(arguments: EngineKind.allCases)
    func `two leads are one, with the values that were chosen and all that hung on them`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let (thin, full) = try await Self.two(world)
            let merged = try await Self.merge(world, thin, into: full, ["company": .string(thin)])
            #expect(merged.status == 200, "\(merged.text)")
            #expect(merged.json["id"]?.string == full)
            #expect(merged.json["company"] == "Orchard")
            #expect(merged.json["contact_name"] == "Ann Lee")
            #expect(merged.json["email"] == "ann@orchard.example")
            #expect(merged.json["product"] == "Suite")
            #expect(merged.json["tags"] == ["vip", "fair"])
            #expect(merged.json["touches"] == 2)
            #expect(merged.json["next_follow_up_at"] == "2026-12-01T10:00:00Z")
            #expect(merged.json["merge"]?.string != nil)
            #expect(try await world.ada.get(Self.leads).data.count == 1)
            #expect(try await world.ada.get("\(Self.leads)/count").json["count"] == 1)
            let shares = try await world.ada.get("\(Self.leads)/\(full)/shares").data
            #expect(shares.count == 1)
            #expect(try await world.nik.get("\(Self.leads)/\(full)").status == 200)
            let told = try await world.ada.get("\(Self.leads)/\(full)/timeline").data
            let names = told.compactMap { $0["name"]?.string }
            #expect(names.count { $0 == "lead.created" } == 2)
            #expect(names.contains("activity.logged"))
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the id of the one that went leads to the other, for who reaches that`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let (thin, full) = try await Self.two(world)
            _ = try await Self.merge(world, thin, into: full)
            let read = try await world.sam.get("\(Self.leads)/\(thin)")
            #expect(read.status == 200)
            #expect(read.json["id"]?.string == full)
            #expect(read.headers[.contentLocation] == "\(Self.leads)/\(full)")
            let page = try await world.sam.page("/leads/\(thin)")
            #expect(page.status == 303)
            #expect(page.headers[.location] == "/leads/\(full)")
            let note: JSON = ["kind": "note", "notes": "Through the old door."]
            #expect(try await world.sam.post("\(Self.leads)/\(thin)/activities", note).status < 300)
            #expect(try await world.sia.get("\(Self.leads)/\(thin)").status == 404)
            #expect(try await world.eve.get("\(Self.leads)/\(thin)").status == 404)
            // In two steps.
            let last = try await world.ada.lead(["company": "Orchards"])
            _ = try await Self.merge(world, full, into: last)
            let answer = try await world.ada.get("\(Self.leads)/\(thin)")
            #expect(answer.json["id"]?.string == last)
            // From a list that was opened before.
            let handed = try await world.ada.post(
                "\(Self.leads)/assignments",
                ["ids": [.string(thin)], "owner": .string(world.max.id.description)])
            #expect(handed.json["done"]?.integer == 1, "\(handed.json)")
            #expect(
                try await world.ada.get("\(Self.leads)/\(last)").json["owner"]?.string
                    == world.max.id.description)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who comes with what the other was known by is the survivor`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let (thin, full) = try await Self.two(world)
            _ = try await Self.merge(world, thin, into: full)
            let again = try await world.ada.post(
                Self.leads, ["email": "A.Lee@orchard.example", "company": "Other"])
            #expect(again.json["merged"] == true)
            #expect(again.json["id"]?.string == full)
            let desk = ImportDesk(world: world)
            let run = try await desk.run(
                "Company,Email\nOther,a.lee@orchard.example\n", as: world.ada,
                mapping: ["columns": ["Company": "company", "Email": "email"]])
            #expect(run["merged"]?.integer == 1, "\(run)")
            #expect(try await world.ada.get(Self.leads).data.count == 1)
            let taken = try await world.ada.lead(["company": "Third"])
            let patched = try await world.ada.patch(
                "\(Self.leads)/\(taken)", ["email": "a.lee@orchard.example"], version: 1)
            #expect(patched.status == 409)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what cannot be merged is refused with what to do`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let (thin, full) = try await Self.two(world)
            #expect(try await Self.merge(world, thin, into: thin).status == 422)
            let unknown = try await Self.merge(world, thin, into: full, ["color": .string(thin)])
            #expect(unknown.faults == ["choose.color"])
            let third = try await world.ada.lead(["company": "Third"])
            let stranger = try await Self.merge(
                world, thin, into: full, ["company": .string(third)])
            #expect(stranger.faults == ["choose.company"])
            let stale = try await world.ada.browser.send(
                .post, "\(Self.leads)/\(thin)/merge", ["into": .string(full)],
                headers: [.ifMatch: "\"1\""])
            #expect(stale.status == 412)
            for (person, status) in [(world.sam, 403), (world.eve, 404), (world.nik, 403)] {
                let answer = try await person.post(
                    "\(Self.leads)/\(thin)/merge", ["into": .string(full)])
                // Sam does not see Sia's.
                #expect(answer.status == (person.name == "sam" ? 404 : status), "\(person.name)")
            }
            let foreign = try await world.wes.lead(["company": "West"])
            #expect(
                try await world.max.post(
                    "\(Self.leads)/\(thin)/merge", ["into": .string(foreign)]
                ).status == 404)
            try await Self.win(thin, in: world)
            let won = try await Self.merge(world, thin, into: full)
            #expect(won.status == 409)
            #expect(won.text.contains("other way round"))
            #expect(try await Self.merge(world, full, into: thin).status == 200)
            try await Self.win(third, in: world)
            #expect(try await Self.merge(world, third, into: thin).text.contains("Both are"))
            try await Books.check(world)
        }
    }

    private static func win(_ id: String, in world: World) async throws {
        _ = try await world.ada.post("\(leads)/\(id)/transition", ["to": "connected"])
        let won = try await world.ada.post("\(leads)/\(id)/transition", ["to": "won"])
        try #require(won.status == 200, "\(won.text)")
    }

    @Test(arguments: EngineKind.allCases)
    func `of two merges of one lead at the same time one wins, and the other is told`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let (thin, full) = try await Self.two(world)
            let third = try await world.ada.lead(["company": "Third"])
            let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                for into in [full, third, full, third] {
                    group.addTask { try await Self.merge(world, thin, into: into) }
                }
                return try await group.reduce(into: [Answer]()) { $0.append($1) }
            }
            #expect(answers.count { $0.status == 200 } == 1)
            for answer in answers where answer.status != 200 {
                #expect(answer.status == 409, "\(answer.text)")
                #expect(answer.text.contains("merged into"))
            }
            #expect(try await world.ada.get(Self.leads).data.count == 2)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `nobody chooses what they may not see`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            _ = try await world.ada.put(
                "/api/v1/custom-fields",
                [
                    "fields": [
                        ["key": "pan", "label": "PAN", "type": "text", "sensitive": true],
                        ["key": "size", "label": "Size", "type": "text"],
                    ]
                ])
            let one = try await world.sia.lead(["company": "One", "custom": ["size": "L"]])
            let other = try await world.sia.lead(["company": "Two", "custom": ["size": "M"]])
            let choice: JSON = ["custom.size": .string(one), "company": .string(one)]
            let merged = try await world.max.post(
                "\(Self.leads)/\(one)/merge", ["into": .string(other), "choose": choice])
            #expect(merged.status == 200, "\(merged.text)")
            #expect(merged.json["custom"]?["size"] == "L")
            #expect(merged.json["company"] == "One")
        }
    }
}

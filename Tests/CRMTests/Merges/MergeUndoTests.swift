import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct MergeUndoTests {
    private static let leads = "/api/v1/leads"

    private static func lead(_ world: World, _ id: String) async throws -> JSON {
        try await world.ada.get("\(leads)/\(id)").json
    }

    private static func merge(
        _ world: World, _ id: String, into: String, _ choose: JSON = [:]
    ) async throws -> String {
        let answer = try await world.ada.post(
            "\(leads)/\(id)/merge", ["into": .string(into), "choose": choose])
        guard let merge = answer.json["merge"]?.string else {
            throw UnexpectedAnswer(answer: answer)
        }
        return merge
    }

    private static func undo(_ world: World, _ merge: String) async throws -> Answer {
        try await world.ada.post("/api/v1/merges/\(merge)/undo")
    }

    /// Without what says when and how often it was written.
    private static func plain(_ lead: JSON) -> JSON {
        .object((lead.object ?? [:]).filter { !["version", "updated_at"].contains($0.key) })
    }

    private static func two(_ world: World) async throws -> (one: String, other: String) {
        let one = try await world.sia.lead([
            "company": "Orchard", "email": "a.lee@orchard.example", "phone": "2125550147",
            "tags": ["fair"], "value_minor": 300,
        ])
        let other = try await world.sam.lead([
            "company": "Orchard Ltd", "contact_name": "Ann", "email": "ann@orchard.example",
        ])
        for id in [one, other] {
            _ = try await world.ada.post(
                "\(leads)/\(id)/activities", ["kind": "call", "notes": "Rang."])
            _ = try await world.ada.post(
                "\(leads)/\(id)/follow-ups", ["kind": "call", "at": "2026-12-01T10:00:00Z"])
        }
        let share: JSON = [
            "user": .string(world.nik.id.description), "relation": "co_owner", "credit_bp": 4000,
        ]
        for id in [one, other] { _ = try await world.ada.post("\(leads)/\(id)/shares", share) }
        _ = try await world.ada.post("\(leads)/\(one)/transition", ["to": "connected"])
        return (one, other)
    }

    @Test(arguments: EngineKind.allCases)
    func `what was merged is as it was, with its id and what hung on it`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let (one, other) = try await Self.two(world)
            let (first, last) = try await (Self.lead(world, one), Self.lead(world, other))
            let shares = try await world.ada.get("\(Self.leads)/\(one)/shares").data
            let merge = try await Self.merge(
                world, one, into: other,
                ["email": .string(one), "value_minor": .string(one), "owner": .string(one)])
            let merged = try await Self.lead(world, other)
            #expect(merged["email"] == "a.lee@orchard.example")
            #expect(merged["owner"] == first["owner"])
            let undone = try await Self.undo(world, merge)
            #expect(undone.status == 200, "\(undone.text)")
            #expect(undone.json["kept"] == [])
            #expect(undone.json["taken"] == [])
            #expect(try await Self.plain(Self.lead(world, one)) == Self.plain(first))
            #expect(try await Self.plain(Self.lead(world, other)) == Self.plain(last))
            #expect(try await world.ada.get("\(Self.leads)/\(one)/shares").data == shares)
            let told = try await world.ada.get("\(Self.leads)/\(one)/timeline").data
            #expect(told.first?["name"] == "lead.unmerged")
            let rang: SQL = "SELECT COUNT(DISTINCT lead_id) FROM activities"
            #expect(try await world.count(rang) == 2)
            #expect(try await world.count("SELECT COUNT(*) FROM lead_aliases") == 0)
            try await Books.check(world)
            let again = try await Self.undo(world, merge)
            #expect(again.status == 409)
            // Somebody said that they are two.
            try await world.findDuplicates()
            #expect(try await world.pairs(world.ada).isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what was changed since stays, and is named`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let (one, other) = try await Self.two(world)
            let merge = try await Self.merge(
                world, one, into: other, ["company": .string(one), "phone": .string(one)])
            let version = Int(try await Self.lead(world, other)["version"]?.integer ?? 0)
            _ = try await world.ada.patch(
                "\(Self.leads)/\(other)", ["company": "Orchard & Sons"], version: version)
            _ = try await world.ada.post(
                "\(Self.leads)/\(other)/activities", ["kind": "note", "notes": "Since."])
            let undone = try await Self.undo(world, merge)
            #expect(undone.json["kept"]?.array?.contains("company") == true)
            #expect(undone.json["lead"]?["company"] == "Orchard & Sons")
            #expect(undone.json["lead"]?["phone"] == .null)
            #expect(undone.json["restored"]?["phone"] == "+12125550147")
            #expect(undone.json["restored"]?["company"] == "Orchard")
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what another has by now does not come back`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let (one, other) = try await Self.two(world)
            let merge = try await Self.merge(world, one, into: other, ["email": .string(one)])
            let version = Int(try await Self.lead(world, other)["version"]?.integer ?? 0)
            // The survivor has been edited, and what it lets go of is another's.
            _ = try await world.ada.patch(
                "\(Self.leads)/\(other)", ["email": "new@orchard.example"], version: version)
            let third = try await world.ada.post(
                Self.leads, ["company": "Third", "email": "a.lee@orchard.example"])
            #expect(third.status == 201, "\(third.text)")
            let undone = try await Self.undo(world, merge)
            #expect(undone.json["taken"] == ["email"])
            #expect(undone.json["kept"] == ["email"])
            #expect(undone.json["restored"]?["email"] == .null)
            #expect(undone.json["lead"]?["email"] == "new@orchard.example")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what was merged on is undone from the end`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let (one, other) = try await Self.two(world)
            let last = try await world.ada.lead(["company": "Orchards"])
            let first = try await Self.merge(world, one, into: other)
            let second = try await Self.merge(world, other, into: last)
            let early = try await Self.undo(world, first)
            #expect(early.status == 409)
            #expect(early.text.contains("Undo that first"))
            #expect(try await Self.undo(world, second).status == 200)
            #expect(try await Self.lead(world, one)["id"]?.string == other)
            #expect(try await Self.undo(world, first).status == 200)
            for id in [one, other, last] {
                #expect(try await Self.lead(world, id)["id"]?.string == id)
            }
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `only who may merge takes it back, and not by the change's undo`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let (one, other) = try await Self.two(world)
            let merge = try await Self.merge(world, one, into: other)
            let path = "/api/v1/merges/\(merge)/undo"
            #expect(try await world.sam.post(path).status == 403)
            #expect(try await world.eve.post(path).status == 404)
            #expect(try await world.wes.post(path).status == 403)
            let change: ID<Change>? = try await world.database.read { tx in
                try await tx.value(
                    "SELECT change_id FROM events WHERE name = 'lead.merged' ORDER BY seq LIMIT 1")
            }
            let undone = try await world.ada.post(
                "/api/v1/changes/\(try #require(change))/undo")
            #expect(undone.text.contains("undo the merge itself"))
            #expect(try await world.max.post(path).status == 200)
        }
    }
}

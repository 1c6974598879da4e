import CRM
import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@Suite struct SharesTests {
    private static func share(_ person: Person, as relation: String, _ more: JSON = [:]) -> JSON {
        var members = more.object ?? [:]
        members["user"] = .string(person.id.description)
        members["relation"] = .string(relation)
        return .object(members)
    }

    private static func faults(_ answer: Answer) -> [String] {
        (answer.json["errors"]?.array ?? []).compactMap { $0["field"]?.string }
    }

    @Test(arguments: EngineKind.allCases)
    func `credit is shared out to 10,000 at most, and the owner has the rest`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            let path = "/api/v1/leads/\(id)/shares"
            let first = Self.share(world.wes, as: "co_owner", ["credit_bp": 6_000])
            #expect(try await world.sam.post(path, first).status == 201)
            let second = Self.share(world.sia, as: "co_owner", ["credit_bp": 4_001])
            #expect(Self.faults(try await world.sam.post(path, second)) == ["credit_bp"])
            let watcher = Self.share(world.sia, as: "watcher", ["credit_bp": 1])
            #expect(Self.faults(try await world.sam.post(path, watcher)) == ["credit_bp"])
            // The same one again: the old part is free for the new.
            let less = Self.share(world.wes, as: "co_owner", ["credit_bp": 2_500])
            #expect(try await world.sam.post(path, less).status == 201)
            let shares = try await world.sam.get(path).json
            #expect(shares["owner_credit_bp"] == 7_500)
            #expect(shares["data"]?.array?.count == 1)
            let owner = Self.share(world.sam, as: "co_owner")
            #expect(Self.faults(try await world.sam.post(path, owner)) == ["user"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a share ends by itself`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            let path = "/api/v1/leads/\(id)/shares"
            let past = Self.share(world.wes, as: "warrior", ["until": "2026-11-18T09:30:00Z"])
            #expect(Self.faults(try await world.sam.post(path, past)) == ["until"])
            let hour = Self.share(world.wes, as: "co_owner", ["until": "2026-11-18T10:30:00Z"])
            #expect(try await world.sam.post(path, hour).status == 201)
            #expect(try await world.wes.get("/api/v1/leads/\(id)").status == 200)
            #expect(try await world.wes.get("/api/v1/leads").data.count == 1)
            world.clock.advance(seconds: 3600)
            #expect(try await world.wes.get("/api/v1/leads/\(id)").status == 404)
            #expect(try await world.wes.get("/api/v1/leads").data.isEmpty)
            #expect(try await world.sam.get(path).data.isEmpty)
            // One that has ended is no hindrance to the next.
            let again = Self.share(world.wes, as: "watcher")
            #expect(try await world.sam.post(path, again).status == 201)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a warrior works on what was handed down, and on nothing else of it`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let war = try await world.seat("war", .warrior)
            let id = try await world.sam.lead(["company": "Orchard"])
            let lead = "/api/v1/leads/\(id)"
            #expect(try await war.get(lead).status == 404)
            let handed = try await world.sam.post("\(lead)/shares", Self.share(war, as: "warrior"))
            #expect(handed.status == 201)
            let call: JSON = ["kind": "call", "outcome": "connected"]
            #expect(try await war.post("\(lead)/activities", call).status == 201)
            #expect(try await war.post("\(lead)/transition", ["to": "connected"]).status == 200)
            let lost: JSON = ["to": "lost", "lost_reason": "budget"]
            #expect(try await war.post("\(lead)/transition", lost).status == 403)
            let version = try await war.get(lead).json["version"]?.integer ?? 0
            let change = try await war.patch(lead, ["company": "Mine"], version: Int(version))
            #expect(change.status == 403)
            let own = try await war.post("/api/v1/leads", ["company": "Mine"])
            #expect(own.status == 403)
            // Recalled.
            let share = handed.json["id"]?.string ?? ""
            #expect(try await world.sam.delete("\(lead)/shares/\(share)").status == 204)
            #expect(try await war.get(lead).status == 404)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a partner's people see their company's leads, and contacts until these are taken up`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let made = try await world.pat.post(
                "/api/v1/leads",
                ["company": "Orchard", "email": "o@orchard.example", "phone": "+14155550123"])
            #expect(made.status == 201)
            let lead = "/api/v1/leads/\(made.json["id"]?.string ?? "")"
            #expect(made.json["email"] == "o@orchard.example")
            let other = try await world.ada.post("/api/v1/partners", ["name": "Dim"])
            let dim = other.json["id"]?.string.flatMap { ID<Partner>($0) }
            let tom = try await world.seat("tom", .partner, partner: dim)
            #expect(try await tom.get(lead).status == 404)
            #expect(try await world.pat.get("/api/v1/leads").data.count == 1)
            let note: JSON = ["kind": "note", "notes": "margin is 40 percent"]
            _ = try await world.ada.post("\(lead)/activities", note)
            _ = try await world.ada.post("\(lead)/transition", ["to": "first_contact"])
            let seen = [
                try await world.pat.get(lead).text,
                try await world.pat.get("\(lead)/timeline").text,
                try await world.pat.get("/api/v1/leads").text,
                try await world.pat.page(lead.replacing("/api/v1", with: "")).text,
                try await world.pat.page("/leads").text, try await world.pat.page("/pipeline").text,
                try await world.pat.get("/api/v1/search?q=Orchard").text,
            ]
            for text in seen {
                #expect(!text.contains("orchard.example"))
                #expect(!text.contains("4155550123") && !text.contains("(415) 555-0123"))
                #expect(!text.contains("margin"))
            }
            let asked = try await world.pat.get("/api/v1/leads?filter%5Bemail%5D=o@orchard.example")
            #expect(asked.status == 403)
            #expect(try await world.pat.get("/api/v1/search?q=o@orchard").data.isEmpty)
        }
    }
}

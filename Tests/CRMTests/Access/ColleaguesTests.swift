import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct ColleaguesTests {
    private static func names(_ person: Person, _ query: String = "") async throws -> [String] {
        try await person.get("/api/v1/users?sort=name\(query)").data.compactMap {
            $0["name"]?.string
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a partner sees themselves, their own company's people and who owns their leads`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let bright = try await world.ada.get("/api/v1/users/\(world.pat.id)").json["partner"]
            let mate = try await world.seat(
                "mate", .partner, partner: bright?.string.flatMap { ID<Partner>($0) })
            let dim = try await world.ada.post("/api/v1/partners", ["name": "Dim"])
            let stranger = try await world.seat(
                "stranger", .partner, partner: dim.json["id"]?.string.flatMap { ID<Partner>($0) })
            #expect(try await Self.names(world.pat) == ["mate", "Pat"])
            #expect(try await Self.names(stranger) == ["stranger"])
            let id = try await world.sam.lead(["company": "Orchard", "source": "fair"])
            let share: JSON = ["partner": bright ?? .null, "relation": "partner"]
            let path = "/api/v1/leads/\(id)/shares"
            #expect(try await world.sam.post(path, share).status == 201)
            #expect(try await Self.names(world.pat) == ["mate", "Pat", "Sam"])
            #expect(try await Self.names(mate) == ["mate", "Pat", "Sam"])
            #expect(try await Self.names(stranger) == ["stranger"])
            #expect(try await Self.names(world.pat, "&filter%5Brole%5D=company_admin").isEmpty)
            #expect(try await Self.names(world.sam).count > 8)
            for (person, status) in [
                (world.sam, 200), (mate, 200), (world.ada, 404), (stranger, 404),
            ] {
                let found = try await world.pat.get("/api/v1/users/\(person.id)")
                #expect(found.status == status, "\(person.name)")
            }
            #expect(
                try await world.pat.get("/api/v1/partners").data.map { $0["name"] } == ["Bright"])
            #expect(try await world.pat.get("/api/v1/teams").data.isEmpty)
            let team = world.teams["East"]?.description ?? ""
            #expect(try await world.pat.get("/api/v1/teams/\(team)").status == 404)
            #expect(try await world.max.get("/api/v1/teams/\(team)").status == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `menus and pages of a partner name nobody and nothing else`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let bright = try await world.ada.get("/api/v1/users/\(world.pat.id)").json["partner"]
            let id = try await world.sam.lead(
                [
                    "company": "Orchard", "source": "hush_source", "product": "Hush app",
                    "territory": "Hush land",
                ])
            _ = try await world.wes.lead(["company": "Meadow", "product": "Hidden app"])
            let dim = try await world.ada.post("/api/v1/partners", ["name": "Dim rival"])
            let path = "/api/v1/leads/\(id)/shares"
            for partner in [bright ?? .null, dim.json["id"] ?? .null] {
                _ = try await world.sam.post(path, ["partner": partner, "relation": "partner"])
            }
            let watcher: JSON = ["user": .string("\(world.wes.id)"), "relation": "watcher"]
            _ = try await world.sam.post(path, watcher)
            _ = try await world.ada.post("/api/v1/leads/\(id)/activities", ["kind": "call"])
            #expect(try await world.max.page("/leads").text.contains("Hidden app"))
            let answers = [
                try await world.pat.page("/leads"), try await world.pat.page("/pipeline"),
                try await world.pat.page("/today"), try await world.pat.page("/leads/\(id)"),
                try await world.pat.get("/api/v1/leads/\(id)/timeline"),
                try await world.pat.get(path),
            ]
            for answer in answers {
                #expect(answer.status == 200)
                for hidden in ["Hidden app", "Ada", "Wes", "Max", "Dim rival"] {
                    #expect(!answer.text.contains(">\(hidden)<"), "\(hidden)")
                    #expect(!answer.text.contains("\"\(hidden)\""), "\(hidden)")
                }
            }
            #expect(answers[3].text.contains("Sam"))
            #expect(answers[5].data.compactMap { $0["name"]?.string } == ["Bright"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a role that reads fewer people shows fewer`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            try await world.narrow(world.max, "Lead", .manager, ["people.read": ["team"]])
            #expect(try await Self.names(world.max) == ["Max", "Nik", "Sam", "Sia"])
            try await world.narrow(world.sam, "Alone", .salesperson, ["people.read": []])
            #expect(try await world.sam.get("/api/v1/users").status == 403)
            #expect(try await world.sam.get("/api/v1/users/\(world.sam.id)").status == 200)
            #expect(try await world.sam.get("/api/v1/users/\(world.max.id)").status == 404)
            #expect(try await world.sam.page("/leads").status == 200)
        }
    }
}

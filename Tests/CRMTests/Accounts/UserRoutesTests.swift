import DatabaseSupport
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import CRM

@Suite struct UserRoutesTests {
    private static let newcomer: JSON = [
        "name": "Uma Rao", "email": "Uma@Vantage.example", "role": "salesperson",
        "password": "a long enough one", "territory": "East",
    ]

    @Test(arguments: EngineKind.allCases)
    func `somebody who is added with a password can sign in`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let added = try await world.ada.post("/api/v1/users", Self.newcomer)
            #expect(added.status == 201)
            #expect(added.json["email"] == "uma@vantage.example")
            let id = try #require(added.json["id"]?.string)
            #expect(added.headers[.location] == "/api/v1/users/\(id)")
            let tokens = try await world.nobody.send(
                .post, "/api/v1/tokens",
                [
                    "tenant": "vantage-retail", "email": "uma@vantage.example",
                    "password": "a long enough one",
                ])
            #expect(tokens.status == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what is wrong with a new person is named field by field`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let anybody: [String: JSON] = [
                "name": "A", "email": "a@vantage.example", "role": "manager",
            ]
            func with(_ field: String, _ value: JSON) -> JSON {
                .object(anybody.merging([field: value]) { $1 })
            }
            let wrong: [(body: JSON, fields: Set<String>)] = [
                ([:], ["name", "email", "role"]),
                (["name": " ", "email": "x", "role": "manager"], ["name", "email"]),
                (with("password", "short"), ["password"]),
                (with("role", "platform_operator"), ["role"]),
                (with("email", "sam@vantage.example"), ["email"]),
                (with("team", .string(ID<Int>().description)), ["team"]),
            ]
            for (body, fields) in wrong {
                let answer = try await world.ada.post("/api/v1/users", body)
                #expect(answer.status == 422)
                #expect(Set(answer.faults) == fields)
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `people are listed by name, a page at a time, and filtered`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let first = try await world.sam.get("/api/v1/users?limit=5")
            #expect(first.data.map { $0["name"] } == ["Ada", "Eva", "Max", "Nik", "Pat"])
            let next = try #require(first.json["next"]?.string)
            let second = try await world.sam.get("/api/v1/users?limit=5&cursor=\(next)")
            #expect(second.data.map { $0["name"] } == ["Sam", "Sia", "Wes"])
            #expect(second.json["next"] == JSON.null)
            let east = try #require(world.teams["East"])
            let sellers = try await world.sam.get(
                "/api/v1/users?filter%5Bteam%5D=\(east)&filter%5Brole%5D=salesperson&sort=-name")
            #expect(sellers.data.map { $0["name"] } == ["Sia", "Sam"])
            let active = try await world.sam.get("/api/v1/users?filter%5Bactive%5D=no")
            #expect(active.faults == ["filter[active]"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a change needs the version that was read`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let path = "/api/v1/users/\(world.sam.id)"
            let read = try await world.ada.get(path)
            #expect(read.headers[.eTag] == "\"\(read.version)\"")
            let change: JSON = ["role": "manager"]
            #expect(try await world.ada.browser.send(.patch, path, change).status == 428)
            let done = try await world.ada.patch(path, change, version: read.version)
            #expect(done.status == 200)
            #expect(done.json["role"] == "manager")
            #expect(done.version == read.version + 1)
            let late = try await world.ada.patch(path, ["name": "S"], version: read.version)
            #expect(late.status == 412)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `people are changed by admins only, and by those of their own company`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            let path = "/api/v1/users/\(world.sia.id)"
            let change: JSON = ["role": "company_admin"]
            for person in [world.eva, world.max, world.sam, world.sia, world.pat] {
                let changed = try await person.patch(path, change, version: 1)
                #expect(changed.status == 403)
                let added = try await person.post("/api/v1/users", Self.newcomer)
                #expect(added.status == 403)
            }
            #expect(try await world.eve.patch(path, change, version: 1).status == 404)
            #expect(try await world.eve.get(path).status == 404)
            #expect(try await world.ada.get("/api/v1/users/nonsense").status == 404)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who is deactivated is out at once, and the last admin stays`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            #expect(try await world.sam.get("/api/v1/me").status == 200)
            let gone = try await world.ada.patch(
                "/api/v1/users/\(world.sam.id)", ["active": false], version: 1)
            #expect(gone.json["active"] == false)
            #expect(try await world.sam.get("/api/v1/me").status == 401)
            let last = try await world.ada.patch(
                "/api/v1/users/\(world.ada.id)", ["active": false], version: 1)
            #expect(last.status == 409)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a new role holds from the next request on`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            #expect(try await world.sam.get("/api/v1/api-keys").status == 403)
            let done = try await world.ada.patch(
                "/api/v1/users/\(world.sam.id)", ["role": "company_admin"], version: 1)
            #expect(done.status == 200)
            #expect(try await world.sam.get("/api/v1/api-keys").status == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `people change their own name and absence, and no more`(on engine: EngineKind) async throws
    {
        try await World.with(engine) { world in
            let sam = world.sam
            let away = try await sam.patch(
                "/api/v1/me", ["name": "Samuel", "away_until": "2026-11-30"], version: 1)
            #expect(away.status == 200)
            #expect(away.json["name"] == "Samuel")
            #expect(away.json["away_until"] == "2026-12-01T00:00:00Z")
            let back = try await sam.patch(
                "/api/v1/me", ["away_until": .null], version: away.version)
            #expect(back.json["away_until"] == JSON.null)
            #expect(back.json["name"] == "Samuel")
            let role = try await sam.patch(
                "/api/v1/me", ["role": "company_admin"], version: back.version)
            #expect(role.faults == ["role"])
            let nameless = try await sam.patch("/api/v1/me", ["name": ""], version: back.version)
            #expect(nameless.faults == ["name"])
            #expect(try await sam.browser.send(.patch, "/api/v1/me", ["name": "S"]).status == 428)
            #expect(try await sam.patch("/api/v1/me", ["name": "S"], version: 1).status == 412)
        }
    }

    @Test func `the last day of an absence ends at midnight, where the company is`() throws {
        let now = try #require(Instant("2026-11-22T09:00:00Z"))
        let kolkata = LocalTime(now: now, zone: "Asia/Kolkata")
        let end = try #require(kolkata.endOfAbsence("2026-11-30"))
        #expect(end.text == "2026-11-30T18:30:00Z")
        #expect(kolkata.lastDay(ofAbsenceUntil: end).text == "2026-11-30")
        #expect(kolkata.endOfAbsence("2026-11-30T12:00:00Z")?.text == "2026-11-30T12:00:00Z")
    }
}

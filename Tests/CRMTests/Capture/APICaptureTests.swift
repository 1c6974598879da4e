import DatabaseSupport
import HTTPTypes
import Storage
import TestSupport
import Testing

@Suite struct APICaptureTests {
    private static func program(_ world: World, of person: Person) async throws -> Client {
        let made = try await person.post("/api/v1/api-keys", ["name": "Shop"])
        return world.nobody.bearing(made.json["token"]?.string ?? "")
    }

    @Test(arguments: EngineKind.allCases)
    func `what a program sends goes through the inbox, what a person enters does not`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            let shop = try await Self.program(world, of: world.ada)
            _ = try await world.ada.lead(["company": "By hand"])
            let body: JSON = ["company": "By program", "email": "a@x.example"]
            #expect(try await shop.send(.post, "/api/v1/leads", body).status == 201)
            #expect(try await shop.send(.post, "/api/v1/leads", body).status == 200)
            #expect(try await shop.send(.post, "/api/v1/leads", [:]).status == 422)
            let ledger = try await world.ada.get("/api/v1/inbox/ledger").json
            #expect(ledger["received"] == 2)
            #expect(ledger["created"] == 1)
            #expect(ledger["merged"] == 1)
            #expect(ledger["balanced"] == true)
            let entry = try await world.ada.get("/api/v1/inbox").data.last
            #expect(entry?["payload"] == body)
            let lead = try await world.ada.get("/api/v1/leads?filter%5Bsource%5D=api").data
            #expect(lead.count == 1)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a program writes without a page's proof, a session does not`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let shop = try await Self.program(world, of: world.ada)
            #expect(try await shop.send(.post, "/api/v1/leads", ["company": "A"]).status == 201)
            var bare = world.ada.browser
            bare.headers[HTTPField.Name("X-CSRF-Token")!] = nil
            #expect(try await bare.send(.post, "/api/v1/leads", ["company": "B"]).status == 403)
            for token in ["", "nonsense", "ip_nothing", "a.b.c"] {
                let answer = try await world.nobody.bearing(token).send(.get, "/api/v1/leads")
                #expect(answer.status == 401)
            }
            let basic = try await world.nobody.send(
                .get, "/api/v1/leads", headers: [.authorization: "Basic YTpi"])
            #expect(basic.status == 401)
            #expect(basic.headers[.wwwAuthenticate] == "Bearer")
        }
    }

    /// Sends a lead, and again where the server is too busy, as a program does that is told so.
    private static func sent(_ body: JSON, by shop: Client) async throws -> Int {
        for _ in 1...20 {
            let status = try await shop.send(.post, "/api/v1/leads", body).status
            if status != 503 { return status }
        }
        return 503
    }

    @Test(arguments: EngineKind.allCases)
    func `many concurrent writes are all there, in a balanced ledger`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let shop = try await Self.program(world, of: world.ada)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<80 {
                    group.addTask {
                        // Every fifth cannot be used, every third has been there.
                        let name = number.isMultiple(of: 3) ? "same" : "p\(number)"
                        let body: JSON =
                            number.isMultiple(of: 5)
                            ? ["email": "none"] : ["email": .string("\(name)@x.example")]
                        return try await Self.sent(body, by: shop)
                    }
                }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            let ledger = try await world.ada.get("/api/v1/inbox/ledger").json
            #expect(statuses[422] == 16)
            #expect(ledger["created"]?.integer == Int64(statuses[201] ?? 0))
            #expect(ledger["merged"]?.integer == Int64(statuses[200] ?? 0))
            #expect((statuses[201] ?? 0) + (statuses[200] ?? 0) == 64)
            try await Books.check(world)
        }
    }
}

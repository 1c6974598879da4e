import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@Suite struct LeadPagesTests {
    @Test(arguments: EngineKind.allCases)
    func `today shows what is due, what is on hold until today, and what is new`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            let due = try await world.sam.lead(["company": "Due Dairy"])
            let step: JSON = ["kind": "call", "at": "2026-11-18T15:00:00Z"]
            _ = try await world.sam.post("/api/v1/leads/\(due)/follow-ups", step)
            let held = try await world.sam.lead(["company": "Held Haulage"])
            _ = try await world.sam.post(
                "/api/v1/leads/\(held)/transition", ["to": "on_hold", "resume_on": "2026-11-19"])
            _ = try await world.sam.lead(["company": "New Nursery"])
            _ = try await world.sia.lead(["company": "Not Sam's"])
            let first = try await world.sam.page("/today").text
            #expect(first.contains("Due Dairy") && first.contains("New Nursery"))
            #expect(!first.contains("Held Haulage") && !first.contains("Not Sam"))
            world.clock.advance(seconds: 86_400)
            #expect(try await world.sam.page("/today").text.contains("Held Haulage"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the board shows sums of any size`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let ids = try await world.asking(world.ada) { scope in
                for number in 0..<120 {
                    try await scope.tx.execute(
                        """
                        INSERT INTO leads (tenant_id, id, company, source, value_minor, currency,
                            owner_id, stage, stage_entered_at, created_at, updated_at)
                        VALUES (\(scope.tenant), \(UUIDv7.next()), \("Firm \(number)"), 'manual',
                            1000000000000000, 'USD', \(world.sam.id), 'integration_approved',
                            \(scope.now), \(scope.now), \(scope.now))
                        """)
                }
                return 120
            }
            let board = try await world.sam.page("/pipeline")
            #expect(board.status == 200)
            #expect(board.text.contains("\(ids) leads"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a page gives its region alone to who asks for it`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            for path in ["/today", "/pipeline", "/leads", "/customers", "/leads/\(id)"] {
                let whole = try await world.sam.page(path)
                let part = try await world.sam.page(path, fragment: true)
                #expect(whole.text.contains("<html"), "\(path)")
                #expect(part.status == 200)
                #expect(!part.text.contains("<html"), "\(path)")
                #expect(
                    whole.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
                #expect(whole.headers[.xContentTypeOptions] == "nosniff")
            }
        }
    }

    @Test(
        arguments: EngineKind.allCases,
        [
            "/leads?cursor=x", "/leads?filter%5Bowner%5D=x", "/pipeline?filter%5Bcolour%5D=x",
            "/pipeline?part=column&stage=open&after=x", "/customers?cursor=x",
        ])
    func `a page that cannot understand its address says so`(on engine: EngineKind, path: String)
        async throws
    {
        try await World.with(engine) { world in
            let page = try await world.sam.page(path)
            #expect(page.status == 422)
            #expect(page.text.contains("<html"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a lead's page tells its history; another's is not found`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard <i>"])
            for number in 0..<3 {
                _ = try await world.sam.post(
                    "/api/v1/leads/\(id)/activities",
                    ["kind": "call", "notes": .string("Call <\(number)>")])
            }
            let page = try await world.sam.page("/leads/\(id)")
            #expect(page.text.contains("Orchard &lt;i&gt;") && !page.text.contains("Orchard <i>"))
            for number in 0..<3 { #expect(page.text.contains("Call &lt;\(number)&gt;")) }
            for person in [world.wes, world.pat, world.eve] {
                #expect(try await person.page("/leads/\(id)").status == 404)
            }
            #expect(try await world.sam.page("/leads/7").status == 404)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the board's column goes on behind its last card`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for number in 0..<60 {
                _ = try await world.sam.lead(["company": .string("Firm-\(number)-")])
            }
            var (cards, path): (Set<String>, String?) = ([], "/pipeline")
            var pages = 0
            while let next = path, pages < 10 {
                let text = try await world.sam.page(next, fragment: true).text
                cards.formUnion(text.matches(of: /Firm-\d+-/).map { String($0.0) })
                let more = text.firstMatch(of: /"([^"]*part=column[^"]*stage=open[^"]*)"/)
                path = more.map { String($0.1).replacing("&amp;", with: "&") }
                pages += 1
            }
            #expect(cards.count == 60)
            #expect(pages > 1)
        }
    }
}

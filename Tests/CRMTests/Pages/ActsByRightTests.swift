import DatabaseSupport
import HTTPTypes
import NIOCore
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

/// Pages offer what their viewer may do, lead by lead.
@Suite struct ActsByRightTests {
    /// What of a lead's element says that the viewer lacks; nil when it is not on the page.
    private static func lacks(_ lead: String, on page: Answer) -> String? {
        let element = page.text.matches(of: /<(?:li|tr|header)[^>]*>/).map { String($0.0) }
            .first { $0.contains("data-id=\"\(lead)\"") || $0.contains("data-part=\"head\"") }
        guard let element else { return nil }
        return element.firstMatch(of: /data-lacks="([^"]*)"/).map { String($0.1) } ?? ""
    }

    private static func share(
        _ lead: String, with person: Person, as relation: JSON, _ world: World
    ) async throws {
        let share: JSON = ["user": .string("\(person.id)"), "relation": relation]
        let answer = try await world.ada.post("/api/v1/leads/\(lead)/shares", share)
        try #require(answer.status == 201)
    }

    @Test(arguments: EngineKind.allCases)
    func `board, table and lead say alike what the viewer lacks`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let own = try await world.sam.lead(["company": "Own"])
            let shared = try await world.sia.lead(["company": "Shared"])
            let handed = try await world.sia.lead(["company": "Handed"])
            try await Self.share(shared, with: world.sam, as: "co_owner", world)
            try await Self.share(handed, with: world.sam, as: "warrior", world)
            let expected: [(Person, String, String)] = [
                (world.ada, own, ""), (world.max, shared, ""), (world.sam, own, "assign"),
                (world.sam, shared, "close assign"), (world.sam, handed, "work close assign"),
                (world.eva, own, "work close assign"),
            ]
            for (person, lead, lacks) in expected {
                for page in ["/pipeline", "/leads", "/pipeline?part=column&stage=open"] {
                    let answer = try await person.page(page)
                    #expect(Self.lacks(lead, on: answer) == lacks, "\(person.name): \(page)")
                }
                let drawer = try await person.page("/leads/\(lead)", fragment: true)
                #expect(Self.lacks(lead, on: drawer) == lacks, "\(person.name)")
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who may only look is offered nothing to do`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            _ = try await world.asking(world.ada) { scope in
                var draft = LeadDraft(source: "manual", currency: "USD")
                draft.company = "Nobody's"
                return try await Leads(scope).create(draft).id
            }
            let table = try await world.eva.page("/leads").text
            #expect(!table.contains("data-select") && !table.contains("data-bulk"))
            #expect(!table.contains("data-new"))
            let today = try await world.eva.page("/today").text
            #expect(today.contains("Nobody") && !today.contains("data-take"))
            #expect(!table.contains("href=\"/import\"") && !table.contains("href=\"/jobs\""))
            let admin = try await world.ada.page("/today").text
            #expect(admin.contains("data-take") && admin.contains("data-new"))
            let support = try await world.seat("sup", .supportAgent)
            let empty = try await support.page("/pipeline").text
            #expect(!empty.contains("data-new") && !empty.contains("href=\"/import\""))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what is pushed says it too`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let lead = try await world.sia.lead(["company": "Shared"])
            try await Self.share(lead, with: world.sam, as: "co_owner", world)
            let people = [world.ada, world.sam, world.eva]
            let callers = people.map {
                Caller(tenant: world.vantage, actor: .user($0.id), role: $0.role)
            }
            // On PostgreSQL an event is read once every transaction from before it has ended, also
            // those of other tests.
            let start = FeedPlace(number: 0)
            @Sendable func isThere(_ tx: any Transaction) async throws -> Bool {
                try await Feed.events(after: start, of: world.vantage, limit: 500, in: tx)
                    .contains { $0.name == "lead.created" }
            }
            while try await !world.database.read(isThere) { await Task.yield() }
            let (events, told) = try await world.database.read(as: .system(world.vantage)) {
                scope in
                let events = try await Feed.events(
                    after: start, of: world.vantage, limit: 500, in: scope.tx)
                var bulletin = try await Bulletin(events, for: callers, in: scope)
                let created = events.filter { $0.name == "lead.created" }
                let told = callers.map { caller in
                    created.compactMap { bulletin.message($0, to: caller) }
                        .map { String(buffer: $0) }.joined()
                }
                return (created, told)
            }
            try #require(events.count == 1)
            #expect(!told[0].contains("data-lacks"))
            #expect(told[1].contains("data-lacks=\\\"close assign\\\""))
            #expect(told[2].contains("data-lacks=\\\"work close assign\\\""))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a page of a salesperson runs as many statements for many leads as for some`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            func fill(_ count: Int) async throws {
                for number in 0..<count {
                    let lead = try await world.sia.lead(["company": .string("Firm \(number)")])
                    try await Self.share(lead, with: world.sam, as: "co_owner", world)
                    _ = try await world.sam.lead(["company": .string("Own \(number)")])
                }
            }
            func statements(_ path: String) async throws -> Int {
                _ = try await world.sam.page(path)
                let before = world.database.engine.statementsRun
                _ = try await world.sam.page(path)
                return world.database.engine.statementsRun - before
            }
            try await fill(3)
            let paths = ["/today", "/pipeline", "/leads", "/customers"]
            var few: [Int] = []
            for path in paths { few.append(try await statements(path)) }
            try await fill(6)
            for (path, expected) in zip(paths, few) {
                let many = try await statements(path)
                #expect(many == expected, "\(path)")
            }
        }
    }
}

import CRM
import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@Suite struct StatementCountTests {
    private static func fill(_ world: World, _ numbers: Range<Int>) async throws {
        try await world.asking(world.ada) { scope in
            for number in numbers {
                var draft = LeadDraft(source: "manual", currency: "USD")
                draft.company = "Firm \(number)"
                draft.owner = number.isMultiple(of: 2) ? world.ada.id : nil
                let id = try await Leads(scope).create(draft).id
                let share = NewShare(.user(world.sam.id), as: .coOwner)
                _ = try await Shares(scope).add(share, to: id)
                let due = scope.now.adding(seconds: number.isMultiple(of: 4) ? -90_000 : 3600)
                if number.isMultiple(of: 3) { continue }
                let activity = Activity(kind: .call, at: scope.now)
                _ = try await Activities(scope).log(
                    activity, on: id, next: NextStep(kind: .call, at: due),
                    move: number.isMultiple(of: 5) ? Move(to: "won") : nil)
            }
        }
    }

    private static func statements(_ path: String, _ world: World) async throws -> Int {
        // Once before, for what is remembered for a while: the session, the words of menus.
        #expect(try await world.ada.page(path).status == 200)
        let before = world.database.engine.statementsRun
        _ = try await world.ada.page(path)
        return world.database.engine.statementsRun - before
    }

    @Test(arguments: EngineKind.allCases)
    func `a page runs as many statements for many leads as for some`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            try await Self.fill(world, 0..<210)
            let id = try await world.ada.get("/api/v1/leads?limit=1").data.first?["id"]?.string
            let paths = [
                "/today", "/pipeline", "/leads", "/customers", "/inbox", "/leads/\(id ?? "")",
                "/pipeline?part=column&stage=open", "/api/v1/leads?limit=200",
                "/api/v1/leads/count",
                "/api/v1/leads/\(id ?? "")/timeline", "/api/v1/search?q=firm",
                "/leads?filter%5Bstage_class%5D=open&sort=-value_minor",
            ]
            var few: [Int] = []
            for path in paths { few.append(try await Self.statements(path, world)) }
            try await Self.fill(world, 210..<300)
            for (path, expected) in zip(paths, few) {
                let many = try await Self.statements(path, world)
                #expect(many == expected, "\(path)")
                #expect((1...25).contains(many), "\(path)")
            }
        }
    }
}

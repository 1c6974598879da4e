import CRM
import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@Suite struct TotalsTests {
    @Test(arguments: EngineKind.allCases, 11...14)
    func `kept figures equal counted ones after any work`(on engine: EngineKind, seed: UInt64)
        async throws
    {
        try await World.with(engine) { world in
            var walk = Walk(world, seed: seed)
            for _ in 0..<12 { try await walk.create() }
            for _ in 0..<80 {
                let id = walk.dice.pick(walk.leads)
                let change = try await walk.step(on: id)
                guard let change, walk.dice.chance(20) else { continue }
                do {
                    _ = try await world.asking(world.ada) { try await Changes($0).undo(change) }
                } catch Problem.notFound {
                    // What changed nothing left nothing to take back.
                    continue
                }
            }
            try await Books.check(world)
            let count = try await world.ada.get("/api/v1/leads/count").json["count"]
            #expect(count?.integer == Int64(walk.leads.count))
        }
    }
}

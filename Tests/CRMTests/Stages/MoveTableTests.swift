import CRM
import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@Suite struct MoveTableTests {
    /// The table as the specification words it, written a second time.
    private static func isAllowed(
        from: String, to: String, heldFrom: String?, _ order: [String]
    ) -> Bool {
        switch (order.firstIndex(of: from), order.firstIndex(of: to)) {
        case (let here?, let there?): return there > here || there == here - 1
        case (_?, nil): return true
        case (nil, _?) where from == "on_hold": return to == heldFrom
        case (nil, _?): return from == "lost"
        default: return from == "on_hold" && to == "lost"
        }
    }

    @Test(arguments: EngineKind.allCases, 1...4)
    func `a random walk obeys the table, and its intervals tile the time`(
        on engine: EngineKind, seed: UInt64
    )
        async throws
    {
        try await World.with(engine) { world in
            let id = try #require(ID<Lead>(try await world.ada.lead(["company": "Orchard"])))
            var dice = Dice(seed: seed)
            var heldFrom: String?
            var moves = 0
            for _ in 0..<60 {
                world.clock.advance(seconds: Int.random(in: 0...90_000, using: &dice))
                let stages = try await world.asking(world.ada) { try await Stages($0).pipeline() }
                let before = try await world.asking(world.ada) { try await Leads($0).find(id) }
                let to = dice.pick(stages.stages.filter { $0.status != .won || dice.chance(10) })
                let allowed = Self.isAllowed(
                    from: before.stage, to: to.key, heldFrom: heldFrom, stages.open.map(\.key))
                let move = Move(
                    to: to.key, lostReason: .budget, resumeOn: Day("2099-01-01"),
                    demoAt: Instant("2026-12-01T10:00:00Z"), note: "So it goes.")
                do {
                    let after = try await world.asking(world.ada) {
                        try await Leads($0).move(id, move)
                    }
                    #expect(allowed, "\(before.stage) → \(to.key)")
                    #expect(after.stage == to.key)
                    #expect(after.stageEnteredAt == world.clock.now)
                    heldFrom = to.status == .onHold ? before.stage : nil
                    moves += 1
                } catch Problem.conflict {
                    #expect(!allowed, "\(before.stage) → \(to.key)")
                }
            }
            #expect(moves > 0)
            try await Books.check(world)
        }
    }
}

import CRM
import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

/// Merges and their undoing in any order, among other work.
@Suite struct MergeWalkTests {
    private struct Model {
        /// Of a lead that is merged, by what merge and into which.
        var standing: [ID<Lead>: (merge: ID<Merge>, into: ID<Lead>)] = [:]

        func current(_ id: ID<Lead>) -> ID<Lead> {
            var place = id
            while let next = standing[place]?.into { place = next }
            return place
        }
    }

    @Test(arguments: EngineKind.allCases, 21...24)
    func `any merges and undos leave every figure right and every id leading somewhere`(
        on engine: EngineKind, seed: UInt64
    ) async throws {
        try await World.with(engine) { world in
            var walk = Walk(world, seed: seed)
            for _ in 0..<12 { try await walk.create() }
            var model = Model()
            for _ in 0..<60 {
                switch walk.dice.pick([0, 1, 1, 2, 3, 3]) {
                case 0: _ = try await walk.step(on: model.current(walk.dice.pick(walk.leads)))
                case 2: try await Self.undo(&model, &walk)
                case 1: try await Self.merge(&model, &walk)
                default: try await walk.create()
                }
            }
            try await Self.check(model, walk)
            // And all of it taken back: every lead is there again.
            while !model.standing.isEmpty {
                let count = model.standing.count
                for merged in model.standing.keys.sorted() {
                    try await Self.undo(&model, of: merged, in: world)
                }
                try #require(model.standing.count < count)
            }
            try await Self.check(model, walk)
        }
    }

    private static func merge(_ model: inout Model, _ walk: inout Walk) async throws {
        let (id, into) = (
            model.current(walk.dice.pick(walk.leads)), model.current(walk.dice.pick(walk.leads))
        )
        let fields = ["company", "external_id", "value_minor", "owner", "notes", "tags", "phone"]
        let chosen = fields.filter { _ in walk.dice.chance(40) }
        let choose = JSON.object(
            Dictionary(uniqueKeysWithValues: chosen.map { ($0, .string(id.description)) }))
        do {
            let merge = try await walk.world.asking(walk.world.ada) {
                try await Merges($0).merge(id, into: into, choose: choose).merge
            }
            model.standing[id] = (merge, into)
        } catch is Problem {
            // One of them is a customer, or they are one already.
            return
        }
    }

    private static func undo(_ model: inout Model, _ walk: inout Walk) async throws {
        guard !model.standing.isEmpty else { return }
        let merged = walk.dice.pick(model.standing.keys.sorted())
        try await undo(&model, of: merged, in: walk.world)
    }

    private static func undo(
        _ model: inout Model, of merged: ID<Lead>, in world: World
    ) async throws {
        guard let (merge, into) = model.standing[merged] else { return }
        let isFree = model.standing[into] == nil
        do {
            _ = try await world.asking(world.ada) { try await Merges($0).undo(merge) }
            #expect(isFree)
            model.standing[merged] = nil
        } catch Problem.conflict {
            #expect(!isFree)
        }
    }

    private static func check(_ model: Model, _ walk: Walk) async throws {
        let world = walk.world
        try await Books.check(world)
        for id in walk.leads {
            let answer = try await world.ada.get("/api/v1/leads/\(id)")
            #expect(answer.json["id"]?.string == model.current(id).description)
        }
        let (there, activities, followUps) = try await world.database.read { tx in
            // tenant: there is one with leads.
            let there: Int? = try await tx.value("SELECT COUNT(*) FROM leads")
            // tenant: the same.
            let activities: Int? = try await tx.value("SELECT COUNT(*) FROM activities")
            // tenant: the same.
            let followUps: Int? = try await tx.value("SELECT COUNT(*) FROM follow_ups")
            return (there, activities, followUps)
        }
        #expect(there == walk.leads.count - model.standing.count)
        // What was done and planned is never lost: events tell how much it was.
        let logged: SQL = "SELECT COUNT(*) FROM events WHERE name = 'activity.logged'"
        let planned: SQL = "SELECT COUNT(*) FROM events WHERE name = 'follow_up.scheduled'"
        let told = try await world.database.read { tx in
            let logged: Int? = try await tx.value(logged)
            let planned: Int? = try await tx.value(planned)
            return (logged, planned)
        }
        #expect(activities == told.0)
        #expect(followUps == told.1)
    }
}

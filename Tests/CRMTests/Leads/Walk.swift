import CRM
import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Web

/// Random work on random leads, the same again for the same seed.
struct Walk: Sendable {
    let world: World
    var dice: Dice
    private(set) var leads: [ID<Lead>] = []

    init(_ world: World, seed: UInt64) {
        self.world = world
        dice = Dice(seed: seed)
    }

    /// People who may get leads; ada hands them out.
    private var people: [Person] { [world.sam, world.sia, world.nik, world.wes, world.max] }

    mutating func create() async throws {
        var draft = LeadDraft(source: "manual", currency: dice.pick(["USD", "EUR", "JPY"]))
        draft.company = "Firm \(leads.count)"
        draft.externalID = "W-\(Int.random(in: 0...40, using: &dice))"
        draft.valueMinor = dice.chance(70) ? Int64.random(in: 0...900_000, using: &dice) : nil
        draft.owner = dice.chance(80) ? dice.pick(people).id : nil
        let made = draft
        let captured = try await world.asking(world.ada) { try await Leads($0).create(made) }
        if !captured.merged { leads.append(captured.id) }
    }

    /// One operation on a lead that may be refused; returns its change when it was done.
    mutating func step(on id: ID<Lead>) async throws -> ID<Change>? {
        world.clock.advance(seconds: Int.random(in: 0...400, using: &dice))
        let operation = try await operation(on: id)
        do {
            return try await world.asking(world.ada) { scope in
                try await operation(scope)
                return scope.change
            }
        } catch is Problem {
            return nil
        }
    }

    private typealias Operation = @Sendable (Scope) async throws -> Void

    private mutating func operation(on id: ID<Lead>) async throws -> Operation {
        let due = world.clock.now.adding(seconds: Int.random(in: -9000...900_000, using: &dice))
        let next = NextStep(kind: dice.pick([.call, .meeting]), at: due)
        let move = Move(
            to: dice.pick(["open", "connected", "demo_scheduled", "on_hold", "won", "lost"]),
            lostReason: .timing, resumeOn: Day("2098-01-01"), demoAt: due, note: "Again.")
        let user = dice.pick(people).id
        switch Int.random(in: 0...5, using: &dice) {
        case 0: return { _ = try await Leads($0).move(id, move) }
        case 1: return { _ = try await Owners($0).assign(id, to: user, reason: nil) }
        case 2: return edit(id)
        case 3: return { _ = try await FollowUps($0).schedule(next, for: Leads($0).find(id)) }
        default: return log(id, next, move)
        }
    }

    private mutating func edit(_ id: ID<Lead>) -> Operation {
        let fields: JSON = [
            "value_minor": .integer(Int64.random(in: 0...99_999, using: &dice)),
            "currency": .string(dice.pick(["USD", "EUR"])), "notes": .string("n\(dice.next())"),
            "tags": .array([.string(dice.pick(["a", "b"]))]), "phone": dice.chance(50) ? "x" : nil,
        ]
        return { scope in
            let leads = Leads(scope)
            let lead = try await leads.find(id)
            _ = try await leads.change(id, version: lead.version, Fields(fields))
        }
    }

    private mutating func log(_ id: ID<Lead>, _ next: NextStep, _ move: Move) -> Operation {
        let activity = Activity(
            kind: dice.pick([.call, .note, .email]), notes: "Said.", at: world.clock.now)
        let (next, move) = (dice.chance(50) ? next : nil, dice.chance(30) ? move : nil)
        return { _ = try await Activities($0).log(activity, on: id, next: next, move: move) }
    }
}

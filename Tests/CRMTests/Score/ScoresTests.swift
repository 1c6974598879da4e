import App
import Background
import DatabaseSupport
import Foundation
import Logging
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct ScoresTests {
    /// What a random walk does to leads, past the web.
    private static func walk(
        _ world: World, _ dice: inout Dice, _ leads: inout [ID<Lead>], steps: Int
    ) async throws {
        for _ in 0..<steps {
            let (number, amount) = (leads.count, Int64.random(in: 0...20_000_000, using: &dice))
            let roll = Int.random(in: 0..<10, using: &dice)
            let word = dice.pick(["ads", "referral", "fair"])
            let target = leads.isEmpty ? nil : dice.pick(leads)
            let made = try await world.asking(world.ada) { scope -> ID<Lead>? in
                guard roll > 3, let target else {
                    var draft = LeadDraft(source: word, currency: "USD")
                    draft.company = "Firm \(number)"
                    draft.product = word == "fair" ? nil : "Suite"
                    draft.valueMinor = amount
                    return try await Leads(scope).create(draft).id
                }
                try await act(roll, on: target, word, in: scope)
                return nil
            }
            if let made { leads.append(made) }
        }
    }

    private static func act(
        _ roll: Int, on id: ID<Lead>, _ word: String, in scope: Scope
    ) async throws {
        let leads = Leads(scope)
        let lead = try await leads.find(id)
        switch roll {
        case 4, 5:
            guard lead.status == .open else { return }
            _ = try await leads.move(id, Move(to: "won"))
        case 6, 7:
            guard lead.status == .open else { return }
            _ = try await leads.move(id, Move(to: "lost", lostReason: .budget))
        case 8:
            guard lead.status == .lost else { return }
            _ = try await leads.move(id, Move(to: "open", note: "Back"))
        default:
            var after = lead
            after.territory = word
            _ = try await leads.save(lead, after, as: "lead.changed")
        }
    }

    private static func counts(_ world: World) async throws -> ScoreModel {
        try await world.asking(world.ada) { scope in
            let scores = Scores(scope)
            return try await scores.model(of: scores.available().map(\.key))
        }
    }

    @Test(arguments: EngineKind.allCases, UInt64(1)..<4)
    func `counts kept as things happen are those counted anew`(
        on engine: EngineKind, _ seed: UInt64
    ) async throws {
        try await World.with(engine) { world in
            var (dice, leads) = (Dice(seed: seed), [ID<Lead>]())
            let keeper = ScoreKeeper(batchMax: 7)
            for _ in 0..<3 {
                try await walk(world, &dice, &leads)
                try await world.readFeed(keeper)
            }
            let kept = try await Self.counts(world)
            #expect(kept.all.all > 0)
            try await world.database.write {
                try await FeedReaders($0).replay(keeper.name, since: Instant(microseconds: 0))
            }
            try await world.readFeed(keeper)
            #expect(try await Self.counts(world) == kept)
            try await world.asking(world.ada) { scope in
                try await scope.tx.execute(
                    "DELETE FROM score_outcomes WHERE tenant_id = \(scope.tenant)")
                try await Scores(scope).recount()
            }
            #expect(try await Self.counts(world).all.all == 0)
            try await world.rebuildScore()
            #expect(try await Self.counts(world) == kept)
        }
    }

    private func walk(
        _ world: World, _ dice: inout Dice, _ leads: inout [ID<Lead>]
    ) async throws {
        try await Self.walk(world, &dice, &leads, steps: 30)
    }

    /// Sixty referrals, most of them won, and sixty advertisements, most of them lost.
    private static func decide(_ world: World) async throws {
        try await world.asking(world.ada) { scope in
            for number in 0..<120 {
                let isReferral = number.isMultiple(of: 2)
                var draft = LeadDraft(
                    source: isReferral ? "referral" : "ads", currency: "USD")
                draft.company = "Firm \(number)"
                let lead = try await Leads(scope).create(draft).id
                let isWon = (number % 10 < 8) == isReferral
                _ = try await Leads(scope).move(
                    lead, isWon ? Move(to: "won") : Move(to: "lost", lostReason: .budget))
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a new lead gets its score and three reasons, and nobody has changed it`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let early = try await world.sam.lead(["company": "Early", "source": "referral"])
            try await world.readFeed(ScoreKeeper())
            let earlyPage = try await world.sam.page("/leads/\(early)")
            #expect(earlyPage.text.contains("Needs 100 decided leads; you have 0."))
            let none = try await world.sam.get("/api/v1/leads/\(early)/score")
            #expect(none.json["score"] == .null)
            #expect(none.json["needed"] == 100)
            try await Self.decide(world)
            let good = try await world.sam.lead(["company": "Good", "source": "referral"])
            let bad = try await world.sam.lead(["company": "Bad", "source": "ads"])
            try await world.readFeed(ScoreKeeper())
            let told = try await world.sam.get("/api/v1/leads/\(good)/score")
            let score = try #require(told.json["score"]?.integer)
            #expect(score > 60)
            #expect(told.json["decided"] == 120)
            let reason = told.json["reasons"]?.array?.first
            #expect(reason?["feature"] == "source")
            #expect(reason?["text"]?.string?.hasPrefix("Source Referral: won ") ?? false)
            let page = try await world.sam.page("/leads/\(good)")
            #expect(page.text.contains("<b>Source Referral</b> won "))
            let lead = try await world.sam.get("/api/v1/leads/\(good)")
            #expect(lead.json["score"] == .integer(score))
            #expect(lead.version == 1)
            #expect(try await world.sam.get("/api/v1/leads/\(bad)").json["score"] != nil)
            // The one that was there before gets its own at night.
            #expect(try await world.sam.get("/api/v1/leads/\(early)").json["score"] == .null)
            try await world.rebuildScore()
            let rebuilt = try await world.sam.get("/api/v1/leads/\(early)")
            #expect(rebuilt.json["score"] == .integer(score))
            #expect(rebuilt.version == 1)
            #expect(try await world.wes.get("/api/v1/leads/\(good)/score").status == 404)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the company chooses what scores go by, and sees how good they are`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            try await Self.decide(world)
            try await world.readFeed(ScoreKeeper())
            try await world.rebuildScore()
            let before = try await world.ada.get("/api/v1/score")
            #expect(before.json["decided"] == 120)
            let held = before.json["quality"]?["held_out"]?.integer ?? 0
            #expect(held > 0 && held < 60)
            let settings = try await world.ada.page("/settings/score")
            #expect(settings.text.contains("Tried on \(held) decided leads"))
            let wrong = try await world.ada.put("/api/v1/score", ["features": ["source", "moon"]])
            #expect(wrong.faults == ["features"])
            let put = try await world.ada.put("/api/v1/score", ["features": ["phone"]])
            #expect(put.json["features"] == ["phone"], "\(put.text)")
            #expect(put.json["quality"] == .null)
            let lead = try await world.sam.lead(["company": "New", "source": "referral"])
            try await world.readFeed(ScoreKeeper())
            let told = try await world.sam.get("/api/v1/leads/\(lead)/score")
            #expect(told.json["reasons"]?.array?.map { $0["feature"] } == ["phone"])
            #expect(try await world.max.get("/api/v1/score").status == 403)
        }
    }
}

extension World {
    /// Runs the nightly job of Vantage, as a worker does.
    func rebuildScore() async throws {
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let id = ID<StoredJob>()
        try await database.write(as: .system(vantage)) {
            try await Jobs($0).add(RebuildScore(), id: id)
        }
        let runner = JobRunner(database, scoreHandlers(database), log: log)
        #expect(try await runner.run(id, of: vantage))
    }
}

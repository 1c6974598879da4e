import DatabaseSupport
import Foundation
import Storage
import Testing

@testable import CRM

@Suite struct ScoreModelTests {
    private typealias Sample = (traits: [String: String], won: Bool)

    /// Leads of some features, some of which are not known of each.
    private static func samples(_ dice: inout Dice, _ number: Int) -> [Sample] {
        (0..<number).map { _ in
            let won = dice.chance(35)
            var traits: [String: String] = [:]
            for feature in ["a", "b", "c"] where dice.chance(80) {
                traits[feature] = won && dice.chance(60) ? "x" : dice.pick(["x", "y", "z"])
            }
            return (traits, won)
        }
    }

    private static func model(_ samples: [Sample], _ features: [String]) -> ScoreModel {
        var counts: [String: [String: Decided]] = [:]
        var all = Decided()
        for (traits, won) in samples {
            all.count(won)
            for (feature, value) in traits {
                counts[feature, default: [:]][value, default: Decided()].count(won)
            }
        }
        return ScoreModel(features: features, all: all, counts: counts)
    }

    /// The chance by the definition: products of likelihoods over all samples, no logarithms.
    private static func chance(
        _ lead: [String: String], _ samples: [Sample], _ features: [String]
    ) -> Double {
        func likelihood(_ won: Bool) -> Double {
            let side = samples.filter { $0.won == won }
            var product = (Double(side.count) + 1) / (Double(samples.count) + 2)
            for feature in features {
                let values = Set(samples.compactMap { $0.traits[feature] })
                guard let value = lead[feature], values.contains(value) else { continue }
                let known = side.filter { $0.traits[feature] != nil }
                let alike = known.filter { $0.traits[feature] == value }
                product *= (Double(alike.count) + 1) / (Double(known.count) + Double(values.count))
            }
            return product
        }
        let (won, lost) = (likelihood(true), likelihood(false))
        return won / (won + lost)
    }

    @Test(arguments: UInt64(0)..<10)
    func `chances are those of the definition, worked out the long way`(_ seed: UInt64) {
        var dice = Dice(seed: seed)
        let samples = Self.samples(&dice, 150)
        let features = seed.isMultiple(of: 2) ? ["a", "b", "c"] : ["a", "c"]
        let model = Self.model(samples, features)
        for lead in Self.samples(&dice, 30).map(\.traits) + [["a": "never seen"], [:]] {
            let expected = Self.chance(lead, samples, features)
            #expect(abs(model.chance(lead) - expected) < 1e-9)
            let score = Double(model.score(lead) ?? -1)
            #expect(abs(score - expected * 100) < 0.5 + 1e-9)
        }
    }

    @Test func `with few decided leads there is no score and no reason`() {
        var dice = Dice(seed: 1)
        let samples = Self.samples(&dice, 99)
        let model = Self.model(samples, ["a"])
        #expect(model.score(["a": "x"]) == nil)
        #expect(model.reasons(["a": "x"]).isEmpty)
        let more = Self.model(samples + samples.prefix(1), ["a"])
        #expect(more.score(["a": "x"]) != nil)
    }

    @Test func `the strongest reasons come first, whichever way they point`() {
        let model = ScoreModel(
            features: ["source", "phone", "email", "product"], all: Decided(won: 50, lost: 50),
            counts: [
                "source": [
                    "referral": Decided(won: 40, lost: 10), "ad": Decided(won: 10, lost: 40),
                ],
                "phone": ["yes": Decided(won: 49, lost: 20), "no": Decided(won: 1, lost: 30)],
                "email": ["yes": Decided(won: 25, lost: 25), "no": Decided(won: 25, lost: 25)],
                "product": ["a": Decided(won: 30, lost: 20), "b": Decided(won: 20, lost: 30)],
            ])
        let traits = ["source": "referral", "phone": "no", "email": "yes", "product": "a"]
        let reasons = model.reasons(traits)
        #expect(reasons.map(\.feature) == ["phone", "source", "product"])
        #expect(reasons.map { $0.weight > 0 } == [false, true, true])
        #expect(reasons[1].alike.wonPercent == 80)
    }

    @Test(arguments: UInt64(0)..<5)
    func `quality counts pairs as they are compared one by one`(_ seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let leads = (0..<200).map { _ in
            (chance: Double.random(in: 0...1, using: &dice), won: dice.chance(40))
        }
        var census = ScoreQuality.Census()
        for lead in leads { census.add(chance: lead.chance, won: lead.won) }
        var (right, pairs) = (0.0, 0.0)
        for won in leads where won.won {
            for lost in leads where !lost.won {
                let (a, b) = ((won.chance * 100).rounded(), (lost.chance * 100).rounded())
                right += a > b ? 1 : a == b ? 0.5 : 0
                pairs += 1
            }
        }
        let quality = census.quality
        #expect(abs(try #require(quality.auc) - right / pairs) < 1e-9)
        #expect(quality.heldOut == 200)
        #expect(quality.bands.reduce(0) { $0 + $1.decided.all } == 200)
        #expect(ScoreQuality(quality.json.text)?.heldOut == 200)
    }
}

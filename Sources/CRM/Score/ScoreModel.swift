import Foundation
import Storage

/// How many leads were won and lost.
struct Decided: Sendable, Equatable {
    var won = 0
    var lost = 0

    var all: Int { won + lost }

    mutating func count(_ isWon: Bool, by number: Int = 1) {
        if isWon { won += number } else { lost += number }
    }

    /// In percent, rounded; 0 of none.
    var wonPercent: Int { all == 0 ? 0 : (won * 200 + all) / (2 * all) }
}

/// Naive Bayes over what decided leads were like: how much likelier each trait is among the won
/// than among the lost, as if the traits had nothing to do with each other.
///
/// A value is smoothed as if each of its feature had been seen once more on either side
/// (Laplace); one that was never seen says nothing, and neither does a feature that is not known
/// of a lead.
struct ScoreModel: Sendable, Equatable {
    /// The features that it goes by.
    let features: [String]
    /// All that were decided.
    let all: Decided
    /// By feature and value.
    let counts: [String: [String: Decided]]
    /// Those of which the feature is known, by feature.
    private let known: [String: Decided]

    /// With fewer decided leads it is not asked.
    static let decidedMin = 100

    init(features: [String], all: Decided, counts: [String: [String: Decided]]) {
        self.features = features
        self.all = all
        self.counts = counts.filter { features.contains($0.key) }
            .mapValues { values in values.filter { $0.value.all > 0 } }
        known = self.counts.mapValues { values in
            values.values.reduce(into: Decided()) { sum, count in
                sum.won += count.won
                sum.lost += count.lost
            }
        }
    }

    var isReady: Bool { all.all >= Self.decidedMin }

    /// What a trait adds to the odds, as a logarithm; nil when it says nothing.
    func weight(of feature: String, _ value: String) -> Double? {
        guard let count = counts[feature]?[value], let known = known[feature] else { return nil }
        let values = Double(counts[feature]?.count ?? 0)
        let amongWon = (Double(count.won) + 1) / (Double(known.won) + values)
        let amongLost = (Double(count.lost) + 1) / (Double(known.lost) + values)
        return log(amongWon / amongLost)
    }

    /// The odds of a lead that is like this to be won, as a logarithm.
    func logOdds(_ traits: [String: String]) -> Double {
        let prior = log((Double(all.won) + 1) / (Double(all.lost) + 1))
        return features.reduce(prior) { sum, feature in
            sum + (traits[feature].flatMap { weight(of: feature, $0) } ?? 0)
        }
    }

    /// 0 to 1.
    func chance(_ traits: [String: String]) -> Double { 1 / (1 + exp(-logOdds(traits))) }

    /// 0 to 100; nil when too little is decided to say.
    func score(_ traits: [String: String]) -> Int? {
        isReady ? Int((chance(traits) * 100).rounded()) : nil
    }

    /// A trait that speaks for a lead or against it.
    struct Reason: Sendable, Equatable {
        let feature: String
        let value: String
        let weight: Double
        /// Decided leads that were like it.
        let alike: Decided
    }

    /// The strongest first; none while there is no score.
    func reasons(_ traits: [String: String], max: Int = 3) -> [Reason] {
        guard isReady else { return [] }
        let reasons = features.compactMap { feature -> Reason? in
            guard let value = traits[feature], let weight = weight(of: feature, value),
                let alike = counts[feature]?[value]
            else { return nil }
            return Reason(feature: feature, value: value, weight: weight, alike: alike)
        }
        return Array(
            reasons.sorted {
                (-abs($0.weight), $0.feature) < (-abs($1.weight), $1.feature)
            }.prefix(max))
    }
}

/// How well scores told won from lost among leads that they were not made of.
struct ScoreQuality: Sendable, Equatable {
    /// How often a lead that was won had the higher score of a pair; 0.5 is chance. Nil when there
    /// were none to compare.
    let auc: Double?
    /// Leads that were held out.
    let heldOut: Int
    /// Ten bands of scores, the lowest first.
    let bands: [Band]

    struct Band: Sendable, Equatable {
        var decided = Decided()
        /// Sum of the chances that were given.
        var chances = 0.0

        var expectedPercent: Int {
            decided.all == 0 ? 0 : Int((chances / Double(decided.all) * 100).rounded())
        }
    }

    /// Counts scores of leads that were held out, in bounded room.
    struct Census: Sendable {
        private var byScore = Array(repeating: Decided(), count: 101)
        private var bands = Array(repeating: Band(), count: 10)

        mutating func add(chance: Double, won: Bool) {
            byScore[Int((chance * 100).rounded())].count(won)
            let band = min(9, Int(chance * 10))
            bands[band].decided.count(won)
            bands[band].chances += chance
        }

        /// A tie is half of a pair.
        var quality: ScoreQuality {
            var (right, lostBelow) = (0.0, 0)
            for count in byScore {
                right += Double(count.won) * (Double(lostBelow) + Double(count.lost) / 2)
                lostBelow += count.lost
            }
            let won = byScore.reduce(0) { $0 + $1.won }
            let pairs = Double(won) * Double(lostBelow)
            return ScoreQuality(
                auc: pairs > 0 ? right / pairs : nil, heldOut: won + lostBelow, bands: bands)
        }
    }
}

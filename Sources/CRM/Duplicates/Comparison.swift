import Foundation
import Storage

/// How likely it is that two leads are one, and why.
///
/// Each field in which both say something gives evidence for or against it, in natural logarithms
/// of odds (Fellegi and Sunter 1969); the score is the probability that they come to.
struct Comparison: Sendable, Equatable {
    /// 0 to 1.
    let score: Double
    let evidence: [Evidence]

    /// What one field says.
    struct Evidence: Sendable, Equatable {
        let field: String
        let similarity: Double
        /// For it when positive, against it when negative.
        let weight: Double
        /// A sentence without what the field holds.
        let words: String
    }

    /// What becomes of a pair. Nothing is merged by itself: who is the same by e-mail, phone or
    /// external id was never made a second lead.
    enum Band: String, Sendable, CaseIterable {
        /// Very likely the same.
        case likely
        case possible

        static let likelyLeast = 0.85
        static let possibleLeast = 0.6
    }

    /// Nil for a pair that is not worth anybody's time.
    var band: Band? { Band(score: score) }

    /// What is held of two leads of which nothing is known: that they are two.
    private static let bias = -2.0

    init(_ first: LeadProfile, _ second: LeadProfile) {
        let all = [
            Self.company(first, second), Self.person(first, second), Self.email(first, second),
            Self.phone(first, second), Self.tax(first, second), Self.territory(first, second),
        ]
        evidence = all.compactMap(\.self)
        let sum = evidence.reduce(Self.bias) { $0 + $1.weight }
        score = 1 / (1 + exp(-sum))
    }
}

extension Comparison.Band {
    init?(score: Double) {
        switch score {
        case Self.likelyLeast...: self = .likely
        case Self.possibleLeast...: self = .possible
        default: return nil
        }
    }
}

extension Comparison {
    /// The weight of a similarity: between the points of a curve.
    private static func weight(_ similarity: Double, _ curve: [(at: Double, weight: Double)])
        -> Double
    {
        guard var before = curve.first, similarity > before.at else {
            return curve.first?.weight ?? 0
        }
        for point in curve.dropFirst() {
            if similarity <= point.at {
                let part = (similarity - before.at) / (point.at - before.at)
                return before.weight + part * (point.weight - before.weight)
            }
            before = point
        }
        return before.weight
    }

    private static func company(_ first: LeadProfile, _ second: LeadProfile) -> Evidence? {
        guard let one = first.company, let other = second.company else { return nil }
        let likeness = one.likeness(to: other)
        let weight = weight(
            likeness, [(0.5, -3), (0.7, -1), (0.8, 1), (0.9, 2.4), (0.97, 3), (1, 3.2)])
        let words =
            likeness >= 0.99
            ? "Same company name"
            : likeness >= 0.8 ? "Company names are alike" : "Company names differ"
        return Evidence(field: "company", similarity: likeness, weight: weight, words: words)
    }

    private static func person(_ first: LeadProfile, _ second: LeadProfile) -> Evidence? {
        guard let one = first.person, let other = second.person else { return nil }
        let likeness = one.likeness(to: other)
        let weight = weight(
            likeness, [(0.6, -3), (0.75, -0.5), (0.85, 1.2), (0.95, 2.1), (1, 2.3)])
        let words =
            likeness >= 1
            ? "Same person" : likeness >= 0.8 ? "Names are alike" : "Different people"
        return Evidence(field: "contact_name", similarity: likeness, weight: weight, words: words)
    }

    private static func email(_ first: LeadProfile, _ second: LeadProfile) -> Evidence? {
        guard let one = first.email, let other = second.email else { return nil }
        let isNear = Likeness.shareLetters(one.local, other.local)
        let local = isNear ? Likeness.jaroWinkler(one.local, other.local) : 0
        let isLike = one.local == other.local || (local >= 0.93 && one.local.count >= 5)
        let isSame = one.domain == other.domain
        func evidence(_ weight: Double, _ words: String) -> Evidence {
            Evidence(
                field: "email", similarity: isSame ? max(local, 0.5) : local, weight: weight,
                words: words)
        }
        if one == other { return evidence(4, "Same e-mail address") }
        if isSame, !one.isPublic {
            return isLike
                ? evidence(2.8, "Nearly the same e-mail address")
                : evidence(0.4, "Same e-mail domain")
        }
        if one.local == other.local, !one.isPublic, !other.isPublic {
            return evidence(0.5, "Same e-mail name at another company")
        }
        if one.local == other.local, one.local.count >= 5 {
            return evidence(1.6, "Same e-mail name at another provider")
        }
        if isLike, isSame { return evidence(1.4, "Nearly the same e-mail address") }
        return evidence(-0.6, "Different e-mail addresses")
    }

    private static func phone(_ first: LeadProfile, _ second: LeadProfile) -> Evidence? {
        guard let one = first.phone, let other = second.phone else { return nil }
        let shortest = min(one.count, other.count)
        func evidence(_ similarity: Double, _ weight: Double, _ words: String) -> Evidence {
            Evidence(field: "phone", similarity: similarity, weight: weight, words: words)
        }
        if one.suffix(shortest) == other.suffix(shortest) {
            return evidence(1, 3, "Phone numbers end alike")
        }
        let edits = Likeness.edits(Array(one.suffix(8)), Array(other.suffix(8)), most: 1)
        return edits == 1
            ? evidence(0.9, 1.2, "Phone numbers differ in one digit")
            : evidence(0, -0.7, "Different phone numbers")
    }

    private static func tax(_ first: LeadProfile, _ second: LeadProfile) -> Evidence? {
        guard !first.taxes.isEmpty, !second.taxes.isEmpty else { return nil }
        return first.taxes.isDisjoint(with: second.taxes)
            ? Evidence(
                field: "tax_number", similarity: 0, weight: -3, words: "Different tax numbers")
            : Evidence(field: "tax_number", similarity: 1, weight: 6, words: "Same tax number")
    }

    private static func territory(_ first: LeadProfile, _ second: LeadProfile) -> Evidence? {
        guard let one = first.territory, let other = second.territory else { return nil }
        return one == other
            ? Evidence(field: "territory", similarity: 1, weight: 0.2, words: "Same territory")
            : Evidence(
                field: "territory", similarity: 0, weight: -0.3, words: "Different territories")
    }
}

extension [Comparison.Evidence] {
    /// As it is kept and told.
    var json: JSON {
        .array(
            map { one in
                [
                    "field": .string(one.field), "words": .string(one.words),
                    "similarity": .number((one.similarity * 1000).rounded() / 1000),
                    "weight": .number((one.weight * 100).rounded() / 100),
                ]
            })
    }
}

import Storage
import Tenancy
import Views

/// A lead's score in words.
struct ScoreWords: Sendable {
    /// Whether the viewer sees it.
    let isShown: Bool
    let decided: Decided
    let reasons: [ScoreModel.Reason]
    private let labels: [String: String]

    /// Of a lead that the caller has found. What is masked for them has no reasons.
    init(of lead: Lead, in scope: Scope) async throws {
        isShown = !scope.caller.grants.masks.contains(.companyFields)
        let scores = Scores(scope)
        guard isShown else {
            (decided, reasons, labels) = (Decided(), [], [:])
            return
        }
        let explained = try await scores.explain(lead)
        decided = explained.model.all
        reasons = lead.score == nil ? [] : explained.reasons
        let isOwn = reasons.contains { $0.feature.hasPrefix("custom.") }
        labels =
            isOwn
            ? Dictionary(try await scores.available().map { ($0.key, $0.label) }) { $1 } : [:]
    }

    /// `Source Referral: won 41 % of 120, 23 % of all`
    func text(_ reason: ScoreModel.Reason) -> String {
        "\(name(reason)): \(rates(reason))"
    }

    /// `won 41 % of 120, 23 % of all`
    func rates(_ reason: ScoreModel.Reason) -> String {
        "won \(reason.alike.wonPercent) % of \(reason.alike.all), \(decided.wonPercent) % of all"
    }

    /// What is so of the lead.
    func name(_ reason: ScoreModel.Reason) -> String {
        let value = reason.value
        guard let feature = ScoreFeature(rawValue: reason.feature) else {
            let label = labels[reason.feature] ?? "Own field"
            return value == "none" ? "\(label) not given" : "\(label) \(value)"
        }
        switch feature {
        case .source: return "Source \(Faces.glyph(source: value).label)"
        case .product, .territory, .campaign:
            let label = feature.label
            return value == "none" ? "No \(label.lowercased())" : "\(label) \(value)"
        case .value: return Self.values[value] ?? "Value"
        case .phone: return value == "yes" ? "Has a phone number" : "No phone number"
        case .email: return value == "yes" ? "Has an e-mail address" : "No e-mail address"
        case .company: return value == "yes" ? "Names a company" : "Names no company"
        case .weekday: return "Came in on a \(Self.weekdays[value] ?? "day")"
        case .daytime: return Self.daytimes[value] ?? "Time of day"
        case .firstResponse: return value == "late" ? "Responded to late" : "Responded to in time"
        }
    }

    private static let values = [
        "none": "No value", "under_1k": "Value under 1,000", "1k_10k": "Value 1,000 to 10,000",
        "10k_100k": "Value 10,000 to 100,000", "over_100k": "Value 100,000 and more",
    ]
    private static let weekdays = [
        "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday",
        "fri": "Friday", "sat": "Saturday", "sun": "Sunday",
    ]
    private static let daytimes = [
        "night": "Came in at night", "morning": "Came in in the morning",
        "afternoon": "Came in in the afternoon", "evening": "Came in in the evening",
    ]
}

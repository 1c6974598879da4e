import Foundation
import Storage
import Tenancy
import Web

/// What a score may go by. Companies' own fields with a choice, and those that are yes or no, are
/// features too: `custom.KEY`.
enum ScoreFeature: String, Sendable, CaseIterable {
    case source, product, territory, campaign, value, phone, email, company, weekday, daytime
    case firstResponse = "first_response"

    /// What is taken until a company chooses.
    static let usual: [ScoreFeature] = [
        .source, .product, .territory, .value, .phone, .email, .firstResponse,
    ]

    var label: String {
        switch self {
        case .source: "Source"
        case .product: "Product"
        case .territory: "Territory"
        case .campaign: "Campaign"
        case .value: "Value"
        case .phone: "Phone number"
        case .email: "E-mail address"
        case .company: "Company name"
        case .weekday: "Weekday it came in"
        case .daytime: "Time of day it came in"
        case .firstResponse: "First response"
        }
    }
}

extension CustomField {
    /// Whether a score may go by it. A sensitive one never: its reasons would tell it.
    var isFeature: Bool { !isSensitive && (kind == .choice || kind == .boolean) }
    var feature: String { "custom.\(key)" }
}

/// A lead as scores see it.
struct ScoredLead: Sendable, RowDecodable {
    let id: ID<Lead>
    let status: Stage.Status
    let score: Int?
    private let texts: [(feature: ScoreFeature, text: String?)]
    private let isKnown: [(feature: ScoreFeature, isKnown: Bool)]
    private let valueMinor: Int64?
    private let currency: String
    private let createdAt: Instant
    private let custom: String
    private let isResponded: Bool
    private let isBreached: Bool

    /// Of `from`.
    static let columns: SQL = """
        l.id, s.class, l.score, l.source, l.product, l.territory, l.campaign, l.phone, l.email,
        l.company, l.value_minor, l.currency, l.created_at, l.custom, c.stopped_at, c.breached_at
        """

    static let from: SQL = """
        FROM leads l
        JOIN stages s ON s.tenant_id = l.tenant_id AND s.key = l.stage
        LEFT JOIN clocks c ON c.tenant_id = l.tenant_id AND c.subject_kind = 'lead'
            AND c.subject_id = l.id AND c.kind = 'first_response'
        """

    init(row: inout Row) throws {
        id = try row.next()
        status = try row.next()
        score = try row.next()
        texts = try [
            (.source, row.next()), (.product, row.next()), (.territory, row.next()),
            (.campaign, row.next()),
        ]
        isKnown = try [
            (.phone, row.next(String?.self) != nil), (.email, row.next(String?.self) != nil),
            (.company, row.next(String?.self) != nil),
        ]
        valueMinor = try row.next()
        currency = try row.next()
        createdAt = try row.next()
        custom = try row.next()
        isResponded = try row.next(Instant?.self) != nil
        isBreached = try row.next(Instant?.self) != nil
    }

    private static let textMax = 60

    /// Its value for each feature that is known of it.
    func traits(_ time: LocalTime, _ fields: [CustomField]) -> [String: String] {
        var traits: [String: String] = [:]
        for (feature, text) in texts {
            let word = (text ?? "").trimmed.lowercased()
            traits[feature.rawValue] = word.isEmpty ? "none" : String(word.prefix(Self.textMax))
        }
        for (feature, isKnown) in isKnown { traits[feature.rawValue] = isKnown ? "yes" : "no" }
        traits[ScoreFeature.value.rawValue] = valueBand
        let weekday = (time.day(of: createdAt).number + 3) % 7
        traits[ScoreFeature.weekday.rawValue] = Self.weekdays[(weekday + 7) % 7]
        let hour = Int(time.clock(createdAt).prefix(2)) ?? 0
        traits[ScoreFeature.daytime.rawValue] = Self.daytimes[hour / 6]
        // What is still to be responded to says nothing yet.
        if isBreached {
            traits[ScoreFeature.firstResponse.rawValue] = "late"
        } else if isResponded {
            traits[ScoreFeature.firstResponse.rawValue] = "in_time"
        }
        guard !fields.isEmpty, let values = try? JSON(parsing: custom) else { return traits }
        for field in fields {
            switch values[field.key] {
            case .string(let text): traits[field.feature] = String(text.prefix(Self.textMax))
            case .bool(let bool): traits[field.feature] = bool ? "yes" : "no"
            default: traits[field.feature] = "none"
            }
        }
        return traits
    }

    static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    static let daytimes = ["night", "morning", "afternoon", "evening"]

    /// By orders of magnitude, in major units of the lead's own currency.
    private var valueBand: String {
        guard let valueMinor else { return "none" }
        switch valueMinor / Currency.factor(of: currency) {
        case ..<1000: return "under_1k"
        case ..<10_000: return "1k_10k"
        case ..<100_000: return "10k_100k"
        default: return "over_100k"
        }
    }
}

import Foundation
import Storage
import Tenancy

/// A rule of who gets a lead. The first that matches, in order, decides.
package struct AssignmentRule: Sendable, Equatable {
    package var id: ID<AssignmentRule>
    package var name: String
    /// All of them hold for a lead that it takes.
    package var conditions: [LeadCondition]
    package var target: Target
    package var manner: Manner
    package var isActive: Bool
    /// The one that takes what no other did.
    package var isFallback: Bool

    package enum Target: Sendable, Hashable {
        case user(ID<User>)
        /// Somebody of the team, or of one below it.
        case team(ID<Team>)

        var uuid: UUID {
            switch self {
            case .user(let id): id.uuid
            case .team(let id): id.uuid
            }
        }
    }

    package init(
        id: ID<AssignmentRule>, name: String, conditions: [LeadCondition] = [], target: Target,
        manner: Manner = Manner(), isActive: Bool, isFallback: Bool
    ) {
        self.id = id
        self.name = name
        self.conditions = conditions
        self.target = target
        self.manner = manner
        self.isActive = isActive
        self.isFallback = isFallback
    }

    func matches(_ draft: LeadDraft, on ground: LeadCondition.Ground) -> Bool {
        isActive && conditions.allSatisfy { $0.holds(for: draft, on: ground) }
    }

    /// The conditions in words, for the explanation on a lead.
    func reason(_ currency: String) -> String {
        let parts = conditions.map { $0.words(currency) }
        return parts.isEmpty ? "it takes every lead" : parts.joined(separator: " and ")
    }
}

extension AssignmentRule {
    /// How somebody of a team is chosen, and what becomes of a lead that nobody takes up.
    package struct Manner: Sendable, Equatable {
        package enum Method: String, Sendable, CaseIterable {
            case roundRobin = "round_robin"
            case weighted
            case leastLoaded = "least_loaded"
        }

        package var method: Method = .roundRobin
        /// All of them are needed.
        package var skills: [String] = []
        /// Only to who speaks the lead's language, when that is known.
        package var speaksLanguage = false
        /// Only to who is in their working hours.
        package var inWorkingHours = false
        /// How long a lead waits for somebody before the next rule is asked; nil for not at all.
        package var holdMinutes: Int?
        /// Working minutes after which it goes to the next, when its owner has not acted.
        package var reofferMinutes: Int?

        package init() {}
    }

    /// A rule to be made.
    package init(
        name: String, source: String? = nil, territory: String? = nil, valueMin: Int64? = nil,
        target: Target, isFallback: Bool = false
    ) {
        let conditions = [
            source.map { LeadCondition(.plain(.source), .is, [$0]) },
            territory.map { LeadCondition(.plain(.territory), .is, [$0]) },
            valueMin.map { LeadCondition(.plain(.value), .atLeast, [String($0)]) },
        ]
        self.init(
            id: ID(), name: name, conditions: conditions.compactMap { $0 }, target: target,
            isActive: true, isFallback: isFallback)
    }
}

// What must be known for it.
extension AssignmentRule {
    var countsLoads: Bool { manner.method == .leastLoaded }

    var asksHours: Bool {
        manner.inWorkingHours || manner.reofferMinutes != nil
            || conditions.contains { $0.field == .plain(.hours) }
    }

    var asksTerritories: Bool { conditions.contains { $0.comparison == .within } }
}

extension AssignmentRule: RowDecodable {
    /// Of `assignment_rules r`.
    static let columns: SQL = """
        r.id, r.name, r.conditions, r.manner, r.user_id, r.team_id, r.active, r.fallback
        """

    package init(row: inout Row) throws {
        let id: ID<AssignmentRule> = try row.next()
        let name: String = try row.next()
        let conditions = try JSON(parsing: row.next(String.self))
        let manner = try JSON(parsing: row.next(String.self))
        let user: ID<User>? = try row.next()
        let team: ID<Team>? = try row.next()
        guard let target = user.map(Target.user) ?? team.map(Target.team) else {
            throw StorageError.column(4, expected: "a user or a team")
        }
        self.init(
            id: id, name: name,
            conditions: conditions.array?.compactMap(LeadCondition.init(stored:)) ?? [],
            target: target, manner: Manner(stored: manner), isActive: try row.next(),
            isFallback: try row.next())
    }
}

// As rules are stored, which is as the API says them.
extension LeadCondition {
    init?(stored json: JSON) {
        guard let field = json["field"]?.string.flatMap(Field.init),
            let comparison = json["op"]?.string.flatMap(Comparison.init)
        else { return nil }
        self.init(field, comparison, json["values"]?.array?.compactMap(\.string) ?? [])
    }

    var json: JSON {
        [
            "field": .string(field.name), "op": .string(comparison.rawValue),
            "values": .array(values.map(JSON.string)),
        ]
    }
}

extension AssignmentRule.Manner {
    init(stored json: JSON) {
        self.init()
        method = json["method"]?.string.flatMap(Method.init) ?? .roundRobin
        skills = json["skills"]?.array?.compactMap(\.string) ?? []
        speaksLanguage = json["speaks_language"] == true
        inWorkingHours = json["in_working_hours"] == true
        holdMinutes = json["hold_minutes"]?.integer.map { Int($0) }
        reofferMinutes = json["reoffer_minutes"]?.integer.map { Int($0) }
    }

    /// Only what is not as usual.
    var json: JSON {
        var members: [String: JSON] = [:]
        if method != .roundRobin { members["method"] = .string(method.rawValue) }
        if !skills.isEmpty { members["skills"] = .array(skills.map(JSON.string)) }
        if speaksLanguage { members["speaks_language"] = true }
        if inWorkingHours { members["in_working_hours"] = true }
        if let holdMinutes { members["hold_minutes"] = .integer(Int64(holdMinutes)) }
        if let reofferMinutes { members["reoffer_minutes"] = .integer(Int64(reofferMinutes)) }
        return .object(members)
    }
}

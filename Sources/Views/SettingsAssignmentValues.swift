/// Whom a rule gives the lead to.
package enum AssignmentTarget: Sendable, Equatable {
    /// One person, by id.
    case user(String)
    /// Somebody of a team, by id; people who are away are passed over.
    case team(String)

    /// The target as the value of its `<option>`, `user:<id>` or `team:<id>`.
    package var value: String {
        switch self {
        case .user(let id): "user:\(id)"
        case .team(let id): "team:\(id)"
        }
    }
}

/// A field of a lead that a rule may ask.
package struct RuleField: Sendable {
    package enum Kind: String, Sendable {
        case text, amount, number, tags, hours, source, territory

        /// What it can be asked.
        var ops: [String] {
            switch self {
            case .hours: ["is"]
            case .amount: ["at_least", "at_most", "known", "unknown"]
            case .tags: ["is", "is_not", "known", "unknown"]
            case .territory:
                ["within", "is", "is_not", "contains", "starts_with", "known", "unknown"]
            case .number: ["is", "is_not", "at_least", "at_most", "known", "unknown"]
            case .text, .source: ["is", "is_not", "contains", "starts_with", "known", "unknown"]
            }
        }
    }

    package var key: String
    package var label: String
    package var kind: Kind

    package init(_ key: String, _ label: String, _ kind: Kind = .text) {
        (self.key, self.label, self.kind) = (key, label, kind)
    }
}

/// What a rule asks of one field; amounts in minor units.
package struct RuleCondition: Sendable {
    package var field: String
    package var op: String
    package var values: [String]

    package init(field: String, op: String, values: [String]) {
        (self.field, self.op, self.values) = (field, op, values)
    }

    static let ops = [
        (key: "is", label: "is any of"), (key: "is_not", label: "is none of"),
        (key: "within", label: "is or is within"), (key: "contains", label: "contains"),
        (key: "starts_with", label: "starts with"), (key: "at_least", label: "is at least"),
        (key: "at_most", label: "is at most"), (key: "known", label: "is known"),
        (key: "unknown", label: "is not known"),
    ]
}

/// How somebody of a team is chosen, and what becomes of a lead that nobody takes up.
package struct RuleManner: Sendable {
    package enum Method: String, Sendable, CaseIterable {
        case roundRobin = "round_robin"
        case weighted
        case leastLoaded = "least_loaded"

        var label: String {
            switch self {
            case .roundRobin: "Each in turn"
            case .weighted: "In turn, by weight"
            case .leastLoaded: "Whoever has the fewest open leads"
            }
        }

        /// Behind the name of a team.
        var words: String {
            switch self {
            case .roundRobin: "in turn"
            case .weighted: "by weight"
            case .leastLoaded: "fewest open leads"
            }
        }
    }

    package var method = Method.roundRobin
    package var skills: [String] = []
    package var speaksLanguage = false
    package var inWorkingHours = false
    package var holdMinutes: Int?
    package var reofferMinutes: Int?

    package init() {}
}

/// One rule; without a condition it takes every lead.
package struct AssignmentRuleRow: Sendable {
    package var name: String
    package var conditions: [RuleCondition] = []
    package var target: AssignmentTarget
    package var manner = RuleManner()
    package var isActive: Bool

    package init(name: String, to target: AssignmentTarget, isActive: Bool = true) {
        (self.name, self.target, self.isActive) = (name, target, isActive)
    }
}

/// How amounts of the tenant's currency are typed and shown.
package struct MoneyUnit: Sendable {
    /// ISO 4217.
    package var code: String
    package var symbol: String
    /// Digits of the minor unit.
    package var digits: Int

    package init(_ code: String, symbol: String, digits: Int) {
        (self.code, self.symbol, self.digits) = (code, symbol, digits)
    }
}

/// A lead that nobody can take yet; times as people say them.
package struct WaitingLead: Sendable {
    package var title: String
    package var url: String
    package var rule: String
    package var since: String
    package var until: String

    package init(title: String, url: String, rule: String, since: String, until: String) {
        (self.title, self.url, self.rule) = (title, url, rule)
        (self.since, self.until) = (since, until)
    }
}

package struct AssignmentPage: Sendable {
    package var rules: [AssignmentRuleRow]
    package var fallback: AssignmentTarget?
    package var sources: [Choice] = []
    /// What rules may ask, in order.
    package var fields: [RuleField] = []
    /// Words that are offered for a field.
    package var words: [(field: String, words: [String])] = []
    /// That somebody has.
    package var skills: [String] = []
    package var users: [Choice]
    package var teams: [Choice]
    package var waiting: [WaitingLead] = []
    /// Amounts are typed in major units and sent in minor ones.
    package var unit: MoneyUnit
    /// Version of the whole list, sent back as `If-Match` when given.
    package var version: Int?

    package init(
        rules: [AssignmentRuleRow], fallback: AssignmentTarget?, users: [Choice], teams: [Choice],
        unit: MoneyUnit
    ) {
        (self.rules, self.fallback, self.users, self.teams) = (rules, fallback, users, teams)
        self.unit = unit
    }
}

// MARK: Who takes leads

/// How much somebody takes, and what they are good for.
package struct CapacityRow: Sendable {
    package var user: String
    package var person: Person
    package var weight = 1
    package var skills: [String] = []
    package var languages: [String] = []
    package var dayMax: Int?
    package var weekMax: Int?
    package var openMax: Int?
    package var isPaidBack = false
    package var hasOwnHours = false
    /// Their own hours; all empty for the company's.
    package var days = WeekdayHours.none

    package init(_ person: Person) {
        (user, self.person) = (person.id, person)
    }
}

package struct CapacityPage: Sendable {
    package var rows: [CapacityRow]
    package var version: Int?

    package init(rows: [CapacityRow], version: Int? = nil) {
        (self.rows, self.version) = (rows, version)
    }
}

/// A sales region and what it is part of.
package struct TerritoryRow: Sendable {
    package var name: String
    package var parent: String

    package init(_ name: String, in parent: String = "") {
        (self.name, self.parent) = (name, parent)
    }
}

package struct TerritoriesPage: Sendable {
    package var rows: [TerritoryRow]
    /// That leads name.
    package var words: [String] = []
    package var version: Int?

    package init(rows: [TerritoryRow], version: Int? = nil) {
        (self.rows, self.version) = (rows, version)
    }
}

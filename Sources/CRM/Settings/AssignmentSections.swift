import Storage
import Tenancy
import Views

// Page values of the sections about who gets leads.

extension AssignmentPage {
    /// Leads that wait, told on the page.
    private static let waitingMax = 20

    init(_ frame: Shells.Frame, in scope: Scope) async throws {
        let currency = frame.faces.currency
        let rules = try await Assignment(scope).rules()
        let named = Set(rules.compactMap(\.target.user))
        let people = try await Users(scope).list().filter { $0.isActive || named.contains($0.id) }
        self.init(
            rules: rules.filter { !$0.isFallback }.map(AssignmentRuleRow.init),
            fallback: rules.first(where: \.isFallback)?.target.view, users: people.choices,
            teams: try await Teams(scope).list().choices,
            unit: MoneyUnit(
                currency, symbol: Currency.symbol(of: currency),
                digits: Currency.decimals(of: currency)))
        let own = try await CustomFields(scope).list()
        fields = RuleField.plain + own.map { RuleField("custom.\($0.key)", $0) }
        fields += RuleField.campaign
        sources = frame.sources
        let members = try await AssignmentMembers(scope).list()
        words = [
            ("source", sources.map(\.value)), ("territory", frame.words.territories),
            ("product", frame.words.products), ("hours", ["inside", "outside"]),
        ]
        words += own.filter { !$0.choices.isEmpty }.map { ("custom.\($0.key)", $0.choices) }
        skills = members.flatMap(\.skills).removingDuplicates()
        waiting = try await Holds(scope).list(limit: Self.waitingMax).map { one in
            let time = frame.faces.time
            return WaitingLead(
                title: one.lead.title, url: "/leads/\(one.lead.id)", rule: one.rule ?? "No rule",
                since: time.clock(one.hold.since),
                until:
                    "\(time.name(of: time.day(of: one.hold.until))) \(time.clock(one.hold.until))")
        }
        version = rules.whole.version
    }
}

extension RuleField {
    fileprivate static let plain = [
        RuleField("source", "Source", .source), RuleField("campaign", "Campaign"),
        RuleField("product", "Product"), RuleField("territory", "Territory", .territory),
        RuleField("value", "Value", .amount), RuleField("currency", "Currency"),
        RuleField("tags", "Tags", .tags), RuleField("language", "Language"),
        RuleField("hours", "Working hours", .hours), RuleField("company", "Company"),
        RuleField("contact_name", "Contact name"), RuleField("email", "Email"),
        RuleField("phone", "Phone"),
    ]
    fileprivate static let campaign = ["utm_source", "utm_medium", "utm_campaign"].map {
        RuleField("attribution.\($0)", $0)
    }

    fileprivate init(_ key: String, _ field: CustomField) {
        self.init(key, field.label, field.kind == .number ? .number : .text)
    }
}

extension AssignmentRuleRow {
    init(_ rule: AssignmentRule) {
        self.init(name: rule.name, to: rule.target.view, isActive: rule.isActive)
        conditions = rule.conditions.map { one in
            RuleCondition(field: one.field.name, op: one.comparison.rawValue, values: one.values)
        }
        manner.method = .init(rawValue: rule.manner.method.rawValue) ?? .roundRobin
        manner.skills = rule.manner.skills
        manner.speaksLanguage = rule.manner.speaksLanguage
        manner.inWorkingHours = rule.manner.inWorkingHours
        manner.holdMinutes = rule.manner.holdMinutes
        manner.reofferMinutes = rule.manner.reofferMinutes
    }
}

extension AssignmentRule.Target {
    fileprivate var user: ID<User>? {
        if case .user(let id) = self { id } else { nil }
    }

    fileprivate var view: AssignmentTarget {
        switch self {
        case .user(let id): .user(id.description)
        case .team(let id): .team(id.description)
        }
    }
}

extension CapacityPage {
    init(in scope: Scope) async throws {
        let members = try await AssignmentMembers(scope).list()
        self.init(rows: members.map(CapacityRow.init), version: members.whole.version)
    }
}

extension CapacityRow {
    fileprivate init(_ member: AssignmentMember) {
        self.init(Faces.person(member.user, member.name))
        weight = member.weight
        skills = member.skills
        languages = member.languages
        (dayMax, weekMax, openMax) = (member.dayMax, member.weekMax, member.openMax)
        isPaidBack = member.isPaidBack
        hasOwnHours = member.week != nil
        days = member.week?.days ?? WeekdayHours.none
    }
}

extension TerritoriesPage {
    init(_ frame: Shells.Frame, in scope: Scope) async throws {
        let territories = try await Territories(scope).list()
        self.init(
            rows: territories.map { TerritoryRow($0.name, in: $0.parent ?? "") },
            version: territories.whole.version)
        words = frame.words.territories
    }
}

import Storage
import Tenancy

/// What rules may look at beside leads and people.
struct RotaGround: Sendable {
    /// Nil when no rule asks for hours.
    var calendar: BusinessCalendar?
    var territories: [Territory] = []
    /// Names of the teams that are targets.
    var teams: [AssignmentRule.Target: String] = [:]
    /// Where a day begins at midnight.
    var zone = "UTC"
}

/// The assignment rules with everything they ask for, in memory: for one lead, a chunk of an
/// import, or a month of leads that is only tried.
struct Rota: Sendable {
    /// Active ones, in order.
    let rules: [AssignmentRule]
    private(set) var now: Instant
    private var ground: LeadCondition.Ground
    /// The company's; nil when no rule asks for hours.
    let calendar: BusinessCalendar?
    /// Of the company's clock.
    private(set) var day: Day
    private let zone: String
    private let teams: [AssignmentRule.Target: String]
    /// Everybody of any roster, once.
    private(set) var takers: [Taker] = []
    private(set) var rosters: [AssignmentRule.Target: Roster] = [:]
    private var places: [ID<User>: Int] = [:]

    init(_ rules: [AssignmentRule], at now: Instant, on ground: RotaGround) {
        self.rules = rules.filter(\.isActive)
        calendar = ground.calendar
        (teams, zone) = (ground.teams, ground.zone)
        self.now = now
        day = LocalTime(now: now, zone: zone).today
        self.ground = LeadCondition.Ground(
            isOpen: calendar?.isOpen(at: now) ?? true,
            territories: TerritoryTree(ground.territories))
    }

    /// The same people at another moment.
    mutating func move(to moment: Instant) {
        let today = LocalTime(now: moment, zone: zone).today
        now = moment
        ground.isOpen = calendar?.isOpen(at: moment) ?? true
        for place in takers.indices { takers[place].see(day, become: today) }
        day = today
    }

    /// As if everybody were there and nobody had got any lead yet.
    mutating func beginAnew() {
        for place in takers.indices { takers[place].beginAnew() }
        for target in rosters.keys {
            let count = rosters[target]?.takers.count ?? 0
            rosters[target]?.turns = Turns(count)
        }
    }

    /// Somebody has one open lead less.
    mutating func release(_ user: ID<User>) {
        if let place = places[user] { takers[place].openLeads -= 1 }
    }

    /// What is asked.
    struct Question: Sendable {
        var draft: LeadDraft
        /// Those who had it already.
        var tried: Set<ID<User>> = []
        var rules = Part.all
        /// Whether a rule may let it wait.
        var mayWait = true

        enum Part: Sendable, Equatable {
            case all
            /// None but this rule.
            case only(ID<AssignmentRule>)
            /// This rule and those behind it; it has waited for this one.
            case from(ID<AssignmentRule>)
        }

        func mayWait(for rule: AssignmentRule) -> Bool { mayWait && rules != .from(rule.id) }
    }

    enum Answer: Sendable {
        case decided(Assignment.Decision)
        /// Who stands behind this must be loaded first; nothing is changed yet.
        case needs(AssignmentRule)
    }

    /// - Parameter people: In order of their ids. Who is there already is not taken again.
    mutating func add(
        _ target: AssignmentRule.Target, _ people: [Taker],
        standings: [ID<User>: Turns.Standing] = [:]
    ) {
        var members: [Int] = []
        for person in people {
            if let place = places[person.user] {
                members.append(place)
            } else {
                places[person.user] = takers.count
                members.append(takers.count)
                var person = person
                person.hours = calendar.flatMap { person.week?.calendar(like: $0) }
                takers.append(person)
            }
        }
        var roster = Roster(teams[target], members)
        for (place, person) in people.enumerated() {
            roster.turns.standings[place] = standings[person.user] ?? Turns.Standing()
        }
        rosters[target] = roster
    }

    /// Who gets a lead, and why. The turn is taken.
    mutating func answer(_ question: Question) -> Answer {
        var exhausted: [String] = []
        for rule in part(question.rules) where rule.matches(question.draft, on: ground) {
            guard let roster = rosters[rule.target] else { return .needs(rule) }
            let offer = offer(question, by: rule, roster)
            if let place = offer.place {
                let reason = reason(rule, offer, roster, question, after: exhausted)
                return .decided(
                    .given(
                        Assignment.Choice(
                            owner: takers[place].user, reason: reason, rule: rule.id,
                            reofferMinutes: rule.manner.reofferMinutes)))
            }
            if let minutes = rule.manner.holdMinutes, question.mayWait(for: rule) {
                return .decided(
                    .waits(
                        Assignment.Wait(
                            rule: rule.id, until: now.adding(seconds: minutes * 60),
                            reason: waiting(rule, offer, roster, question))))
            }
            exhausted.append("Rule “\(rule.name)” found nobody.\(passed(offer.passed))")
        }
        let why = exhausted.isEmpty ? "No rule matched, and there is no fallback." : ""
        return .decided(.nobody((exhausted + [why]).filter { !$0.isEmpty }.joined(separator: " ")))
    }

    /// What a rota says that has everybody.
    mutating func decide(_ question: Question) -> Assignment.Decision {
        switch answer(question) {
        case .decided(let decision): decision
        case .needs(let rule): preconditionFailure("Nobody was loaded for \(rule.name).")
        }
    }

    private func obstacle(
        of taker: Taker, _ manner: AssignmentRule.Manner, _ draft: LeadDraft
    ) -> Obstacle? {
        if manner.inWorkingHours, !(taker.hours?.isOpen(at: now) ?? ground.isOpen) {
            return taker.isAway(at: now) ? .away : .offHours
        }
        return taker.obstacle(manner, draft, at: now)
    }

    private func part(_ part: Question.Part) -> ArraySlice<AssignmentRule> {
        switch part {
        case .all: return rules[...]
        case .only(let id): return rules.filter { $0.id == id }[...]
        case .from(let id):
            guard let place = rules.firstIndex(where: { $0.id == id }) else { return rules[...] }
            return rules[place...]
        }
    }

    private struct Offer {
        /// Among the takers.
        var place: Int?
        var passed: [(name: String, why: Obstacle)] = []
    }

    private mutating func offer(
        _ question: Question, by rule: AssignmentRule, _ roster: Roster
    ) -> Offer {
        var offer = Offer()
        var able: [(place: Int, weight: Double)] = []
        var away: [(place: Int, weight: Double)] = []
        let isWeighted = rule.manner.method == .weighted
        for (place, index) in roster.takers.enumerated() {
            let taker = takers[index]
            let weight = isWeighted ? Double(taker.weight) : 1
            let obstacle =
                question.tried.contains(taker.user)
                ? .hadItBefore : obstacle(of: taker, rule.manner, question.draft)
            if let obstacle {
                offer.passed.append((taker.name, obstacle))
                if obstacle == .away, taker.isPaidBack, weight > 0 { away.append((place, weight)) }
            } else {
                able.append((place, weight))
            }
        }
        guard !able.isEmpty else { return offer }
        var changed = roster
        let place = changed.turns.next(favoured(able, rule, roster), away: away)
        changed.isChanged = true
        rosters[rule.target] = changed
        let index = roster.takers[place]
        takers[index].take()
        offer.place = index
        return offer
    }

    /// Those with the fewest open leads, when that is how it goes.
    private func favoured(
        _ able: [(place: Int, weight: Double)], _ rule: AssignmentRule, _ roster: Roster
    ) -> [(place: Int, weight: Double)] {
        guard rule.manner.method == .leastLoaded else { return able }
        func load(_ place: Int) -> Int { takers[roster.takers[place]].openLeads }
        let least = able.map { load($0.place) }.min()
        return able.filter { load($0.place) == least }
    }

    private func name(of target: AssignmentRule.Target) -> String {
        rosters[target]?.takers.first.map { takers[$0].name } ?? "somebody"
    }
}

// Why, in sentences.
extension Rota {
    /// Names that are said.
    private static let namesMax = 5

    private func reason(
        _ rule: AssignmentRule, _ offer: Offer, _ roster: Roster, _ question: Question,
        after exhausted: [String]
    ) -> String {
        var why =
            rule.isFallback
            ? "\(exhausted.isEmpty ? "No rule matched; the" : "The") fallback took it"
            : "Rule “\(rule.name)”: \(rule.reason(question.draft.currency))"
        if let team = roster.name { why += "; \(rule.manner.method.words) in \(team)" }
        return (exhausted + [why + "." + passed(offer.passed)]).joined(separator: " ")
    }

    private func waiting(
        _ rule: AssignmentRule, _ offer: Offer, _ roster: Roster, _ question: Question
    ) -> String {
        let whom = roster.name.map { "somebody of \($0)" } ?? name(of: rule.target)
        let why = rule.reason(question.draft.currency)
        return "Waiting for \(whom). Rule “\(rule.name)”: \(why).\(passed(offer.passed))"
    }

    private func passed(_ passed: [(name: String, why: Obstacle)]) -> String {
        guard !passed.isEmpty else { return "" }
        let names = passed.prefix(Self.namesMax).map { "\($0.name) (\($0.why.words))" }
        let rest = passed.count - names.count
        let others = rest > 0 ? " and \(rest) more" : ""
        return " Passed over: \(names.joined(separator: ", "))\(others)."
    }
}

extension AssignmentRule.Manner.Method {
    var words: String {
        switch self {
        case .roundRobin: "round robin"
        case .weighted: "by weight"
        case .leastLoaded: "the fewest open leads"
        }
    }
}

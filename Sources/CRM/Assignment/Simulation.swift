import Storage
import Tenancy

/// What a draft of the rules would have done with leads that are there already. Nothing is
/// written, and nobody's turn is taken.
///
/// As if everybody had been there all the time, had begun with nothing, and had each lead for as
/// long as it was open: who was away a month ago is kept nowhere.
struct Simulation: Sendable {
    let scope: Scope
    let rules: [AssignmentRule]

    static let leadsMax = 10_000
    /// Leads that are shown with whom they would go to.
    static let listMax = 200

    /// Which leads, and how many of those that differ are listed.
    struct Order: Sendable {
        var from: Instant
        var until: Instant
        var limit = Simulation.leadsMax
        var listed = 50
    }

    struct Share: Sendable {
        let name: String
        var before = 0
        var after = 0
    }

    struct Difference: Sendable {
        let lead: ID<Lead>
        let title: String
        let before: String?
        let after: String?
        let reason: String
    }

    struct Result: Sendable {
        var leads = 0
        /// Whether there were more than were looked at.
        var isCut = false
        var people: [ID<User>: Share] = [:]
        /// Leads by rule, in the order of the rules.
        var rules: [(name: String, leads: Int)] = []
        var unassigned = (before: 0, after: 0)
        var waiting = 0
        var differing = 0
        var differences: [Difference] = []
    }

    func run(_ order: Order) async throws -> Result {
        var result = Result()
        let found: [Lead] = try await scope.tx.all(
            """
            SELECT \(Lead.columns) \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant) AND l.created_at >= \(order.from)
                AND l.created_at < \(order.until) \(Leads(scope).reach)
            ORDER BY l.created_at, l.id LIMIT \(order.limit + 1)
            """)
        result.isCut = found.count > order.limit
        var trial = Trial(try await rota())
        for lead in found.prefix(order.limit) {
            let decision = trial.decide(
                try LeadDraft(lead), at: lead.createdAt, until: lead.closedAt)
            result.count(lead, decision, trial.rota, order, for: scope.caller)
        }
        let counts = trial.byRule
        result.rules = trial.rota.rules.map { ($0.name, counts[$0.id] ?? 0) }
        return result
    }

    private func rota() async throws -> Rota {
        var ground = RotaGround(zone: try await Tenants.find(scope.tenant, in: scope.tx).timeZone)
        for node in try await Teams(scope).list() {
            ground.teams[.team(node.team.id)] = node.team.name
        }
        var rota = try await Rotas(scope).rota(rules, on: ground)
        try await Rotas(scope).loadAll(into: &rota, holding: false)
        rota.beginAnew()
        return rota
    }
}

/// A rota that leads are given to in the order in which they came, and that has room again when
/// one is closed.
private struct Trial {
    var rota: Rota
    var byRule: [ID<AssignmentRule>: Int] = [:]
    /// When leads are closed and of whom, the last to be closed first.
    private var ends: [(at: Instant, owner: ID<User>)] = []

    init(_ rota: Rota) {
        self.rota = rota
    }

    mutating func decide(
        _ draft: LeadDraft, at moment: Instant, until end: Instant?
    ) -> Assignment.Decision {
        while let last = ends.last, last.at <= moment {
            rota.release(last.owner)
            ends.removeLast()
        }
        rota.move(to: moment)
        let decision = rota.decide(Rota.Question(draft: draft))
        switch decision {
        case .given(let choice):
            if let rule = choice.rule { byRule[rule, default: 0] += 1 }
            if let end {
                let place = ends.firstIndex { $0.at <= end } ?? ends.endIndex
                ends.insert((end, choice.owner), at: place)
            }
        case .waits(let wait): byRule[wait.rule, default: 0] += 1
        case .nobody: break
        }
        return decision
    }
}

extension Simulation.Result {
    fileprivate mutating func count(
        _ lead: Lead, _ decision: Assignment.Decision, _ rota: Rota, _ order: Simulation.Order,
        for caller: Caller
    ) {
        leads += 1
        let owner = decision.choice?.owner
        let name = owner.flatMap { user in rota.takers.first { $0.user == user }?.name }
        if let before = lead.owner {
            people[before, default: .init(name: lead.ownerName ?? "")].before += 1
        } else {
            unassigned.before += 1
        }
        if let owner {
            people[owner, default: .init(name: name ?? "")].after += 1
        } else if case .waits = decision {
            waiting += 1
        } else {
            unassigned.after += 1
        }
        guard owner != lead.owner else { return }
        differing += 1
        guard differences.count < order.listed else { return }
        differences.append(
            .init(
                lead: lead.id, title: lead.masked(for: caller).title, before: lead.ownerName,
                after: name, reason: decision.reason))
    }
}

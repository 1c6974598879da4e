import Storage
import Tenancy

/// Chooses owners, in the transaction that creates the lead.
package struct Assignment: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// An owner and why.
    package struct Choice: Sendable, Hashable {
        package let owner: ID<User>
        package let reason: String
        var rule: ID<AssignmentRule>?
        /// Working minutes that the owner has to act.
        var reofferMinutes: Int?
    }

    /// A lead that nobody can take yet.
    package struct Wait: Sendable {
        let rule: ID<AssignmentRule>
        /// Then the rules behind are asked.
        let until: Instant
        let reason: String
    }

    /// What the rules say of a lead.
    package enum Decision: Sendable {
        case given(Choice)
        case waits(Wait)
        case nobody(String)

        package var choice: Choice? { if case .given(let choice) = self { choice } else { nil } }

        var reason: String {
            switch self {
            case .given(let choice): choice.reason
            case .waits(let wait): wait.reason
            case .nobody(let why): why
            }
        }
    }

    package func rules() async throws -> [AssignmentRule] {
        try await scope.tx.all(
            """
            SELECT \(AssignmentRule.columns) FROM assignment_rules r
            WHERE r.tenant_id = \(scope.tenant) ORDER BY r.fallback, r.position
            """)
    }

    /// Who gets a lead by the rules, and why; the turn is taken. A rule whose people are all away
    /// or full passes the lead on to the next, or lets it wait.
    package func decide(_ draft: LeadDraft) async throws -> Decision {
        try await decide(Rota.Question(draft: draft))
    }

    func decide(_ question: Rota.Question) async throws -> Decision {
        let rotas = Rotas(scope)
        var rota = try await rotas.rota()
        while true {
            switch rota.answer(question) {
            case .decided(let decision):
                try await rotas.save(rota)
                return decision
            case .needs(let rule):
                try await rotas.load(rule.target, into: &rota, countingLoads: rule.countsLoads)
            }
        }
    }

    /// What follows from a decision on a lead that is written: that it waits, or that its owner
    /// has some time to act.
    func follow(_ decision: Decision, on lead: Lead) async throws {
        guard lead.status == .open else { return }
        switch decision {
        case .given(let choice): try await Reoffers(scope).await(choice, on: lead.id)
        case .waits(let wait): try await Holds(scope).add([(lead.id, wait)])
        case .nobody: break
        }
    }

    /// Replaces the rules; the order of the list is theirs. One that is called as one before is
    /// that one: leads that wait for it still do.
    package func replace(with rules: [AssignmentRule]) async throws {
        try scope.caller.must(.settingsEdit)
        var known = Dictionary(grouping: try await self.rules(), by: \.name)
        try await scope.tx.execute(
            "DELETE FROM assignment_rules WHERE tenant_id = \(scope.tenant)")
        for (position, rule) in rules.enumerated() {
            var rule = rule
            if var same = known[rule.name], !same.isEmpty {
                rule.id = same.removeFirst().id
                known[rule.name] = same
            }
            try await insert(rule, at: position)
        }
        try await scope.record(
            Event("assignment_rules.changed", nil) { body in
                body.member("rules", .array(rules.map { .string($0.name) }))
            })
    }

    private func insert(_ rule: AssignmentRule, at position: Int) async throws {
        var (user, team): (ID<User>?, ID<Team>?)
        switch rule.target {
        case .user(let id): user = id
        case .team(let id): team = id
        }
        do {
            try await scope.tx.execute(
                """
                INSERT INTO assignment_rules (tenant_id, id, position, name, conditions, manner,
                    user_id, team_id, active, fallback)
                VALUES (\(scope.tenant), \(rule.id), \(position), \(rule.name),
                    \(JSON.array(rule.conditions.map(\.json)).text), \(rule.manner.json.text),
                    \(user), \(team), \(rule.isActive), \(rule.isFallback))
                """)
        } catch StorageError.foreignKey {
            let field = rule.isFallback ? "fallback" : "rules[\(position)].to"
            throw Problem.invalid(field, "There is no such person or team.")
        }
    }
}

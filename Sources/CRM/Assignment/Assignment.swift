import Storage
import Tenancy

/// A rule of who gets a lead. The first that matches, in order, decides.
package struct AssignmentRule: Sendable, Equatable {
    package let id: ID<AssignmentRule>
    package var name: String
    package var source: String?
    package var territory: String?
    package var product: String?
    /// Minor units, inclusive.
    package var valueMin: Int64?
    package var valueMax: Int64?
    package var target: Target
    package var isActive: Bool
    /// The one that takes what no other did.
    package var isFallback: Bool

    package enum Target: Sendable, Equatable {
        case user(ID<User>)
        /// Round robin over the team.
        case team(ID<Team>)
    }

    func matches(_ draft: LeadDraft) -> Bool {
        guard isActive else { return false }
        return equal(source, draft.source) && equal(territory, draft.territory)
            && equal(product, draft.product)
            && valueMin.map { $0 <= draft.valueMinor ?? Int64.min } ?? true
            && valueMax.map { $0 >= draft.valueMinor ?? Int64.max } ?? true
    }

    private func equal(_ wanted: String?, _ given: String?) -> Bool {
        wanted.map { $0.lowercased() == given?.lowercased() } ?? true
    }

    /// The conditions in words, for the explanation on a lead.
    var reason: String {
        var parts: [String] = []
        if let source { parts.append("source is \(source)") }
        if let territory { parts.append("territory is \(territory)") }
        if let product { parts.append("product is \(product)") }
        if valueMin != nil || valueMax != nil { parts.append("value is in its range") }
        return parts.isEmpty ? "it takes every lead" : parts.joined(separator: " and ")
    }
}

extension AssignmentRule {
    /// A rule to be made.
    package init(
        name: String, source: String? = nil, territory: String? = nil, valueMin: Int64? = nil,
        target: Target, isFallback: Bool = false
    ) {
        self.init(
            id: ID(), name: name, source: source, territory: territory, valueMin: valueMin,
            target: target, isActive: true, isFallback: isFallback)
    }
}

extension AssignmentRule: RowDecodable {
    static let columns: SQL = """
        id, name, source, territory, product, value_min, value_max, user_id, team_id, active,
        fallback
        """

    package init(row: inout Row) throws {
        id = try row.next()
        name = try row.next()
        source = try row.next()
        territory = try row.next()
        product = try row.next()
        valueMin = try row.next()
        valueMax = try row.next()
        let user: ID<User>? = try row.next()
        let team: ID<Team>? = try row.next()
        guard let target = user.map(Target.user) ?? team.map(Target.team) else {
            throw StorageError.column(7, expected: "a user or a team")
        }
        self.target = target
        isActive = try row.next()
        isFallback = try row.next()
    }
}

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
    }

    package func rules() async throws -> [AssignmentRule] {
        try await scope.tx.all(
            """
            SELECT \(AssignmentRule.columns) FROM assignment_rules
            WHERE tenant_id = \(scope.tenant) ORDER BY fallback, position
            """)
    }

    /// The owner by the rules. A rule whose person is away or gone, or whose team has nobody
    /// there, passes the lead on to the next. Nil when none can take it.
    package func choose(for draft: LeadDraft) async throws -> Choice? {
        try await Self.choose(
            for: draft, among: try await rules(), isThere: isThere, nextTurn: nextTurn)
    }

    /// The choice itself; who is there and whose turn it is come from the database for one
    /// lead, and from memory for a chunk of an import.
    static func choose(
        for draft: LeadDraft, among rules: [AssignmentRule],
        isThere: (ID<User>) async throws -> Bool,
        nextTurn: (ID<Team>) async throws -> (user: ID<User>, team: String)?
    ) async throws -> Choice? {
        for rule in rules where rule.matches(draft) {
            let why =
                rule.isFallback
                ? "No rule matched; the fallback took it"
                : "Rule “\(rule.name)”: \(rule.reason)"
            switch rule.target {
            case .user(let user):
                if try await isThere(user) { return Choice(owner: user, reason: "\(why).") }
            case .team(let team):
                if let turn = try await nextTurn(team) {
                    return Choice(
                        owner: turn.user, reason: "\(why); round robin in \(turn.team).")
                }
            }
        }
        return nil
    }

    private func isThere(_ user: ID<User>) async throws -> Bool {
        try await scope.tx.value(
            """
            SELECT 1 FROM users WHERE tenant_id = \(scope.tenant) AND id = \(user)
                AND deactivated_at IS NULL AND (away_until IS NULL OR away_until <= \(scope.now))
            """, as: Int.self) != nil
    }

    /// The member of the team (or of one below it) whose turn is next.
    private func nextTurn(in team: ID<Team>) async throws -> (user: ID<User>, team: String)? {
        // Of two leads at the same time, each must see who got the other.
        try await scope.tx.hold(team.uuid)
        let next = try await scope.tx.rows(
            """
            SELECT u.id, t.name FROM users u
            JOIN teams t ON t.tenant_id = u.tenant_id AND t.id = \(team)
            LEFT JOIN assignment_turns a ON a.tenant_id = u.tenant_id AND a.team_id = t.id
            WHERE u.tenant_id = \(scope.tenant) AND u.deactivated_at IS NULL
                AND (u.away_until IS NULL OR u.away_until <= \(scope.now))
                AND u.role = 'salesperson' AND u.team_id IN (
                    SELECT c.descendant_id FROM team_closure c
                    WHERE c.tenant_id = \(scope.tenant) AND c.ancestor_id = \(team))
            ORDER BY CASE WHEN a.last_user_id IS NULL OR u.id > a.last_user_id THEN 0 ELSE 1 END, u.id
            LIMIT 1
            """
        ) { row in try (user: row.next(ID<User>.self), team: row.next(String.self)) }.first
        guard let next else { return nil }
        try await scope.tx.execute(
            """
            INSERT INTO assignment_turns (tenant_id, team_id, last_user_id, turns)
            VALUES (\(scope.tenant), \(team), \(next.user), 1)
            ON CONFLICT (tenant_id, team_id)
            DO UPDATE SET last_user_id = excluded.last_user_id, turns = assignment_turns.turns + 1
            """)
        return next
    }

    /// Replaces the rules; the order of the list is theirs.
    package func replace(with rules: [AssignmentRule]) async throws {
        try scope.caller.must(.settingsEdit)
        try await scope.tx.execute(
            "DELETE FROM assignment_rules WHERE tenant_id = \(scope.tenant)")
        for (position, rule) in rules.enumerated() {
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
                INSERT INTO assignment_rules (tenant_id, id, position, name, source, territory,
                    product, value_min, value_max, user_id, team_id, active, fallback)
                VALUES (\(scope.tenant), \(rule.id), \(position), \(rule.name), \(rule.source),
                    \(rule.territory), \(rule.product), \(rule.valueMin), \(rule.valueMax),
                    \(user), \(team), \(rule.isActive), \(rule.isFallback))
                """)
        } catch StorageError.foreignKey {
            let field = rule.isFallback ? "fallback" : "rules[\(position)].to"
            throw Problem.invalid(field, "There is no such person or team.")
        }
    }
}

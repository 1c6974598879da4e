import Storage

/// Who answers for people and teams once their manager has left.
package struct Succession: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// Whom a person reports to: the manager who is named, else the nearest manager of the
    /// person's team or of a team above it. Only who is active, and does not report to the person.
    package func superior(of user: User) async throws -> User? {
        let above: [ID<User>] = try await scope.tx.column(
            """
            SELECT t.manager_id
            FROM team_closure c
            JOIN teams t ON t.tenant_id = c.tenant_id AND t.id = c.ancestor_id
            WHERE c.tenant_id = \(scope.tenant) AND c.descendant_id = \(user.team)
                AND t.manager_id IS NOT NULL
            ORDER BY c.depth
            """)
        for id in (user.manager.map { [$0] } ?? []) + above {
            let candidate = try await Users(scope).find(id)
            guard candidate.isActive else { continue }
            if try await !Users(scope).reports(id, to: user.id) { return candidate }
        }
        return nil
    }

    /// How many teams and people a person answers for directly.
    package func counts(of user: ID<User>) async throws -> (teams: Int, reports: Int) {
        (try await teams(of: user).count, try await reports(of: user).count)
    }

    /// Teams and people of who leaves have the leaver's superior from now on, or nobody.
    func pass(from leaver: User) async throws {
        let (teams, reports) = (try await teams(of: leaver.id), try await reports(of: leaver.id))
        guard !teams.isEmpty || !reports.isEmpty else { return }
        let next = try await superior(of: leaver)?.id
        try await scope.tx.execute(
            """
            UPDATE teams SET manager_id = \(next), version = version + 1
            WHERE tenant_id = \(scope.tenant) AND manager_id = \(leaver.id)
            """)
        try await scope.tx.execute(
            """
            UPDATE users SET manager_id = \(next), version = version + 1
            WHERE tenant_id = \(scope.tenant) AND manager_id = \(leaver.id)
            """)
        try await ManagedUsers(scope: scope).renew(reports, membersOf: teams)
        var changes = FieldChanges()
        changes.note("manager", leaver.id, next)
        let change = changes
        for team in teams {
            try await scope.record(Event("team.changed", team.uuid) { change.write(to: &$0) })
        }
        for person in reports {
            try await scope.record(Event("user.changed", person.uuid) { change.write(to: &$0) })
        }
    }

    private func teams(of user: ID<User>) async throws -> [ID<Team>] {
        try await scope.tx.column(
            "SELECT id FROM teams WHERE tenant_id = \(scope.tenant) AND manager_id = \(user)")
    }

    /// Those who are active, and those who may come back.
    private func reports(of user: ID<User>) async throws -> [ID<User>] {
        try await scope.tx.column(
            "SELECT id FROM users WHERE tenant_id = \(scope.tenant) AND manager_id = \(user)")
    }
}

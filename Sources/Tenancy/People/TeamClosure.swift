import Storage

/// Keeps `team_closure`: every team with each of its ancestors, itself at depth 0.
struct TeamClosure {
    let scope: Scope

    func insert(_ team: ID<Team>, below parent: ID<Team>?) async throws {
        try await scope.tx.execute(
            """
            INSERT INTO team_closure (tenant_id, ancestor_id, descendant_id, depth)
            VALUES (\(scope.tenant), \(team), \(team), 0)
            """)
        if let parent { try await join(team, below: parent) }
    }

    /// Moves a team with all below it. `parent` is not below it: see `holds`.
    func move(_ team: ID<Team>, below parent: ID<Team>?) async throws {
        try await scope.tx.execute(
            """
            DELETE FROM team_closure
            WHERE tenant_id = \(scope.tenant)
                AND descendant_id IN (\(subtree(of: team)))
                AND ancestor_id NOT IN (\(subtree(of: team)))
            """)
        if let parent { try await join(team, below: parent) }
    }

    func delete(_ team: ID<Team>) async throws {
        try await scope.tx.execute(
            """
            DELETE FROM team_closure
            WHERE tenant_id = \(scope.tenant) AND descendant_id = \(team)
            """)
    }

    /// Whether `team` is `ancestor` or below it.
    func holds(_ team: ID<Team>, below ancestor: ID<Team>) async throws -> Bool {
        let depth: Int? = try await scope.tx.value(
            """
            SELECT depth
            FROM team_closure
            WHERE tenant_id = \(scope.tenant) AND ancestor_id = \(ancestor)
                AND descendant_id = \(team)
            """)
        return depth != nil
    }

    /// Makes everything above `parent` an ancestor of everything below `team`.
    private func join(_ team: ID<Team>, below parent: ID<Team>) async throws {
        try await scope.tx.execute(
            """
            INSERT INTO team_closure (tenant_id, ancestor_id, descendant_id, depth)
            SELECT upper.tenant_id, upper.ancestor_id, lower.descendant_id,
                upper.depth + lower.depth + 1
            FROM team_closure AS upper
            JOIN team_closure AS lower ON lower.tenant_id = upper.tenant_id
            WHERE upper.tenant_id = \(scope.tenant) AND upper.descendant_id = \(parent)
                AND lower.ancestor_id = \(team)
            """)
    }

    private func subtree(of team: ID<Team>) -> SQL {
        """
        SELECT descendant_id
        FROM team_closure
        WHERE tenant_id = \(scope.tenant) AND ancestor_id = \(team)
        """
    }
}

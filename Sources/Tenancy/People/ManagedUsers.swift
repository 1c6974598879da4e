import Storage

/// Keeps `managed_users`: for each person those whose work they answer for. These are the person,
/// every member of a team that they manage or of a team below one, and who reports to them, by
/// whatever way.
///
/// Written in the transaction that changes a team or a manager: what it says is who sees what.
struct ManagedUsers {
    let scope: Scope

    /// Says anew who answers for these people and those who report to them, and for the members of
    /// these teams and of those below.
    func renew(_ users: [ID<User>], membersOf teams: [ID<Team>] = []) async throws {
        let people = people(users, teams)
        try await scope.tx.execute(
            """
            DELETE FROM managed_users
            WHERE tenant_id = \(scope.tenant) AND user_id IN (\(people))
            """)
        try await scope.tx.execute(
            """
            INSERT INTO managed_users (tenant_id, manager_id, user_id)
            SELECT tenant_id, id, id
            FROM users
            WHERE tenant_id = \(scope.tenant) AND id IN (\(people))
            UNION
            SELECT t.tenant_id, t.manager_id, u.id
            FROM users u
            JOIN team_closure c ON c.tenant_id = u.tenant_id AND c.descendant_id = u.team_id
            JOIN teams t ON t.tenant_id = c.tenant_id AND t.id = c.ancestor_id
            WHERE u.tenant_id = \(scope.tenant) AND u.id IN (\(people))
                AND t.manager_id IS NOT NULL
            UNION
            SELECT tenant_id, manager_id, user_id
            FROM (\(managers(above: people))) AS above
            """)
    }

    /// The same for a change that the caller asks for. Who does not see the whole company comes to
    /// see no more of it by moving people or teams below themselves.
    ///
    /// - Throws: `Problem.forbidden` when they would answer for somebody more.
    func renewAsAsked(_ users: [ID<User>], membersOf teams: [ID<Team>] = []) async throws {
        guard let caller = scope.caller.user,
            !scope.caller.grants[.leadsRead].contains(.company)
        else { return try await renew(users, membersOf: teams) }
        let managed = Teams.managedUsers(of: caller, in: scope.tenant)
        let before = Set(try await scope.tx.column(managed, as: ID<User>.self))
        try await renew(users, membersOf: teams)
        guard try await before.isSuperset(of: scope.tx.column(managed, as: ID<User>.self)) else {
            throw Problem.forbidden(
                "You would answer for more people than you do now. Ask an admin.")
        }
    }

    /// Selects whom these people report to, and whom those do.
    private func managers(above people: SQL) -> SQL {
        """
        WITH RECURSIVE chain (tenant_id, manager_id, user_id) AS (
            SELECT tenant_id, manager_id, id
            FROM users
            WHERE tenant_id = \(scope.tenant) AND id IN (\(people)) AND manager_id IS NOT NULL
            UNION
            SELECT chain.tenant_id, m.manager_id, chain.user_id
            FROM chain
            JOIN users m ON m.tenant_id = chain.tenant_id AND m.id = chain.manager_id
            WHERE m.manager_id IS NOT NULL
        )
        SELECT tenant_id, manager_id, user_id FROM chain
        """
    }

    private func people(_ users: [ID<User>], _ teams: [ID<Team>]) -> SQL {
        """
        SELECT u.id
        FROM users u
        JOIN team_closure c ON c.tenant_id = u.tenant_id AND c.descendant_id = u.team_id
        WHERE u.tenant_id = \(scope.tenant) AND c.ancestor_id IN \(SQL.list(teams))
        UNION
        SELECT id
        FROM (
            WITH RECURSIVE below (id) AS (
                SELECT id FROM users
                WHERE tenant_id = \(scope.tenant) AND id IN \(SQL.list(users))
                UNION
                SELECT users.id
                FROM users
                JOIN below ON users.manager_id = below.id
                WHERE users.tenant_id = \(scope.tenant)
            )
            SELECT id FROM below) AS reports
        """
    }
}

extension Teams {
    /// Selects the ids of those whose work `user` answers for, as `ManagedUsers` says it. For
    /// `IN (…)`.
    package static func managedUsers(of user: ID<User>, in tenant: ID<Tenant>) -> SQL {
        """
        SELECT user_id AS id
        FROM managed_users
        WHERE tenant_id = \(tenant) AND manager_id = \(user)
        """
    }
}

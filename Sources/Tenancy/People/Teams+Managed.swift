import Storage

extension Teams {
    /// Selects the ids of those whose work `user` answers for: the user, every member of a team
    /// that `user` manages or of a team below one, and who reports to one of them. For `IN (…)`.
    package static func managedUsers(of user: ID<User>, in tenant: ID<Tenant>) -> SQL {
        """
        SELECT id
        FROM users
        WHERE tenant_id = \(tenant) AND id = \(user)
        UNION
        SELECT users.id
        FROM teams
        JOIN team_closure ON team_closure.tenant_id = teams.tenant_id
            AND team_closure.ancestor_id = teams.id
        JOIN users ON users.tenant_id = team_closure.tenant_id
            AND users.team_id = team_closure.descendant_id
        WHERE teams.tenant_id = \(tenant) AND teams.manager_id = \(user)
        UNION
        SELECT id
        FROM (
            WITH RECURSIVE reports (id) AS (
                SELECT id FROM users WHERE tenant_id = \(tenant) AND manager_id = \(user)
                UNION
                SELECT users.id
                FROM users
                JOIN reports ON users.manager_id = reports.id
                WHERE users.tenant_id = \(tenant)
            )
            SELECT id FROM reports) AS below
        """
    }
}

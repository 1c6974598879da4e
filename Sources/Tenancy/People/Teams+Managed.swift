import Storage

extension Teams {
    /// Selects the ids of those whose work `user` answers for: the user, every member of a team
    /// that `user` manages or of a team below one, and who reports to one of them. For `IN (…)`:
    /// somebody may be in it twice.
    /// The joins are crossed so that SQLite begins with the few teams that are managed.
    package static func managedUsers(of user: ID<User>, in tenant: ID<Tenant>) -> SQL {
        """
        SELECT id
        FROM users
        WHERE tenant_id = \(tenant) AND id = \(user)
        UNION ALL
        SELECT users.id
        FROM teams CROSS JOIN team_closure CROSS JOIN users
        WHERE teams.tenant_id = \(tenant) AND teams.manager_id = \(user)
            AND team_closure.tenant_id = teams.tenant_id AND team_closure.ancestor_id = teams.id
            AND users.tenant_id = team_closure.tenant_id
            AND users.team_id = team_closure.descendant_id
        UNION ALL
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

import Storage

extension Teams {
    /// Selects the ids of those whose work `user` answers for: the user, and every member of a
    /// team that `user` manages or of a team below one. For `IN (…)`.
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
        """
    }
}

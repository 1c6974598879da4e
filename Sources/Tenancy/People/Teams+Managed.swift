import Storage

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

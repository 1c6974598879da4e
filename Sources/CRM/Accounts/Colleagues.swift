import Storage
import Tenancy

/// The people whom the caller may see: the row predicate of `people.read`.
///
/// | span | whom |
/// |---|---|
/// | company | everybody |
/// | team | the people of their teams, and those of own |
/// | own | themselves, the people of their partner company, the owners of leads they reach |
/// | none | themselves |
struct Colleagues: Sendable {
    let scope: Scope

    init(_ scope: Scope) {
        self.scope = scope
    }

    private var span: Span { scope.caller.grants[.peopleRead] }

    var isAll: Bool { span.contains(.company) }

    /// Selects the ids of those who are seen; nil for everybody.
    var ids: SQL? {
        guard !isAll else { return nil }
        let (tenant, user) = (scope.tenant, scope.caller.user)
        var selections: [SQL] = [
            "SELECT id FROM users WHERE tenant_id = \(tenant) AND id = \(user)"
        ]
        if let user, span.contains(.team) {
            selections.append(Teams.managedUsers(of: user, in: tenant))
        }
        if !span.isEmpty {
            selections.append(
                """
                SELECT mates.id FROM users me
                JOIN users mates ON mates.tenant_id = me.tenant_id
                    AND mates.partner_id = me.partner_id
                WHERE me.tenant_id = \(tenant) AND me.id = \(user)
                """)
            selections.append(
                """
                SELECT l.owner_id FROM leads l
                WHERE l.tenant_id = \(tenant) AND l.owner_id IS NOT NULL
                    \(Reach(scope.caller).sql(in: scope))
                """)
        }
        return SQL.joined(selections, by: " UNION ")
    }

    /// `AND …` on a person's id, in whatever column that stands.
    func sql(_ column: SQL = "id") -> SQL {
        ids.map { "AND \(column) IN (\($0))" } ?? ""
    }

    /// All of them by name, those who left included.
    func list() async throws -> [User] {
        try await Users(scope).list(where: sql())
    }

    /// - Throws: `Problem.notFound`, also for who is there and not to be seen.
    func find(_ id: ID<User>) async throws -> User {
        let user = try await Users(scope).find(id)
        guard try await sees(id) else { throw Problem.notFound("user") }
        return user
    }

    private func sees(_ id: ID<User>) async throws -> Bool {
        guard !isAll else { return true }
        return try await scope.tx.value(
            "SELECT 1 FROM users WHERE tenant_id = \(scope.tenant) AND id = \(id) \(sql())",
            as: Int.self) != nil
    }

    /// Those who have a lead besides its owner, without people and partner companies that are not
    /// to be seen.
    func shown(_ shares: [Share]) async throws -> [Share] {
        guard !isAll, !shares.isEmpty else { return shares }
        let holders = shares.compactMap(\.user)
        let people = try await scope.tx.column(
            """
            SELECT id FROM users
            WHERE tenant_id = \(scope.tenant) AND id IN \(SQL.list(holders)) \(sql())
            """, as: ID<User>.self)
        let partners = try await Partners(scope).list().map(\.id)
        return shares.filter { share in
            share.user.map(people.contains) ?? share.partner.map(partners.contains) ?? false
        }
    }
}

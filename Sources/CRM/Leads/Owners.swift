import Storage
import Tenancy

/// Who works a lead: owner and co-owners.
package struct Owners: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// Hands a lead to somebody.
    package func assign(
        _ id: ID<Lead>, to user: ID<User>, reason: String?
    ) async throws -> Lead {
        let leads = Leads(scope)
        let before = try await leads.find(id)
        try await checkMayOwn(user, field: "owner")
        guard before.owner != user else { return before }
        var after = before
        after.owner = user
        after.ownerReason = reason ?? "Assigned by hand."
        let followUps = try await openFollowUps(of: id)
        _ = try await leads.save(before, after, as: "lead.assigned") { body in
            body.member("owner", user)
            body.member("reason", reason)
            body.member("follow_ups", followUps)
        }
        try await scope.tx.execute(
            """
            UPDATE follow_ups SET owner_id = \(user)
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(id) AND state = 'open'
            """)
        return try await leads.load(id)
    }

    /// The open follow-ups, each with whose it is: for undo.
    private func openFollowUps(of lead: ID<Lead>) async throws -> JSON {
        let rows = try await scope.tx.rows(
            """
            SELECT id, owner_id FROM follow_ups
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead) AND state = 'open'
            """
        ) { row in try (id: row.next(ID<FollowUp>.self), owner: row.next(ID<User>?.self)) }
        let members = rows.map { ($0.id.description, $0.owner.map { JSON.string($0.description) }) }
        return .object(Dictionary(uniqueKeysWithValues: members.map { ($0, $1 ?? .null) }))
    }

    /// Shares a lead with a colleague, who then reaches it too. Once is enough.
    package func share(_ id: ID<Lead>, with user: ID<User>) async throws -> Lead {
        let lead = try await Leads(scope).find(id)
        try await checkIsColleague(user, field: "user")
        let added = try await scope.tx.execute(
            """
            INSERT INTO lead_co_owners (tenant_id, lead_id, user_id, added_at)
            VALUES (\(scope.tenant), \(id), \(user), \(scope.now))
            ON CONFLICT (tenant_id, lead_id, user_id) DO NOTHING
            """)
        if added == 1 {
            try await scope.record(
                Event("lead.shared", id.uuid) { $0.member("user", user) })
        }
        return lead
    }

    package func unshare(_ id: ID<Lead>, with user: ID<User>) async throws {
        _ = try await Leads(scope).find(id)
        let removed = try await scope.tx.execute(
            """
            DELETE FROM lead_co_owners
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(id) AND user_id = \(user)
            """)
        guard removed == 1 else { throw Problem.notFound("co-owner") }
        try await scope.record(Event("lead.unshared", id.uuid) { $0.member("user", user) })
    }

    package func coOwners(of ids: [ID<Lead>]) async throws -> [ID<Lead>: [User]] {
        let rows = try await scope.tx.rows(
            """
            SELECT c.lead_id, \(User.columns(of: "u")) FROM lead_co_owners c
            JOIN users u ON u.tenant_id = c.tenant_id AND u.id = c.user_id
            WHERE c.tenant_id = \(scope.tenant) AND c.lead_id IN \(SQL.list(ids))
            ORDER BY u.name
            """
        ) { row in try (row.next(ID<Lead>.self), User(row: &row)) }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    /// - Throws: `Problem.invalid` when there is no such colleague, `forbidden` when the
    ///   caller may not give leads to that one.
    func checkMayOwn(_ user: ID<User>, field: String) async throws {
        try await checkIsColleague(user, field: field)
        switch Reach(scope.caller) {
        case .all: return
        case .own(let own) where own == user: return
        case .team(let manager):
            let managed: Int? = try await scope.tx.value(
                """
                SELECT 1 FROM users
                WHERE tenant_id = \(scope.tenant) AND id = \(user)
                    AND id IN (\(Teams.managedUsers(of: manager, in: scope.tenant)))
                """)
            if managed != nil { return }
        default: break
        }
        throw Problem.forbidden("You may give leads only to yourself or to people of your teams.")
    }

    private func checkIsColleague(_ user: ID<User>, field: String) async throws {
        let found: Int? = try await scope.tx.value(
            """
            SELECT 1 FROM users
            WHERE tenant_id = \(scope.tenant) AND id = \(user) AND deactivated_at IS NULL
            """)
        guard found != nil else {
            throw Problem.invalid(field, "There is no active person with this id.")
        }
    }
}

extension User {
    /// The columns of `User.init(row:)` under a table's alias.
    static func columns(of table: SQL) -> SQL {
        """
        \(table).id, \(table).email, \(table).name, \(table).role, \(table).team_id,
        \(table).territory, \(table).away_until, \(table).deactivated_at, \(table).version,
        \(table).created_at
        """
    }
}

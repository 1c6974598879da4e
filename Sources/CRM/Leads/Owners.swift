import Storage
import Tenancy

/// Who owns a lead.
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
        let before = try await leads.find(id, to: .leadsAssign)
        try await checkMayOwn(user, field: "owner")
        guard before.owner != user else { return before }
        return try await give(before, to: user, reason ?? "Assigned by hand.") { body in
            body.member("reason", reason)
        }
    }

    /// Gives a lead to somebody who may have it, with its open follow-ups.
    func give(
        _ before: Lead, to user: ID<User>, _ why: String, as name: String = "lead.assigned",
        data: (inout JSONWriter) -> Void = { _ in }
    ) async throws -> Lead {
        let (leads, id) = (Leads(scope), before.id)
        var after = before
        after.owner = user
        after.ownerReason = why
        let followUps = try await openFollowUps(of: id)
        _ = try await leads.save(before, after, as: name) { body in
            body.member("owner", user)
            body.member("follow_ups", followUps)
            data(&body)
        }
        try await scope.tx.execute(
            """
            UPDATE follow_ups SET owner_id = \(user)
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(id) AND state = 'open'
                AND \(FollowUps.isNotHandedOn(in: scope.tenant))
            """)
        try await FollowUps(scope).keep(by: user, of: id)
        return try await leads.load(id)
    }

    /// The open follow-ups that come with the lead, each with whose it is: for undo.
    private func openFollowUps(of lead: ID<Lead>) async throws -> JSON {
        let rows = try await scope.tx.rows(
            """
            SELECT id, owner_id FROM follow_ups
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead) AND state = 'open'
                AND \(FollowUps.isNotHandedOn(in: scope.tenant))
            """
        ) { row in try (id: row.next(ID<FollowUp>.self), owner: row.next(ID<User>?.self)) }
        let members = rows.map { ($0.id.description, $0.owner.map { JSON.string($0.description) }) }
        return .object(Dictionary(uniqueKeysWithValues: members.map { ($0, $1 ?? .null) }))
    }

    /// - Throws: `Problem.invalid` when there is no such colleague, `forbidden` when the
    ///   caller may not give leads to that one.
    func checkMayOwn(_ user: ID<User>, field: String) async throws {
        try await checkIsColleague(user, field: field)
        let reach = Reach(scope.caller, .leadsAssign)
        if reach.isAll { return }
        let makes = scope.caller.grants[.leadsCreate]
        if user == scope.caller.user, !makes.isDisjoint(with: [.own, .team]) { return }
        if let owners = reach.owners(in: scope) {
            let isTheirs: Int? = try await scope.tx.value(
                """
                SELECT 1 FROM users
                WHERE tenant_id = \(scope.tenant) AND id = \(user) AND id IN (\(owners))
                """)
            if isTheirs != nil { return }
        }
        throw Problem.forbidden("You may give leads only to yourself or to people of your teams.")
    }

    func checkIsColleague(_ user: ID<User>, field: String) async throws {
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

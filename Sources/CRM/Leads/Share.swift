import Storage
import Tenancy
import Web

/// Somebody besides the owner who has a lead, for good or until a moment.
package struct Share: Sendable, Equatable {
    package enum Relation: String, Sendable, CaseIterable, SQLConvertible {
        /// Works it together with the owner, perhaps for a part of the credit.
        case coOwner = "co_owner"
        /// Sees it.
        case watcher
        /// Works on it for the owner: activities, notes, follow-ups.
        case warrior
        /// A partner company, all of whose people reach it.
        case partner

        var label: String {
            switch self {
            case .coOwner: "Co-owner"
            case .watcher: "Watcher"
            case .warrior: "Warrior"
            case .partner: "Partner"
            }
        }

        /// What of a caller's reach covers it.
        var span: Span {
            switch self {
            case .coOwner, .watcher: .shared
            case .warrior: .assigned
            case .partner: .partner
            }
        }
    }

    package let id: ID<Share>
    package let lead: ID<Lead>
    /// One of the two.
    package let user: ID<User>?
    package let partner: ID<Partner>?
    package let relation: Relation
    /// A co-owner's part of the credit, in basis points; the owner has the rest of 10,000.
    package let creditBP: Int
    package let endsAt: Instant?
    /// The one follow-up that the lead was handed on for; the share ends with it.
    package let followUp: ID<FollowUp>?
    /// Of the person or the partner company.
    package let name: String

    /// One that an event tells of.
    init(lead: ID<Lead>, user: ID<User>?, partner: ID<Partner>?, as relation: Relation) {
        id = ID()
        self.lead = lead
        self.user = user
        self.partner = partner
        self.relation = relation
        (creditBP, endsAt, followUp, name) = (0, nil, nil, "")
    }

    /// One that lasts as long as a follow-up that is handed on.
    init(handing followUp: FollowUp, to user: ID<User>) {
        id = ID()
        lead = followUp.lead
        self.user = user
        self.followUp = followUp.id
        (partner, relation, creditBP, endsAt, name) = (nil, .warrior, 0, nil, "")
    }
}

extension Share: RowDecodable {
    /// Of `lead_shares c`, with `from`.
    static let columns: SQL = """
        c.id, c.lead_id, c.user_id, c.partner_id, c.relation, c.credit_bp, c.ends_at,
        c.follow_up_id, COALESCE(u.name, p.name, '')
        """

    static let from: SQL = """
        FROM lead_shares c
        LEFT JOIN users u ON u.tenant_id = c.tenant_id AND u.id = c.user_id
        LEFT JOIN partners p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id
        """

    package init(row: inout Row) throws {
        id = try row.next()
        lead = try row.next()
        user = try row.next()
        partner = try row.next()
        relation = try row.next()
        creditBP = try row.next()
        endsAt = try row.next()
        followUp = try row.next()
        name = try row.next()
    }
}

extension Share {
    /// What its beginning or its end is recorded as.
    func event(
        _ name: String, to user: ID<User>? = nil, data: (inout JSONWriter) -> Void = { _ in }
    ) -> Event {
        Event(name, lead.uuid) { body in
            body.member("share", id)
            body.member("user", user ?? self.user)
            body.member("partner", partner)
            body.member("relation", relation.rawValue)
            body.member("credit_bp", creditBP)
            body.member("ends_at", endsAt)
            if let followUp { body.member("follow_up", followUp) }
            data(&body)
        }
    }
}

/// A share that is asked for.
package struct NewShare: Sendable {
    package enum Holder: Sendable {
        case user(ID<User>)
        case partner(ID<Partner>)
    }

    package let holder: Holder
    package let relation: Share.Relation
    package let creditBP: Int
    package let endsAt: Instant?

    package init(
        _ holder: Holder, as relation: Share.Relation, creditBP: Int = 0, until: Instant? = nil
    ) {
        self.holder = holder
        self.relation = relation
        self.creditBP = creditBP
        endsAt = until
    }
}

/// Who has the leads that this caller reaches, besides their owners.
package struct Shares: Sendable {
    let scope: Scope

    package static let (creditMax, perLeadMax) = (10_000, 50)

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// Those of some leads, by name, the ones that have ended left out. A partner's people see
    /// that their company or they themselves have it, and nobody else.
    package func list(of ids: [ID<Lead>]) async throws -> [ID<Lead>: [Share]] {
        var own: SQL = ""
        if scope.caller.role == .partner {
            own = """
                AND (c.user_id = \(scope.caller.user) OR c.partner_id = (SELECT partner_id
                    FROM users WHERE tenant_id = \(scope.tenant) AND id = \(scope.caller.user)))
                """
        }
        let shares: [Share] = try await scope.tx.all(
            """
            SELECT \(Share.columns) \(Share.from)
            WHERE c.tenant_id = \(scope.tenant) AND c.lead_id IN \(SQL.list(ids)) \(own)
                AND (c.ends_at IS NULL OR c.ends_at > \(scope.now))
            ORDER BY COALESCE(u.name, p.name), c.id
            """)
        return Dictionary(grouping: shares, by: \.lead)
    }

    /// - Throws: `Problem.forbidden` when the caller may see the lead but not hand it on,
    ///   `invalid` on a field.
    package func add(_ new: NewShare, to lead: ID<Lead>) async throws -> Share {
        try await add(new, to: Leads(scope).find(lead, to: .leadsShare))
    }

    /// Gives a lead, which the caller may share, to somebody too; who has it already has it in
    /// the new way.
    func add(_ new: NewShare, to lead: Lead) async throws -> Share {
        // Credit is shared out among all of them.
        try await scope.tx.hold(lead.id.uuid)
        let (user, partner) = try await checked(new, lead)
        let there = try await list(of: [lead.id])[lead.id] ?? []
        let before = there.first {
            $0.user == user && $0.partner == partner && $0.followUp == nil
        }
        try check(new, besides: there.filter { $0.id != before?.id })
        let id = before?.id ?? ID<Share>()
        // Also one that has ended.
        try await scope.tx.execute(
            """
            DELETE FROM lead_shares
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead.id)
                AND (user_id = \(user) OR partner_id = \(partner)) AND follow_up_id IS NULL
            """)
        try await scope.tx.execute(
            """
            INSERT INTO lead_shares (tenant_id, id, lead_id, user_id, partner_id, relation,
                credit_bp, ends_at, shared_by, shared_at)
            VALUES (\(scope.tenant), \(id), \(lead.id), \(user), \(partner), \(new.relation),
                \(new.creditBP), \(new.endsAt), \(scope.caller.user), \(scope.now))
            """)
        let share = try await find(id, of: lead.id)
        if share != before { try await scope.record(share.event("lead.shared")) }
        return share
    }

    /// Shares a lead with the partner company of who brought it.
    ///
    /// - Throws: `Problem.forbidden` when the caller is of none.
    func bring(_ lead: ID<Lead>) async throws {
        let partner: ID<Partner>? = try await scope.tx.value(
            """
            SELECT partner_id FROM users
            WHERE tenant_id = \(scope.tenant) AND id = \(scope.caller.user)
            """)
        guard let partner else {
            throw Problem.forbidden("You belong to no partner company yet. Ask an admin.")
        }
        let there = try await list(of: [lead])[lead] ?? []
        guard !there.contains(where: { $0.partner == partner }) else { return }
        let share = Share(lead: lead, user: nil, partner: partner, as: .partner)
        try await scope.tx.execute(
            """
            INSERT INTO lead_shares (tenant_id, id, lead_id, partner_id, relation, shared_by,
                shared_at)
            VALUES (\(scope.tenant), \(share.id), \(lead), \(partner), \(share.relation),
                \(scope.caller.user), \(scope.now))
            """)
        try await scope.record(share.event("lead.shared"))
    }

    /// Takes a lead back; what was handed on for one follow-up, with the follow-up.
    ///
    /// - Throws: `Problem.notFound`, `forbidden`
    package func remove(_ id: ID<Share>, of lead: ID<Lead>) async throws {
        let lead = try await Leads(scope).find(lead, to: .leadsShare)
        let share = try await find(id, of: lead.id)
        if let followUp = share.followUp { return try await FollowUps(scope).recall(followUp) }
        try await end(share)
    }

    func end(
        _ share: Share, data: (inout JSONWriter) -> Void = { _ in }
    ) async throws {
        try await scope.tx.execute(
            """
            DELETE FROM lead_shares
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(share.lead) AND id = \(share.id)
            """)
        try await scope.record(share.event("lead.unshared", data: data))
    }

    func find(_ id: ID<Share>, of lead: ID<Lead>) async throws -> Share {
        let share: Share? = try await scope.tx.first(
            """
            SELECT \(Share.columns) \(Share.from)
            WHERE c.tenant_id = \(scope.tenant) AND c.lead_id = \(lead) AND c.id = \(id)
            """)
        guard let share else { throw Problem.notFound("share") }
        return share
    }

    /// The holder, who exists and may have it.
    private func checked(
        _ new: NewShare, _ lead: Lead
    ) async throws -> (user: ID<User>?, partner: ID<Partner>?) {
        switch new.holder {
        case .partner(let id):
            guard new.relation == .partner else {
                throw Problem.invalid("relation", "A partner company has the relation partner.")
            }
            let found: Int? = try await scope.tx.value(
                """
                SELECT 1 FROM partners
                WHERE tenant_id = \(scope.tenant) AND id = \(id) AND deactivated_at IS NULL
                """)
            guard found != nil else {
                throw Problem.invalid("partner", "There is no active partner with this id.")
            }
            return (nil, id)
        case .user(let id):
            guard new.relation != .partner else {
                throw Problem.invalid("relation", "A person is co_owner, watcher or warrior.")
            }
            try await Owners(scope).checkIsColleague(id, field: "user")
            guard lead.owner != id else {
                throw Problem.invalid("user", "This person owns the lead.")
            }
            return (id, nil)
        }
    }

    private func check(_ new: NewShare, besides others: [Share]) throws {
        var faults: [Problem.Fault] = []
        let left = Self.creditMax - others.map(\.creditBP).reduce(0, +)
        if new.relation != .coOwner, new.creditBP > 0 {
            faults.append(.init("credit_bp", "Only a co-owner has a part of the credit."))
        } else if !(0...left).contains(new.creditBP) {
            faults.append(
                .init("credit_bp", "Give 0 to \(left): the others have the rest of 10,000."))
        }
        if let end = new.endsAt, end <= scope.now {
            faults.append(.init("until", "Give a moment that is still to come."))
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        guard others.count < Self.perLeadMax else {
            throw Problem.conflict("A lead is shared with at most \(Self.perLeadMax).")
        }
    }
}

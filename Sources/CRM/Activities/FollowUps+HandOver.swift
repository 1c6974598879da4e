import Background
import Storage
import Tenancy

/// How a follow-up was handed on: a share of its lead that lasts no longer than it.
struct Hand: Sendable {
    let share: Share
    let by: ID<User>?
}

// One task of a lead handed on alone. The holder sees the lead as a warrior does, until the task
// is done, taken back or given back, or its time is over.
extension FollowUps {
    /// Hands an open follow-up to somebody, and its lead with it.
    ///
    /// - Throws: `Problem.forbidden` when the caller may see the lead but not hand it on,
    ///   `conflict` when it is with somebody else already, `invalid` on a field.
    package func handOver(
        _ id: ID<FollowUp>, to user: ID<User>, until: Instant? = nil
    ) async throws -> Share {
        let followUp = try await find(id)
        let lead = try await Leads(scope).find(followUp.lead, to: .leadsShare)
        try followUp.mustBeOpen()
        // As `Shares.add`: all who have the lead are counted.
        try await scope.tx.hold(lead.id.uuid)
        if let hand = try await hand(of: id) {
            throw Problem.conflict("\(hand.share.name) has this follow-up. Take it back first.")
        }
        try await check(user, until, lead)
        return try await hand(followUp, to: user, until: until)
    }

    /// Takes a follow-up back; whoever has it may give it back.
    ///
    /// - Throws: `Problem.conflict` when nobody else has it, `forbidden` for who neither has it nor
    ///   may share the lead.
    package func recall(_ id: ID<FollowUp>) async throws {
        let followUp = try await find(id)
        let hand = try await hand(of: id)
        if hand == nil || hand?.share.user != scope.caller.user {
            try await Leads(scope).check(.leadsShare, on: followUp.lead)
        }
        guard let hand else { throw Problem.conflict("This follow-up is not handed on.") }
        try await giveBack(hand, because: "recalled")
    }

    /// Takes a follow-up back whose time with somebody is over.
    func recallIfOver(_ id: ID<FollowUp>) async throws {
        guard let hand = try await hand(of: id), let end = hand.share.endsAt, end <= scope.now
        else { return }
        try await giveBack(hand, because: "over")
    }

    /// The lead of a follow-up that the caller may do: whoever may work on the lead, and whom
    /// the follow-up was handed to.
    func lead(of followUp: FollowUp) async throws -> Lead {
        let leads = Leads(scope)
        let lead = try await leads.reached(followUp.lead)
        if let user = scope.caller.user, followUp.owner == user,
            try await hand(of: followUp.id)?.share.user == user
        {
            return lead
        }
        try await leads.check(.leadsWork, on: lead.id)
        return lead
    }

    /// Nil when nobody was handed it.
    func hand(of id: ID<FollowUp>) async throws -> Hand? {
        try await hands("c.follow_up_id = \(id)").first
    }

    /// Those of `lead_shares c` that a condition leaves, all of them hands.
    func hands(_ condition: SQL) async throws -> [Hand] {
        try await scope.tx.rows(
            """
            SELECT \(Share.columns), c.shared_by \(Share.from)
            WHERE c.tenant_id = \(scope.tenant) AND c.follow_up_id IS NOT NULL AND \(condition)
            ORDER BY c.id
            """
        ) { row in Hand(share: try Share(row: &row), by: try row.next()) }
    }

    /// Hands a follow-up to somebody who may have it.
    @discardableResult
    func hand(
        _ followUp: FollowUp, to user: ID<User>, until: Instant?
    ) async throws -> Share {
        try await give(followUp.id, to: user)
        let id = ID<Share>()
        try await scope.tx.execute(
            """
            INSERT INTO lead_shares (tenant_id, id, lead_id, user_id, relation, ends_at, shared_by,
                shared_at, follow_up_id)
            VALUES (\(scope.tenant), \(id), \(followUp.lead), \(user), \(Share.Relation.warrior),
                \(until), \(scope.caller.user), \(scope.now), \(followUp.id))
            """)
        let share = try await Shares(scope).find(id, of: followUp.lead)
        try await scope.record(
            share.event("lead.shared") {
                $0.member("kind", followUp.kind.rawValue)
                $0.member("due_at", followUp.dueAt)
            })
        if let until {
            try await Jobs(scope).add(
                ReturnFollowUp(followUp: followUp.id), at: until,
                key: ReturnFollowUp.key(followUp.id), rival: .makesWay)
        }
        return share
    }

    func give(_ id: ID<FollowUp>, to user: ID<User>?) async throws {
        try await scope.tx.execute(
            """
            UPDATE follow_ups SET owner_id = \(user), version = version + 1
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
    }

    /// Ends a hand; whose the follow-up is then, the caller says.
    func end(_ hand: Hand, because why: String) async throws {
        guard let followUp = hand.share.followUp else { return }
        try await Shares(scope).end(hand.share) { $0.member("why", why) }
        if hand.share.endsAt != nil {
            try await Jobs(scope).remove(key: ReturnFollowUp.key(followUp))
        }
    }

    /// What somebody was handed of a lead that is now all theirs.
    func keep(by owner: ID<User>, of lead: ID<Lead>) async throws {
        for hand in try await hands("c.lead_id = \(lead) AND c.user_id = \(owner)") {
            try await end(hand, because: "assigned")
        }
    }

    /// On `follow_ups`: that it is with whoever works on the lead.
    static func isNotHandedOn(in tenant: ID<Tenant>) -> SQL {
        """
        id NOT IN (SELECT c.follow_up_id FROM lead_shares c
            WHERE c.tenant_id = \(tenant) AND c.follow_up_id IS NOT NULL)
        """
    }
}

extension FollowUps {
    private func check(_ user: ID<User>, _ until: Instant?, _ lead: Lead) async throws {
        try await Owners(scope).checkIsColleague(user, field: "user")
        guard lead.owner != user else {
            throw Problem.invalid("user", "This person owns the lead.")
        }
        let person = try await Users(scope).find(user)
        let span = Grants.of(person.role)[.leadsRead]
        guard !span.isDisjoint(with: [.assigned, .team, .company]) else {
            let role = person.role.label.lowercased()
            throw Problem.invalid("user", "Nobody in the role \(role) can be handed a lead.")
        }
        if let until, until <= scope.now {
            throw Problem.invalid("until", "Give a moment that is still to come.")
        }
        let others = try await Shares(scope).list(of: [lead.id])[lead.id] ?? []
        guard others.count < Shares.perLeadMax else {
            throw Problem.conflict("A lead is shared with at most \(Shares.perLeadMax).")
        }
    }

    /// To whoever handed it on, if they are still there and see the lead; else to its owner.
    func giveBack(_ hand: Hand, because why: String) async throws {
        guard let followUp = hand.share.followUp else { return }
        try await end(hand, because: why)
        try await give(followUp, to: try await giver(hand))
    }

    private func giver(_ hand: Hand) async throws -> ID<User>? {
        if let by = hand.by, by != hand.share.user {
            let person = try await Users(scope).find(by)
            let held = try await Roles(scope).held(by: by)
            let caller = Caller(tenant: scope.tenant, actor: .user(by), as: held)
            let sees = try await Leads(scope.acting(as: caller)).reaches(hand.share.lead)
            if person.isActive, sees { return by }
        }
        return try await Leads(scope).load(hand.share.lead).owner
    }
}

/// Takes a follow-up back when its time with somebody is over.
struct ReturnFollowUp: Job {
    static let kind = JobKind("follow-ups.return")

    let followUp: ID<FollowUp>

    /// At most one waits for a follow-up.
    static func key(_ followUp: ID<FollowUp>) -> String { "follow-ups.return:\(followUp)" }
}

/// The handlers of what follow-ups leave to do later.
package func followUpHandlers() -> [JobHandler] {
    [
        JobHandler(ReturnFollowUp.self) { job, run in
            try await run.finish { try await FollowUps($0).recallIfOver(job.followUp) }
        }
    ]
}

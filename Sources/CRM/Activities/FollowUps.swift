import Storage
import Tenancy

/// A next step with a time, and what became of it.
package struct FollowUp: Sendable, Equatable {
    package enum State: String, Sendable, SQLConvertible {
        case open, done, cancelled
    }

    package let id: ID<FollowUp>
    package let lead: ID<Lead>
    package var kind: NextStep.Kind
    package var dueAt: Instant
    package var notes: String?
    package var owner: ID<User>?
    package var state: State
    package var version: Int
}

extension FollowUp: RowDecodable {
    static let columns: SQL = """
        f.id, f.lead_id, f.kind, f.due_at, f.notes, f.owner_id, f.state, f.version
        """

    package init(row: inout Row) throws {
        id = try row.next()
        lead = try row.next()
        kind = try row.next()
        dueAt = try row.next()
        notes = try row.next()
        owner = try row.next()
        state = try row.next()
        version = try row.next()
    }
}

extension FollowUp {
    func mustBeOpen() throws {
        guard state == .open else {
            throw Problem.conflict("This follow-up is \(state.rawValue) already.")
        }
    }

    /// What others noted for it is a note like any other.
    func masked(for caller: Caller) -> FollowUp {
        guard caller.grants.masks.contains(.internalNotes), owner != caller.user else {
            return self
        }
        var followUp = self
        followUp.notes = nil
        return followUp
    }
}

/// The follow-ups of leads this caller reaches, in this transaction.
package struct FollowUps: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    package func find(_ id: ID<FollowUp>) async throws -> FollowUp {
        let found: FollowUp? = try await scope.tx.first(
            """
            SELECT \(FollowUp.columns) FROM follow_ups f
            JOIN leads l ON l.tenant_id = f.tenant_id AND l.id = f.lead_id
            WHERE f.tenant_id = \(scope.tenant) AND f.id = \(id)
                \(Reach(scope.caller).sql(in: scope))
            """)
        guard let found else { throw Problem.notFound("follow-up") }
        return found
    }

    /// What is planned for a lead that the caller has found, the next first.
    func open(of lead: ID<Lead>, limit: Int) async throws -> [FollowUp] {
        try await scope.tx.all(
            """
            SELECT \(FollowUp.columns) FROM follow_ups f
            WHERE f.tenant_id = \(scope.tenant) AND f.lead_id = \(lead) AND f.state = 'open'
            ORDER BY f.due_at, f.id LIMIT \(limit)
            """, as: FollowUp.self
        ).map { $0.masked(for: scope.caller) }
    }

    package func schedule(_ step: NextStep, for lead: Lead) async throws -> Lead {
        let id = ID<FollowUp>()
        try await scope.tx.execute(
            """
            INSERT INTO follow_ups (tenant_id, id, lead_id, kind, due_at, notes, owner_id, state,
                created_at)
            VALUES (\(scope.tenant), \(id), \(lead.id), \(step.kind), \(step.at),
                \(step.notes), \(lead.owner ?? scope.caller.user), 'open', \(scope.now))
            """)
        return try await refresh(lead, as: "follow_up.scheduled") { body in
            body.member("follow_up", id)
            body.member("kind", step.kind.rawValue)
            body.member("due_at", step.at)
            body.member("notes", step.notes)
        }
    }

    /// Completes an open follow-up, with a note of what was done when there is one.
    package func complete(
        _ id: ID<FollowUp>, outcome: String?, notes: String? = nil
    ) async throws -> Lead {
        let followUp = try await find(id)
        try followUp.mustBeOpen()
        let lead = try await lead(of: followUp)
        let done = try await close(followUp, outcome: outcome, for: lead)
        guard let notes else { return done }
        let note = Activity(kind: .note, notes: notes, at: scope.now)
        return try await Activities(scope).add(note, to: done)
    }

    /// Moves an open follow-up to another time.
    package func reschedule(
        _ id: ID<FollowUp>, to moment: Instant, reason: String?
    ) async throws -> Lead {
        let followUp = try await find(id)
        try followUp.mustBeOpen()
        let lead = try await lead(of: followUp)
        try await scope.tx.execute(
            """
            UPDATE follow_ups SET due_at = \(moment), version = version + 1
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
        return try await refresh(lead, as: "follow_up.rescheduled") { body in
            body.member("follow_up", id)
            body.member("was_due_at", followUp.dueAt)
            body.member("due_at", moment)
            body.member("reason", reason)
        }
    }

    /// What was due by then: an activity that is logged is what it was for. What was handed to
    /// somebody else is theirs to do.
    func due(by moment: Instant, of lead: ID<Lead>) async throws -> [FollowUp] {
        try await scope.tx.all(
            """
            SELECT \(FollowUp.columns) FROM follow_ups f
            WHERE f.tenant_id = \(scope.tenant) AND f.lead_id = \(lead) AND f.state = 'open'
                AND f.due_at <= \(moment) AND NOT EXISTS (
                    SELECT 1 FROM lead_shares c
                    WHERE c.tenant_id = f.tenant_id AND c.follow_up_id = f.id
                        AND c.user_id IS DISTINCT FROM \(scope.caller.user))
            ORDER BY f.due_at, f.id
            """)
    }

    func close(
        _ followUp: FollowUp, outcome: String?, for lead: Lead
    ) async throws -> Lead {
        let hand = try await set(followUp.id, .done, outcome: outcome)
        return try await refresh(lead, as: "follow_up.done") { body in
            body.member("follow_up", followUp.id)
            body.member("kind", followUp.kind.rawValue)
            body.member("outcome", outcome)
            if let hand { body.member("handed_by", hand.by) }
        }
    }

    /// Whoever it was handed to has it, and for it the lead, no longer than it is open.
    ///
    /// - Returns: How it was handed on, until now.
    @discardableResult
    func set(
        _ id: ID<FollowUp>, _ state: FollowUp.State, outcome: String? = nil
    ) async throws -> Hand? {
        let hand = state == .open ? nil : try await hand(of: id)
        if let hand { try await end(hand, because: state.rawValue) }
        let closed = state == .open ? nil : scope.now
        try await scope.tx.execute(
            """
            UPDATE follow_ups SET state = \(state), outcome = \(outcome), closed_at = \(closed),
                version = version + 1
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
        return hand
    }

    func setDue(_ id: ID<FollowUp>, _ moment: Instant) async throws {
        try await scope.tx.execute(
            """
            UPDATE follow_ups SET due_at = \(moment), version = version + 1
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
    }

    /// Brings the lead's next step up to date, with the event of what changed it.
    private func refresh(
        _ lead: Lead, as name: String, data: (inout JSONWriter) -> Void
    ) async throws -> Lead {
        let next = try await scope.tx.rows(
            """
            SELECT due_at, kind FROM follow_ups
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead.id) AND state = 'open'
            ORDER BY due_at, id LIMIT 1
            """
        ) { row in try (row.next(Instant.self), row.next(String.self)) }.first
        var after = lead
        after.nextFollowUpAt = next?.0
        after.nextFollowUpKind = next?.1
        return try await Leads(scope).save(lead, after, as: name, data: data)
    }
}

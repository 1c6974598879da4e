import Storage
import Tenancy

// The leads of somebody who leaves, a set at a time: the statements are those of one assignment,
// with more rows, and each lead has the event of one.
extension Departure {
    /// - Returns: How many leads went on.
    func handOverLeads(to heirs: inout Heirs) async throws -> Int {
        var count = 0
        while true {
            let leads: [Lead] = try await scope.tx.all(
                """
                SELECT \(Lead.columns) \(Lead.from)
                WHERE l.tenant_id = \(scope.tenant) AND l.owner_id = \(leaver.id)
                    AND s.class IN ('open', 'on_hold')
                ORDER BY l.id LIMIT \(Self.setSize)
                """)
            guard !leads.isEmpty else { return count }
            try await assign(leads, to: &heirs)
            count += leads.count
        }
    }

    private func assign(_ leads: [Lead], to heirs: inout Heirs) async throws {
        let followUps = try await openFollowUps(of: leads)
        var choices: [Assignment.Choice: [ID<Lead>]] = [:]
        var events: [(event: Event, at: Instant)] = []
        for lead in leads {
            let choice = try await heirs.owner(of: lead)
            choices[choice, default: []].append(lead.id)
            events.append(
                (lead.assigned(choice, followUps[lead.id] ?? [], at: scope.now), scope.now))
        }
        for (choice, ids) in choices { try await give(ids, to: choice) }
        try await scope.record(events)
    }

    private func give(_ leads: [ID<Lead>], to choice: Assignment.Choice) async throws {
        try await scope.tx.execute(
            """
            UPDATE leads SET owner_id = \(choice.owner), owner_reason = \(choice.reason),
                version = version + 1, updated_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND id IN \(SQL.list(leads))
            """)
        try await scope.tx.execute(
            """
            UPDATE follow_ups SET owner_id = \(choice.owner)
            WHERE tenant_id = \(scope.tenant) AND lead_id IN \(SQL.list(leads))
                AND state = 'open' AND \(FollowUps.isNotHandedOn(in: scope.tenant))
            """)
        // What the new owner was handed of them is theirs anyway.
        let own = try await FollowUps(scope).hands(
            "c.user_id = \(choice.owner) AND c.lead_id IN \(SQL.list(leads))")
        for hand in own { try await FollowUps(scope).end(hand, because: "assigned") }
    }

    /// Those that come with their leads, each with whose it is: for undo.
    private func openFollowUps(
        of leads: [Lead]
    ) async throws -> [ID<Lead>: [(id: ID<FollowUp>, owner: ID<User>?)]] {
        let rows = try await scope.tx.rows(
            """
            SELECT lead_id, id, owner_id FROM follow_ups
            WHERE tenant_id = \(scope.tenant) AND lead_id IN \(SQL.list(leads.map(\.id)))
                AND state = 'open' AND \(FollowUps.isNotHandedOn(in: scope.tenant))
            """
        ) { row in
            (
                lead: try row.next(ID<Lead>.self),
                followUp: (id: try row.next(ID<FollowUp>.self), owner: try row.next(ID<User>?.self))
            )
        }
        return Dictionary(grouping: rows, by: \.lead).mapValues { $0.map(\.followUp) }
    }
}

extension Lead {
    /// The event of one assignment, as `Owners.assign` records it.
    fileprivate func assigned(
        _ choice: Assignment.Choice, _ followUps: [(id: ID<FollowUp>, owner: ID<User>?)],
        at now: Instant
    ) -> Event {
        var after = self
        after.owner = choice.owner
        after.ownerReason = choice.reason
        let (old, new) = difference(to: after)
        let owners = followUps.map { one in
            (one.id.description, one.owner.map { JSON.string($0.description) } ?? .null)
        }
        return Event("lead.assigned", id.uuid) { body in
            body.member("version", version + 1)
            body.member("before", old)
            body.member("after", new)
            body.member("owner", choice.owner)
            body.member("reason", choice.reason)
            body.member("follow_ups", .object(Dictionary(uniqueKeysWithValues: owners)))
        }
    }
}

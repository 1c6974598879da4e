import Storage
import Tenancy

// What somebody who leaves has in hand of leads that are not theirs, or are over.
extension Departure {
    /// An open follow-up, and the lead's owner who is there.
    private struct Task: RowDecodable {
        let followUp: FollowUp
        let owner: ID<User>?

        init(row: inout Row) throws {
            followUp = try FollowUp(row: &row)
            owner = try row.next()
        }
    }

    /// Those that did not go with leads of the leaver's.
    ///
    /// - Returns: How many went on.
    func handOverFollowUps(to heirs: inout Heirs) async throws -> Int {
        try await endHands()
        let tasks: [Task] = try await scope.tx.all(
            """
            SELECT \(FollowUp.columns), u.id FROM follow_ups f
            JOIN leads l ON l.tenant_id = f.tenant_id AND l.id = f.lead_id
            LEFT JOIN users u ON u.tenant_id = l.tenant_id AND u.id = l.owner_id
                AND u.deactivated_at IS NULL
            WHERE f.tenant_id = \(scope.tenant) AND f.owner_id = \(leaver.id)
                AND f.state = 'open'
            ORDER BY f.id
            """)
        for set in tasks.sets(of: Self.setSize) {
            try await giveToOwners(set.filter { $0.owner != nil })
            try await hand(set.filter { $0.owner == nil }.map(\.followUp), to: &heirs)
        }
        return tasks.count
    }

    /// What was handed to the leaver alone is nobody else's to see.
    private func endHands() async throws {
        let hands = try await FollowUps(scope).hands("c.user_id = \(leaver.id)")
        try await scope.tx.execute(
            """
            DELETE FROM lead_shares
            WHERE tenant_id = \(scope.tenant) AND user_id = \(leaver.id)
                AND follow_up_id IS NOT NULL
            """)
        try await scope.record(
            hands.map { hand in
                (hand.share.event("lead.unshared") { $0.member("why", "left") }, scope.now)
            })
    }

    private func giveToOwners(_ tasks: [Task]) async throws {
        guard !tasks.isEmpty else { return }
        try await scope.tx.execute(
            """
            UPDATE follow_ups SET version = version + 1, owner_id = (
                SELECT l.owner_id FROM leads l
                WHERE l.tenant_id = follow_ups.tenant_id AND l.id = follow_ups.lead_id)
            WHERE tenant_id = \(scope.tenant) AND id IN \(SQL.list(tasks.map(\.followUp.id)))
            """)
        try await scope.record(
            tasks.map { task in
                let followUp = task.followUp
                let event = Event("follow_up.assigned", followUp.lead.uuid) { body in
                    body.member("follow_up", followUp.id)
                    body.member("kind", followUp.kind.rawValue)
                    body.member("due_at", followUp.dueAt)
                    body.member("owner", task.owner)
                }
                return (event, scope.now)
            })
    }

    /// Of leads that nobody has who is there, or that are over: with the lead until it is done.
    private func hand(_ followUps: [FollowUp], to heirs: inout Heirs) async throws {
        guard !followUps.isEmpty else { return }
        let leads: [Lead] = try await scope.tx.all(
            """
            SELECT \(Lead.columns) \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant)
                AND l.id IN \(SQL.list(Array(Set(followUps.map(\.lead)))))
            """)
        var owners: [ID<Lead>: ID<User>] = [:]
        for lead in leads { owners[lead.id] = try await heirs.owner(of: lead).owner }
        let hands = followUps.compactMap { followUp in
            owners[followUp.lead].map { (followUp, share: Share(handing: followUp, to: $0)) }
        }
        try await insert(hands.map(\.share))
        for (owner, tasks) in Dictionary(grouping: followUps, by: { owners[$0.lead] }) {
            try await scope.tx.execute(
                """
                UPDATE follow_ups SET owner_id = \(owner), version = version + 1
                WHERE tenant_id = \(scope.tenant) AND id IN \(SQL.list(tasks.map(\.id)))
                """)
        }
        try await scope.record(
            hands.map { followUp, share in
                let event = share.event("lead.shared") {
                    $0.member("kind", followUp.kind.rawValue)
                    $0.member("due_at", followUp.dueAt)
                }
                return (event, scope.now)
            })
    }

    private func insert(_ hands: [Share]) async throws {
        try await scope.tx.insert(
            hands,
            into: """
                INSERT INTO lead_shares (tenant_id, id, lead_id, user_id, relation, shared_by,
                    shared_at, follow_up_id)
                """
        ) { share in
            [
                .uuid(scope.tenant.uuid), .uuid(share.id.uuid), .uuid(share.lead.uuid),
                .init(share.user?.uuid), .text(share.relation.rawValue),
                .init(scope.caller.user?.uuid), .init(scope.now), .init(share.followUp?.uuid),
            ]
        }
    }
}

extension Departure {
    /// A share of the leaver's, and whether the heir can have it.
    private struct Held: RowDecodable {
        let share: Share
        let isFree: Bool

        init(row: inout Row) throws {
            share = try Share(row: &row)
            isFree = try row.next()
        }
    }

    /// Leads that are shared with the leaver, open or on hold, are shared with the heir in the
    /// same way, unless the heir has them already; without one heir they remain with their owners.
    ///
    /// - Returns: How many shares went on, or ended.
    func handOverShares(to heir: ID<User>?) async throws -> Int {
        let held: [Held] = try await scope.tx.all(
            """
            SELECT \(Share.columns), CASE WHEN l.owner_id = \(heir) OR EXISTS (
                SELECT 1 FROM lead_shares o
                WHERE o.tenant_id = c.tenant_id AND o.lead_id = c.lead_id AND o.user_id = \(heir)
                    AND o.follow_up_id IS NULL
                    AND (o.ends_at IS NULL OR o.ends_at > \(scope.now))) THEN 0 ELSE 1 END
            \(Share.from) \(OpenWork.onOpenLeads)
            WHERE c.tenant_id = \(scope.tenant) AND \(OpenWork.shared(with: leaver.id, in: scope))
            ORDER BY c.id
            """)
        for set in held.sets(of: Self.setSize) {
            try await pass(set.filter { $0.isFree && heir != nil }.map(\.share), to: heir)
            try await end(set.filter { !$0.isFree || heir == nil }.map(\.share))
        }
        return held.count
    }

    private func pass(_ shares: [Share], to heir: ID<User>?) async throws {
        guard !shares.isEmpty else { return }
        try await scope.tx.execute(
            """
            UPDATE lead_shares SET user_id = \(heir), shared_by = \(scope.caller.user),
                shared_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND id IN \(SQL.list(shares.map(\.id)))
            """)
        try await scope.record(
            shares.flatMap { share in
                [
                    (share.event("lead.unshared") { $0.member("why", "left") }, scope.now),
                    (share.event("lead.shared", to: heir), scope.now),
                ]
            })
    }

    private func end(_ shares: [Share]) async throws {
        guard !shares.isEmpty else { return }
        try await scope.tx.execute(
            """
            DELETE FROM lead_shares
            WHERE tenant_id = \(scope.tenant) AND id IN \(SQL.list(shares.map(\.id)))
            """)
        try await scope.record(
            shares.map { share in
                (share.event("lead.unshared") { $0.member("why", "left") }, scope.now)
            })
    }
}

extension Array {
    /// In pieces of at most so many.
    fileprivate func sets(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}

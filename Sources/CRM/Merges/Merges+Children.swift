import Storage
import Tenancy

// What hangs on a lead, and goes with it.
extension Merges {
    /// - Throws: `Problem.conflict` when there is more than one transaction takes.
    func children(of lead: ID<Lead>) async throws -> MergeImage.Children {
        var children = MergeImage.Children()
        children.activities = try await limited(
            "activities",
            scope.tx.column(
                """
                SELECT id FROM activities WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead)
                ORDER BY id LIMIT \(Self.childrenMax + 1)
                """))
        children.followUps = try await limited(
            "follow-ups",
            scope.tx.rows(
                """
                SELECT id, owner_id FROM follow_ups
                WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead)
                ORDER BY id LIMIT \(Self.childrenMax + 1)
                """
            ) { row in MergeImage.KeptFollowUp(id: try row.next(), owner: try row.next()) })
        children.entries = try await limited(
            "arrivals",
            scope.tx.column(
                """
                SELECT id FROM inbox WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead)
                ORDER BY id LIMIT \(Self.childrenMax + 1)
                """))
        children.shares = try await shares(of: lead)
        children.aliases = try await scope.tx.rows(
            """
            SELECT kind, value FROM lead_aliases
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead)
            ORDER BY kind, value LIMIT \(Self.childrenMax)
            """
        ) { row in MergeImage.Alias(kind: try row.next(), value: try row.next()) }
        return children
    }

    private func limited<Child>(_ noun: String, _ children: [Child]) throws -> [Child] {
        guard children.count <= Self.childrenMax else {
            throw Problem.conflict(
                """
                This lead has more than \(Self.childrenMax) \(noun): too many to move. Merge the \
                other way round.
                """)
        }
        return children
    }

    private func shares(of lead: ID<Lead>) async throws -> [MergeImage.KeptShare] {
        try await scope.tx.rows(
            """
            SELECT id, user_id, partner_id, relation, credit_bp, ends_at, shared_by, shared_at,
                follow_up_id
            FROM lead_shares WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead) ORDER BY id
            """
        ) { row in
            MergeImage.KeptShare(
                id: try row.next(), user: try row.next(), partner: try row.next(),
                relation: try row.next(), creditBP: try row.next(), endsAt: try row.next(),
                sharedBy: try row.next(), sharedAt: try row.next(), followUp: try row.next())
        }
    }

    /// Hangs everything on the survivor. What it has already is kept in the image.
    func move(_ image: inout MergeImage, to survivor: Lead) async throws {
        let own = try await shares(of: survivor.id)
        let (lost, moved) = image.moved.shares.partitioned { share in
            if share.user != nil, share.user == survivor.owner { return true }
            guard share.followUp == nil else { return false }
            return own.contains {
                $0.followUp == nil && $0.user == share.user && $0.partner == share.partner
            }
        }
        (image.lostShares, image.moved.shares) = (lost, moved)
        for share in lost {
            try await scope.tx.execute(
                """
                DELETE FROM lead_shares WHERE tenant_id = \(scope.tenant) AND id = \(share.id)
                """)
        }
        try await hang(image.moved.shares.map(\.id), on: survivor.id)
        try await relocate(image.moved, to: survivor)
    }

    private func relocate(_ moved: MergeImage.Children, to survivor: Lead) async throws {
        for some in moved.activities.parts(of: 500) {
            try await scope.tx.execute(
                """
                UPDATE activities SET lead_id = \(survivor.id)
                WHERE tenant_id = \(scope.tenant) AND id IN \(SQL.list(Array(some)))
                """)
        }
        for some in moved.followUps.parts(of: 500) {
            let list = SQL.list(some.map(\.id))
            try await scope.tx.execute(
                """
                UPDATE follow_ups SET lead_id = \(survivor.id)
                WHERE tenant_id = \(scope.tenant) AND id IN \(list)
                """)
            // What is open is whoever's the lead is, unless it was handed to somebody.
            try await scope.tx.execute(
                """
                UPDATE follow_ups SET owner_id = \(survivor.owner)
                WHERE tenant_id = \(scope.tenant) AND id IN \(list) AND state = 'open'
                    AND \(FollowUps.isNotHandedOn(in: scope.tenant))
                """)
        }
        for some in moved.entries.parts(of: 500) {
            try await scope.tx.execute(
                """
                UPDATE inbox SET lead_id = \(survivor.id)
                WHERE tenant_id = \(scope.tenant) AND id IN \(SQL.list(Array(some)))
                """)
        }
        try await scope.tx.executeAll(
            moved.aliases.map { alias in
                """
                UPDATE lead_aliases SET lead_id = \(survivor.id)
                WHERE tenant_id = \(scope.tenant) AND kind = \(alias.kind)
                    AND value = \(alias.value)
                """
            })
    }

    /// Gives shares to another lead. What each owner has of a sale, the survivor's shares say.
    private func hang(_ shares: [ID<Share>], on lead: ID<Lead>) async throws {
        guard !shares.isEmpty else { return }
        try await scope.tx.execute(
            """
            UPDATE lead_shares SET lead_id = \(lead), credit_bp = 0
            WHERE tenant_id = \(scope.tenant) AND id IN \(SQL.list(shares))
            """)
        try await mark(lead)
    }

    /// As the trigger does for shares that are made.
    func mark(_ lead: ID<Lead>) async throws {
        try await scope.tx.execute(
            "UPDATE leads SET was_shared = TRUE WHERE tenant_id = \(scope.tenant) AND id = \(lead)")
    }

    func takeIntervals(of lead: ID<Lead>) async throws -> [MergeImage.Interval] {
        let intervals = try await scope.tx.rows(
            """
            SELECT number, stage, entered_at, entered_by, left_at, left_by FROM stage_intervals
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead) ORDER BY number
            """
        ) { row in
            MergeImage.Interval(
                number: try row.next(), stage: try row.next(), enteredAt: try row.next(),
                enteredBy: try row.next(), leftAt: try row.next(), leftBy: try row.next())
        }
        try await scope.tx.execute(
            """
            DELETE FROM stage_intervals
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead)
            """)
        return intervals
    }
}

extension Array {
    /// Those that are so, and those that are not.
    func partitioned(_ isSo: (Element) -> Bool) -> (so: [Element], not: [Element]) {
        var (so, not): ([Element], [Element]) = ([], [])
        for element in self {
            if isSo(element) { so.append(element) } else { not.append(element) }
        }
        return (so, not)
    }
}

import Foundation
import Storage
import Tenancy

extension Merges {
    /// What came of taking a merge back.
    package struct Undone: Sendable {
        package let survivor: Lead
        package let restored: Lead
        /// Fields of the survivor that were changed since, and stay.
        package let kept: [String]
        /// What the lead that is back was known by, and another has by now.
        package let taken: [String]
    }

    /// Takes a merge back: the lead that went is there again, with its id and what hung on it; the
    /// survivor's fields are what they were, but for those that were changed since.
    ///
    /// - Throws: `Problem.notFound`, `forbidden`, and `conflict` when it was taken back already or
    ///   the survivor was itself merged since.
    package func undo(_ id: ID<Merge>) async throws -> Undone {
        try scope.caller.must(.leadsMerge)
        let found = try await scope.tx.rows(
            """
            SELECT \(Merge.columns), m.image FROM merges m
            WHERE m.tenant_id = \(scope.tenant) AND m.id = \(id)
            """
        ) { row in (try Merge(row: &row), try row.next(String.self)) }.first
        guard let (merge, text) = found else { throw Problem.notFound("merge") }
        let survivor = try await survivor(of: merge)
        guard merge.undoneAt == nil else {
            throw Problem.conflict("This merge was undone already.")
        }
        let image = try JSONDecoder().decode(MergeImage.self, from: Data(text.utf8))
        try await settle(merge)
        return try await undo(merge, image, survivor)
    }

    private func survivor(of merge: Merge) async throws -> Lead {
        let leads = Leads(scope)
        do {
            let lead = try await leads.find(merge.survivor, to: .leadsMerge)
            try await leads.check(.leadsEdit, on: lead.id)
            return try await leads.load(lead.id, locking: true)
        } catch Problem.notFound {
            guard let current = try await current(merge.survivor) else {
                throw Problem.notFound("merge")
            }
            let title = try await leads.find(current).title
            throw Problem.conflict(
                "What it was merged into was merged into “\(title)” itself. Undo that first.")
        }
    }

    private func settle(_ merge: Merge) async throws {
        let settled = try await scope.tx.execute(
            """
            UPDATE merges SET undone_at = \(scope.now), undone_by = \(scope.caller.user)
            WHERE tenant_id = \(scope.tenant) AND id = \(merge.id) AND undone_at IS NULL
            """)
        guard settled == 1 else { throw Problem.conflict("This merge was undone already.") }
        try await scope.tx.execute(
            """
            DELETE FROM lead_aliases
            WHERE tenant_id = \(scope.tenant) AND merge_id = \(merge.id)
            """)
        try await DuplicatePairs(scope).settle(
            LeadPair(merge.survivor, merge.merged), .dismissed)
    }

    private func undo(
        _ merge: Merge, _ image: MergeImage, _ before: Lead
    ) async throws -> Undone {
        var after = before
        let planned: Set<String> = ["next_follow_up_at", "next_follow_up_kind"]
        let old = try JSON(parsing: image.survivorBefore).object ?? [:]
        let kept = after.restore(
            .object(old.filter { !planned.contains($0.key) }),
            where: try JSON(parsing: image.survivorAfter))
        after.touches = max(1, after.touches - image.touches)
        // Its addresses first: the lead that comes back may have them again.
        let lost = try await freeing(&after, before)
        try await Leads(scope).write(after)

        var restored = try image.lead(merge.merged)
        let taken = try await freeing(&restored, nil)
        if restored.company == nil, restored.contactName == nil, restored.email == nil,
            restored.phoneRaw == nil, restored.externalID == nil
        {
            restored.company = merge.title
        }
        try await putBack(restored, image, survivor: after)
        try await plan(&after)
        try await plan(&restored)
        restored.version += 1
        restored.updatedAt = scope.now
        try await Leads(scope).write(restored)
        let saved = try await Leads(scope).save(before, after, as: "lead.unmerged") { body in
            body.member("merge", merge.id)
            body.member("restored", restored.id)
            body.member("title", merge.title)
        }
        try await scope.record(
            Event("lead.unmerged", restored.id.uuid) { body in
                body.member("version", restored.version)
                body.member("merge", merge.id)
                body.member("from", merge.survivor)
            })
        let leads = Leads(scope)
        return Undone(
            survivor: try await leads.load(saved.id), restored: try await leads.load(restored.id),
            kept: (kept + lost).removingDuplicates().sorted(), taken: taken)
    }

    /// Takes from a lead what another is known by; of one that is there, what it would get back.
    ///
    /// - Returns: The fields.
    private func freeing(_ lead: inout Lead, _ now: Lead?) async throws -> [String] {
        var taken: [String] = []
        let duplicates = Duplicates(scope)
        if lead.email != now?.email, let email = lead.email,
            try await duplicates.find(
                externalID: nil, email: email, phone: nil, except: lead.id) != nil
        {
            lead.email = now?.email
            taken.append("email")
        }
        if lead.phone != now?.phone, let phone = lead.phone,
            try await duplicates.find(
                externalID: nil, email: nil, phone: phone, except: lead.id) != nil
        {
            (lead.phone, lead.phoneRaw) = (now?.phone, now?.phoneRaw)
            taken.append("phone")
        }
        if lead.externalID != now?.externalID, let external = lead.externalID,
            try await duplicates.find(
                externalID: external, email: nil, phone: nil, except: lead.id) != nil
        {
            lead.externalID = now?.externalID
            taken.append("external_id")
        }
        return taken
    }

    /// The lead's row, where it was, and what hung on it and hangs on the survivor still.
    private func putBack(_ lead: Lead, _ image: MergeImage, survivor: Lead) async throws {
        try await Leads(scope).insert([lead])
        try await enter(image.intervals, of: lead.id)
        for some in image.moved.activities.parts(of: 500) {
            try await back("activities", Array(some), to: lead.id, from: survivor.id)
        }
        for some in image.moved.followUps.parts(of: 500) {
            try await back("follow_ups", some.map(\.id), to: lead.id, from: survivor.id)
        }
        for some in image.moved.entries.parts(of: 500) {
            try await back("inbox", Array(some), to: lead.id, from: survivor.id)
        }
        try await scope.tx.executeAll(
            image.moved.followUps.map { followUp in
                """
                UPDATE follow_ups SET owner_id = \(followUp.owner)
                WHERE tenant_id = \(scope.tenant) AND id = \(followUp.id)
                    AND lead_id = \(lead.id)
                    AND (state <> 'open' OR \(FollowUps.isNotHandedOn(in: scope.tenant)))
                """
            }
                + image.moved.aliases.map { alias in
                    """
                    UPDATE lead_aliases SET lead_id = \(lead.id)
                    WHERE tenant_id = \(scope.tenant) AND kind = \(alias.kind)
                        AND value = \(alias.value) AND lead_id = \(survivor.id)
                    """
                })
        try await share(image, with: lead.id, from: survivor.id)
    }

    private func back(
        _ table: SQL, _ ids: [ID<some Any>], to lead: ID<Lead>, from survivor: ID<Lead>
    ) async throws {
        try await scope.tx.execute(
            """
            UPDATE \(table) SET lead_id = \(lead)
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(survivor)
                AND id IN \(SQL.list(ids))
            """)
    }

    private func share(
        _ image: MergeImage, with lead: ID<Lead>, from survivor: ID<Lead>
    ) async throws {
        try await scope.tx.executeAll(
            image.moved.shares.map { share in
                """
                UPDATE lead_shares SET lead_id = \(lead), credit_bp = \(share.creditBP)
                WHERE tenant_id = \(scope.tenant) AND id = \(share.id)
                    AND lead_id = \(survivor) AND relation = \(share.relation)
                """
            })
        for share in image.lostShares {
            // What was handed over and is done by now, nobody has any more.
            let isOpen: Int? = try await scope.tx.value(
                """
                SELECT 1 FROM follow_ups WHERE tenant_id = \(scope.tenant)
                    AND id = \(share.followUp) AND lead_id = \(lead) AND state = 'open'
                """)
            if share.followUp != nil, isOpen == nil { continue }
            try await scope.tx.execute(
                """
                INSERT INTO lead_shares (tenant_id, id, lead_id, user_id, partner_id, relation,
                    credit_bp, ends_at, shared_by, shared_at, follow_up_id)
                VALUES (\(scope.tenant), \(share.id), \(lead), \(share.user), \(share.partner),
                    \(share.relation), \(share.creditBP), \(share.endsAt), \(share.sharedBy),
                    \(share.sharedAt), \(share.followUp))
                """)
        }
        if !image.moved.shares.isEmpty || !image.lostShares.isEmpty { try await mark(lead) }
    }

    private func enter(_ intervals: [MergeImage.Interval], of lead: ID<Lead>) async throws {
        try await scope.tx.insert(
            intervals,
            into: """
                INSERT INTO stage_intervals (tenant_id, lead_id, number, stage, entered_at,
                    entered_by, left_at, left_by)
                """
        ) { interval in
            [
                .uuid(scope.tenant.uuid), .uuid(lead.uuid), .integer(Int64(interval.number)),
                .text(interval.stage), .integer(interval.enteredAt),
                .init(interval.enteredBy?.uuid), .init(interval.leftAt),
                .init(interval.leftBy?.uuid),
            ]
        }
    }
}

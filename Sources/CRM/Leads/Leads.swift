import Storage
import Tenancy
import Web

/// The leads this caller reaches, in this transaction.
package struct Leads: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    var reach: SQL { Reach(scope.caller).sql(in: scope.tenant) }

    /// - Throws: `Problem.notFound`, also when the caller may not see it.
    package func find(_ id: ID<Lead>) async throws -> Lead {
        let lead: Lead? = try await scope.tx.first(
            """
            SELECT \(Lead.columns) \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant) AND l.id = \(id) \(reach)
            """)
        guard let lead else { throw Problem.notFound("lead") }
        return lead
    }

    /// The reachable ones among `ids`, in no order.
    package func find(_ ids: [ID<Lead>]) async throws -> [Lead] {
        try await scope.tx.all(
            """
            SELECT \(Lead.columns) \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant) AND l.id IN \(SQL.list(ids)) \(reach)
            """)
    }

    /// One page of a list, and the place it ends at when there is more.
    package func page(
        _ request: ListRequest, _ cursors: Cursors
    ) async throws -> (leads: [Lead], next: String?) {
        let rows = try await scope.tx.rows(
            """
            SELECT \(Lead.columns), \(request.sortColumns) \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant) \(reach) \(try request.conditions(in: scope))
                \(try request.behind(cursors))
            ORDER BY \(request.order) LIMIT \(request.limit + 1)
            """
        ) { row in (lead: try Lead(row: &row), place: try request.place(&row)) }
        guard rows.count > request.limit, let last = rows.prefix(request.limit).last else {
            return (rows.map(\.lead), nil)
        }
        let next = cursors.cursor(after: last.place, of: request.signature)
        return (rows.prefix(request.limit).map(\.lead), next)
    }

    /// How many there are and what they are worth, by currency.
    package func count(
        _ request: ListRequest
    ) async throws -> (count: Int, valueMinor: [(currency: String, minor: Int64)]) {
        let rows = try await scope.tx.rows(
            """
            SELECT l.currency, COUNT(*), SUM(l.value_minor) FROM leads l
            WHERE l.tenant_id = \(scope.tenant) \(reach) \(try request.conditions(in: scope))
            GROUP BY l.currency ORDER BY l.currency
            """
        ) { row in
            try (row.next(String.self), row.next(Int.self), row.next(Int64?.self))
        }
        return (
            rows.reduce(0) { $0 + $1.1 }, rows.compactMap { row in row.2.map { (row.0, $0) } }
        )
    }

    /// Edits a lead's own fields; stage, owner and follow-ups have operations of their own.
    ///
    /// - Throws: `Problem.stale` when `version` is not the lead's, `conflict` when e-mail,
    ///   phone or external id belong to another lead.
    package func change(_ id: ID<Lead>, version: Int, _ input: Fields) async throws -> Lead {
        let before = try await find(id)
        guard before.version == version else {
            throw Problem.stale("Somebody else changed this lead. Reload and try again.")
        }
        let profile = try await Tenants.find(scope.tenant, in: scope.tx)
        var draft = try LeadDraft(before)
        try draft.apply(input, profile: profile)
        draft = try draft.checked()
        if let given = input["custom"] {
            draft.custom = try await CustomFields(scope).merged(
                given, into: JSON(parsing: before.custom))
        }
        if let other = try await Duplicates(scope).find(draft, except: id) {
            throw Problem.conflict(
                "“\(other.title)” has this \(other.matched) already. Open it instead.")
        }
        var after = before
        after.take(draft)
        guard after != before else { return before }
        return try await save(before, after, as: "lead.changed")
    }

    /// Writes a changed lead and its event; the event carries what it was, for undo.
    func save(
        _ before: Lead, _ changed: Lead, as name: String, imported: Bool = false,
        data: (inout JSONWriter) -> Void = { _ in }
    ) async throws -> Lead {
        var after = changed
        after.version += 1
        after.updatedAt = scope.now
        let lead = after
        try await update(lead)
        let (old, new) = before.difference(to: lead)
        try await scope.record(
            Event(name, lead.id.uuid, imported: imported) { body in
                body.member("version", lead.version)
                body.member("before", old)
                body.member("after", new)
                data(&body)
            })
        return lead
    }

    private func update(_ lead: Lead) async throws {
        try await scope.tx.execute(
            """
            UPDATE leads SET company = \(lead.company), contact_name = \(lead.contactName),
                email = \(lead.email), phone = \(lead.phone), phone_raw = \(lead.phoneRaw),
                external_id = \(lead.externalID), source = \(lead.source),
                campaign = \(lead.campaign), attribution = \(lead.attribution),
                product = \(lead.product), territory = \(lead.territory),
                value_minor = \(lead.valueMinor), currency = \(lead.currency),
                owner_id = \(lead.owner), owner_reason = \(lead.ownerReason),
                stage = \(lead.stage), stage_entered_at = \(lead.stageEnteredAt),
                held_from = \(lead.heldFrom), resume_on = \(lead.resumeOn),
                demo_at = \(lead.demoAt), lost_reason = \(lead.lostReason),
                lost_note = \(lead.lostNote), closed_at = \(lead.closedAt),
                score = \(lead.score), next_follow_up_at = \(lead.nextFollowUpAt),
                next_follow_up_kind = \(lead.nextFollowUpKind),
                last_activity_at = \(lead.lastActivityAt), tags = \(lead.tags),
                custom = \(lead.custom), notes = \(lead.notes), touches = \(lead.touches),
                version = \(lead.version), updated_at = \(lead.updatedAt)
            WHERE tenant_id = \(scope.tenant) AND id = \(lead.id)
            """)
    }
}

extension Lead {
    mutating func take(_ draft: LeadDraft) {
        company = draft.company
        contactName = draft.contactName
        email = draft.email
        phone = draft.phone
        phoneRaw = draft.phoneRaw
        externalID = draft.externalID
        source = draft.source
        campaign = draft.campaign
        attribution = draft.attribution.text
        product = draft.product
        territory = draft.territory
        valueMinor = draft.valueMinor
        currency = draft.currency
        tags = JSON.array(draft.tags.map(JSON.string)).text
        custom = draft.custom.text
        notes = draft.notes
    }
}

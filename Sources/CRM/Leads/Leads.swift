import Storage
import Tenancy
import Web

/// The leads this caller reaches, in this transaction.
package struct Leads: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    var reach: SQL { Reach(scope.caller).sql(in: scope) }

    /// As the caller may see it.
    ///
    /// - Throws: `Problem.notFound`, also when the caller may not see it.
    package func find(_ id: ID<Lead>) async throws -> Lead {
        try await masked(reached(id))
    }

    /// All of a lead that the caller reaches: to be changed, not shown.
    func reached(_ id: ID<Lead>) async throws -> Lead {
        let lead: Lead? = try await scope.tx.first(
            """
            SELECT \(Lead.columns) \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant) AND l.id = \(id) \(reach)
            """)
        guard let lead else { throw Problem.notFound("lead") }
        return lead
    }

    /// A lead that the caller sees and has a right on.
    ///
    /// - Throws: `Problem.notFound` when the caller may not see it, `forbidden` when that is all.
    func find(_ id: ID<Lead>, to right: Right) async throws -> Lead {
        let lead = try await reached(id)
        try await check(right, on: id)
        return lead
    }

    /// Whether the caller has a right on a lead that they see.
    func allows(_ right: Right, on id: ID<Lead>) async throws -> Bool {
        guard scope.caller.may(right) else { return false }
        // What is seen by the same spans is reached by them.
        if scope.caller.grants[right] == scope.caller.grants[.leadsRead] { return true }
        return try await reaches(id, to: right)
    }

    /// - Throws: `Problem.forbidden` when the right is missing, or does not reach this lead.
    func check(_ right: Right, on id: ID<Lead>) async throws {
        try scope.caller.must(right)
        guard try await allows(right, on: id) else {
            throw Problem.forbidden("You may see this lead, but not \(right.words) like it.")
        }
    }

    /// The reachable ones among `ids`, in no order.
    package func find(_ ids: [ID<Lead>]) async throws -> [Lead] {
        try await masked(
            scope.tx.all(
                """
                SELECT \(Lead.columns) \(Lead.from)
                WHERE l.tenant_id = \(scope.tenant) AND l.id IN \(SQL.list(ids)) \(reach)
                """))
    }

    /// Whether this caller reaches the lead.
    func reaches(_ id: ID<Lead>, to right: Right = .leadsRead) async throws -> Bool {
        let reach = Reach(scope.caller, right)
        if reach.isAll { return true }
        return try await scope.tx.value(
            """
            SELECT 1 FROM leads l
            WHERE l.tenant_id = \(scope.tenant) AND l.id = \(id) \(reach.sql(in: scope))
            """, as: Int.self) != nil
    }

    /// Edits a lead's own fields; stage, owner and follow-ups have operations of their own.
    ///
    /// - Throws: `Problem.stale` when `version` is not the lead's, `conflict` when e-mail,
    ///   phone or external id belong to another lead.
    package func change(_ id: ID<Lead>, version: Int, _ input: Fields) async throws -> Lead {
        let before = try await find(id, to: .leadsEdit)
        guard before.version == version else {
            throw Problem.stale("Somebody else changed this lead. Reload and try again.")
        }
        try scope.caller.mustSee(input.keys, at: before.stage)
        let profile = try await Tenants.find(scope.tenant, in: scope.tx)
        var draft = try LeadDraft(before)
        try draft.apply(input, profile: profile)
        draft = try draft.checked()
        if let given = input["custom"] {
            try await checkMayChange(given.object?.keys.map(\.self) ?? [], of: id)
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
        let lead = changed.next(at: scope.now)
        try await write(lead)
        try await scope.record(
            Event(name, lead.id.uuid, imported: imported) { body in
                body.members(of: lead, after: before)
                data(&body)
            })
        return lead
    }

    /// Writes all of a changed lead. Whose event tells of it, writes no more than once a version.
    func write(_ lead: Lead) async throws {
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
                next_follow_up_at = \(lead.nextFollowUpAt),
                due_at = \(lead.dueAt), next_follow_up_kind = \(lead.nextFollowUpKind),
                last_activity_at = \(lead.lastActivityAt), tags = \(lead.tags),
                custom = \(lead.custom), notes = \(lead.notes), touches = \(lead.touches),
                version = \(lead.version), updated_at = \(lead.updatedAt)
            WHERE tenant_id = \(scope.tenant) AND id = \(lead.id)
            """)
    }
}

extension JSONWriter {
    /// What an event tells of a change of a lead.
    mutating func members(of lead: Lead, after before: Lead) {
        let (old, new) = before.difference(to: lead)
        member("version", lead.version)
        member("before", old)
        member("after", new)
    }
}

extension Lead {
    /// The version after this one.
    func next(at now: Instant) -> Lead {
        var lead = self
        lead.version += 1
        lead.updatedAt = now
        return lead
    }

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

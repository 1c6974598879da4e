import Storage
import Tenancy

/// History that comes with a lead from another system.
package struct History: Sendable, Equatable {
    package var stage: Stage
    package var createdAt: Instant
    package var closedAt: Instant?
    package var lostReason: LostReason?
    package var lostNote: String?

    package init(
        stage: Stage, createdAt: Instant, closedAt: Instant? = nil,
        lostReason: LostReason? = nil, lostNote: String? = nil
    ) {
        self.stage = stage
        self.createdAt = createdAt
        self.closedAt = closedAt
        self.lostReason = lostReason
        self.lostNote = lostNote
    }
}

extension Leads {
    /// What became of a draft.
    package struct Captured: Sendable {
        /// As it is now.
        package let lead: Lead
        package let merged: Bool
        package var id: ID<Lead> { lead.id }
    }

    /// Makes a lead with its owner; or, when the tenant has it already, one more touch on it.
    ///
    /// This is the only way a lead comes into being: form, API, import and people all pass here.
    /// What a partner's person brings is shared with the partner.
    package func create(
        _ draft: LeadDraft, history: History? = nil
    ) async throws -> Captured {
        try scope.caller.must(.leadsCreate)
        try scope.caller.mustSee(draft.sensitive, at: Stage.first)
        let captured = try await made(draft, history)
        if scope.caller.role == .partner { try await Shares(scope).bring(captured.id) }
        return captured
    }

    private func made(_ draft: LeadDraft, _ history: History?) async throws -> Captured {
        if let match = try await Duplicates(scope).find(draft) {
            let lead = try await touch(
                match.id, draft, matched: match.matched, imported: history != nil)
            return Captured(lead: lead, merged: true)
        }
        let decision = try await decision(for: draft)
        var lead = Lead(draft: draft, history: history, decision, at: scope.now)
        try await begin([lead], imported: history != nil)
        try await Assignment(scope).follow(decision, on: lead)
        if let owner = lead.owner { lead.ownerName = try await Users(scope).name(of: owner) }
        return Captured(lead: lead, merged: false)
    }

    /// Who gets it: who was named; the salesperson who enters it by hand; else the rules.
    private func decision(for draft: LeadDraft) async throws -> Assignment.Decision {
        if let named = draft.owner {
            try await Owners(scope).checkMayOwn(named, field: "owner")
            return .given(.named(named))
        }
        if let user = scope.caller.user, Reach(scope.caller, .leadsCreate).span == .own {
            return .given(.kept(by: user))
        }
        return try await Assignment(scope).decide(draft)
    }

    /// One more capture of a lead that is there: what it did not know yet is filled in, what
    /// it knew stays.
    @discardableResult
    func touch(
        _ id: ID<Lead>, _ draft: LeadDraft, matched: String, imported: Bool
    ) async throws -> Lead {
        let before = try await load(id, locking: true)
        var after = before
        after.touches += 1
        // Of a lead that is taken up, who does not see the contacts adds none.
        let shown = draft.masked(by: scope.caller.grants.masks, at: before.stage)
        let identity = before.newIdentity(in: shown)
        after.fillIn(shown, withIdentity: try await isFree(identity, except: id))
        return try await save(before, after, as: "lead.touched", imported: imported) { body in
            body.member("matched", matched)
            body.member("source", draft.source)
            body.member("campaign", draft.campaign)
            body.member("attribution", draft.attribution)
            body.member("notes", draft.notes)
        }
    }

    /// Whether no other lead has this e-mail or phone: a touch may fill in only what is free.
    private func isFree(_ draft: LeadDraft, except id: ID<Lead>) async throws -> Bool {
        try await Duplicates(scope).find(draft, except: id) == nil
    }

    /// Any lead of the tenant, whoever asks: for what the product does by itself.
    ///
    /// - Parameter locking: Keeps others from changing it before this transaction ends.
    func load(_ id: ID<Lead>, locking: Bool = false) async throws -> Lead {
        let lead: Lead? = try await scope.tx.first(
            """
            SELECT \(Lead.columns) \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant) AND l.id = \(id)
            \(locking ? scope.tx.dialect.locking("l") : "")
            """)
        guard let lead else { throw Problem.notFound("lead") }
        return lead
    }
}

extension Assignment.Choice {
    static func named(_ owner: ID<User>) -> Self {
        Self(owner: owner, reason: "Named when the lead was created.")
    }

    static func kept(by user: ID<User>) -> Self {
        Self(owner: user, reason: "Entered by hand; who enters a lead keeps it.")
    }
}

extension Lead {
    /// A new lead: of now, or where its history got to.
    init(draft: LeadDraft, history: History?, _ decision: Assignment.Decision, at now: Instant) {
        self.init(
            id: ID(UUIDv7.next(at: now)), draft: draft, at: history?.createdAt ?? now)
        owner = decision.choice?.owner
        ownerReason = decision.reason
        if let history { take(history) }
    }

    init(id: ID<Lead>, draft: LeadDraft, at moment: Instant) {
        self.id = id
        attribution = "{}"
        source = draft.source
        currency = draft.currency
        ownerReason = ""
        stage = Stage.first
        stageEnteredAt = moment
        tags = "[]"
        custom = "{}"
        touches = 1
        version = 1
        createdAt = moment
        updatedAt = moment
        status = .open
        ownerName = nil
        take(draft)
    }

    fileprivate mutating func take(_ history: History) {
        stage = history.stage.key
        status = history.stage.status
        stageEnteredAt = history.closedAt ?? history.createdAt
        if status == .won || status == .lost {
            closedAt = history.closedAt ?? history.createdAt
        }
        if status == .lost { (lostReason, lostNote) = (history.lostReason, history.lostNote) }
        // Where it was held, another system does not say; it is taken up from the beginning.
        if status == .onHold { heldFrom = Stage.first }
    }

    /// What a draft knows of who this is, and this lead does not.
    func newIdentity(in draft: LeadDraft) -> LeadDraft {
        var identity = LeadDraft(source: draft.source, currency: draft.currency)
        if email == nil { identity.email = draft.email }
        if phone == nil { identity.phone = draft.phone }
        if externalID == nil { identity.externalID = draft.externalID }
        return identity
    }

    /// Takes from a draft what is still empty here.
    ///
    /// - Parameter withIdentity: Whether no third lead has what identifies it.
    mutating func fillIn(_ draft: LeadDraft, withIdentity: Bool) {
        company = company ?? draft.company
        contactName = contactName ?? draft.contactName
        campaign = campaign ?? draft.campaign
        product = product ?? draft.product
        territory = territory ?? draft.territory
        if valueMinor == nil, let value = draft.valueMinor {
            valueMinor = value
            currency = draft.currency
        }
        guard withIdentity else { return }
        let identity = newIdentity(in: draft)
        email = email ?? identity.email
        externalID = externalID ?? identity.externalID
        if phone == nil, identity.phone != nil {
            phone = identity.phone
            phoneRaw = draft.phoneRaw
        }
    }
}

import Storage
import Tenancy
import Web

/// The leads that the rows of a chunk meet, as they are after the rows so far; loaded in one
/// statement instead of one a row.
struct MetLeads: Sendable {
    private var leads: [ID<Lead>: Lead] = [:]
    /// Those that may be changed; nil for all.
    private var editable: Set<ID<Lead>>?
    private let onMatch: Mapping.OnMatch
    private let masks: Mask

    /// What a row does to a lead.
    enum Meeting: Sendable {
        case nothing
        /// One more touch, or other values.
        case change(before: Lead, after: Lead)
        case refused(String)
    }

    /// - Parameter locking: Keeps others from changing them before this transaction ends.
    init(
        _ ids: Set<ID<Lead>>, _ mapping: Mapping, locking: Bool, in scope: Scope
    ) async throws {
        onMatch = mapping.onMatch
        masks = scope.caller.grants.masks
        guard onMatch != .skip, !ids.isEmpty else { return }
        // In order, so that no two imports wait for each other.
        let found: [Lead] = try await scope.tx.all(
            """
            SELECT \(Lead.columns) \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant) AND l.id IN \(SQL.list(ids.sorted()))
            ORDER BY l.id \(locking ? scope.tx.dialect.locking("l") : "")
            """)
        leads = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        let reach = Reach(scope.caller, .leadsEdit)
        guard onMatch == .update, !reach.isAll else { return }
        editable = Set(
            try await scope.tx.column(
                """
                SELECT l.id FROM leads l
                WHERE l.tenant_id = \(scope.tenant) AND l.id IN \(SQL.list(ids.sorted()))
                    \(reach.sql(in: scope))
                """))
    }

    /// A lead that a row of this chunk has become.
    mutating func note(_ lead: Lead) {
        leads[lead.id] = lead
        editable?.insert(lead.id)
    }

    mutating func meet(
        _ id: ID<Lead>, _ draft: LeadDraft, _ known: KnownLeads, at now: Instant
    ) -> Meeting {
        guard onMatch != .skip, let before = leads[id] else { return .nothing }
        var after = before
        // Of a lead that is taken up, who does not see the contacts adds none.
        let shown = draft.masked(by: masks, at: before.stage)
        switch onMatch {
        case .skip: return .nothing
        case .fill:
            after.touches += 1
            after.fillIn(
                shown,
                withIdentity: known.other(than: id, like: before.newIdentity(in: shown)) == nil)
        case .update:
            guard editable?.contains(id) ?? true else {
                return .refused("This is a colleague's lead: you may not change it.")
            }
            if let key = known.other(than: id, like: shown) {
                return .refused(Verdict.isTaken(key))
            }
            after.overwrite(with: shown)
            if after == before { return .nothing }
        }
        after = after.next(at: now)
        leads[id] = after
        return .change(before: before, after: after)
    }
}

extension Lead {
    /// Takes what a draft has; what it does not have stays. Where it came from and whose it is
    /// stay, too.
    fileprivate mutating func overwrite(with draft: LeadDraft) {
        company = draft.company ?? company
        contactName = draft.contactName ?? contactName
        email = draft.email ?? email
        externalID = draft.externalID ?? externalID
        campaign = draft.campaign ?? campaign
        product = draft.product ?? product
        territory = draft.territory ?? territory
        notes = draft.notes ?? notes
        if draft.phoneRaw != nil { (phone, phoneRaw) = (draft.phone, draft.phoneRaw) }
        if let value = draft.valueMinor { (valueMinor, currency) = (value, draft.currency) }
        if !draft.tags.isEmpty {
            let own = (try? JSON(parsing: tags))?.array?.compactMap(\.string) ?? []
            tags = JSON.array((own + draft.tags).removingDuplicates().map(JSON.string)).text
        }
        if let given = draft.custom.object, !given.isEmpty {
            let own = (try? JSON(parsing: custom))?.object ?? [:]
            custom = JSON.object(own.merging(given) { $1 }).text
        }
    }
}

import Foundation
import Storage
import Tenancy

/// Merges of leads that the caller reaches, in this transaction.
///
/// A lead that was merged is deleted: no list, count or report needs to know of it. Its row
/// stands in the ledger of merges, its children hang on the survivor, its id leads there.
package struct Merges: Sendable {
    let scope: Scope

    /// What merges are recorded as.
    static let events = ["lead.merged", "lead.unmerged"]
    /// Children of each kind that go with a lead in one transaction.
    static let childrenMax = 5000
    /// Merges that lead from an id to where its lead is now.
    private static let chainMax = 50

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// Merges a lead into another: `choose` names, by field, the lead whose value is kept.
    ///
    /// - Parameter version: Of the lead that goes, if the caller minds.
    /// - Throws: `Problem.notFound` and `forbidden` for either lead, `invalid`, `stale`, and
    ///   `conflict` saying which way round, or what stands in the way.
    package func merge(
        _ id: ID<Lead>, into survivorID: ID<Lead>, choose: JSON? = nil, version: Int? = nil
    ) async throws -> (lead: Lead, merge: ID<Merge>) {
        let merged = try await found(id)
        guard id != survivorID else {
            throw Problem.invalid("into", "A lead cannot be merged into itself. Name the other.")
        }
        let survivor = try await found(survivorID)
        if let version, version != merged.version {
            throw Problem.stale("Somebody else changed this lead. Reload and try again.")
        }
        let choice = try MergeChoice(choose, of: [id, survivorID])
        try await check(choice, merged, survivor)
        for lead in [id, survivorID].sorted() {
            _ = try await Leads(scope).load(lead, locking: true)
        }
        return try await merge(merged, into: survivor, choice)
    }

    /// A lead that the caller may merge.
    private func found(_ id: ID<Lead>) async throws -> Lead {
        do {
            let lead = try await Leads(scope).find(id, to: .leadsMerge)
            try await Leads(scope).check(.leadsEdit, on: id)
            return lead
        } catch Problem.notFound(let noun) {
            // Not followed to where it is now: that is a lead of which the caller said nothing.
            guard let current = try await current(id) else { throw Problem.notFound(noun) }
            let title = try await Leads(scope).find(current).title
            throw Problem.conflict(
                "This lead was merged into “\(title)” already. Look at that one.")
        }
    }

    private func check(_ choice: MergeChoice, _ merged: Lead, _ survivor: Lead) async throws {
        if merged.status == .won {
            let title = merged.masked(for: scope.caller).title
            throw Problem.conflict(
                survivor.status == .won
                    ? "Both are customers, and a customer is not merged into another."
                    : "“\(title)” is a customer. Merge the other way round.")
        }
        let taken = choice.fields(of: merged.id)
        let plain = taken.map { $0.hasPrefix("custom.") ? "custom" : $0 }
        try scope.caller.mustSee(plain, at: merged.stage)
        try scope.caller.mustSee(plain, at: survivor.stage)
        for lead in [merged.id, survivor.id] {
            try await Leads(scope).checkMayChange(choice.customKeys(of: merged.id), of: lead)
        }
        guard taken.contains("owner"), let owner = merged.owner, owner != survivor.owner else {
            return
        }
        try await Leads(scope).check(.leadsAssign, on: survivor.id)
        try await Owners(scope).checkMayOwn(owner, field: "choose.owner")
    }

    private func merge(
        _ merged: Lead, into survivor: Lead, _ choice: MergeChoice
    ) async throws -> (lead: Lead, merge: ID<Merge>) {
        let id = ID<Merge>()
        var after = try choice.merged(merged, into: survivor)
        var image = MergeImage(merged)
        image.moved = try await children(of: merged.id)
        try await move(&image, to: after)
        image.intervals = try await takeIntervals(of: merged.id)
        try await scope.tx.execute(
            "DELETE FROM leads WHERE tenant_id = \(scope.tenant) AND id = \(merged.id)")
        try await plan(&after)
        let (old, new) = survivor.difference(to: after)
        (image.survivorBefore, image.survivorAfter) = (old.text, new.text)
        let lead = try await Leads(scope).save(survivor, after, as: "lead.merged") { body in
            body.member("merge", id)
            body.member("merged", merged.id)
            body.member("title", merged.title)
        }
        try await remember([merged, survivor], of: lead, in: id)
        try await keep(id, survivor.id, merged, image)
        try await settlePairs(of: merged.id, with: survivor.id)
        try await scope.record(
            Event("lead.merged", merged.id.uuid) { body in
                body.member("merge", id)
                body.member("into", survivor.id)
                body.member("owner", merged.owner)
                body.member("territory", merged.territory)
            })
        return (try await Leads(scope).load(lead.id), id)
    }

    private func keep(
        _ id: ID<Merge>, _ survivor: ID<Lead>, _ merged: Lead, _ image: MergeImage
    ) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(image), as: UTF8.self)
        try await scope.tx.execute(
            """
            INSERT INTO merges (tenant_id, id, survivor_id, merged_id, title, image, merged_at,
                merged_by)
            VALUES (\(scope.tenant), \(id), \(survivor), \(merged.id), \(merged.title), \(text),
                \(scope.now), \(scope.caller.user))
            """)
    }

    /// What either was known by, and the survivor is not any more: who comes with it is still
    /// the survivor.
    private func remember(_ leads: [Lead], of survivor: Lead, in merge: ID<Merge>) async throws {
        var aliases: [SQL] = []
        func add(_ kind: String, _ path: KeyPath<Lead, String?>) {
            for value in Set(leads.compactMap { $0[keyPath: path] })
            where value != survivor[keyPath: path] {
                aliases.append(
                    """
                    INSERT INTO lead_aliases (tenant_id, kind, value, lead_id, merge_id)
                    VALUES (\(scope.tenant), \(kind), \(value), \(survivor.id), \(merge))
                    ON CONFLICT (tenant_id, kind, value) DO UPDATE SET
                        lead_id = excluded.lead_id, merge_id = excluded.merge_id
                    """)
            }
        }
        add("email", \.email)
        add("phone", \.phone)
        add("external_id", \.externalID)
        try await scope.tx.executeAll(aliases)
    }

    /// The pair is settled, and what was said of the lead that went is said of the survivor.
    private func settlePairs(of merged: ID<Lead>, with survivor: ID<Lead>) async throws {
        let pairs = DuplicatePairs(scope)
        for other in try await pairs.dismissed(of: merged) where other != survivor {
            try await pairs.settle(LeadPair(survivor, other), .dismissed)
        }
        try await pairs.forgetOpen(of: merged)
        try await pairs.settle(LeadPair(survivor, merged), .merged)
    }

    /// The next step of a lead is the first of its open follow-ups.
    func plan(_ lead: inout Lead) async throws {
        let next = try await scope.tx.rows(
            """
            SELECT due_at, kind FROM follow_ups
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead.id) AND state = 'open'
            ORDER BY due_at, id LIMIT 1
            """
        ) { row in try (row.next(Instant.self), row.next(String.self)) }.first
        lead.nextFollowUpAt = next?.0
        lead.nextFollowUpKind = next?.1
    }
}

// Where a merged lead is.
extension Merges {
    /// The lead that an id leads to now, if its own is merged and the caller reaches that one.
    func current(_ id: ID<Lead>) async throws -> ID<Lead>? {
        var place = id
        for _ in 0..<Self.chainMax {
            let next: ID<Lead>? = try await scope.tx.value(
                """
                SELECT survivor_id FROM merges
                WHERE tenant_id = \(scope.tenant) AND merged_id = \(place) AND undone_at IS NULL
                """)
            guard let next else { break }
            place = next
        }
        guard place != id else { return nil }
        let isThere: Int? = try await scope.tx.value(
            """
            SELECT 1 FROM leads l
            WHERE l.tenant_id = \(scope.tenant) AND l.id = \(place) \(Leads(scope).reach)
            """)
        return isThere == nil ? nil : place
    }

    /// The leads that have become part of one, in any number of steps.
    func parts(of id: ID<Lead>) async throws -> [ID<Lead>] {
        try await scope.tx.column(
            """
            WITH RECURSIVE parts (id) AS (
                SELECT merged_id FROM merges
                WHERE tenant_id = \(scope.tenant) AND survivor_id = \(id) AND undone_at IS NULL
                UNION
                SELECT m.merged_id FROM parts p
                CROSS JOIN merges m
                WHERE m.tenant_id = \(scope.tenant) AND m.survivor_id = p.id
                    AND m.undone_at IS NULL)
            SELECT id FROM parts LIMIT 500
            """)
    }

    /// The merges into a lead that stand, the newest first.
    func into(_ id: ID<Lead>, limit: Int) async throws -> [Merge] {
        try await scope.tx.all(
            """
            SELECT \(Merge.columns) FROM merges m
            WHERE m.tenant_id = \(scope.tenant) AND m.survivor_id = \(id) AND m.undone_at IS NULL
            ORDER BY m.merged_at DESC, m.id DESC LIMIT \(limit)
            """)
    }
}

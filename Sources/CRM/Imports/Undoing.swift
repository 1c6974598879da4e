import Storage
import Tenancy

/// A row of an import that became or met a lead, as the inbox has it.
struct WrittenRow: Sendable, RowDecodable {
    let entry: ID<Entry>
    let number: Int
    let outcome: Outcome
    let lead: ID<Lead>

    init(row: inout Row) throws {
        entry = try row.next()
        number = try row.next()
        outcome = try row.next()
        lead = try row.next()
    }
}

/// What some rows of an import did, taken back: the leads that they made go, and those that they
/// changed are again what they were. A lead that was changed since stays as it is.
struct Undoing {
    let scope: Scope
    let run: Import
    /// From the last to the first.
    let rows: [WrittenRow]
    private let changes: [Int: RowChange]
    private let leads: [ID<Lead>: Lead]
    /// Those with something that hangs on them, and so may not go.
    private let inUse: Set<ID<Lead>>

    private var removed: [Lead] = []
    private var restored: [(before: Lead, after: Lead, rows: [WrittenRow])] = []
    /// Rows that stay, with the reason.
    private(set) var kept: [ID<Entry>: String] = [:]

    init(_ rows: [WrittenRow], of run: Import, in scope: Scope) async throws {
        self.scope = scope
        self.run = run
        self.rows = rows
        let ids = Set(rows.map(\.lead)).sorted()
        let found: [Lead] = try await scope.tx.all(
            """
            SELECT \(Lead.columns) \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant) AND l.id IN \(SQL.list(ids))
            ORDER BY l.id \(scope.tx.dialect.locking("l"))
            """)
        leads = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        let written: [RowChange] = try await scope.tx.all(
            """
            SELECT \(RowChange.columns) FROM import_changes
            WHERE tenant_id = \(scope.tenant) AND import_id = \(run.id)
                AND number BETWEEN \(rows.last?.number ?? 0) AND \(rows.first?.number ?? 0)
            """)
        changes = Dictionary(uniqueKeysWithValues: written.map { ($0.row, $0) })
        let made = Set(rows.filter { $0.outcome == .created }.map(\.lead)).sorted()
        inUse = Set(try await Leads(scope).inUse(made))
    }

    /// Takes back what can be; what cannot stands in `kept` afterwards.
    mutating func run() async throws {
        let byLead = Dictionary(grouping: rows, by: \.lead)
        var changedSince: [ID<Lead>: [WrittenRow]] = [:]
        for id in byLead.keys.sorted() {
            let rows = byLead[id] ?? []
            guard
                let newest = rows.first(where: {
                    changes[$0.number] != nil || $0.outcome == .created
                })
            else { continue }
            guard let lead = leads[id] else {
                keep(rows, "The lead is not there any more, or is part of another one now.")
                continue
            }
            guard lead.version == changes[newest.number]?.version ?? 1 else {
                changedSince[id] = rows
                continue
            }
            takeBack(rows, of: lead)
        }
        let words = try await Leads(scope).lastChanges(changedSince.keys.sorted())
        for (id, rows) in changedSince {
            keep(rows, "“\(leads[id]?.title ?? "The lead")” was changed since\(words[id] ?? "").")
        }
        // What goes may have what another was known by before.
        try await Leads(scope).remove(removed)
        for (before, after, rows) in restored { try await restore(before, to: after, rows) }
    }

    private mutating func takeBack(_ rows: [WrittenRow], of lead: Lead) {
        if rows.contains(where: { $0.outcome == .created }) {
            if inUse.contains(lead.id) {
                keep(rows, "“\(lead.title)” has been worked on since.")
            } else {
                removed.append(lead)
            }
            return
        }
        var after = lead
        for row in rows {
            guard let change = changes[row.number] else { continue }
            after.takeBack(change.changes)
            if run.mapping.onMatch == .fill { after.touches = max(1, after.touches - 1) }
        }
        restored.append((lead, after, rows))
    }

    private mutating func restore(
        _ before: Lead, to after: Lead, _ rows: [WrittenRow]
    ) async throws {
        let other = try await Duplicates(scope).find(
            externalID: after.externalID, email: after.email, phone: after.phone, except: after.id)
        if let other {
            keep(
                rows, "“\(other.title)” has the \(other.matched) by now that “\(before.title)” had."
            )
            return
        }
        let lead = try await Leads(scope).save(
            before, after, as: "lead.restored", imported: true)
        try await expect(lead, before: rows.last?.number ?? 0)
    }

    /// An earlier row that met the lead, or made it, finds it as it is now.
    private func expect(_ lead: Lead, before row: Int) async throws {
        let changed = try await scope.tx.execute(
            """
            UPDATE import_changes SET version = \(lead.version)
            WHERE tenant_id = \(scope.tenant) AND import_id = \(run.id) AND number = (
                SELECT MAX(number) FROM import_changes
                WHERE tenant_id = \(scope.tenant) AND import_id = \(run.id)
                    AND lead_id = \(lead.id) AND number < \(row))
            """)
        guard changed == 0 else { return }
        try await scope.tx.execute(
            """
            INSERT INTO import_changes (tenant_id, import_id, number, lead_id, version, changes)
            SELECT tenant_id, import_id, row_number, lead_id, \(lead.version), '{}' FROM inbox
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead.id) AND import_id = \(run.id)
                AND outcome = 'created'
            """)
    }

    private mutating func keep(_ rows: [WrittenRow], _ reason: String) {
        for row in rows { kept[row.entry] = reason }
    }
}

extension Leads {
    /// Those among some leads on which something hangs.
    fileprivate func inUse(_ ids: [ID<Lead>]) async throws -> [ID<Lead>] {
        guard !ids.isEmpty else { return [] }
        let list = SQL.list(ids)
        return try await scope.tx.column(
            """
            SELECT lead_id FROM activities
            WHERE tenant_id = \(scope.tenant) AND lead_id IN \(list)
            UNION SELECT lead_id FROM follow_ups
            WHERE tenant_id = \(scope.tenant) AND lead_id IN \(list)
            UNION SELECT lead_id FROM lead_shares
            WHERE tenant_id = \(scope.tenant) AND lead_id IN \(list)
            """)
    }

    /// Who changed leads last, and when, to end a sentence with.
    fileprivate func lastChanges(_ ids: [ID<Lead>]) async throws -> [ID<Lead>: String] {
        guard !ids.isEmpty else { return [:] }
        let rows = try await scope.tx.rows(
            """
            SELECT e.subject_id, u.name, e.at
            FROM (SELECT MAX(seq) AS seq FROM events
                WHERE tenant_id = \(scope.tenant) AND subject_id IN \(SQL.list(ids))
                GROUP BY subject_id) AS newest
            JOIN events e ON e.seq = newest.seq
            LEFT JOIN users u ON u.tenant_id = e.tenant_id AND u.id = e.actor_id
            WHERE e.tenant_id = \(scope.tenant)
            """
        ) { row in
            (
                try row.next(ID<Lead>.self), try row.next(String?.self),
                try row.next(Instant.self).day().text
            )
        }
        return Dictionary(
            uniqueKeysWithValues: rows.map { id, name, day in
                (id, name.map { ", by \($0) on \(day)" } ?? ", on \(day)")
            })
    }

    /// Takes leads away that an import made and nobody has worked on.
    fileprivate func remove(_ leads: [Lead]) async throws {
        guard !leads.isEmpty else { return }
        let ids = SQL.list(leads.map(\.id).sorted())
        try await scope.tx.execute(
            "DELETE FROM stage_intervals WHERE tenant_id = \(scope.tenant) AND lead_id IN \(ids)")
        try await scope.tx.execute(
            "DELETE FROM customers WHERE tenant_id = \(scope.tenant) AND lead_id IN \(ids)")
        try await scope.tx.execute(
            "DELETE FROM leads WHERE tenant_id = \(scope.tenant) AND id IN \(ids)")
        try await scope.record(
            leads.map { lead in
                let event = Event("lead.removed", lead.id.uuid, imported: true) { body in
                    body.member("title", lead.title)
                    body.member("owner", lead.owner)
                    body.member("stage", lead.stage)
                }
                return (event, scope.now)
            })
    }
}

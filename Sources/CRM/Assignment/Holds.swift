import Background
import Storage
import Tenancy

/// Leads that nobody can take yet: each waits for somebody of one rule, until a moment.
package struct Holds: Sendable {
    let scope: Scope

    /// Looked at in one transaction, those first that were not looked at for longest.
    static let batch = 200

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// A lead that waits.
    struct Hold: Sendable, RowDecodable {
        let lead: ID<Lead>
        let rule: ID<AssignmentRule>
        let since: Instant
        let until: Instant

        static let columns: SQL = "h.lead_id, h.rule_id, h.since, h.until"

        init(row: inout Row) throws {
            lead = try row.next()
            rule = try row.next()
            since = try row.next()
            until = try row.next()
        }
    }

    func add(_ waits: [(lead: ID<Lead>, wait: Assignment.Wait)]) async throws {
        try await scope.tx.insert(
            waits,
            into: """
                INSERT INTO assignment_holds (tenant_id, lead_id, rule_id, since, until, looked_at)
                """
        ) { lead, wait in
            [
                .uuid(scope.tenant.uuid), .uuid(lead.uuid), .uuid(wait.rule.uuid),
                .init(scope.now), .init(wait.until), .init(scope.now),
            ]
        }
    }

    /// Until when a lead waits; nil for one that does not.
    func until(_ lead: ID<Lead>) async throws -> Instant? {
        try await scope.tx.value(
            """
            SELECT until FROM assignment_holds
            WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead)
            """)
    }

    /// Those that the caller reaches, the oldest first.
    func list(limit: Int) async throws -> [(hold: Hold, lead: Lead, rule: String?)] {
        let rows = try await scope.tx.rows(
            """
            SELECT \(Hold.columns), r.name, \(Lead.columns)
            FROM assignment_holds h
            JOIN leads l ON l.tenant_id = h.tenant_id AND l.id = h.lead_id
            LEFT JOIN assignment_rules r ON r.tenant_id = h.tenant_id AND r.id = h.rule_id
            \(Lead.joins)
            WHERE h.tenant_id = \(scope.tenant) AND l.owner_id IS NULL
                \(Leads(scope).reach)
            ORDER BY h.since, h.lead_id LIMIT \(limit)
            """
        ) { row in
            let hold = try Hold(row: &row)
            let rule: String? = try row.next()
            return (hold: hold, lead: try Lead(row: &row), rule: rule)
        }
        return rows.map { ($0.hold, $0.lead.masked(for: scope.caller), $0.rule) }
    }

    // MARK: Offering again

    /// Offers some of them to whoever can take them by now; those whose time is over go on to the
    /// rules behind.
    ///
    /// - Returns: Whether some were given away and others may still be waiting for a look.
    package func offer() async throws -> Bool {
        let holds: [Hold] = try await scope.tx.all(
            """
            SELECT \(Hold.columns) FROM assignment_holds h
            WHERE h.tenant_id = \(scope.tenant)
            ORDER BY h.looked_at, h.lead_id LIMIT \(Self.batch)
            """)
        guard !holds.isEmpty else { return false }
        var rota = try await Rotas(scope).whole()
        let waiting = try await leads(of: holds)
        var (over, still): ([ID<Lead>], [ID<Lead>]) = ([], [])
        for hold in holds {
            guard let lead = waiting[hold.lead], lead.owner == nil, lead.status == .open else {
                over.append(hold.lead)
                continue
            }
            if try await settle(hold, lead, &rota) {
                over.append(lead.id)
            } else {
                still.append(lead.id)
            }
        }
        try await Rotas(scope).save(rota)
        try await end(over, still)
        return holds.count == Self.batch && !over.isEmpty
    }

    private func leads(of holds: [Hold]) async throws -> [ID<Lead>: Lead] {
        let leads: [Lead] = try await scope.tx.all(
            """
            SELECT \(Lead.columns) \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant) AND l.id IN \(SQL.list(holds.map(\.lead)))
            ORDER BY l.id \(scope.tx.dialect.locking("l"))
            """)
        return Dictionary(leads.map { ($0.id, $0) }) { first, _ in first }
    }

    /// - Returns: Whether the lead waits no more.
    private func settle(_ hold: Hold, _ lead: Lead, _ rota: inout Rota) async throws -> Bool {
        var question = Rota.Question(draft: try LeadDraft(lead))
        let isThere = rota.rules.contains { $0.id == hold.rule }
        let isOver = hold.until <= scope.now
        // A rule that is gone is waited for no longer.
        if isThere { question.rules = isOver ? .from(hold.rule) : .only(hold.rule) }
        question.mayWait = isOver || !isThere
        switch rota.decide(question) {
        case .given(let choice):
            let lead = try await Owners(scope).give(lead, to: choice.owner, choice.reason)
            try await Reoffers(scope).await(choice, on: lead.id)
            return true
        case .waits(let wait):
            try await scope.tx.execute(
                """
                UPDATE assignment_holds SET rule_id = \(wait.rule), until = \(wait.until)
                WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead.id)
                """)
            try await explain(lead, wait.reason)
            return false
        case .nobody(let why):
            if isThere, !isOver { return false }
            try await explain(lead, why)
            return true
        }
    }

    private func explain(_ lead: Lead, _ why: String) async throws {
        var after = lead
        after.ownerReason = why
        guard after != lead else { return }
        _ = try await Leads(scope).save(lead, after, as: "lead.waited")
    }

    private func end(_ over: [ID<Lead>], _ still: [ID<Lead>]) async throws {
        if !over.isEmpty {
            try await scope.tx.execute(
                """
                DELETE FROM assignment_holds
                WHERE tenant_id = \(scope.tenant) AND lead_id IN \(SQL.list(over))
                """)
        }
        if !still.isEmpty {
            try await scope.tx.execute(
                """
                UPDATE assignment_holds SET looked_at = \(scope.now)
                WHERE tenant_id = \(scope.tenant) AND lead_id IN \(SQL.list(still))
                """)
        }
    }
}

/// Offers leads that wait to those who have come back, or have room again.
package struct OfferHeldLeads: Job {
    package static let kind = JobKind("assignment.offer", atOnce: 1)

    package init() {}
}

/// The handlers of what assignment leaves to do later.
package func assignmentHandlers(_ database: Database) -> [JobHandler] {
    [
        JobHandler(OfferHeldLeads.self) { _, run in
            // tenant: who of all has leads that wait.
            let tenants = try await database.read { tx in
                try await tx.column(
                    "SELECT DISTINCT tenant_id FROM assignment_holds", as: ID<Tenant>.self)
            }
            for tenant in tenants {
                while try await database.write(
                    as: .system(tenant), at: run.now, isolation: .readCommitted,
                    { try await Holds($0).offer() })
                {}
            }
        },
        JobHandler(ReofferLead.self) { job, run in
            try await run.finish { try await Reoffers($0).settle(job) }
        },
    ]
}

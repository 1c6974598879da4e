import Storage

/// A company's audit log as a chain: what is put behind its end, and taken from its beginning.
package struct AuditChain: Sendable {
    let tenant: ID<Tenant>
    let tx: any Transaction

    package init(of tenant: ID<Tenant>, in tx: any Transaction) {
        self.tenant = tenant
        self.tx = tx
    }

    /// Where the chain ends and begins.
    struct Head: RowDecodable {
        var number: Int64
        var hash: [UInt8]
        var lastEvent: Int64
        let removedNumber: Int64
        let removedHash: [UInt8]

        static let columns: SQL = "number, hash, last_seq, removed_number, removed_hash"

        init(row: inout Row) throws {
            number = try row.next()
            hash = try row.next()
            lastEvent = try row.next()
            removedNumber = try row.next()
            removedHash = try row.next()
        }
    }

    /// Seals what of these events belongs into the log, in their order. What is sealed already
    /// is passed over, so a replay of the feed changes nothing.
    package func append(_ events: [StoredEvent]) async throws {
        let drafts = events.compactMap(AuditDraft.init)
        guard let newest = drafts.last, var head = try await holdHead() else { return }
        let last = try await place(of: head.lastEvent)
        let new = drafts.filter { draft in last.map { $0 < draft.place } ?? true }
        guard !new.isEmpty else { return }
        let makers = try await makers(of: new)
        let rows = new.map { draft in
            let person =
                switch draft.actor {
                case .user: draft.actorID.map(ID<User>.init)
                case .apiKey: draft.actorID.flatMap { makers[ID<APIKey>($0)] }
                case .form, .importRun, .system, .operator, .connection: nil as ID<User>?
                }
            let entry = AuditEntry(
                draft, head.number + 1, by: person, behind: head.hash, of: tenant)
            (head.number, head.hash) = (entry.number, entry.hash)
            return [tenant.sqlValue] + entry.values
        }
        head.lastEvent = newest.place.number
        try await tx.execute(
            "INSERT INTO audit (tenant_id, \(AuditEntry.columns)) \(SQL.rows(rows))")
        try await tx.execute(
            """
            UPDATE audit_heads SET number = \(head.number), hash = \(head.hash),
                last_seq = \(head.lastEvent)
            WHERE tenant_id = \(tenant)
            """)
    }

    /// The head, made with the first entry, and kept from others until this transaction ends.
    private func holdHead() async throws -> Head? {
        let none = AuditEntry.noHash
        try await tx.execute(
            """
            INSERT INTO audit_heads (tenant_id, \(Head.columns))
            VALUES (\(tenant), 0, \(none), 0, 0, \(none))
            ON CONFLICT (tenant_id) DO NOTHING
            """)
        return try await tx.first(
            """
            SELECT \(Head.columns) FROM audit_heads WHERE tenant_id = \(tenant)
            \(tx.dialect.locking("audit_heads"))
            """)
    }

    func head() async throws -> Head? {
        try await tx.first(
            "SELECT \(Head.columns) FROM audit_heads WHERE tenant_id = \(tenant)")
    }

    private func place(of event: Int64) async throws -> FeedPlace? {
        try await tx.first(
            """
            SELECT \(tx.dialect.feed.place) FROM events
            WHERE tenant_id = \(tenant) AND seq = \(event)
            """)
    }

    /// Whose the API keys are that acted.
    private func makers(of drafts: [AuditDraft]) async throws -> [ID<APIKey>: ID<User>] {
        let keys = Set(drafts.filter { $0.actor == .apiKey }.compactMap(\.actorID))
        guard !keys.isEmpty else { return [:] }
        let rows = try await tx.rows(
            """
            SELECT id, user_id FROM api_keys
            WHERE tenant_id = \(tenant) AND id IN \(SQL.list(Array(keys)))
            """
        ) { row in (try row.next(ID<APIKey>.self), try row.next(ID<User>.self)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }
}

extension AuditChain {
    /// Removes the oldest entries, those before the first that happened at `moment` or later.
    /// The hash of the last one removed is kept, so what is left can still be proven.
    ///
    /// - Returns: How many; as many as `limit` when there may be more.
    package func remove(before moment: Instant, limit: Int) async throws -> Int {
        guard let head = try await holdHead() else { return 0 }
        let kept: Int64? = try await tx.value(
            """
            SELECT number FROM audit WHERE tenant_id = \(tenant) AND at >= \(moment)
            ORDER BY number LIMIT 1
            """)
        let end = min((kept ?? head.number + 1) - 1, head.removedNumber + Int64(limit))
        guard end > head.removedNumber else { return 0 }
        // The head goes first: it is what lets the entries go.
        try await tx.execute(
            """
            UPDATE audit_heads SET removed_number = \(end), removed_hash = (SELECT hash
                FROM audit WHERE tenant_id = \(tenant) AND number = \(end))
            WHERE tenant_id = \(tenant)
            """)
        return try await tx.execute(
            "DELETE FROM audit WHERE tenant_id = \(tenant) AND number <= \(end)")
    }
}

import Storage
import Tenancy

/// Something that came in from outside, raw.
package struct Arrived: Sendable {
    package enum Channel: String, Sendable, CaseIterable, SQLConvertible {
        case form, api
        case importRun = "import"
        case facebook, partner, erp

        package var label: String {
            switch self {
            case .form: "Web forms"
            case .api: "API"
            case .importRun: "Imports"
            case .facebook: "Facebook"
            case .partner: "Partners"
            case .erp: "ERP"
            }
        }
    }

    package let channel: Channel
    package let source: String
    /// JSON text; nil for a row of an imported file, which is kept as a file.
    package let payload: String?
    package var remote: String?
    package var form: ID<Form>?
    package var importRun: ID<Import>?
    package var row: Int?

    package init(
        channel: Channel, source: String, payload: String?, remote: String? = nil,
        form: ID<Form>? = nil, importRun: ID<Import>? = nil, row: Int? = nil
    ) {
        self.channel = channel
        self.source = source
        self.payload = payload
        self.remote = remote
        self.form = form
        self.importRun = importRun
        self.row = row
    }
}

/// What becomes of an arrival: exactly one of these, later if not now.
package enum Outcome: String, Sendable, CaseIterable, SQLConvertible {
    case waiting, created, merged, quarantined, refused
}

/// The journal of what arrives from outside. Nothing is answered before it stands here, and
/// the ledger's counters move with it: received = created + merged + quarantined + refused +
/// waiting.
package struct Inbox: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// Journals an arrival to be processed later.
    @discardableResult
    package func receive(_ arrived: Arrived) async throws -> ID<Entry> {
        let id = ID<Entry>(UUIDv7.next(at: scope.now))
        try await insert(arrived, id, .waiting, reason: nil, lead: nil)
        try await count(arrived.channel, received: 1)
        return id
    }

    /// Journals an arrival and processes it in the same transaction.
    package func take(
        _ arrived: Arrived, _ create: () async throws -> Leads.Captured
    ) async throws -> Leads.Captured {
        let captured = try await create()
        let outcome: Outcome = captured.merged ? .merged : .created
        let id = ID<Entry>(UUIDv7.next(at: scope.now))
        try await insert(arrived, id, outcome, reason: nil, lead: captured.id)
        try await count(arrived.channel, received: 1, outcome)
        return captured
    }

    /// Journals an arrival that becomes no lead: spam, or something nobody can use.
    package func setAside(_ arrived: Arrived, as outcome: Outcome, reason: String) async throws {
        let id = ID<Entry>(UUIDv7.next(at: scope.now))
        try await insert(arrived, id, outcome, reason: reason, lead: nil)
        try await count(arrived.channel, received: 1, outcome)
    }

    /// Gives a waiting (or set-aside) entry its outcome.
    package func settle(
        _ entry: Entry, as outcome: Outcome, reason: String? = nil, lead: ID<Lead>? = nil
    ) async throws {
        try await scope.tx.execute(
            """
            UPDATE inbox SET outcome = \(outcome), reason = \(reason), lead_id = \(lead),
                settled_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND id = \(entry.id)
            """)
        try await count(entry.channel, outcome)
        if entry.outcome != .waiting { try await uncount(entry.channel, entry.outcome) }
    }

    private func insert(
        _ arrived: Arrived, _ id: ID<Entry>, _ outcome: Outcome, reason: String?, lead: ID<Lead>?
    ) async throws {
        let settled = outcome == .waiting ? nil : scope.now
        try await scope.tx.execute(
            """
            INSERT INTO inbox (tenant_id, id, received_at, channel, source, form_id, import_id,
                row_number, payload, remote, outcome, reason, lead_id, settled_at)
            VALUES (\(scope.tenant), \(id), \(scope.now), \(arrived.channel), \(arrived.source),
                \(arrived.form), \(arrived.importRun), \(arrived.row), \(arrived.payload),
                \(arrived.remote), \(outcome), \(reason), \(lead), \(settled))
            """)
    }

    private func count(
        _ channel: Arrived.Channel, received: Int = 0, _ outcome: Outcome? = nil
    ) async throws {
        try await add(channel, received: received, outcome.map { [$0: 1] } ?? [:])
    }

    private func uncount(_ channel: Arrived.Channel, _ outcome: Outcome) async throws {
        try await add(channel, received: 0, [outcome: -1])
    }

    /// Moves the ledger's counters: of one entry, or of a chunk of an import.
    package func add(
        _ channel: Arrived.Channel, received: Int, _ outcomes: [Outcome: Int]
    ) async throws {
        try await scope.tx.execute(
            """
            INSERT INTO inbox_ledger AS k (tenant_id, channel, received, created, merged,
                quarantined, refused)
            VALUES (\(scope.tenant), \(channel), \(received), \(outcomes[.created] ?? 0),
                \(outcomes[.merged] ?? 0), \(outcomes[.quarantined] ?? 0),
                \(outcomes[.refused] ?? 0))
            ON CONFLICT (tenant_id, channel) DO UPDATE SET
                received = k.received + excluded.received, created = k.created + excluded.created,
                merged = k.merged + excluded.merged,
                quarantined = k.quarantined + excluded.quarantined,
                refused = k.refused + excluded.refused
            """)
    }
}

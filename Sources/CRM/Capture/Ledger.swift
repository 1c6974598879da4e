import Storage
import Tenancy

/// One arrival in the journal.
package struct Entry: Sendable, RowDecodable {
    package let id: ID<Entry>
    package let receivedAt: Instant
    package let channel: Arrived.Channel
    package let source: String
    package let form: ID<Form>?
    package var payload: String?
    package let outcome: Outcome
    package let reason: String?
    package let lead: ID<Lead>?

    static let columns: SQL = """
        i.id, i.received_at, i.channel, i.source, i.form_id, i.payload, i.outcome, i.reason, i.lead_id
        """

    package init(row: inout Row) throws {
        id = try row.next()
        receivedAt = try row.next()
        channel = try row.next()
        source = try row.next()
        form = try row.next()
        payload = try row.next()
        outcome = try row.next()
        reason = try row.next()
        lead = try row.next()
    }
}

/// The ledger of a channel: what came in and what became of it.
package struct Ledger: Sendable, Equatable {
    package var received = 0
    package var created = 0
    package var merged = 0
    package var quarantined = 0
    package var refused = 0
    /// Counted from the entries themselves, not from the counters.
    package var waiting = 0

    /// Whether every arrival has exactly one outcome, or waits.
    package var isBalanced: Bool {
        received == created + merged + quarantined + refused + waiting
    }

    static func + (left: Ledger, right: Ledger) -> Ledger {
        Ledger(
            received: left.received + right.received, created: left.created + right.created,
            merged: left.merged + right.merged,
            quarantined: left.quarantined + right.quarantined,
            refused: left.refused + right.refused, waiting: left.waiting + right.waiting)
    }
}

extension Inbox {
    /// The ledger by channel. People who see all leads see it.
    package func ledger() async throws -> [(channel: Arrived.Channel, ledger: Ledger)] {
        try checkMaySee()
        let waiting = Dictionary(
            try await scope.tx.rows(
                """
                SELECT channel, COUNT(*) FROM inbox
                WHERE tenant_id = \(scope.tenant) AND outcome = 'waiting' GROUP BY channel
                """
            ) { row in try (row.next(Arrived.Channel.self), row.next(Int.self)) },
            uniquingKeysWith: +)
        return try await scope.tx.rows(
            """
            SELECT channel, received, created, merged, quarantined, refused FROM inbox_ledger
            WHERE tenant_id = \(scope.tenant) ORDER BY channel
            """
        ) { row in
            let channel: Arrived.Channel = try row.next()
            return (
                channel,
                try Ledger(
                    received: row.next(), created: row.next(), merged: row.next(),
                    quarantined: row.next(), refused: row.next(), waiting: waiting[channel] ?? 0)
            )
        }
    }

    /// The newest entries, of one outcome or of all.
    package func entries(
        _ outcome: Outcome?, before: ID<Entry>? = nil, limit: Int = 50
    ) async throws -> [Entry] {
        try checkMaySee()
        let of: SQL = if let outcome { "AND i.outcome = \(outcome)" } else { "" }
        let older: SQL = if let before { "AND i.id < \(before)" } else { "" }
        return try await scope.tx.all(
            """
            SELECT \(Entry.columns) FROM inbox i
            WHERE i.tenant_id = \(scope.tenant) \(of) \(older)
            ORDER BY i.id DESC LIMIT \(limit)
            """)
    }

    package func find(_ id: ID<Entry>, locking: Bool = false) async throws -> Entry {
        let entry: Entry? = try await scope.tx.first(
            """
            SELECT \(Entry.columns) FROM inbox i
            WHERE i.tenant_id = \(scope.tenant) AND i.id = \(id)
            \(locking ? scope.tx.dialect.locking("i") : "")
            """)
        guard let entry else { throw Problem.notFound("entry") }
        return entry
    }

    /// How many entries ask for a look. Rows of files have a page of their own.
    func countOpen() async throws -> Int {
        try await scope.tx.value(
            """
            SELECT COUNT(*) FROM inbox WHERE tenant_id = \(scope.tenant)
                AND outcome IN ('waiting', 'quarantined', 'refused') AND import_id IS NULL
            """) ?? 0
    }

    private static let recentMax = 1000

    /// When something last came by each channel, as far as that is among the newest entries:
    /// further back it would cost a walk through all of them.
    func lastArrivals() async throws -> [Arrived.Channel: Instant] {
        let rows = try await scope.tx.rows(
            """
            SELECT channel, MAX(received_at)
            FROM (SELECT i.channel, i.received_at FROM inbox i
                WHERE i.tenant_id = \(scope.tenant) ORDER BY i.id DESC
                LIMIT \(Self.recentMax)) AS newest
            GROUP BY channel
            """
        ) { row in (try row.next(Arrived.Channel.self), try row.next(Instant.self)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// The place of an imported entry in its file.
    struct FileRow: Sendable {
        let number: Int
        let file: String
    }

    func fileRows(of ids: [ID<Entry>]) async throws -> [ID<Entry>: FileRow] {
        let rows = try await scope.tx.rows(
            """
            SELECT i.id, i.row_number, m.file_name FROM inbox i
            JOIN imports m ON m.tenant_id = i.tenant_id AND m.id = i.import_id
            WHERE i.tenant_id = \(scope.tenant) AND i.id IN \(SQL.list(ids))
                AND i.row_number IS NOT NULL
            """
        ) { row in
            (
                try row.next(ID<Entry>.self),
                FileRow(number: try row.next(), file: try row.next())
            )
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    func checkMaySee() throws {
        guard Reach(scope.caller).isAll else {
            throw Problem.forbidden("The inbox is for people who see all leads.")
        }
    }
}

import Background
import Storage
import Tenancy

/// Compares all leads of a company with each other: those that were there before anybody looked,
/// and those that were compared by other rules.
package struct ScanDuplicates: Job {
    package static let kind = JobKind("duplicates.scan", urgency: .bulk, atOnce: 1)

    /// At most one waits for a company.
    static let key = "duplicates.scan"

    package init() {}
}

/// Adds a scan for each company.
package struct ScanAllDuplicates: Job {
    package static let kind = JobKind("duplicates.scan-all", urgency: .bulk, atOnce: 1)

    package init() {}
}

/// How far the scan of a company is, and what it found. A scan that was stopped goes on there.
package struct DuplicateScan: Sendable, Equatable, RowDecodable {
    /// It goes through all leads twice.
    enum Round: String, SQLConvertible {
        /// Keeps the keys of each.
        case keys
        /// Compares each with those before it that share one.
        case pairs
    }

    package var place: ID<Lead>?
    package var leads = 0
    package var pairs = 0
    /// Keys that too many leads share to be compared by them.
    package var crowded = 0
    package var beganAt: Instant
    package var endedAt: Instant?
    var round = Round.keys

    static let columns: SQL = "place, leads, pairs, crowded, began_at, ended_at, round"

    init(at moment: Instant) {
        beganAt = moment
    }

    package init(row: inout Row) throws {
        place = try row.next()
        leads = try row.next()
        pairs = try row.next()
        crowded = try row.next()
        beganAt = try row.next()
        endedAt = try row.next()
        round = try row.next()
    }
}

/// The scan of this caller's company, in this transaction.
package struct DuplicateScans: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// The one that runs, or ran last.
    package func last() async throws -> DuplicateScan? {
        try await scope.tx.first(
            """
            SELECT \(DuplicateScan.columns) FROM duplicate_scans
            WHERE tenant_id = \(scope.tenant)
            """)
    }

    /// Adds the job of a scan; one that waits already stays.
    package func add() async throws {
        try await Jobs(scope).add(ScanDuplicates(), key: ScanDuplicates.key)
    }

    /// The leads that come next.
    func next(in scan: DuplicateScan, limit: Int) async throws -> [ID<Lead>] {
        let behind: SQL = if let place = scan.place { "AND id > \(place)" } else { "" }
        return try await scope.tx.column(
            """
            SELECT id FROM leads WHERE tenant_id = \(scope.tenant) \(behind)
            ORDER BY id LIMIT \(limit)
            """)
    }

    /// Keys that tell nothing, because too many leads have them.
    func crowded() async throws -> Int {
        try await scope.tx.value(
            """
            SELECT COUNT(*) FROM (SELECT 1 AS one FROM lead_keys
                WHERE tenant_id = \(scope.tenant)
                GROUP BY key HAVING COUNT(*) > \(DuplicateSearch.blockMax)) AS blocks
            """) ?? 0
    }

    func keep(_ scan: DuplicateScan) async throws {
        try await scope.tx.execute(
            """
            INSERT INTO duplicate_scans (tenant_id, place, leads, pairs, crowded, began_at, ended_at,
                round)
            VALUES (\(scope.tenant), \(scan.place), \(scan.leads), \(scan.pairs),
                \(scan.crowded), \(scan.beganAt), \(scan.endedAt), \(scan.round))
            ON CONFLICT (tenant_id) DO UPDATE SET place = excluded.place, leads = excluded.leads,
                pairs = excluded.pairs, crowded = excluded.crowded,
                began_at = excluded.began_at, ended_at = excluded.ended_at,
                round = excluded.round
            """)
    }
}

/// The handlers of the search for duplicates.
package func duplicateHandlers(_ database: Database) -> [JobHandler] {
    [
        CompareLeads.handler(database),
        JobHandler(ScanDuplicates.self) { _, run in
            let walk = DuplicateWalk(database, as: run.caller) { write in
                try await run.write(isolation: .readCommitted, write)
            }
            while try await walk.step() { try Task.checkCancellation() }
        },
        JobHandler(ScanAllDuplicates.self) { _, run in
            let now = run.now
            for tenant in try await database.read({ try await tenants(in: $0) }) {
                try await database.write(as: .system(tenant), at: now) { scope in
                    try await DuplicateScans(scope).add()
                }
            }
        },
    ]
}

private func tenants(in tx: any Transaction) async throws -> [ID<Tenant>] {
    // tenant: every company is scanned.
    try await tx.column("SELECT id FROM tenants ORDER BY id")
}

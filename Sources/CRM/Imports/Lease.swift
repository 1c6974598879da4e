import Foundation
import Storage
import Tenancy

/// The right to work on one import, for a while. Every chunk is written under it: when it was
/// lost, nothing of the chunk is kept, so no row is taken twice, whatever two processes do.
package struct Lease: Sendable, Equatable {
    package let token: UUID
    package let until: Instant

    /// Long enough for a busy machine's pause between two heartbeats; short enough that an
    /// import goes on soon after its process was killed.
    static let seconds = 6
    static let heartbeat = Duration.seconds(2)

    package init(at now: Instant) {
        token = UUIDv7.next(at: now)
        until = now.adding(seconds: Self.seconds)
    }

    /// Somebody else has it now, or a person has stopped or restarted the import.
    struct Lost: Error {}
}

extension Import {
    private static let takeable: SQL = """
        state IN ('checking', 'waiting', 'running')
        """

    /// Takes the oldest import that nobody works on; nil when there is none.
    ///
    /// - Parameter id: Only this one.
    static func take(
        _ id: ID<Import>? = nil, with lease: Lease, at now: Instant, in database: Database
    ) async throws -> Import? {
        let only: SQL = if let id { "AND id = \(id)" } else { "" }
        let free: SQL = """
            SELECT tenant_id, id FROM imports
            WHERE \(takeable) AND COALESCE(lease_until, 0) < \(now) \(only)
            ORDER BY created_at, id LIMIT 1
            """
        // A look costs little; a write takes a turn at the writer and a sync of the disk.
        let isThereOne = try await database.read { tx in
            try await !tx.rows(free) { row in try row.next(ID<Tenant>.self) }.isEmpty
        }
        guard isThereOne else { return nil }
        return try await database.write { tx in
            try await tx.first(
                """
                UPDATE imports SET lease_token = \(lease.token), lease_until = \(lease.until),
                    state = CASE state WHEN 'waiting' THEN 'running' ELSE state END
                WHERE (tenant_id, id) IN (\(free))
                RETURNING \(Import.columns)
                """)
        }
    }

    /// When the next lease of another worker ends; nil when no import is being worked on.
    static func nextLeaseEnd(in database: Database) async throws -> Instant? {
        try await database.read { tx in
            // tenant: every tenant's imports are worked on by the same workers.
            try await tx.value(
                """
                SELECT MIN(lease_until) FROM imports WHERE \(takeable)
                """)
        }
    }
}

extension Imports {
    /// Keeps the lease for longer.
    ///
    /// - Throws: `Lease.Lost`
    func renew(_ lease: Lease, on id: ID<Import>, until: Instant) async throws {
        let kept = try await scope.tx.execute(
            """
            UPDATE imports SET lease_until = \(until)
            WHERE tenant_id = \(scope.tenant) AND id = \(id) AND lease_token = \(lease.token)
            """)
        guard kept == 1 else { throw Lease.Lost() }
    }

    /// Gives the lease back, so that another worker can go on at once.
    func release(_ lease: Lease, on id: ID<Import>) async throws {
        try await scope.tx.execute(
            """
            UPDATE imports SET lease_token = NULL, lease_until = NULL
            WHERE tenant_id = \(scope.tenant) AND id = \(id) AND lease_token = \(lease.token)
            """)
    }

    /// The import as it stands, if the lease still holds.
    ///
    /// Without a lock, which would hold up the lease's own heartbeat for as long as a chunk
    /// takes: whether it still holds is asked again by `advance`, at the end.
    func held(_ id: ID<Import>, by lease: Lease) async throws -> Import {
        let run: Import? = try await scope.tx.first(
            """
            SELECT \(Import.columns) FROM imports
            WHERE tenant_id = \(scope.tenant) AND id = \(id) AND lease_token = \(lease.token)
            """)
        guard let run else { throw Lease.Lost() }
        return run
    }

    /// Writes how far the import is, and its end when `run` is over, under the lease.
    func advance(_ run: Import, under lease: Lease) async throws {
        let until = run.state.isBusy ? Instant.now.adding(seconds: Lease.seconds) : nil
        let token = run.state.isBusy ? lease.token : nil
        let kept = try await scope.tx.execute(
            """
            UPDATE imports SET state = \(run.state), rows_total = \(run.counts.total),
                rows_done = \(run.counts.done), created = \(run.counts.created),
                merged = \(run.counts.merged), rejected = \(run.counts.rejected),
                last_row = \(run.lastRow), problem = \(run.problem),
                finished_at = \(run.finishedAt), lease_token = \(token), lease_until = \(until)
            WHERE tenant_id = \(scope.tenant) AND id = \(run.id) AND lease_token = \(lease.token)
            """)
        guard kept == 1 else { throw Lease.Lost() }
    }
}

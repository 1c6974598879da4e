import Foundation
import Storage
import Tenancy

/// The jobs of this caller's tenant, in this transaction.
package struct Jobs: Sendable {
    package let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// What becomes of an earlier job with the same key that has not begun.
    package enum Rival: Sendable {
        /// It stays, and nothing is added.
        case stays
        /// It is run at the new time with the new payload: how a timer is moved.
        case makesWay
    }

    /// Adds a job to this transaction: it is run if this commits, and only then.
    ///
    /// - Parameters:
    ///   - moment: Not before; now unless said.
    ///   - key: At most one job of the tenant with this key waits to be run.
    ///   - priority: Lower goes first among the waiting jobs of its kind.
    package func add<Some: Job>(
        _ job: Some, id: ID<StoredJob>? = nil, at moment: Instant? = nil, key: String? = nil,
        rival: Rival = .stays, priority: Int = 0
    ) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let payload = String(decoding: try encoder.encode(job), as: UTF8.self)
        let id = id ?? ID(UUIDv7.next(at: scope.now))
        let runAt = moment ?? scope.now
        // By the database's clock, which is everybody's, it may still be a moment early: then
        // it waits for that moment.
        let state: StoredJob.State = moment == nil ? .waiting : .scheduled
        let rivalry: SQL =
            switch rival {
            case .stays: "DO NOTHING"
            case .makesWay:
                """
                DO UPDATE SET run_at = excluded.run_at, payload = excluded.payload,
                    state = excluded.state, changed_at = excluded.changed_at
                """
            }
        try await scope.tx.execute(
            """
            INSERT INTO jobs (tenant_id, id, kind, payload, priority, state, run_at, unique_key,
                created_at, changed_at)
            VALUES (\(scope.tenant), \(id), \(Some.kind.name), \(payload), \(priority),
                \(state), \(runAt), \(key), \(scope.now), \(scope.now))
            ON CONFLICT (tenant_id, unique_key)
                WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'waiting')
            \(rivalry)
            """)
    }

    /// Takes back a job that has not begun.
    package func remove(key: String) async throws {
        try await scope.tx.execute(
            """
            DELETE FROM jobs WHERE tenant_id = \(scope.tenant) AND unique_key = \(key)
                AND state IN ('scheduled', 'waiting')
            """)
    }

    /// Takes back a job, also one that runs: nothing is kept of what it has not committed.
    package func remove(_ id: ID<StoredJob>) async throws {
        try await scope.tx.execute(
            "DELETE FROM jobs WHERE tenant_id = \(scope.tenant) AND id = \(id)")
    }

    /// - Throws: `Problem.notFound`
    package func find(_ id: ID<StoredJob>) async throws -> StoredJob {
        try scope.caller.must(.operationsManage)
        let job: StoredJob? = try await scope.tx.first(
            """
            SELECT \(StoredJob.columns) FROM jobs j
            WHERE j.tenant_id = \(scope.tenant) AND j.id = \(id)
            """)
        guard let job else { throw Problem.notFound("job") }
        return job
    }

    /// Runs a dead or cancelled job again, as if it had never failed; one that is scheduled,
    /// at once.
    package func retry(_ id: ID<StoredJob>) async throws -> StoredJob {
        let job = try await find(id)
        guard job.state != .running, job.state != .waiting else {
            throw Problem.conflict("This job is \(job.state.rawValue) already.")
        }
        do {
            try await scope.tx.execute(
                """
                UPDATE jobs SET state = 'waiting', run_at = \(scope.now), failures = 0,
                    changed_at = \(scope.now)
                WHERE tenant_id = \(scope.tenant) AND id = \(id)
                """)
        } catch StorageError.unique {
            throw Problem.conflict("A newer job has taken its place. Cancel this one.")
        }
        try await scope.record(
            Event("job.retried", id.uuid) { $0.member("kind", job.kind) })
        return try await find(id)
    }

    /// Gives up a job that does not run.
    package func cancel(_ id: ID<StoredJob>) async throws -> StoredJob {
        let job = try await find(id)
        guard job.state != .running, job.state != .cancelled else {
            throw Problem.conflict("This job is \(job.state.rawValue).")
        }
        try await scope.tx.execute(
            """
            UPDATE jobs SET state = 'cancelled', changed_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
        try await scope.record(
            Event("job.cancelled", id.uuid) { $0.member("kind", job.kind) })
        return try await find(id)
    }
}

extension Jobs {
    private static let batches = [250, 25, 5, 1]

    /// Adds many jobs of a kind to this transaction with few statements. One whose key waits
    /// already is not added.
    package func addAll<Some: Job>(_ jobs: [(job: Some, key: String)]) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let rows = try jobs.map { job, key -> [SQLValue] in
            let payload = String(decoding: try encoder.encode(job), as: UTF8.self)
            return [
                .uuid(scope.tenant.uuid), .uuid(UUIDv7.next(at: scope.now)), .text(Some.kind.name),
                .text(payload), .integer(0), StoredJob.State.waiting.sqlValue, scope.now.sqlValue,
                .text(key), scope.now.sqlValue, scope.now.sqlValue,
            ]
        }
        var rest = rows[...]
        for size in Self.batches {
            while rest.count >= size {
                try await scope.tx.execute(
                    """
                    INSERT INTO jobs (tenant_id, id, kind, payload, priority, state, run_at,
                        unique_key, created_at, changed_at)
                    \(SQL.rows(Array(rest.prefix(size))))
                    ON CONFLICT (tenant_id, unique_key)
                        WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'waiting')
                    DO NOTHING
                    """)
                rest = rest.dropFirst(size)
            }
        }
    }

    /// Lets jobs of a kind that were put off be run now: what they waited for has come.
    package func hasten<Some: Job>(_ type: Some.Type) async throws {
        try await scope.tx.execute(
            """
            UPDATE jobs SET state = 'waiting', run_at = \(scope.now), changed_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND kind = \(Some.kind.name) AND state = 'scheduled'
            """)
    }
}

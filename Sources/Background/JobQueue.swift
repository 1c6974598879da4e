import Foundation
import Storage
import Tenancy

/// The steps of whoever runs jobs, of all tenants, in one transaction.
///
/// Leases and due times go by the database's clock, which is the same for all processes: a
/// machine whose own clock is wrong takes nothing too early and steals nothing.
package struct JobQueue: Sendable {
    let tx: any Transaction
    /// The moment of this transaction: the database's, or a test's.
    let now: SQL

    package init(_ tx: any Transaction, at moment: Instant? = nil) {
        self.tx = tx
        now = moment.map { "CAST(\($0) AS bigint)" } ?? tx.dialect.clock
    }

    /// Lets each step find its jobs by index, in this transaction.
    ///
    /// The queue is empty at most times and full at some, and PostgreSQL keeps a plan that it
    /// made at one of them for the other: without this, all that waits is read and sorted for
    /// each look, until statistics are taken (docs/decisions/0013).
    func goByIndex() async throws {
        if let setting = tx.dialect.byIndexAlone { try await tx.each(setting) { _ in } }
    }

    /// Kind and tenant of jobs that wait.
    package struct Line: Sendable, Hashable, RowDecodable {
        package let kind: String
        package let tenant: ID<Tenant>

        package init(kind: String, tenant: ID<Tenant>) {
            self.kind = kind
            self.tenant = tenant
        }

        package init(row: inout Row) throws {
            kind = try row.next()
            tenant = try row.next()
        }
    }

    /// The lines behind `last`, in a fixed order, each found by looks into the index however many
    /// jobs stand in it.
    package func lines(after last: Line?, limit: Int) async throws -> [Line] {
        let kind: SQL = if let last { "CAST(\(last.kind) AS text)" } else { "CAST('' AS text)" }
        let tenant: SQL = if let last { "\(last.tenant)" } else { "NULL" }
        // tenant: every tenant's jobs are run by the same workers.
        return try await tx.all(
            """
            WITH RECURSIVE lines (kind, tenant_id, number) AS (
                \(Self.line(behind: kind, tenant, number: "1", from: ""))
                UNION ALL
                \(Self.line(
                    behind: "l.kind", "l.tenant_id", number: "l.number + 1",
                    from: "FROM lines l WHERE l.kind IS NOT NULL AND l.number < \(limit)")))
            SELECT kind, tenant_id FROM lines WHERE kind IS NOT NULL ORDER BY number
            """)
    }

    /// Selects the next tenant of a kind, else the next kind with its first tenant.
    ///
    /// Not by `(kind, tenant_id) > (…)`: SQLite begins at what is equal, and reads all of a line.
    private static func line(
        behind kind: SQL, _ tenant: SQL, number: SQL, from source: SQL
    ) -> SQL {
        // tenant: see `lines`.
        let same: SQL = """
            (SELECT j.tenant_id FROM jobs j WHERE j.state = 'waiting' AND j.kind = \(kind)
                AND j.tenant_id > \(tenant) ORDER BY j.tenant_id LIMIT 1)
            """
        // tenant: see `lines`.
        let behind: SQL = """
            (SELECT j.kind FROM jobs j WHERE j.state = 'waiting' AND j.kind > \(kind)
                ORDER BY j.kind LIMIT 1)
            """
        // tenant: see `lines`.
        return """
            SELECT CASE WHEN \(same) IS NULL THEN \(behind) ELSE \(kind) END,
                COALESCE(\(same), (SELECT j.tenant_id FROM jobs j WHERE j.state = 'waiting'
                    AND j.kind = \(behind) ORDER BY j.tenant_id LIMIT 1)),
                \(number) \(source)
            """
    }

    /// Takes the next jobs of a line for a worker.
    package func take(
        _ line: Line, limit: Int, for worker: ID<Worker>, leaseSeconds: Int
    ) async throws -> [StoredJob] {
        try await tx.all(
            """
            WITH next (its_tenant, its_id) AS MATERIALIZED (
                SELECT tenant_id, id FROM jobs
                WHERE state = 'waiting' AND kind = \(line.kind) AND tenant_id = \(line.tenant)
                ORDER BY priority, run_at, id LIMIT \(limit) \(tx.dialect.skipLocked))
            UPDATE jobs SET \(taken(by: worker, leaseSeconds))
            FROM next WHERE tenant_id = its_tenant AND id = its_id
            RETURNING \(StoredJob.columns)
            """)
    }

    /// Takes this one job for a worker, if it may be run now and nobody runs it.
    package func take(
        _ id: ID<StoredJob>, of tenant: ID<Tenant>, for worker: ID<Worker>, leaseSeconds: Int
    ) async throws -> StoredJob? {
        try await tx.first(
            """
            UPDATE jobs SET \(taken(by: worker, leaseSeconds))
            WHERE tenant_id = \(tenant) AND id = \(id) AND \(isFree)
            RETURNING \(StoredJob.columns)
            """)
    }

    package func canTake(_ id: ID<StoredJob>, of tenant: ID<Tenant>) async throws -> Bool {
        let free: Int? = try await tx.value(
            "SELECT 1 FROM jobs WHERE tenant_id = \(tenant) AND id = \(id) AND \(isFree)")
        return free != nil
    }

    /// Lets wait what is due, the longest due first; returns how many.
    package func promote(limit: Int) async throws -> Int {
        // tenant: every tenant's timers are run by the same workers.
        try await tx.execute(
            """
            WITH due (its_tenant, its_id) AS MATERIALIZED (
                SELECT tenant_id, id FROM jobs WHERE state = 'scheduled' AND run_at <= \(now)
                ORDER BY run_at LIMIT \(limit) \(tx.dialect.skipLocked))
            UPDATE jobs SET state = 'waiting' FROM due
            WHERE tenant_id = its_tenant AND id = its_id
            """)
    }

    /// Microseconds until the next scheduled job is due; nil when there is none.
    package func untilNext() async throws -> Int64? {
        // tenant: every tenant's timers are run by the same workers.
        try await tx.value(
            """
            SELECT run_at - \(now) FROM jobs WHERE state = 'scheduled' ORDER BY run_at LIMIT 1
            """)
    }

    /// Holds a running job until this transaction ends.
    ///
    /// - Throws: `LeaseLost` when it was taken over or cancelled.
    package func hold(_ job: StoredJob) async throws {
        let held: Int? = try await tx.value(
            """
            SELECT 1 FROM jobs WHERE tenant_id = \(job.tenant) AND \(fence(job))
            \(tx.dialect.locking("jobs"))
            """)
        if held == nil { throw LeaseLost() }
    }

    /// Keeps the leases of what a worker runs for longer; returns the jobs that it still has.
    ///
    /// Only of what runs: a job whose end could not be written must not be held for ever.
    package func renew(
        _ jobs: Set<ID<StoredJob>>, of worker: ID<Worker>, leaseSeconds: Int
    ) async throws -> Set<ID<StoredJob>> {
        // tenant: a worker runs the jobs of every tenant.
        let kept = try await tx.rows(
            """
            UPDATE jobs SET lease_until = \(now) + \(leaseSeconds * 1_000_000)
            WHERE state = 'running' AND worker_id = \(worker) AND id IN \(SQL.list(Array(jobs)))
            RETURNING id
            """
        ) { row in try row.next(ID<StoredJob>.self) }
        return Set(kept)
    }

    /// Takes done jobs away; those that somebody else has by now stay.
    package func finish(_ jobs: [StoredJob]) async throws {
        try await tx.executeAll(
            jobs.map { "DELETE FROM jobs WHERE tenant_id = \($0.tenant) AND \(fence($0))" })
    }

    /// Puts a job that failed, or is not to be run yet, back for later.
    ///
    /// One with the same key that was added since takes its place.
    package func putBack(
        _ job: StoredJob, afterMicroseconds pause: Int64, failures: Int, error: String?
    ) async throws {
        try await tx.execute(
            """
            UPDATE jobs SET state = CASE WHEN \(isReplaced) THEN 'cancelled' ELSE 'scheduled' END,
                run_at = \(now) + \(pause), failures = \(failures), error = \(error),
                worker_id = NULL, lease_until = NULL, changed_at = \(now)
            WHERE tenant_id = \(job.tenant) AND \(fence(job))
            """)
    }

    /// Leaves a job to a person.
    package func bury(_ job: StoredJob, failures: Int, error: String) async throws {
        try await tx.execute(
            """
            UPDATE jobs SET state = 'dead', failures = \(failures), error = \(error),
                worker_id = NULL, lease_until = NULL, changed_at = \(now)
            WHERE tenant_id = \(job.tenant) AND \(fence(job))
            """)
    }

    /// Gives back what a worker has and does not go on with: it may be taken at once.
    package func release(_ worker: ID<Worker>) async throws {
        // tenant: a worker runs the jobs of every tenant.
        try await letGo("worker_id = \(worker)")
    }

    /// Gives back what workers that have gone held.
    package func sweep() async throws -> Int {
        // tenant: any tenant's jobs.
        try await letGo("lease_until < \(now)")
    }

    /// Of several with one key, the newest stays.
    @discardableResult
    private func letGo(_ condition: SQL) async throws -> Int {
        // tenant: see the callers.
        try await tx.execute(
            """
            UPDATE jobs SET state = CASE
                    WHEN \(isReplaced) OR EXISTS (SELECT 1 FROM jobs r
                        WHERE r.tenant_id = jobs.tenant_id AND r.unique_key = jobs.unique_key
                            AND r.id > jobs.id AND r.state = 'running' AND \(condition))
                    THEN 'cancelled' ELSE 'waiting' END,
                worker_id = NULL, lease_until = NULL, changed_at = \(now)
            WHERE state = 'running' AND \(condition)
            """)
    }

    /// Deletes what has been dead or cancelled for long; returns how many.
    package func prune(olderThanDays days: Int, limit: Int) async throws -> Int {
        // tenant: every tenant's jobs.
        try await tx.execute(
            """
            DELETE FROM jobs WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM jobs
                WHERE state IN ('dead', 'cancelled')
                    AND changed_at < \(now) - \(Int64(days) * 86_400_000_000) LIMIT \(limit))
            """)
    }

    package func forgetCounts(olderThanDays days: Int) async throws {
        // tenant: every tenant's figures.
        try await tx.execute(
            """
            DELETE FROM job_counts WHERE hour_at < \(now) - \(Int64(days) * 86_400_000_000)
            """)
    }

    /// Adds to what was done in this hour.
    package func count(_ counts: [Line: JobCounts]) async throws {
        let hour: Int64 = 3_600_000_000
        for (line, count) in counts.sorted(by: { $0.key < $1.key }) {
            try await tx.execute(
                """
                INSERT INTO job_counts AS c (tenant_id, kind, hour_at, done, failed,
                    run_microseconds)
                VALUES (\(line.tenant), \(line.kind), \(now) - \(now) % \(hour), \(count.done),
                    \(count.failed), \(count.runMicroseconds))
                ON CONFLICT (tenant_id, kind, hour_at) DO UPDATE SET done = c.done + excluded.done,
                    failed = c.failed + excluded.failed,
                    run_microseconds = c.run_microseconds + excluded.run_microseconds
                """)
        }
    }

    private func taken(by worker: ID<Worker>, _ leaseSeconds: Int) -> SQL {
        """
        state = 'running', worker_id = \(worker),
            lease_until = \(now) + \(leaseSeconds * 1_000_000), claims = claims + 1,
            changed_at = \(now)
        """
    }

    /// It waits, it is due, or its worker has gone.
    private var isFree: SQL {
        """
        (state = 'waiting' OR (state = 'scheduled' AND run_at <= \(now))
            OR (state = 'running' AND lease_until < \(now)))
        """
    }

    /// Nobody has a job that does not run. That it must run is not said once more: it would let
    /// PostgreSQL look through all that runs, and has run, instead of for the job's key.
    private func fence(_ job: StoredJob) -> SQL {
        "id = \(job.id) AND worker_id = \(job.worker) AND claims = \(job.claims)"
    }

    private var isReplaced: SQL {
        """
        EXISTS (SELECT 1 FROM jobs r WHERE r.tenant_id = jobs.tenant_id
            AND r.unique_key = jobs.unique_key AND r.state IN ('scheduled', 'waiting'))
        """
    }
}

extension Database {
    /// A look at the queue, in a transaction of its own.
    func lookAtQueue<Value: Sendable>(
        _ body: @Sendable (JobQueue) async throws -> Value
    ) async throws -> Value {
        try await read { tx in
            let queue = JobQueue(tx)
            try await queue.goByIndex()
            return try await body(queue)
        }
    }

    /// Steps of the queue, in a transaction of their own.
    package func queue<Value: Sendable>(
        _ body: @escaping @Sendable (JobQueue) async throws -> Value
    ) async throws -> Value {
        try await write(isolation: .readCommitted) { tx in
            let queue = JobQueue(tx)
            try await queue.goByIndex()
            return try await body(queue)
        }
    }
}

/// What was done of a kind.
package struct JobCounts: Sendable, Equatable {
    package var done: Int64 = 0
    package var failed: Int64 = 0
    package var runMicroseconds: Int64 = 0

    package init() {}
}

extension JobQueue.Line: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.kind, left.tenant) < (right.kind, right.tenant)
    }
}

import Storage
import Tenancy

/// How many jobs of a kind there are, of all tenants together.
package struct JobFigures: Sendable, Equatable {
    /// Counted up to `JobQueue.countedMax`.
    package var waiting = 0
    package var running = 0
    package var dead = 0
    /// How long the longest waiting one might have run already.
    package var oldestMicroseconds: Int64 = 0

    package init() {}
}

extension JobQueue {
    /// Jobs of a kind and state that are counted.
    package static let countedMax = 10_000
    /// Tenants and priorities of a kind among which the longest waiting job is looked for.
    private static let headsMax = 1000

    /// The kinds of which jobs wait, run or are dead. However many there are, it reads a part of
    /// an index, so it may be asked every few seconds.
    package func figures() async throws -> [String: JobFigures] {
        var figures: [String: JobFigures] = [:]
        for kind in try await kinds("state = 'waiting'") {
            figures[kind, default: .init()].waiting = try await count(kind, "state = 'waiting'")
            figures[kind, default: .init()].oldestMicroseconds = try await oldest(kind)
        }
        for kind in try await kinds("state = 'dead'") {
            figures[kind, default: .init()].dead = try await count(kind, "state = 'dead'")
        }
        // tenant: of every tenant. There are no more than all processes run at once.
        try await tx.each(
            """
            SELECT kind, COUNT(*) FROM (SELECT kind FROM jobs WHERE state = 'running'
                LIMIT \(Self.countedMax)) AS counted
            GROUP BY kind
            """
        ) { row in
            let kind: String = try row.next()
            figures[kind, default: .init()].running = try row.next()
        }
        return figures
    }

    /// One look into the index for each.
    private func kinds(_ condition: SQL) async throws -> [String] {
        // tenant: of every tenant.
        try await tx.column(
            """
            WITH RECURSIVE kinds (kind) AS (
                SELECT * FROM (SELECT kind FROM jobs WHERE \(condition)
                    ORDER BY kind LIMIT 1) AS first
                UNION ALL
                SELECT (SELECT j.kind FROM jobs j WHERE \(condition) AND j.kind > k.kind
                    ORDER BY j.kind LIMIT 1)
                FROM kinds k WHERE k.kind IS NOT NULL)
            SELECT kind FROM kinds WHERE kind IS NOT NULL
            """)
    }

    /// In the order of the index: PostgreSQL would else read the table from its beginning.
    private func count(_ kind: String, _ condition: SQL) async throws -> Int {
        // tenant: of every tenant.
        try await tx.value(
            """
            SELECT COUNT(*) FROM (SELECT 1 FROM jobs WHERE \(condition) AND kind = \(kind)
                ORDER BY tenant_id LIMIT \(Self.countedMax)) AS counted
            """) ?? 0
    }

    /// The first of each tenant and priority is found by one look into the index; the first of
    /// these is the first of all. A bare `h.priority` SQLite would not look up, for its affinity.
    private func oldest(_ kind: String) async throws -> Int64 {
        let head: @Sendable (SQL) -> SQL = { column in
            // tenant: of every tenant.
            """
            COALESCE(
                (SELECT \(column) FROM jobs j WHERE j.state = 'waiting' AND j.kind = \(kind)
                    AND j.tenant_id = h.tenant_id AND j.priority > +h.priority
                    ORDER BY j.priority, j.run_at LIMIT 1),
                (SELECT \(column) FROM jobs j WHERE j.state = 'waiting' AND j.kind = \(kind)
                    AND j.tenant_id > h.tenant_id
                    ORDER BY j.tenant_id, j.priority, j.run_at LIMIT 1))
            """
        }
        // tenant: of every tenant.
        return try await tx.value(
            """
            WITH RECURSIVE heads (tenant_id, priority, run_at, number) AS (
                SELECT * FROM (SELECT tenant_id, priority, run_at, 1 FROM jobs
                    WHERE state = 'waiting' AND kind = \(kind)
                    ORDER BY tenant_id, priority, run_at LIMIT 1) AS first
                UNION ALL
                SELECT \(head("j.tenant_id")), \(head("j.priority")), \(head("j.run_at")),
                    h.number + 1
                FROM heads h WHERE h.tenant_id IS NOT NULL AND h.number < \(Self.headsMax))
            SELECT \(now) - MIN(run_at) FROM heads
            """) ?? 0
    }
}

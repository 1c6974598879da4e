import Foundation
import Logging
import PostgresDriver
import Storage
import Web

/// What is measured on PostgreSQL, against pgbench on the same server.
struct PostgresCourse: Sendable {
    let server: PrivatePostgres
    let directory: URL
    let seconds: Int

    static let names = [
        "driver", "create-postgres", "jobs-postgres", "job-start-postgres", "timers-postgres",
    ]

    var measures: [(name: String, run: @Sendable () async throws -> Finding)] {
        [
            ("driver", driver), ("create-postgres", create),
            ("jobs-postgres", { try await jobs { try await $0.throughput() } }),
            ("job-start-postgres", { try await jobs { try await $0.latency() } }),
            ("timers-postgres", { try await jobs { try await $0.alarm() } }),
        ]
    }

    private static let connections = 8
    private static let rows = 100_000

    /// What a read of the driver sends, as pgbench sends it: all at once.
    private static let script = """
        \\set n random(1, \(rows))
        \\startpipeline
        BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
        SELECT set_config('iperform.tenant', '', true), set_config('iperform.everyone', 'on', true);
        SELECT id, text FROM bench_rows WHERE id = :n;
        COMMIT;
        \\endpipeline
        """

    private static let statement = """
        \\set n random(1, \(rows))
        SELECT id, text FROM bench_rows WHERE id = :n;
        """

    /// Reads by key: a transaction with its extent each, against the statement alone and against
    /// all that the driver sends.
    func driver() async throws -> Finding {
        let table = Migration(
            name: "bench",
            sql: """
                CREATE TABLE bench_rows (id BIGINT PRIMARY KEY, text TEXT NOT NULL);
                INSERT INTO bench_rows SELECT n, 'row number ' || n
                    FROM generate_series(1, \(Self.rows)) AS n;
                ANALYZE bench_rows;
                """)
        let engine = try await PostgresEngine(
            PostgresAddress(server.address()), migrations: [table],
            connections: Self.connections, log: quietLog)
        _ = try await reads(engine, seconds: 1)
        var runs: [(ours: Double, alone: Double, all: Double)] = []
        for _ in 0..<3 {
            let alone = try server.pgbench(
                Self.statement, clients: Self.connections, seconds: seconds)
            let ours = try await reads(engine, seconds: seconds)
            let all = try server.pgbench(Self.script, clients: Self.connections, seconds: seconds)
            runs.append((ours, alone, all))
        }
        try await engine.close()
        let middle = runs.sorted { $0.ours / $0.all < $1.ours / $1.all }[1]
        let ratio = middle.ours / middle.all
        return Finding(
            measure: "read by key in a transaction, \(Self.connections) connections",
            figure: figure(ratio), goal: "≥ 0.6 × pgbench with the same four statements",
            isMet: ratio >= 0.6,
            detail: "\(rate(middle.ours)) to \(rate(middle.all)); pgbench with the SELECT alone "
                + "\(rate(middle.alone)), \(figure(middle.ours / middle.alone)) of it")
    }

    /// Reads a second.
    private func reads(_ engine: PostgresEngine, seconds: Int) async throws -> Double {
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let count = try await withThrowingTaskGroup(of: Int.self) { readers in
            for _ in 0..<Self.connections {
                readers.addTask { try await Self.read(engine, until: end) }
            }
            return try await readers.reduce(0, +)
        }
        return Double(count) / start.secondsAgo
    }

    /// Reads one row after the other and returns how many.
    private static func read(
        _ engine: PostgresEngine, until end: ContinuousClock.Instant
    ) async throws -> Int {
        var count = 0
        while ContinuousClock.now < end {
            let key = Int.random(in: 1...rows)
            count += try await engine.read(.installation) { tx in
                try await tx.rows("SELECT id, text FROM bench_rows WHERE id = \(key)") {
                    (try $0.next(Int.self), try $0.next(String.self))
                }.count
            }
        }
        return count
    }
}

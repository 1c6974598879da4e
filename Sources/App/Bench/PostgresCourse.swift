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

    /// Statements of one transaction.
    private static let batch = 100

    private static let statement = """
        \\set n random(1, \(rows))
        SELECT id, text FROM bench_rows WHERE id = :n;
        """

    private static let statements = """
        BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;
        \(Array(repeating: statement, count: batch).joined(separator: "\n"))
        COMMIT;
        """

    /// What a read of one statement sends, as pgbench sends it: all at once.
    private static let read = """
        \\set n random(1, \(rows))
        \\startpipeline
        SELECT set_config('iperform.tenant', '', true), set_config('iperform.everyone', 'on', true);
        SELECT id, text FROM bench_rows WHERE id = :n;
        \\endpipeline
        """

    /// Reads by key: statements one after the other, and a transaction with its extent for each.
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
        _ = try await reads(engine, of: 1, seconds: 1)
        var runs: [(ours: Double, theirs: Double)] = []
        var single: [(ours: Double, theirs: Double)] = []
        for _ in 0..<3 {
            let theirs = try pgbench(Self.statements, times: 1.0 / Double(Self.batch))
            let ours = try await reads(engine, of: Self.batch, seconds: seconds)
            runs.append((ours, theirs * Double(Self.batch)))
            let theirReads = try pgbench(Self.read, times: 1)
            single.append((try await reads(engine, of: 1, seconds: seconds), theirReads))
        }
        try await engine.close()
        let (middle, alone) = (Self.middle(runs), Self.middle(single))
        let ratio = middle.ours / middle.theirs
        return Finding(
            measure: "read by key, \(Self.connections) connections",
            figure: figure(ratio), goal: "≥ 0.6 × pgbench with the same statements",
            isMet: ratio >= 0.6,
            detail:
                "\(rate(middle.ours)) to \(rate(middle.theirs)), \(Self.batch) to a transaction; "
                + "a transaction and its extent for each: \(rate(alone.ours)) to "
                + "\(rate(alone.theirs)), \(figure(alone.ours / alone.theirs))")
    }

    private func pgbench(_ script: String, times: Double) throws -> Double {
        try server.pgbench(
            script, clients: Self.connections, count: Int(Double(seconds * 8_000) * times))
    }

    /// The run with the ratio in the middle.
    private static func middle(
        _ runs: [(ours: Double, theirs: Double)]
    ) -> (ours: Double, theirs: Double) {
        runs.sorted { $0.ours / $0.theirs < $1.ours / $1.theirs }[runs.count / 2]
    }

    /// Reads a second.
    private func reads(
        _ engine: PostgresEngine, of batch: Int, seconds: Int
    ) async throws -> Double {
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let count = try await withThrowingTaskGroup(of: Int.self) { readers in
            for _ in 0..<Self.connections {
                readers.addTask { try await Self.read(engine, of: batch, until: end) }
            }
            return try await readers.reduce(0, +)
        }
        return Double(count) / start.secondsAgo
    }

    /// Reads one row after the other, some to a transaction, and returns how many.
    private static func read(
        _ engine: PostgresEngine, of batch: Int, until end: ContinuousClock.Instant
    ) async throws -> Int {
        var count = 0
        while ContinuousClock.now < end {
            count += try await engine.read(.installation, from: .primary) { tx in
                var (key, found) = (Int.random(in: 1...rows), 0)
                for _ in 0..<batch {
                    // A prime apart: asking for a random number is a system call.
                    key = (key + 7919) % rows + 1
                    found += try await tx.rows(
                        "SELECT id, text FROM bench_rows WHERE id = \(key)"
                    ) { (try $0.next(Int.self), try $0.next(String.self)) }.count
                }
                return found
            }
        }
        return count
    }
}

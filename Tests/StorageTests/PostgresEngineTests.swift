import DatabaseSupport
import Foundation
import PostgresDriver
import Storage
import Testing

/// Where PostgreSQL is not there, its tests are passed over, which `EngineKind` says.
let hasPostgres = PostgresServer.address != nil

/// What is true of PostgreSQL alone; for the rest see `EngineTests`.
@Suite(.enabled(if: hasPostgres)) struct PostgresEngineTests {
    @Test func `sums and averages are numbers of any width`() async throws {
        let sums: [Int64] = [
            0, 1, -1, 9_999, 10_000, -10_000, 100_000_000, 2_147_483_648, -2_147_483_649,
            123_456_789_012_345, 1_000_000_000_000_000_000, .max, .min,
        ]
        try await Store.with(.postgres) { store in
            for sum in sums {
                let row = try await store.database.read { tx in
                    try await tx.rows(
                        """
                        SELECT SUM(n), SUM(n), AVG(n), AVG(n) / 8
                        FROM (VALUES (CAST(\(sum) AS bigint))) AS numbers (n)
                        """
                    ) {
                        try (
                            $0.next(Int64.self), $0.next(Int.self), $0.next(Double.self),
                            $0.next(Double.self)
                        )
                    }
                }.first
                #expect(row?.0 == sum)
                #expect(row?.1 == Int(sum))
                #expect(row?.2 == Double(sum))
                #expect(abs((row?.3 ?? 0) - Double(sum) / 8) <= abs(Double(sum)) * 1e-15)
            }
        }
    }

    @Test func `what is not a number stays so`() async throws {
        try await Store.with(.postgres) { store in
            for real in [Double.nan, -.nan, .signalingNaN] {
                let there: Double? = try await store.database.read {
                    try await $0.value("SELECT CAST(\(real) AS double precision)")
                }
                #expect(there?.isNaN == true)
            }
        }
    }

    @Test func `a NUL in a text is refused, and the connection stays good`() async throws {
        try await Store.with(.postgres, connections: 1) { store in
            let error = await #expect(throws: StorageError.self) { try await store.add("a\0b") }
            guard case .failed(_, let message) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(message.contains("0x00"))
            try await store.add("ab")
            #expect(try await store.texts() == ["ab"])
        }
    }

    /// A statement that differs from all with other numbers.
    private static func constant(_ number: Int) -> SQL {
        SQL(stringLiteral: "SELECT \(number)")
    }

    private static func failingAttempt(_ tx: any Transaction) async -> Bool {
        do {
            try await tx.attempt { _ = try await tx.execute("SELECT 1 / 0") }
            return false
        } catch {
            return true
        }
    }

    @Test func `more distinct statements than are kept`() async throws {
        try await Store.with(.postgres, connections: 1) { store in
            try await store.database.write { tx in
                for number in 0..<1_200 {
                    let there = try await tx.value(Self.constant(number), as: Int.self)
                    #expect(there == number)
                    // What surrounds an attempt is found again, whatever was dropped.
                    guard number % 99 == 0 else { continue }
                    #expect(await Self.failingAttempt(tx))
                }
                try await tx.execute("INSERT INTO notes (text) VALUES ('kept')")
            }
            #expect(try await store.texts() == ["kept"])
        }
    }

    @Test func `a failure leaves no connection in a failed transaction, however many are kept`()
        async throws
    {
        try await Store.with(.postgres, connections: 1) { store in
            try await store.database.read { tx in
                for number in 0..<480 {
                    _ = try await tx.value(Self.constant(number), as: Int.self)
                }
            }
            // Room for twenty: with one of these the statements kept are one too many.
            for number in 1..<40 {
                await #expect(throws: StorageError.self) {
                    try await store.database.write { tx in
                        try await tx.execute(SQL(stringLiteral: "SELECT \(number) / 0"))
                    }
                }
                let texts = try await store.texts()
                #expect(texts.isEmpty)
                try await store.database.read {
                    _ = try await $0.value(Self.constant(1000 + number), as: Int.self)
                }
            }
        }
    }

    @Test func `a statement that failed and was passed over is not called committed`() async throws
    {
        try await Store.with(.postgres) { store in
            await #expect(throws: StorageError.self) {
                try await store.database.write { tx in
                    try await tx.execute("INSERT INTO notes (text) VALUES ('lost')")
                    _ = try? await tx.execute("SELECT 1 / 0")
                }
            }
            // Also within an attempt that seems to succeed.
            await #expect(throws: StorageError.self) {
                try await store.database.write { tx in
                    try await tx.attempt { _ = try? await tx.execute("SELECT 1 / 0") }
                }
            }
            let texts = try await store.texts()
            #expect(texts.isEmpty)
        }
    }

    @Test func `an extent holds whatever the statement says, and for one transaction`()
        async throws
    {
        try await Store.with(.postgres, connections: 1) { store in
            let (one, other) = (UUIDv7.next(), UUIDv7.next())
            let count: SQL = "SELECT COUNT(*) FROM events"
            try await store.database.write { tx in
                for tenant in [one, other, other] {
                    try await tx.execute(Events.insert("made", for: tenant))
                }
            }
            func seen(_ extent: Extent) async throws -> Int? {
                try await store.database.read(of: extent) { try await $0.value(count) }
            }
            #expect(try await seen(.tenant(one)) == 1)
            #expect(try await seen(.tenant(other)) == 2)
            #expect(try await seen(.installation) == 3)
            #expect(try await seen(.tenant(UUIDv7.next())) == 0)
            await #expect(throws: StorageError.self) {
                try await store.database.write(of: .tenant(one)) {
                    try await $0.execute(Events.insert("foreign", for: other))
                }
            }
            #expect(try await seen(.tenant(other)) == 2)
        }
    }

    @Test(arguments: [
        "postgres://iperform:hush4711@127.0.0.1:1/none", "postgres://iperform:hush4711@[::1/none",
        "postgres://iperform:hush4711@nowhere.invalid/none",
        "postgres://iperform:hush4711%zz@127.0.0.1:1/none",
        "postgres://iperform:a@hush4711:x@127.0.0.1:1/none",
        "host=127.0.0.1 port=x password=hush4711",
        "postgres://127.0.0.1:1/none?password=hush4711&hush4711=1",
    ])
    func `a bad address is told in a sentence, without its password`(_ text: String) async throws {
        let error = await #expect(throws: (any Error).self) { try await Store.postgres(text) }
        let words = "\(String(describing: error))"
        #expect(words.contains(" ") && !words.contains("PostgresFailure"))
        for secret in ["hush", "4711"] { #expect(!words.contains(secret), "\(words)") }
    }
}

/// Rows of the product's feed.
enum Events {
    static func insert(_ name: String, for tenant: UUID = UUIDv7.next()) -> SQL {
        """
        INSERT INTO events (tenant_id, at, name, actor_kind, change_id)
        VALUES (\(tenant), \(1), \(name), 'system', \(UUIDv7.next()))
        """
    }
}

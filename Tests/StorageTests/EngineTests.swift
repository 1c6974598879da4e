import DatabaseSupport
import Foundation
import Storage
import Testing

/// What every engine promises.
@Suite struct EngineTests {
    static let engines = EngineKind.allCases

    @Test(arguments: engines)
    func `every type comes back as it went in`(_ kind: EngineKind) async throws {
        try await Store.with(kind) { store in
            for sample in Sample.all {
                let there = try await store.database.write { tx -> Sample? in
                    try await tx.execute("DELETE FROM kinds")
                    try await tx.execute(
                        """
                        INSERT INTO kinds (integer, real, text, bytes, uuid, flag)
                        VALUES (\(sample.integer), \(sample.real), \(sample.text),
                            \(sample.bytes), \(sample.uuid), \(sample.flag))
                        """)
                    return try await tx.first(
                        "SELECT integer, real, text, bytes, uuid, flag FROM kinds")
                }
                #expect(there == sample)
            }
        }
    }

    @Test(arguments: engines)
    func `infinities and tiny numbers keep what they are`(_ kind: EngineKind) async throws {
        let reals = [.infinity, -.infinity, -0.0, .leastNonzeroMagnitude, 1e308, 0.1 + 0.2]
        try await Store.with(kind) { store in
            for real in reals {
                let there = try await store.database.write { tx -> Double? in
                    try await tx.execute("INSERT INTO kinds (real) VALUES (\(real))")
                    return try await tx.value("DELETE FROM kinds RETURNING real")
                }
                #expect(there?.bitPattern == (real == 0 ? there : real)?.bitPattern)
                #expect(there == real)
            }
        }
    }

    @Test(arguments: engines)
    func `a column that holds something else is an error, not a guess`(
        _ kind: EngineKind
    ) async throws {
        try await Store.with(kind) { store in
            await #expect(throws: StorageError.self) {
                try await store.database.read { tx in
                    try await tx.rows("SELECT NULL") { try $0.next(Int.self) }
                }
            }
            await #expect(throws: StorageError.self) {
                try await store.database.read { tx in
                    try await tx.rows("SELECT 'short'") { try $0.next(UUID.self) }
                }
            }
        }
    }

    @Test(arguments: engines)
    func `constraints are told apart`(_ kind: EngineKind) async throws {
        try await Store.with(kind) { store in
            try await store.add("one")
            let unique = await #expect(throws: StorageError.self) { try await store.add("one") }
            let name = kind == .sqlite ? "notes.text" : "notes_text_key"
            #expect(unique == .unique(name))
            let check = await #expect(throws: StorageError.self) {
                try await store.add("forbidden")
            }
            if case .check = check {} else { Issue.record("\(String(describing: check))") }
            await #expect(throws: StorageError.foreignKey) {
                try await store.database.write {
                    try await $0.execute("INSERT INTO words (note) VALUES (\(99))")
                }
            }
            #expect(try await store.texts() == ["one"])
        }
    }

    /// Whether a note stays; `fails` makes its write fail after the statement.
    private static func isAdded(_ text: String, to store: Store, failing fails: Bool) async -> Bool
    {
        do {
            try await store.database.write { tx in
                try await tx.execute("INSERT INTO notes (text) VALUES (\(text))")
                if fails { throw Refused() }
            }
            return true
        } catch {
            return false
        }
    }

    @Test(arguments: engines)
    func `of many concurrent writes only those that fail are undone`(
        _ kind: EngineKind
    ) async throws {
        try await Store.with(kind, connections: 3) { store in
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        await Self.isAdded(
                            "note \(number)", to: store, failing: number.isMultiple(of: 7))
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            let expected = (0..<200).filter { !$0.isMultiple(of: 7) }
            #expect(outcomes == expected.count)
            let texts = try await store.texts()
            #expect(texts == expected.map { "note \($0)" }.sorted())
        }
    }

    /// Writes, and within it writes in an attempt that succeeds; then fails as a whole.
    private static func refusedAttempt(_ tx: any Transaction) async throws {
        try await tx.attempt {
            try await tx.execute("INSERT INTO notes (text) VALUES ('within')")
            _ = try await tx.attempt {
                try await tx.execute("INSERT INTO notes (text) VALUES ('deeper')")
            }
            throw Refused()
        }
    }

    @Test(arguments: engines)
    func `an attempt that fails undoes only itself`(_ kind: EngineKind) async throws {
        try await Store.with(kind) { store in
            try await store.database.write { tx in
                try await tx.execute("INSERT INTO notes (text) VALUES ('before')")
                await #expect(throws: Refused.self) { try await Self.refusedAttempt(tx) }
                // Also one whose statement fails, and one within it that does not.
                await #expect(throws: StorageError.self) {
                    try await tx.attempt {
                        try await tx.execute("INSERT INTO notes (text) VALUES ('again')")
                        try await tx.execute("INSERT INTO notes (text) VALUES ('before')")
                    }
                }
                try await tx.execute("INSERT INTO notes (text) VALUES ('after')")
            }
            #expect(try await store.texts() == ["after", "before"])
        }
    }

    @Test(arguments: engines)
    func `a read sees one moment, whatever is written meanwhile`(_ kind: EngineKind) async throws {
        try await Store.with(kind) { store in
            try await store.add("first")
            try await store.database.read { tx in
                let before: Int? = try await tx.value("SELECT COUNT(*) FROM notes")
                try await store.add("second")
                let after: Int? = try await tx.value("SELECT COUNT(*) FROM notes")
                #expect((before, after) == (1, 1))
            }
            #expect(try await store.texts() == ["first", "second"])
        }
    }

    @Test(arguments: engines)
    func `a read cannot write`(_ kind: EngineKind) async throws {
        try await Store.with(kind) { store in
            await #expect(throws: StorageError.self) {
                try await store.database.read {
                    try await $0.execute("INSERT INTO notes (text) VALUES ('sneaked in')")
                }
            }
            let texts = try await store.texts()
            #expect(texts.isEmpty)
        }
    }

    @Test(arguments: engines)
    func `rows come in their order, however many`(_ kind: EngineKind) async throws {
        try await Store.with(kind) { store in
            try await store.database.write { tx in
                for first in stride(from: 0, to: 10_000, by: 1_000) {
                    let rows = (first..<first + 1_000).map { [SQLValue.integer(Int64($0))] }
                    try await tx.execute("INSERT INTO kinds (integer)" + .rows(rows))
                }
            }
            let numbers: [Int] = try await store.database.read {
                try await $0.column("SELECT integer FROM kinds ORDER BY integer DESC")
            }
            #expect(numbers == (0..<10_000).reversed())
        }
    }

    @Test(arguments: engines)
    func `a value of five megabytes goes in and out`(_ kind: EngineKind) async throws {
        let text = String(repeating: "größer 🎈 ", count: 350_000)
        let bytes = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try await Store.with(kind) { store in
            _ = try await store.database.write { tx in
                try await tx.execute("INSERT INTO kinds (text, bytes) VALUES (\(text), \(bytes))")
            }
            let there = try await store.database.read { tx in
                try await tx.rows("SELECT text, bytes FROM kinds") {
                    try ($0.next(String.self), $0.next([UInt8].self))
                }
            }
            #expect(there.first?.0 == text)
            #expect(there.first?.1 == bytes)
        }
    }

    private static func addAndCount(_ text: String, _ store: Store) async throws {
        try await store.add(text)
        let count: Int? = try await store.database.read {
            try await $0.value("SELECT COUNT(*) FROM notes")
        }
        #expect(count ?? 0 > 0)
    }

    /// As the requests of a server do.
    @Test(arguments: engines)
    func `a task that prefers an executor gets its answers`(_ kind: EngineKind) async throws {
        try await Store.with(kind, connections: 2) { store in
            try await concurrently(8) { number in
                try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    for round in 0..<50 { try await Self.addAndCount("\(number) \(round)", store) }
                }
            }
            #expect(try await store.texts().count == 400)
        }
    }

    @Test(arguments: engines)
    func `who waits for commits is woken`(_ kind: EngineKind) async throws {
        try await Store.with(kind) { store in
            let (woken, signal) = AsyncStream.makeStream(of: Void.self)
            store.database.engine.onCommit { signal.yield() }
            try await store.add("news")
            var iterator = woken.makeAsyncIterator()
            #expect(await iterator.next() != nil)
        }
    }
}

/// One value of each kind.
private struct Sample: RowDecodable, Equatable {
    var integer: Int64?
    var real: Double?
    var text: String?
    var bytes: [UInt8]?
    var uuid: UUID?
    var flag: Bool?

    init(
        _ integer: Int64?, _ real: Double?, _ text: String?, _ bytes: [UInt8]?, _ uuid: UUID?,
        _ flag: Bool?
    ) {
        (self.integer, self.real, self.text) = (integer, real, text)
        (self.bytes, self.uuid, self.flag) = (bytes, uuid, flag)
    }

    init(row: inout Row) throws {
        self.init(
            try row.next(), try row.next(), try row.next(), try row.next(), try row.next(),
            try row.next())
    }

    static let all = [
        Sample(nil, nil, nil, nil, nil, nil),
        Sample(.min, -2.5, "", [], UUIDv7.next(), false),
        Sample(.max, 2.5, "a é € 🎈 “ÿ” \u{1}\u{10FFFF}", [0, 255, 7], UUIDv7.next(), true),
        Sample(0, 0, "' \\ ? $1 \n", [UInt8](repeating: 0, count: 3), UUIDv7.next(), true),
    ]
}

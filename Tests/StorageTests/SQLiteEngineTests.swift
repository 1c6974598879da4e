import Foundation
import Storage
import Testing

@Suite struct SQLiteEngineTests {
    @Test func `every type comes back as it went in`() async throws {
        try await Store.with { store in
            let (uuid, moment) = (UUIDv7.next(), Instant("1950-01-02T03:04:05.000006Z")!)
            let text = "a\0b “ÿ” 🎈", bytes: [UInt8] = [0, 255, 7]
            let rows = try await store.database.read { tx in
                try await tx.rows(
                    """
                    SELECT \(uuid), \(moment), \(text), \(bytes), \(true), \(Int64.min), \(2.5),
                        \(""), \([UInt8]())
                    """
                ) { row in
                    try (
                        row.next(UUID.self), row.next(Instant.self), row.next(String.self),
                        row.next([UInt8].self), row.next(Bool.self), row.next(Int64.self),
                        row.next(Double.self), row.next(String?.self), row.next([UInt8]?.self)
                    )
                }
            }
            let row = try #require(rows.first)
            #expect((row.0, row.1, row.2, row.3) == (uuid, moment, text, bytes))
            #expect((row.4, row.5, row.6) == (true, Int64.min, 2.5))
            #expect(row.7 == "")
            #expect(row.8 == [])
        }
    }

    @Test func `a column that holds something else is an error, not a guess`() async throws {
        try await Store.with { store in
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

    @Test func `constraints are told apart`() async throws {
        try await Store.with { store in
            try await store.add("one")
            await #expect(throws: StorageError.unique("notes.text")) { try await store.add("one") }
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

    @Test func `of many concurrent writes only those that fail are undone`() async throws {
        try await Store.with { store in
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

    private enum Failing { case never, first, last }

    /// A write that fails before its first statement, or after it, or not.
    private static func write(
        _ number: Int, to store: Store, counting runs: Runs
    ) async -> Failing? {
        do {
            try await store.database.write { tx in
                await runs.count()
                if number % 4 == 1 { throw Refused() }
                try await tx.execute("INSERT INTO notes (text) VALUES (\("n\(number)"))")
                guard number % 40 == 7 else { return }
                try await tx.execute("INSERT INTO notes (text) VALUES ('taken')")
            }
            return .never
        } catch {
            return error is Refused ? .first : (error as? StorageError).map { _ in .last }
        }
    }

    @Test func `one that fails is undone alone, whether it had written or not`() async throws {
        try await Store.with { store in
            try await store.add("taken")
            let runs = Runs()
            let fates = await withTaskGroup(of: (Int, Failing?).self) { writers in
                for number in 0..<120 {
                    writers.addTask {
                        (number, await Self.write(number, to: store, counting: runs))
                    }
                }
                return await writers.reduce(into: [Int: Failing]()) { $0[$1.0] = $1.1 }
            }
            for number in 0..<120 {
                let expected: Failing =
                    number % 4 == 1 ? .first : number % 40 == 7 ? .last : .never
                #expect(fates[number] == expected)
            }
            let kept = (0..<120).filter { fates[$0] == .never }.map { "n\($0)" }
            #expect(try await store.texts() == (kept + ["taken"]).sorted())
            // Each runs once, or twice where another's failure spoiled the group.
            #expect((120...240).contains(await runs.number))
        }
    }

    @Test func `an attempt that fails undoes only itself`() async throws {
        try await Store.with { store in
            try await store.database.write { tx in
                try await tx.execute("INSERT INTO notes (text) VALUES ('before')")
                await #expect(throws: Refused.self) { try await Self.refusedAttempt(tx) }
                try await tx.execute("INSERT INTO notes (text) VALUES ('after')")
            }
            #expect(try await store.texts() == ["after", "before"])
        }
    }

    @Test func `a read sees one moment, whatever is written meanwhile`() async throws {
        try await Store.with { store in
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

    @Test func `a read cannot write`() async throws {
        try await Store.with { store in
            await #expect(throws: StorageError.self) {
                try await store.database.read {
                    try await $0.execute("INSERT INTO notes (text) VALUES ('sneaked in')")
                }
            }
            let texts = try await store.texts()
            #expect(texts.isEmpty)
        }
    }

    @Test func `a full disk is told, keeps nothing by halves, and is over when there is room`()
        async throws
    {
        try await Store.with { store in
            try await store.add("kept")
            try await store.database.write {
                _ = try await $0.rows("PRAGMA max_page_count = 1") { _ in }
            }
            let long = String(repeating: "x", count: 100_000)
            await #expect(throws: StorageError.full) {
                try await store.database.write { tx in
                    try await tx.execute("INSERT INTO notes (text) VALUES ('half')")
                    try await tx.execute("INSERT INTO notes (text) VALUES (\(long))")
                }
            }
            #expect(try await store.texts() == ["kept"])
            try await store.database.write {
                _ = try await $0.rows("PRAGMA max_page_count = 1000000") { _ in }
            }
            try await store.add("room again")
            #expect(try await store.texts() == ["kept", "room again"])
        }
    }

    @Test func `on a full disk each of many writers is told its own fate`() async throws {
        try await Store.with { store in
            try await store.add("kept")
            try await store.database.write {
                _ = try await $0.rows("PRAGMA max_page_count = 1") { _ in }
            }
            let written = await withTaskGroup(of: Int?.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let size = number.isMultiple(of: 3) ? 50_000 : 5
                        let text = "\(number) " + String(repeating: "y", count: size)
                        return (try? await store.add(text)) == nil ? nil : number
                    }
                }
                return await group.reduce(into: Set<Int>()) { if let done = $1 { $0.insert(done) } }
            }
            let there = try await store.texts().compactMap { Int($0.prefix { $0 != " " }) }
            #expect(Set(there) == written)
            #expect(written.isDisjoint(with: stride(from: 0, to: 60, by: 3)))
        }
    }

    @Test func `who waits for commits is woken`() async throws {
        try await Store.with { store in
            let (woken, signal) = AsyncStream.makeStream(of: Void.self)
            store.database.engine.onCommit { signal.yield() }
            try await store.add("news")
            var iterator = woken.makeAsyncIterator()
            #expect(await iterator.next() != nil)
        }
    }
}

private struct Refused: Error {}

private actor Runs {
    private(set) var number = 0

    func count() { number += 1 }
}

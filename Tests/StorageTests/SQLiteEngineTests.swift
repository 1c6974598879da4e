import Foundation
import Storage
import Testing

/// What is true of SQLite alone; for the rest see `EngineTests`.
@Suite struct SQLiteEngineTests {
    private enum Failing { case never, first, last }

    /// A write that fails before its first statement, or after it, or not.
    private static func write(
        _ number: Int, to store: Store, counting runs: Tally
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
            let runs = Tally()
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

    @Test func `a text may hold a NUL`() async throws {
        try await Store.with { store in
            try await store.add("a\0b")
            #expect(try await store.texts() == ["a\0b"])
        }
    }
}

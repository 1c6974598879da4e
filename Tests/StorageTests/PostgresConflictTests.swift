import DatabaseSupport
import Foundation
import Storage
import Testing

/// Operations in each other's way.
@Suite(.enabled(if: hasPostgres)) struct PostgresConflictTests {
    /// Runs two operations at once; `first` says how often each of them has begun, from 1.
    private static func both<Value: Sendable>(
        of store: Store, _ isolation: Isolation,
        _ operation:
            @escaping @Sendable (
                _ number: Int, _ run: Int, _ tx: any Transaction
            ) async throws -> Value
    ) async throws -> (values: [Value], runs: Int) {
        let runs = [Tally(), Tally()]
        let values = try await withThrowingTaskGroup(of: Value.self) { group in
            for number in 0...1 {
                group.addTask {
                    try await store.database.write(isolation: isolation) { tx in
                        try await operation(number, await runs[number].count(), tx)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        return (values, await runs[0].number + runs[1].number)
    }

    @Test(arguments: [false, true])
    func `writes look as if one ran after the other, even if one swallows what it was told`(
        _ swallows: Bool
    ) async throws {
        try await Store.with(.postgres) { store in
            let met = Gate(2)
            let (counts, runs) = try await Self.both(of: store, .serializable) { _, run, tx in
                let count: Int = try await tx.value("SELECT COUNT(*) FROM notes") ?? 0
                if run == 1 { await met.meet() }
                let insert: SQL = "INSERT INTO notes (text) VALUES (\("note \(count)"))"
                if swallows {
                    _ = try? await tx.attempt { try await tx.execute(insert) }
                } else {
                    try await tx.execute(insert)
                }
                return count
            }
            #expect(counts.sorted() == [0, 1])
            #expect(runs == 3)
            #expect(try await store.texts() == ["note 0", "note 1"])
        }
    }

    @Test func `of two that wait for each other one is run again`() async throws {
        try await Store.with(.postgres) { store in
            try await store.add("a")
            try await store.add("b")
            let met = Gate(2)
            let (_, runs) = try await Self.both(of: store, .readCommitted) { number, run, tx in
                for text in number == 0 ? ["a", "b"] : ["b", "a"] {
                    try await tx.execute(
                        "UPDATE notes SET id = DEFAULT WHERE text = \(text)")
                    if run == 1 { await met.meet() }
                }
            }
            // Who runs again may come first once more, and meet the other as before.
            #expect(runs >= 3)
        }
    }

    @Test func `who comes second with the same text finds it`() async throws {
        try await Store.with(.postgres) { store in
            let met = Gate(2)
            let (found, runs) = try await Self.both(of: store, .readCommitted) { _, run, tx in
                let there: Int64? = try await tx.value("SELECT id FROM notes WHERE text = 'x'")
                if let there { return there }
                if run == 1 { await met.meet() }
                return try await tx.value("INSERT INTO notes (text) VALUES ('x') RETURNING id")
                    ?? 0
            }
            #expect(found.count == 2 && found[0] == found[1])
            #expect(runs == 3)
        }
    }

    @Test func `a unique violation that is nobody else's fault is told after two runs`()
        async throws
    {
        try await Store.with(.postgres) { store in
            try await store.add("x")
            let runs = Tally()
            await #expect(throws: StorageError.unique("notes_text_key")) {
                try await store.database.write { tx in
                    await runs.count()
                    try await tx.execute("INSERT INTO notes (text) VALUES ('x')")
                }
            }
            #expect(await runs.number == 2)
        }
    }

    @Test func `what is held is held by one at a time`() async throws {
        try await Store.with(.postgres) { store in
            let name = UUIDv7.next()
            try await concurrently(20) { _ in
                try await store.database.write(isolation: .readCommitted) { tx in
                    try await tx.hold(name)
                    let count: Int = try await tx.value("SELECT COUNT(*) FROM notes") ?? 0
                    try await tx.execute("INSERT INTO notes (text) VALUES (\("\(count)"))")
                }
            }
            #expect(try await store.texts().count == 20)
        }
    }
}

import DatabaseSupport
import Foundation
import PostgresDriver
import Storage
import Synchronization
import Testing

/// Connections that are lost, that are too few, and that end.
@Suite(.enabled(if: hasPostgres)) struct PostgresLossTests {
    /// Ends the server's side of connections and waits until they have gone.
    private static func end(_ condition: String, at store: Store) async throws {
        let ours = "datname = current_database() AND pid <> pg_backend_pid() AND (\(condition))"
        try await store.administer(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE \(ours)")
    }

    private static let processID: SQL = "SELECT pg_backend_pid()"

    @Test func `an operation whose connection dies is run again on another`() async throws {
        try await Store.with(.postgres, connections: 2) { store in
            let (reads, writes) = (Tally(), Tally())
            let read = try await store.database.read { tx in
                let process: Int = try await tx.value(Self.processID) ?? 0
                if await reads.count() == 1 { try await Self.end("pid = \(process)", at: store) }
                return try await tx.value("SELECT 7", as: Int.self)
            }
            #expect(read == 7)
            #expect(await reads.number == 2)
            try await store.database.write { tx in
                let process: Int = try await tx.value(Self.processID) ?? 0
                try await tx.execute("INSERT INTO notes (text) VALUES ('once')")
                if await writes.count() == 1 { try await Self.end("pid = \(process)", at: store) }
                try await tx.execute("INSERT INTO notes (text) VALUES ('also')")
            }
            #expect(await writes.number == 2)
            #expect(try await store.texts() == ["also", "once"])
        }
    }

    @Test func `idle connections that died are replaced, all at once`() async throws {
        try await Store.with(.postgres, connections: 4) { store in
            let met = Gate(4)
            @Sendable func read(_ number: Int) async throws {
                _ = try await store.database.read { tx in
                    _ = try await tx.value("SELECT 1", as: Int.self)
                    await met.meet()
                }
            }
            for _ in 0..<3 {
                try await concurrently(4, read)
                try await Self.end("TRUE", at: store)
            }
            try await read(0)
        }
    }

    @Test func `under load, connections that are killed cost reads nothing and keep no halves`()
        async throws
    {
        try await Store.with(.postgres, connections: 4) { store in
            let kept = Kept()
            try await concurrently(7) { number in
                switch number {
                case 6: try await Self.harass(store)
                default: for note in 0..<60 { try await Self.write(number, note, store, kept) }
                }
            }
            let (sure, unsure) = await (kept.sure, kept.unsure)
            let there = Set(try await store.texts())
            #expect(there.isSuperset(of: sure))
            #expect(there.subtracting(sure).isSubset(of: unsure))
            // Only a COMMIT that got no answer is told; most are run again without a word.
            #expect(unsure.count <= 10)
        }
    }

    private static func harass(_ store: Store) async throws {
        for _ in 0..<10 {
            // Those that are only being opened would tell that the server is away.
            try await end("state LIKE '%in transaction%'", at: store)
            try await store.administer("SELECT pg_sleep(0.02)")
        }
    }

    private static func write(
        _ writer: Int, _ number: Int, _ store: Store, _ kept: Kept
    ) async throws {
        let text = "note \(writer) \(number)"
        do {
            try await store.database.write(isolation: .readCommitted) { tx in
                let there: Int? = try await tx.value("SELECT 1 FROM notes WHERE text = \(text)")
                if there == nil {
                    try await tx.execute("INSERT INTO notes (text) VALUES (\(text))")
                }
            }
            await kept.add(text, isSure: true)
        } catch StorageError.uncertain {
            await kept.add(text, isSure: false)
        }
        let count: Int? = try await store.database.read {
            try await $0.value("SELECT COUNT(*) FROM notes")
        }
        #expect(count != nil)
    }

    @Test func `who waits for a connection waits for a while`() async throws {
        try await Store.with(.postgres, connections: 1, patience: .milliseconds(200)) { store in
            let (taken, done) = (Gate(), Gate())
            async let holding: Void = store.database.read { tx in
                _ = try await tx.value("SELECT 1", as: Int.self)
                await taken.open()
                await done.passed()
            }
            await taken.passed()
            let start = ContinuousClock.now
            await #expect(throws: StorageError.busy) { try await store.texts() }
            let waited = ContinuousClock.now - start
            #expect(waited >= .milliseconds(200) && waited < .seconds(3))
            await done.open()
            try await holding
            try await store.add("afterwards")
        }
    }

    @Test func `who is cancelled while waiting keeps no connection`() async throws {
        try await Store.with(.postgres, connections: 1) { store in
            let (taken, done) = (Gate(), Gate())
            async let holding: Void = store.database.read { tx in
                _ = try await tx.value("SELECT 1", as: Int.self)
                await taken.open()
                await done.passed()
            }
            await taken.passed()
            let waiting = (0..<20).map { number in Task { try await store.add("\(number)") } }
            for task in waiting { task.cancel() }
            await done.open()
            try await holding
            for task in waiting { _ = await task.result }
            // With the only connection.
            try await store.add("afterwards")
        }
    }

    @Test func `closing waits for who is busy, and nobody else comes in`() async throws {
        try await Store.with(.postgres, connections: 2) { store in
            let engine = try await Store.postgres(store.address, connections: 1)
            let database = Database(engine)
            let (taken, done) = (Gate(), Gate())
            async let writing: Int = database.write { tx in
                try await tx.execute("INSERT INTO notes (text) VALUES ('first')")
                await taken.open()
                await done.passed()
                return try await tx.execute("INSERT INTO notes (text) VALUES ('last')")
            }
            await taken.passed()
            let refused = Task { try await database.write { try await $0.execute("SELECT 1") } }
            async let closed: Void = engine.close()
            await #expect(throws: StorageError.busy) { try await refused.value }
            await done.open()
            #expect(try await writing == 1)
            try await closed
            #expect(try await store.texts() == ["first", "last"])
            await #expect(throws: StorageError.busy) {
                try await database.read { try await $0.value("SELECT 1", as: Int.self) }
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a commit wakes the other process, and its own not twice`() async throws {
        try await Store.with(.postgres) { store in
            // No tick: what wakes is a word of the other.
            let one = try await Store.postgres(store.address, tick: .seconds(3600))
            let other = try await Store.postgres(store.address, tick: .seconds(3600))
            let (heardByOne, heardByOther) = (Wakes(of: one), Wakes(of: other))
            for round in 0..<20 {
                let (before, beforeOther) = (heardByOne.number, heardByOther.number)
                try await Self.add("ping \(round)", by: one)
                await heardByOther.reach(beforeOther + 1)
                try await Self.add("pong \(round)", by: other)
                // Its own, and the other's.
                await heardByOne.reach(before + 2)
            }
            // A few more when they begin to listen; echoes would make it 60.
            #expect((40...45).contains(heardByOne.number))
            try await one.close()
            try await other.close()
        }
    }

    private static func add(_ text: String, by engine: any Engine) async throws {
        _ = try await Database(engine).write {
            try await $0.execute("INSERT INTO notes (text) VALUES (\(text))")
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `the connection that listens comes back`() async throws {
        try await Store.with(.postgres) { store in
            let engine = try await Store.postgres(store.address, tick: .seconds(3600))
            let wakes = Wakes(of: engine)
            try await store.add("first")
            await wakes.reach(1)
            for round in 0..<3 {
                let before = wakes.number
                try await Self.end("query LIKE '%iperform_commits%'", at: store)
                // Whatever was told meanwhile is looked for.
                await wakes.reach(before + 1)
                let again = wakes.number
                try await store.add("news \(round)")
                await wakes.reach(again + 1)
            }
            try await engine.close()
        }
    }
}

/// Counts how often an engine wakes who waits for commits.
private final class Wakes: Sendable {
    private let count = Mutex(0)
    private let (signals, signal) = AsyncStream.makeStream(
        of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(of engine: any Engine) {
        engine.onCommit { [self] in
            count.withLock { $0 += 1 }
            signal.yield()
        }
    }

    var number: Int { count.withLock { $0 } }

    /// Returns without it only at the time limit.
    func reach(_ least: Int) async {
        guard number < least else { return }
        for await _ in signals where number >= least { return }
        Issue.record("woken \(number) times, not \(least)")
    }
}

private actor Kept {
    private(set) var sure: Set<String> = []
    private(set) var unsure: Set<String> = []

    func add(_ text: String, isSure: Bool) {
        if isSure { sure.insert(text) } else { unsure.insert(text) }
    }
}

import Background
import DatabaseSupport
import Foundation
import Storage
import Synchronization
import Tenancy
import Testing

/// Keeps what it was given in a table of the product, in the reader's own transaction.
private struct Copyist: FeedReader {
    let name = "test.copyist"
    var batchMax = 7
    var beginning = FeedBeginning.firstEvent
    /// Refuses an event of this name.
    var dislikes = ""

    func take(_ events: [StoredEvent], in tx: any Transaction) async throws {
        for event in events {
            guard event.name != dislikes else { throw Problem.conflict("Not this one.") }
            try await tx.execute(
                """
                INSERT INTO installation_keys (name, value, created_at)
                VALUES (\(event.place.description), \(Array(event.name.utf8)), \(event.at))
                """)
        }
    }
}

@Suite struct FeedFollowerTests {
    private static func happen(_ names: [String], in yard: Yard) async throws {
        for name in names {
            try await yard.database.write(as: .system(yard.ada)) {
                try await $0.record(Event(name, nil))
            }
        }
    }

    /// Four writers at the same time.
    private static func write(_ part: Int, in yard: Yard) async throws {
        try await withThrowingTaskGroup(of: Void.self) { writers in
            for writer in 0..<4 {
                writers.addTask {
                    try await happen((0..<10).map { "e.\(part).\(writer).\($0)" }, in: yard)
                }
            }
            try await writers.waitForAll()
        }
    }

    /// Two processes follow the feed until they have all that four writers wrote.
    private static func copy(_ part: Int, in yard: Yard) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { await follow(Copyist(), yard).run() } }
            try await write(part, in: yard)
            // The name is the key: an event taken twice would fail for ever.
            try await wait { try await copied(yard).count == 40 * (part + 1) }
            group.cancelAll()
        }
    }

    private static func copied(_ yard: Yard) async throws -> [String] {
        try await yard.database.read { tx in
            try await tx.rows("SELECT value FROM installation_keys ORDER BY created_at, name") {
                String(decoding: try $0.next([UInt8].self), as: UTF8.self)
            }
        }
    }

    private static func follow(_ reader: Copyist, _ yard: Yard) -> FeedFollower {
        FeedFollower(yard.database, [reader], log: Yard.log)
    }

    @Test(arguments: EngineKind.allCases)
    func `a reader gets every event once, also beside a second process and after a stop`(
        on engine: EngineKind
    ) async throws {
        try await Yard.with(engine) { yard in
            for part in 0..<3 { try await Self.copy(part, in: yard) }
            let standing = try await yard.database.read { try await FeedReaders($0).standings() }
            #expect(standing.map(\.failures) == [0])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what a reader cannot take holds it up and is told, and nothing is passed over`(
        on engine: EngineKind
    ) async throws {
        try await Yard.with(engine) { yard in
            let reader = Copyist(dislikes: "bad")
            try await Self.happen(["one", "bad", "two"], in: yard)
            // On PostgreSQL other tests' transactions may hold them back one by one.
            try await wait {
                try await yard.database.read { tx in
                    try await Feed.events(after: FeedPlace(number: 0), limit: 9, in: tx).count == 3
                }
            }
            let now = Instant.now
            let follower = Self.follow(reader, yard)
            try await wait {
                _ = try await follower.step(reader, at: now)
                return try await yard.database.read {
                    try await FeedReaders($0).standings().first?.failures == 1
                }
            }
            let stuck = try await yard.database.read { try await FeedReaders($0).standings()[0] }
            #expect(stuck.error == "Not this one." && stuck.lag == 3)
            #expect(try await Self.copied(yard).isEmpty)
            #expect(try await !follower.step(reader, at: now))
            // Better now: it goes on where it was.
            let later = now.adding(seconds: 120)
            #expect(try await follower.step(Copyist(), at: later))
            #expect(try await Self.copied(yard).sorted() == ["bad", "one", "two"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a reader is paused, resumed and sent back`(on engine: EngineKind) async throws {
        try await Yard.with(engine) { yard in
            let reader = Copyist()
            let follower = Self.follow(reader, yard)
            let now = Instant.now
            try await Self.happen(["one"], in: yard)
            try await wait {
                while try await follower.step(reader, at: now) {}
                return try await Self.copied(yard) == ["one"]
            }
            try await yard.database.write { try await FeedReaders($0).pause(reader.name, at: now) }
            try await Self.happen(["two"], in: yard)
            #expect(try await !follower.step(reader, at: now))
            try await yard.database.write { try await FeedReaders($0).resume(reader.name) }
            try await wait {
                while try await follower.step(reader, at: now) {}
                return try await Self.copied(yard).count == 2
            }
            try await yard.database.write { tx in
                try await tx.execute("DELETE FROM installation_keys")
                try await FeedReaders(tx).replay(reader.name, since: Instant(microseconds: 0))
            }
            try await wait {
                while try await follower.step(reader, at: now) {}
                return try await Self.copied(yard).count == 2
            }
            await #expect(throws: Problem.notFound("reader of the feed")) {
                try await yard.database.write { try await FeedReaders($0).resume("nobody") }
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a replay sends nobody forward`(on engine: EngineKind) async throws {
        try await Yard.with(engine) { yard in
            let reader = Copyist()
            let follower = Self.follow(reader, yard)
            try await Self.happen(["one"], in: yard)
            try await wait {
                while try await follower.step(reader) {}
                return try await Self.copied(yard) == ["one"]
            }
            try await Self.happen(["two", "three"], in: yard)
            try await yard.database.write {
                try await FeedReaders($0).replay(reader.name, since: .now)
            }
            try await wait {
                while try await follower.step(reader) {}
                return try await Self.copied(yard).count == 3
            }
        }
    }
}

import DatabaseSupport
import Foundation
import Storage
import Testing

/// The product's events, read in the order of commits while they are being written.
@Suite(.enabled(if: hasPostgres), .timeLimit(.minutes(15))) struct PostgresFeedTests {
    /// What a reader of the feed has seen.
    private struct Reader {
        let store: Store
        var place = FeedPlace(number: 0)
        var names: [String] = []
        var places: [FeedPlace] = []

        /// Reads on, some at a time, until nothing more can be read.
        mutating func read() async throws {
            while true {
                let place = place
                let some = try await store.database.read { tx in
                    let feed = tx.dialect.feed
                    // tenant: the feed is of all.
                    return try await tx.rows(
                        """
                        SELECT \(feed.place), name FROM events
                        WHERE \(feed.after(place)) ORDER BY \(feed.order) LIMIT 7
                        """
                    ) { (try FeedPlace(row: &$0), try $0.next(String.self)) }
                }
                guard let last = some.last else { return }
                self.place = last.0
                places += some.map(\.0)
                names += some.map(\.1)
            }
        }

        /// Reads to the end: a transaction in any database of the server holds all feeds back.
        mutating func finish() async throws {
            try await read()
            while try await isHeldBack() { try await read() }
        }

        func isHeldBack() async throws -> Bool {
            let place = place
            return try await store.database.read { tx in
                guard let heldBack = tx.dialect.feed.heldBack else { return false }
                // tenant: the feed is of all.
                return try await tx.value(
                    "SELECT 1 FROM events WHERE \(heldBack(place)) LIMIT 1", as: Int.self) != nil
            }
        }
    }

    /// All events by transaction and number.
    private static func all(_ store: Store) async throws -> [String] {
        try await store.database.read {
            // tenant: the feed is of all.
            try await $0.column("SELECT name FROM events ORDER BY xact, seq")
        }
    }

    @Test func `nothing is read past a transaction that is still open, and nothing is skipped`()
        async throws
    {
        try await Store.with(.postgres, connections: 6) { store in
            let (begun, done) = (Gate(), Gate())
            // The lowest id, the lowest number, the last commit.
            async let slow: Void = store.database.write(isolation: .readCommitted) { tx in
                try await tx.execute(Events.insert("slow"))
                await begun.open()
                await done.passed()
                try await tx.execute(Events.insert("slow, again"))
            }
            await begun.passed()
            var reader = Reader(store: store)
            for number in 0..<20 {
                try await store.database.write(isolation: .readCommitted) {
                    _ = try await $0.execute(Events.insert("quick \(number)"))
                }
                try await reader.read()
            }
            #expect(reader.names.isEmpty)
            #expect(try await reader.isHeldBack())
            await done.open()
            try await slow
            try await reader.finish()
            #expect(reader.names == ["slow", "slow, again"] + (0..<20).map { "quick \($0)" })
        }
    }

    @Test func `two that commit the other way round than they began are both read`() async throws {
        try await Store.with(.postgres, connections: 6) { store in
            var reader = Reader(store: store)
            for round in 0..<10 {
                let (first, second) = (Gate(), Gate())
                async let begunFirst: Void = store.database.write(isolation: .readCommitted) { tx in
                    try await tx.execute(Events.insert("first \(round)"))
                    await first.open()
                    await second.passed()
                }
                await first.passed()
                try await store.database.write(isolation: .readCommitted) {
                    _ = try await $0.execute(Events.insert("second \(round)"))
                }
                try await reader.read()
                await second.open()
                try await begunFirst
                try await reader.read()
            }
            try await reader.finish()
            #expect(reader.names == (0..<10).flatMap { ["first \($0)", "second \($0)"] })
        }
    }

    @Test func `of many writers every event is read once, in the order of the feed`() async throws {
        try await Store.with(.postgres, connections: 8) { store in
            let written = Tally()
            async let reading: Reader = {
                var reader = Reader(store: store)
                while await written.number < 6 { try await reader.read() }
                try await reader.finish()
                return reader
            }()
            try await concurrently(6) { writer in
                for number in 0..<50 { try await Self.write(writer, number, to: store) }
                await written.count()
            }
            let reader = try await reading
            let all = try await Self.all(store)
            #expect(reader.names == all)
            #expect(reader.places == reader.places.sorted())
            #expect(Set(reader.names).count == reader.names.count)
            // Of fifty transactions 17 have one event, 17 have two, and the others are undone.
            #expect(all.count == 6 * (17 + 34))
        }
    }

    /// Some events in a transaction that takes its time, or is undone.
    private static func write(_ writer: Int, _ number: Int, to store: Store) async throws {
        do {
            try await store.database.write(isolation: .readCommitted) { tx in
                for part in 0...number % 3 {
                    try await tx.execute(Events.insert("\(writer) \(number) \(part)"))
                    let pause = Double(Int.random(in: 0...4)) / 1_000
                    _ = try await tx.rows("SELECT 1 FROM pg_sleep(\(pause))") { _ in }
                }
                if number % 3 == 2 { throw Refused() }
            }
        } catch is Refused {
            return
        }
    }
}

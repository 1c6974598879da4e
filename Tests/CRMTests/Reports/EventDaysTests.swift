import Background
import DatabaseSupport
import Foundation
import Logging
import Storage
import Tenancy
import Testing

@testable import CRM

/// The reader, stopped from outside when it has counted and nothing is committed yet.
private struct Leaving: FeedReader {
    let name = EventDays().name
    let batchMax = 7
    let beginning = FeedBeginning.firstEvent
    let counted: AsyncStream<Void>.Continuation
    let isOver: AsyncStream<Void>

    func take(_ events: [StoredEvent], in tx: any Transaction) async throws {
        try await EventDays().take(events, in: tx)
        counted.yield()
        for await _ in isOver {}
        throw CancellationError()
    }
}

@Suite struct EventDaysTests {
    private static let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    private static let start = Instant("2026-11-18T22:00:00Z")!
    private static let tenants = [ID<Tenant>(), ID<Tenant>()]

    private struct Count: RowDecodable, Equatable {
        let tenant: ID<Tenant>
        let day: Day
        let name: String
        let events: Int

        init(row: inout Row) throws {
            tenant = try row.next()
            day = try row.next()
            name = try row.next()
            events = try row.next()
        }
    }

    /// Four writers at the same time: two companies, three days, out of order.
    private static func happen(in database: Database) async throws {
        try await withThrowingTaskGroup(of: Void.self) { writers in
            for _ in 0..<4 { writers.addTask { try await write(to: database) } }
            try await writers.waitForAll()
        }
    }

    private static func write(to database: Database) async throws {
        for number in 0..<20 {
            let moment = start.adding(seconds: number * 7 % 20 * 9000)
            try await database.write(as: .system(tenants[number % 2]), at: moment) {
                try await $0.record(Event("e.\(number % 3)", nil))
            }
        }
    }

    private static func happened(_ database: Database) async throws -> [Count] {
        try await database.read { tx in
            try await tx.all(
                """
                SELECT tenant_id, at / 86400000000 AS day, name, COUNT(*) FROM events
                GROUP BY tenant_id, at / 86400000000, name ORDER BY tenant_id, day, name
                """)
        }
    }

    private static func counted(_ database: Database) async throws -> [Count] {
        try await database.read { tx in
            try await tx.all(
                """
                SELECT tenant_id, day, name, events FROM event_days
                ORDER BY tenant_id, day, name
                """)
        }
    }

    private static func standing(_ database: Database) async throws -> FeedStanding? {
        try await database.read { try await FeedReaders($0).standings().first }
    }

    private static func follow(_ database: Database) -> FeedFollower {
        FeedFollower(database, [EventDays(batchMax: 7)], log: log)
    }

    /// Reads to the end: on PostgreSQL, when all has ended that other tests do meanwhile.
    private static func catchUp(_ database: Database) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while true {
            let isAll = try await counted(database) == happened(database)
            if isAll, try await standing(database)?.lag == 0 { return }
            try #require(ContinuousClock.now < deadline)
            _ = try await follow(database).step(EventDays(batchMax: 7))
        }
    }

    private static func replay(_ database: Database, since moment: Instant) async throws {
        try await database.write {
            try await FeedReaders($0).replay(EventDays().name, since: moment)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `each event is counted once, while two follow and one is stopped in the middle`(
        on engine: EngineKind
    ) async throws {
        try await engine.with { engine in
            let database = Database(engine)
            try await Self.happen(in: database)
            try await Self.stopInTheMiddle(database)
            #expect(try await Self.counted(database).isEmpty)
            #expect(try await Self.standing(database)?.failures == 0)

            try await withThrowingTaskGroup(of: Void.self) { group in
                let first = Task { await Self.follow(database).run() }
                group.addTask { await Self.follow(database).run() }
                try await Self.happen(in: database)
                first.cancel()
                try await Self.happen(in: database)
                await first.value
                try await Self.catchUp(database)
                group.cancelAll()
            }
            let counts = try await Self.counted(database)
            #expect(counts.reduce(0) { $0 + $1.events } == 240)
            #expect(Set(counts.map(\.day)).count == 3)
        }
    }

    private static func stopInTheMiddle(_ database: Database) async throws {
        let (counted, isCounted) = AsyncStream.makeStream(of: Void.self)
        let (isOver, over) = AsyncStream.makeStream(of: Void.self)
        let leaving = Leaving(counted: isCounted, isOver: isOver)
        let run = Task {
            let follower = FeedFollower(database, [leaving], log: log)
            while try await !follower.step(leaving) { try Task.checkCancellation() }
        }
        for await _ in counted { break }
        run.cancel()
        over.finish()
        await #expect(throws: CancellationError.self) { try await run.value }
    }

    @Test(arguments: EngineKind.allCases)
    func `a replay changes nothing, and makes good what was lost`(on engine: EngineKind)
        async throws
    {
        try await engine.with { engine in
            let database = Database(engine)
            try await Self.happen(in: database)
            try await Self.catchUp(database)
            let counts = try await Self.counted(database)
            for moment in [Instant(microseconds: 0), Self.start.adding(days: 1)] {
                try await Self.replay(database, since: moment)
                #expect(try await Self.standing(database)?.lag ?? 0 > 0)
                try await Self.catchUp(database)
                #expect(try await Self.counted(database) == counts)
            }
            let day = Self.start.adding(days: 1).day()
            try await database.write { tx in
                // tenant: of both.
                _ = try await tx.execute("DELETE FROM event_days WHERE day >= \(day)")
            }
            #expect(try await Self.counted(database).count < counts.count)
            try await Self.replay(database, since: day.start)
            try await Self.catchUp(database)
            #expect(try await Self.counted(database) == counts)
        }
    }
}

import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@testable import App
@testable import Background

@Suite struct FeedCommandsTests {
    private static let now = Instant("2026-11-18T09:30:00Z")!

    private static func standing(
        _ name: String, lag: Int, isPaused: Bool = false, error: String? = nil
    ) -> FeedStanding {
        FeedStanding(
            name: name, place: FeedPlace(number: 1), pausedAt: isPaused ? now : nil,
            failures: error == nil ? 0 : 3, error: error, lag: lag,
            oldestAt: lag == 0 ? nil : now.adding(seconds: -7300))
    }

    @Test func `the table says how far each reader is`() {
        let table = feedTable(
            [
                Self.standing("event-days", lag: 0),
                Self.standing("orders", lag: 1204, error: "No such\nplace."),
                Self.standing("stock", lag: 100_000, isPaused: true, error: "Away."),
            ], at: Self.now)
        #expect(
            table == [
                "NAME        STATE    LAG       OLDEST  FAILURES  LAST ERROR",
                "event-days  running  0         -       0         -",
                "orders      failing  1,204     2 h     3         No such place.",
                "stock       paused   100,000+  2 h     3         Away.",
            ])
    }

    private static func isPaused(_ world: World) async throws -> Bool {
        try await world.database.read { try await FeedReaders($0).find("slow")?.pausedAt != nil }
    }

    @Test(arguments: EngineKind.allCases)
    func `a reader is paused, resumed and sent back; what cannot be done is said`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let installation = world.server.installation
            func refusal(_ body: () async throws -> Void) async -> String? {
                await #expect(throws: Refusal.self) { try await body() }?.description
            }
            let none = await refusal { try await pauseFeedReader(installation, "slow") }
            #expect(none?.contains("`iperform serve`") == true)
            let end = try await world.database.write { tx in
                // tenant: the last event of any.
                let last: FeedPlace? = try await tx.first(
                    "SELECT \(tx.dialect.feed.place) FROM events ORDER BY seq DESC LIMIT 1")
                let end = try #require(last)
                try await tx.execute(
                    """
                    INSERT INTO feed_readers (name, xact, seq, changed_at)
                    VALUES ('slow', \(end.transaction), \(end.number), 0)
                    """)
                return end
            }
            try await pauseFeedReader(installation, "slow")
            #expect(try await Self.isPaused(world))
            try await resumeFeedReader(installation, "slow")
            #expect(try await !Self.isPaused(world))
            let unknown = await refusal { try await resumeFeedReader(installation, "fast") }
            #expect(
                unknown
                    == "NAME: there is no reader of the feed called fast. Give one of: slow.")

            for (since, words) in [
                ("yesterday", "--since: yesterday is not a time. Give one as in RFC 3339: "),
                ("2999-01-01T00:00:00Z", "--since: 2999-01-01T00:00:00Z is yet to come."),
            ] {
                let refused = await refusal {
                    try await replayFeed(installation, to: "slow", since: since)
                }
                #expect(refused?.hasPrefix(words) == true)
            }
            try await replayFeed(installation, to: "slow", since: "2026-11-01T00:00:00+01:00")
            let place = try await world.database.read { try await FeedReaders($0).find("slow") }
            #expect(try #require(place).place < end)
        }
    }
}

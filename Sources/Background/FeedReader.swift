import Storage
import Tenancy

/// Something that follows the feed with a place of its own, kept in the database: it may stop,
/// lag or be sent back, and misses nothing.
package protocol FeedReader: Sendable {
    /// Stored, so it never changes.
    var name: String { get }
    /// Events at a time.
    var batchMax: Int { get }
    /// Where a reader that was never there begins.
    var beginning: FeedBeginning { get }

    /// Does what there is to do about some events, in the transaction that moves the place
    /// behind them. Effects outside the database are jobs that it adds.
    func take(_ events: [StoredEvent], in tx: any Transaction) async throws
}

package enum FeedBeginning: Sendable {
    case firstEvent, now
}

/// How far a reader is.
package struct FeedStanding: Sendable, Equatable {
    package let name: String
    package let place: FeedPlace
    package let pausedAt: Instant?
    package let failures: Int
    package let error: String?
    /// Events behind its place, counted up to `lagMax`.
    package let lag: Int
    /// When the first of them happened.
    package let oldestAt: Instant?

    package static let lagMax = 100_000
}

/// The readers' places in the feed, in one transaction.
package struct FeedReaders: Sendable {
    let tx: any Transaction

    package init(_ tx: any Transaction) {
        self.tx = tx
    }

    /// A place as it stands in the database.
    struct Kept: RowDecodable {
        let name: String
        let place: FeedPlace
        let pausedAt: Instant?
        let failures: Int
        let error: String?
        let retryAt: Instant?

        static let columns: SQL = "name, xact, seq, paused_at, failures, error, retry_at"

        init(row: inout Row) throws {
            name = try row.next()
            place = try FeedPlace(row: &row)
            pausedAt = try row.next()
            failures = try row.next()
            error = try row.next()
            retryAt = try row.next()
        }
    }

    /// Makes a reader's place when there is none.
    func enter(_ reader: any FeedReader, at now: Instant) async throws {
        let place =
            switch reader.beginning {
            case .firstEvent: FeedPlace(number: 0)
            case .now: try await Feed.end(in: tx)
            }
        try await tx.execute(
            """
            INSERT INTO feed_readers (name, xact, seq, changed_at)
            VALUES (\(reader.name), \(place.transaction), \(place.number), \(now))
            ON CONFLICT (name) DO NOTHING
            """)
    }

    func find(_ name: String) async throws -> Kept? {
        try await tx.first("SELECT \(Kept.columns) FROM feed_readers WHERE name = \(name)")
    }

    /// A reader's place, held until this transaction ends; nil while another process has it.
    func hold(_ name: String) async throws -> Kept? {
        try await tx.first(
            """
            SELECT \(Kept.columns) FROM feed_readers WHERE name = \(name)
            \(tx.dialect.skipLocked)
            """)
    }

    func move(_ name: String, to place: FeedPlace, at now: Instant) async throws {
        try await tx.execute(
            """
            UPDATE feed_readers SET xact = \(place.transaction), seq = \(place.number),
                failures = 0, error = NULL, retry_at = NULL, changed_at = \(now)
            WHERE name = \(name)
            """)
    }

    func stumble(_ name: String, _ error: String, until: Instant, at now: Instant) async throws {
        try await tx.execute(
            """
            UPDATE feed_readers SET failures = failures + 1, error = \(error),
                retry_at = \(until), changed_at = \(now)
            WHERE name = \(name)
            """)
    }

    // MARK: For people

    /// All readers and how far they are.
    package func standings() async throws -> [FeedStanding] {
        let all: [Kept] = try await tx.all(
            "SELECT \(Kept.columns) FROM feed_readers ORDER BY name")
        var standings: [FeedStanding] = []
        for kept in all {
            let (lag, oldest) = try await lag(behind: kept.place)
            standings.append(
                FeedStanding(
                    name: kept.name, place: kept.place, pausedAt: kept.pausedAt,
                    failures: kept.failures, error: kept.error, lag: lag, oldestAt: oldest))
        }
        return standings
    }

    private func lag(behind place: FeedPlace) async throws -> (Int, Instant?) {
        // tenant: how many there are, of all.
        try await tx.rows(
            """
            SELECT COUNT(*), MIN(at) FROM (SELECT at FROM events
                WHERE \(tx.dialect.feed.after(place))
                ORDER BY \(tx.dialect.feed.order) LIMIT \(FeedStanding.lagMax)) AS behind
            """
        ) { row in try (row.next(Int.self), row.next(Instant?.self)) }.first ?? (0, nil)
    }

    /// Stops a reader until it is resumed.
    ///
    /// - Throws: `Problem.notFound`
    package func pause(_ name: String, at now: Instant) async throws {
        try await change(name, "paused_at = COALESCE(paused_at, \(now))")
    }

    /// - Throws: `Problem.notFound`
    package func resume(_ name: String) async throws {
        try await change(name, "paused_at = NULL, retry_at = NULL")
    }

    /// Sends a reader back to the first event that happened since a moment: it takes that one
    /// and all behind it again. A reader that is not so far yet stays where it is: it passes
    /// over nothing. In a serializable transaction: the reader may be at work.
    ///
    /// - Throws: `Problem.notFound`
    package func replay(_ name: String, since moment: Instant) async throws {
        guard let kept = try await find(name) else { throw Self.notFound }
        // tenant: the first event of any.
        let first: FeedPlace? = try await tx.first(
            """
            SELECT \(tx.dialect.feed.place) FROM events WHERE at >= \(moment)
            ORDER BY \(tx.dialect.feed.order) LIMIT 1
            """)
        let before = first.map { FeedPlace(transaction: $0.transaction, number: $0.number - 1) }
        let start = min(kept.place, before ?? kept.place)
        try await change(
            name,
            """
            xact = \(start.transaction), seq = \(start.number), failures = 0, error = NULL,
                retry_at = NULL
            """)
    }

    private func change(_ name: String, _ changes: SQL) async throws {
        let changed = try await tx.execute(
            "UPDATE feed_readers SET \(changes) WHERE name = \(name)")
        guard changed == 1 else { throw Self.notFound }
    }

    private static let notFound = Problem.notFound("reader of the feed")
}

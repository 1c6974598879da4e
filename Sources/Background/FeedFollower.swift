import Logging
import Storage
import Tenancy

/// Leads readers along the feed: woken by commits, a batch at a time, one process per reader.
package struct FeedFollower: Sendable {
    private let database: Database
    private let readers: [any FeedReader]
    private let log: Logger

    private static let pause = Pause(firstSeconds: 1, mostSeconds: 60)
    /// The least time between two looks.
    private static let lookPause = Duration.milliseconds(5)
    private static let tick = Duration.seconds(1)
    /// What ends the transaction that an event waits for may wake nobody.
    private static let heldBackPause = Duration.milliseconds(25)

    package init(_ database: Database, _ readers: [any FeedReader], log: Logger) {
        self.database = database
        self.readers = readers
        self.log = log
    }

    /// Works until the task is cancelled.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            for reader in readers { group.addTask { await follow(reader) } }
        }
    }

    private func follow(_ reader: any FeedReader) async {
        let (wakes, wake) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        database.engine.onCommit { wake.yield() }
        let ticks = Task {
            while !Task.isCancelled {
                wake.yield()
                try? await Task.sleep(for: Self.tick)
            }
        }
        await withTaskCancellationHandler {
            for await _ in wakes {
                do {
                    while try await step(reader) { try Task.checkCancellation() }
                    if try await isHeldBack(reader) {
                        try await Task.sleep(for: Self.heldBackPause)
                        wake.yield()
                    }
                } catch is CancellationError {
                    break
                } catch {
                    log.error("The feed was not read", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: Self.lookPause)
            }
        } onCancel: {
            ticks.cancel()
            wake.finish()
        }
    }

    /// Gives a reader its next events; false when there are none, or it is not to go on now.
    package func step(_ reader: any FeedReader, at now: Instant = .now) async throws -> Bool {
        guard try await isThereSomething(for: reader, at: now) else { return false }
        do {
            return try await database.write(isolation: .readCommitted) { tx in
                let places = FeedReaders(tx)
                guard let kept = try await places.hold(reader.name), kept.mayGoOn(at: now) else {
                    return false
                }
                let events = try await Feed.events(
                    after: kept.place, limit: reader.batchMax, in: tx)
                guard let last = events.last else { return false }
                try await reader.take(events, in: tx)
                try await places.move(reader.name, to: last.place, at: now)
                return true
            }
        } catch is CancellationError where Task.isCancelled {
            // The process ends: that is no failure of the reader.
            throw CancellationError()
        } catch {
            try await stumbled(reader, error, at: now)
            return false
        }
    }

    private func isHeldBack(_ reader: any FeedReader) async throws -> Bool {
        try await database.read { tx in
            guard tx.dialect.feed.heldBack != nil,
                let kept = try await FeedReaders(tx).find(reader.name), kept.pausedAt == nil
            else { return false }
            return try await Feed.isHeldBack(after: kept.place, in: tx)
        }
    }

    /// A look costs less than a write.
    private func isThereSomething(
        for reader: any FeedReader, at now: Instant
    ) async throws -> Bool {
        let isThere: Bool? = try await database.read { tx in
            guard let kept = try await FeedReaders(tx).find(reader.name) else { return nil }
            guard kept.mayGoOn(at: now) else { return false }
            return try await !Feed.events(after: kept.place, limit: 1, in: tx).isEmpty
        }
        if let isThere { return isThere }
        try await database.write(isolation: .readCommitted) {
            try await FeedReaders($0).enter(reader, at: now)
        }
        return true
    }

    /// What a reader cannot take it tries again, ever more rarely: it passes over nothing.
    private func stumbled(
        _ reader: any FeedReader, _ error: any Error, at now: Instant
    ) async throws {
        let words = String(((error as? Problem)?.detail ?? "\(error)").prefix(1000))
        log.warning(
            "A reader of the feed failed",
            metadata: ["reader": "\(reader.name)", "error": "\(words)"])
        try await database.write(isolation: .readCommitted) { tx in
            let places = FeedReaders(tx)
            let failures = (try await places.find(reader.name)?.failures ?? 0) + 1
            let wait = Self.pause.microseconds(after: failures, chance: Double.random(in: 0...1))
            try await places.stumble(
                reader.name, words, until: Instant(microseconds: now.microseconds + wait), at: now)
        }
    }
}

extension FeedReaders.Kept {
    fileprivate func mayGoOn(at now: Instant) -> Bool {
        pausedAt == nil && (retryAt.map { $0 <= now } ?? true)
    }
}

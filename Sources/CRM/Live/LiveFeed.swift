import Logging
import NIOCore
import Storage
import Synchronization
import Tenancy
import Views

/// Tells open pages what happens: a reader of the feed that renders each event once and gives
/// it to the viewers who may see it.
package final class LiveFeed: Sendable {
    private let database: Database
    private let log: Logger
    private let wake: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    /// Nil when the feed has been stopped.
    private let viewers = Mutex<[Int: Viewer]?>([:])
    private let nextViewer = Atomic<Int>(0)
    /// Where the feed stood when this was made: whoever comes is told what happens from then on.
    private let start: FeedPlace

    /// Events read at a time.
    private static let batch = 500
    /// Messages a slow tab may lag behind; then its stream ends and it starts afresh.
    private static let lagMax = 1000
    static let viewersMax = 5000
    private static let heldBackPause = Duration.milliseconds(25)
    /// How often each viewer is sent a comment, also when it is quiet: a dead connection is
    /// noticed only when it is written to.
    private static let beatSeconds = 15
    private static let beat = ByteBuffer(string: ": still here\n\n")

    struct Viewer: Sendable {
        let caller: Caller
        let messages: AsyncStream<ByteBuffer>.Continuation

        /// Who lags too far behind has to come again.
        func tell(_ message: ByteBuffer) {
            if case .dropped = messages.yield(message) { messages.finish() }
        }
    }

    package init(database: Database, log: Logger) async throws {
        start = try await database.read { try await Feed.end(in: $0) }
        self.database = database
        self.log = log
        (wake, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        database.engine.onCommit { [signal] in signal.yield() }
        signal.yield()
    }

    package var viewerCount: Int { viewers.withLock { $0?.count ?? 0 } }

    /// - Throws: `Problem.busy` when one more tab would be too many.
    func mustHaveRoom() throws {
        guard viewerCount < Self.viewersMax else { throw Problem.busy }
    }

    /// A tab's stream of what happens from now on.
    func subscribe(_ caller: Caller) -> (id: Int, messages: AsyncStream<ByteBuffer>) {
        let (messages, continuation) = AsyncStream<ByteBuffer>.makeStream(
            bufferingPolicy: .bufferingOldest(Self.lagMax))
        let id = nextViewer.add(1, ordering: .relaxed).newValue
        let viewer = Viewer(caller: caller, messages: continuation)
        let isOver = viewers.withLock { viewers in
            viewers?[id] = viewer
            return viewers == nil
        }
        if isOver { continuation.finish() }
        return (id, messages)
    }

    /// The place behind all that has happened so far.
    func now() async throws -> FeedPlace {
        try await database.read { try await Feed.end(in: $0) }
    }

    /// A piece of what a tab missed after `place`, and the place to go on from; nil at the end.
    ///
    /// Asked for after `subscribe`, the pieces and the stream together have no gap.
    func missed(
        _ caller: Caller, after place: FeedPlace
    ) async throws -> (messages: [ByteBuffer], next: FeedPlace?) {
        let tenant = caller.tenant
        let events = try await database.read(of: .tenant(tenant.uuid)) {
            try await Feed.events(after: place, of: tenant, limit: Self.batch, in: $0)
        }
        guard let last = events.last else { return ([], nil) }
        var bulletin = try await bulletin(events, for: [caller], of: caller.tenant)
        let messages = events.compactMap { bulletin.message($0, to: caller) }
        // Events that are not theirs to know move the place as well.
        return (messages + [ByteBuffer(string: "id: \(last.place)\n\n")], last.place)
    }

    func unsubscribe(_ id: Int) {
        viewers.withLock { $0?.removeValue(forKey: id) }?.messages.finish()
    }

    /// Follows the feed until it is cancelled.
    package func run() async throws {
        let heart = Task { await beat() }
        defer { heart.cancel() }
        var seen = start
        var isTold = true
        for await _ in wake {
            do {
                while let last = try await follow(after: seen) { seen = last }
                try await lookAgain(after: seen)
                isTold = true
            } catch {
                // Loud once: while the database is away, each look finds the same.
                log.log(
                    level: isTold ? .error : .debug, "Live pages could not be told",
                    metadata: ["error": "\(error)"])
                isTold = false
            }
        }
    }

    /// Each second a share of the viewers, so that not all are written to at the same moment.
    private func beat() async {
        var second = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            second = (second + 1) % Self.beatSeconds
            let share = viewers.withLock { [second] viewers in
                viewers?.filter { $0.key % Self.beatSeconds == second }
            }
            for viewer in (share ?? [:]).values { viewer.tell(Self.beat) }
        }
    }

    /// Comes back soon for events that are there and cannot be told yet: what ends the
    /// transaction they wait for may wake nobody.
    private func lookAgain(after seen: FeedPlace) async throws {
        guard viewerCount > 0 else { return }
        let isHeldBack = try await database.read { try await Feed.isHeldBack(after: seen, in: $0) }
        guard isHeldBack else { return }
        Task { [signal] in
            try? await Task.sleep(for: Self.heldBackPause)
            signal.yield()
        }
    }

    /// Ends the feed and every stream; one that is asked for from now on ends at once.
    package func stop() {
        signal.finish()
        let all = viewers.withLock { viewers in
            defer { viewers = nil }
            return viewers.map { Array($0.values) } ?? []
        }
        for viewer in all { viewer.messages.finish() }
    }

    /// Delivers one batch; returns the last event's place when there may be more.
    private func follow(after seen: FeedPlace) async throws -> FeedPlace? {
        // With nobody there to tell, nothing is read: under load that is thousands a second.
        if viewerCount == 0 {
            let end = try await now()
            // Whoever came meanwhile is told from where this stood.
            guard viewerCount == 0 else { return seen }
            return end > seen ? end : nil
        }
        let events = try await database.read {
            try await Feed.events(after: seen, limit: Self.batch, in: $0)
        }
        guard let last = events.last else { return nil }
        // Also who came while the events were read, which may take long: what they missed they
        // may have asked for before these happened.
        let all = viewers.withLock { $0.map { Array($0.values) } ?? [] }
        for tenant in Set(all.map(\.caller.tenant)) {
            let own = events.filter { $0.tenant == tenant }
            guard !own.isEmpty else { continue }
            let open = all.filter { $0.caller.tenant == tenant }
            // Whose role changed, who left or signed out: the stream ends, is asked for again,
            // and given to whoever they are now.
            let changed = open.filter { viewer in own.contains { $0.changes(viewer.caller) } }
            for viewer in changed { viewer.messages.finish() }
            try await deliver(own, to: open)
        }
        return last.place
    }

    private func bulletin(
        _ events: [StoredEvent], for callers: [Caller], of tenant: ID<Tenant>
    ) async throws -> Bulletin {
        try await database.read(as: .system(tenant)) { scope in
            try await Bulletin(events, for: callers, in: scope)
        }
    }

    /// `events` and `viewers` are of one tenant.
    private func deliver(_ events: [StoredEvent], to viewers: [Viewer]) async throws {
        guard let tenant = events.first?.tenant else { return }
        var bulletin = try await bulletin(events, for: viewers.map(\.caller), of: tenant)
        for viewer in viewers {
            for event in events {
                if let message = bulletin.message(event, to: viewer.caller) { viewer.tell(message) }
            }
        }
    }
}

/// An event as live pages need it.
extension StoredEvent {
    /// Whether the caller is not who they were, or may not what they might.
    func changes(_ caller: Caller) -> Bool {
        if name == "role.changed" { return subject != nil && subject == caller.held.own?.id.uuid }
        let names = [
            "user.changed", "user.deactivated", "user.password_set", "user.signed_out",
            "user.totp_reset", "session.ended",
        ]
        // Of everybody it is asked again where they come from.
        if name == "addresses.changed" { return true }
        return names.contains(name) && subject != nil && subject == caller.user?.uuid
    }

    /// Whether it is about a lead that boards and pages show. Imported history is not told one
    /// by one: the import's own events say how far it is.
    var isOfLead: Bool {
        !imported
            && (name.hasPrefix("lead.") || name.hasPrefix("activity.")
                || name.hasPrefix("follow_up.") || name.hasPrefix("clock."))
    }
}

import Foundation
import Storage
import Synchronization

/// Somebody looked at something that is noted.
package struct Sighting: Sendable {
    let caller: Caller
    let event: Event
    /// For how long one entry speaks for the same again.
    let seconds: Int

    package init(_ caller: Caller, _ event: Event, seconds: Int) {
        self.caller = caller
        self.event = event
        self.seconds = seconds
    }
}

/// Records sightings beside the requests they are of: nobody who reads waits for a write, and the
/// same of the same caller is one entry for a while.
package final class Sightings: Sendable {
    private let database: Database
    private let report: @Sendable (any Error) -> Void
    private let state = Mutex(State())
    private let wake: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    private static let toldMax = 20_000
    /// Sightings that wait while nothing can be written; more are reported and lost.
    private static let waitingMax = 10_000

    private struct Key: Hashable {
        let tenant: ID<Tenant>
        let actor: UUID?
        let event: String
        let subject: UUID?
        let data: String
    }

    private struct State: Sendable {
        /// Until when an entry speaks for the same.
        var told = RecentlyUsed<Key, Instant>(capacity: toldMax)
        var waiting: [(sighting: Sighting, at: Instant)] = []
    }

    /// - Parameter report: Told of what could not be recorded yet, or at all.
    package init(_ database: Database, report: @escaping @Sendable (any Error) -> Void) {
        self.database = database
        self.report = report
        (wake, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func note(_ sighting: Sighting, at now: Instant) {
        let (caller, event) = (sighting.caller, sighting.event)
        let key = Key(
            tenant: caller.tenant, actor: caller.actor.id, event: event.name,
            subject: event.subject, data: event.data)
        let isNew = state.withLock { state in
            if let until = state.told[key], until > now { return false }
            state.told[key] = now.adding(seconds: sighting.seconds)
            state.waiting.append((sighting, now))
            return true
        }
        if isNew { signal.yield() }
    }

    /// Records what comes until it is cancelled; what is left then is for `record`.
    package func run() async {
        for await _ in wake { await record() }
    }

    /// Records all that waits. What cannot be written now waits on.
    package func record() async {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        var failed: [(sighting: Sighting, at: Instant)] = []
        for (sighting, moment) in waiting {
            do {
                try await database.write(
                    as: sighting.caller, at: moment, isolation: .readCommitted
                ) { try await $0.record(sighting.event) }
            } catch {
                report(error)
                failed.append((sighting, moment))
            }
        }
        guard !failed.isEmpty else { return }
        state.withLock { [failed] state in
            state.waiting = Array((failed + state.waiting).prefix(Self.waitingMax))
        }
    }
}

import Storage
import Synchronization

/// What was looked up lately, for a few seconds, so that a request need not ask the database.
final class Cache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let state: Mutex<State>
    private let microsecondsToLive: Int64

    private struct Entry: Sendable {
        let value: Value
        let loadedAt: Instant
    }

    private struct State: Sendable {
        var entries: RecentlyUsed<Key, Entry>
        /// Counts what was forgotten. A value whose loading began before is not kept, because
        /// it may be from before the change that made it stale.
        var forgotten = 0
    }

    init(capacity: Int, secondsToLive: Int) {
        state = Mutex(State(entries: RecentlyUsed(capacity: capacity)))
        microsecondsToLive = Int64(secondsToLive) * 1_000_000
    }

    /// The value for the key, loaded when it is not known or known for too long.
    /// That there is none is not remembered.
    func value(
        for key: Key, at now: Instant, load: () async throws -> Value?
    ) async throws -> Value? {
        let (entry, forgotten) = state.withLock { ($0.entries[key], $0.forgotten) }
        if let entry, isFresh(entry, at: now) { return entry.value }
        guard let value = try await load() else { return nil }
        state.withLock { state in
            guard state.forgotten == forgotten else { return }
            state.entries[key] = Entry(value: value, loadedAt: now)
        }
        return value
    }

    func forget(where matches: (Value) -> Bool) {
        state.withLock { state in
            state.forgotten += 1
            state.entries.removeAll { matches($0.value) }
        }
    }

    /// An entry from the future means that the clock was set back; it is loaded again.
    private func isFresh(_ entry: Entry, at now: Instant) -> Bool {
        let age = now.microseconds - entry.loadedAt.microseconds
        return age >= 0 && age < microsecondsToLive
    }
}

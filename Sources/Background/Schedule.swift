import Storage
import Tenancy

/// Something that is done again and again.
package struct ScheduleEntry: Sendable {
    /// Stored, so it never changes.
    package let name: String
    package let rhythm: Rhythm
    package let missed: Missed
    let add: @Sendable (Jobs) async throws -> Void

    /// What becomes of slots that passed while no process ran.
    package enum Missed: Sendable {
        /// They are made up for by one run.
        case once
        /// They are left out.
        case skip
    }

    package init(
        _ name: String, _ rhythm: Rhythm, missed: Missed = .once, _ job: some Job
    ) {
        self.name = name
        self.rhythm = rhythm
        self.missed = missed
        add = { try await $0.add(job, key: "schedule:\(name)") }
    }
}

/// When an entry of the schedule is due.
package enum Rhythm: Sendable, Equatable {
    case every(seconds: Int)
    /// Every day at this time, UTC.
    case daily(hour: Int, minute: Int)

    private var seconds: Int64 {
        switch self {
        case .every(let seconds): Int64(seconds)
        case .daily: 86_400
        }
    }

    private var offset: Int64 {
        switch self {
        case .every: 0
        case .daily(let hour, let minute): Int64(hour * 3600 + minute * 60)
        }
    }

    /// The last moment that it was due at or before `now`.
    package func slot(at now: Instant) -> Instant {
        let (length, start) = (seconds * 1_000_000, offset * 1_000_000)
        let since = now.microseconds - start
        let whole = since / length - (since % length < 0 ? 1 : 0)
        return Instant(microseconds: start + whole * length)
    }

    /// The next moment that it is due after `now`.
    package func next(after now: Instant) -> Instant {
        Instant(microseconds: slot(at: now).microseconds + seconds * 1_000_000)
    }
}

/// Adds the jobs of a schedule when they are due, once, however many processes do so.
package struct Scheduler: Sendable {
    private let database: Database
    private let entries: [ScheduleEntry]
    private let now: Instant?

    /// How late a slot may be given out whose entry leaves out what was missed.
    private static let graceSeconds = 60
    private static let lookSecondsMax = 30

    /// - Parameter now: For tests; else the database's clock.
    package init(_ database: Database, _ entries: [ScheduleEntry], at now: Instant? = nil) {
        self.database = database
        self.entries = entries
        self.now = now
    }

    /// Works until the task is cancelled; `complain` is told what went wrong.
    package func run(_ complain: @Sendable (any Error) -> Void) async {
        while !Task.isCancelled {
            var wait = 1
            do { wait = try await step() } catch { complain(error) }
            try? await Task.sleep(for: .seconds(wait))
        }
    }

    /// Adds what is due; returns the seconds until something may be again.
    @discardableResult
    package func step() async throws -> Int {
        let now = try await moment()
        for entry in entries { try await give(entry, at: now) }
        let next = entries.map { $0.rhythm.next(after: now).seconds(since: now) + 1 }.min()
        return min(Self.lookSecondsMax, next ?? Self.lookSecondsMax)
    }

    private func moment() async throws -> Instant {
        if let now { return now }
        let clock: Instant? = try await database.read { tx in
            try await tx.value("SELECT \(tx.dialect.clock)")
        }
        return clock ?? .now
    }

    private func give(_ entry: ScheduleEntry, at now: Instant) async throws {
        let slot = entry.rhythm.slot(at: now)
        let known: Instant? = try await database.read { tx in
            try await tx.value("SELECT slot_at FROM schedule_slots WHERE name = \(entry.name)")
        }
        guard known.map({ $0 < slot }) ?? true else { return }
        let caller = Caller.system(.installation)
        try await database.write(as: caller, at: now, isolation: .readCommitted) { scope in
            let isOurs = try await scope.tx.execute(
                """
                INSERT INTO schedule_slots AS s (name, slot_at) VALUES (\(entry.name), \(slot))
                ON CONFLICT (name) DO UPDATE SET slot_at = excluded.slot_at
                WHERE s.slot_at < excluded.slot_at
                """)
            // What was never due before begins with the next slot.
            guard isOurs == 1, known != nil else { return }
            if entry.missed == .skip, now.seconds(since: slot) > Self.graceSeconds { return }
            try await entry.add(Jobs(scope))
        }
    }
}

import Background
import Foundation
import Storage
import Tenancy

/// Keeps the clocks by what happens: a reader of the feed, so that whoever makes leads by the
/// thousand does not wait for them.
///
/// Each clock knows the last event that made an entry, and takes only those behind it: a replay
/// changes nothing. Its own events it passes over.
package struct ClockKeeper: FeedReader {
    package let name = "clocks"
    package let batchMax: Int
    package let beginning = FeedBeginning.firstEvent

    package init(batchMax: Int = 500) {
        self.batchMax = batchMax
    }

    package func take(_ events: [StoredEvent], in tx: any Transaction) async throws {
        for (tenant, events) in Dictionary(grouping: events.filter(\.movesClocks), by: \.tenant) {
            guard let last = events.last else { continue }
            let scope = Scope(caller: .system(tenant), tx: tx, now: last.at)
            var some: [StoredEvent] = []
            for event in events {
                guard event.name == "change.undone" else {
                    some.append(event)
                    continue
                }
                // What it undoes may be among those before it.
                try await ClockBatch(some, in: scope)?.write()
                some = []
                try await undo(event, in: scope)
            }
            try await ClockBatch(some, in: scope)?.write()
        }
    }

    /// Takes back the entries that a change made, of clocks to which nothing happened since.
    private func undo(_ event: StoredEvent, in scope: Scope) async throws {
        let entries: [Clock.Entry] = try await scope.tx.all(
            """
            SELECT \(Clock.Entry.columns) FROM events e
            JOIN clock_entries n ON n.tenant_id = e.tenant_id AND n.event_seq = e.seq
            WHERE e.tenant_id = \(scope.tenant) AND e.change_id = \(event.subject)
            ORDER BY n.clock_id, n.number LIMIT 20000
            """)
        guard !entries.isEmpty else { return }
        let clocks = Clocks(scope)
        let calendar = try await Calendars(scope).ofCompany()
        let last = Dictionary(entries.map { ($0.clock, $0) }) { _, last in last }
        var (changed, written): ([Clock], [Clock.Entry]) = ([], [])
        for var clock in try await clocks.held(by: Array(last.keys)) {
            guard let entry = last[clock.id], entry.number == clock.entries else { continue }
            let entries = clock.undo(entry, event: event.place.number, in: calendar)
            guard !entries.isEmpty else { continue }
            changed.append(clock)
            written += entries
        }
        try await clocks.update(changed)
        try await clocks.write(written, of: changed)
        if !changed.isEmpty { try await clocks.plan() }
    }
}

extension StoredEvent {
    /// Whether a clock may have to do with it. Of an import, nothing has: it costs the reader
    /// nothing but the look.
    fileprivate var movesClocks: Bool {
        switch name {
        case "lead.merged", "lead.removed", "change.undone": subject != nil
        default: subject != nil && (startsFirstResponse || firstResponseAct != nil)
        }
    }

    /// The lead that went into the one that this is about.
    fileprivate var merged: UUID? {
        name == "lead.merged" ? data["merged"]?.string.flatMap(ID<Lead>.init)?.uuid : nil
    }
}

/// What some events of one company do to its clocks.
private struct ClockBatch {
    private let clocks: Clocks
    private let calendar: BusinessCalendar
    private let policy: FirstResponse
    /// By the lead that each runs on.
    private var known: [UUID: Clocks.Placed]
    private var fresh: Set<ID<Clock>> = []
    private var changed: Set<UUID> = []
    private var gone: [ID<Clock>] = []
    private var entries: [Clock.Entry] = []

    /// Nil when there is nothing to be done.
    init?(_ events: [StoredEvent], in scope: Scope) async throws {
        guard !events.isEmpty else { return nil }
        clocks = Clocks(scope)
        let subjects = Set(events.compactMap(\.subject) + events.compactMap(\.merged))
        let held = try await clocks.held(of: Array(subjects))
        known = Dictionary(held.map { ($0.clock.subject, $0) }) { first, _ in first }
        // Most that happens happens to leads whose clock has stopped.
        let isIdle = !events.contains { $0.startsFirstResponse } && held.allSatisfy(\.isOver)
        guard !isIdle || events.contains(where: { $0.firstResponseAct == nil }) else { return nil }
        calendar = try await Calendars(scope).ofCompany()
        policy = try await ClockPolicies(scope).firstResponse()
        for event in events { take(event) }
    }

    private mutating func take(_ event: StoredEvent) {
        guard let subject = event.subject else { return }
        if event.startsFirstResponse {
            start(event, on: subject)
        } else if let other = event.merged {
            merge(other, into: subject)
        } else if event.name == "lead.removed" {
            drop(subject)
        } else if let act = event.firstResponseAct, var placed = known[subject],
            placed.place < event.place
        {
            let made = placed.clock.take(
                act, at: event.at, event: event.place.number, in: calendar)
            guard !made.isEmpty else { return }
            placed.place = event.place
            known[subject] = placed
            changed.insert(subject)
            entries += made
        }
    }

    private mutating func start(_ event: StoredEvent, on subject: UUID) {
        guard policy.isActive, known[subject] == nil else { return }
        let (clock, entry) = Clock.start(
            .firstResponse, on: subject, targetSeconds: policy.targetMinutes * 60, at: event.at,
            event: event.place.number, in: calendar)
        known[subject] = Clocks.Placed(clock, at: event.place)
        fresh.insert(clock.id)
        changed.insert(subject)
        entries.append(entry)
    }

    /// The one that stays keeps its clock; if it had none, it gets the other's.
    private mutating func merge(_ other: UUID, into subject: UUID) {
        guard var placed = known[other] else { return }
        guard known[subject] == nil else { return drop(other) }
        placed.clock.subject = subject
        known[other] = nil
        known[subject] = placed
        changed.remove(other)
        changed.insert(subject)
    }

    private mutating func drop(_ subject: UUID) {
        guard let placed = known.removeValue(forKey: subject) else { return }
        changed.remove(subject)
        entries.removeAll { $0.clock == placed.clock.id }
        if fresh.remove(placed.clock.id) == nil { gone.append(placed.clock.id) }
    }

    func write() async throws {
        let all = changed.compactMap { known[$0]?.clock }
        try await clocks.delete(gone)
        try await clocks.insert(all.filter { fresh.contains($0.id) })
        try await clocks.update(all.filter { !fresh.contains($0.id) })
        try await clocks.write(entries, of: all)
        if all.contains(where: \.isRunning) {
            try await clocks.copyDue(
                all.filter { clock in !entries.contains { $0.clock == clock.id } })
            try await clocks.plan()
        }
    }
}

extension Clocks.Placed {
    fileprivate var isOver: Bool { clock.stoppedAt != nil }
}

extension Clocks {
    /// Clocks by id, held until this transaction ends.
    fileprivate func held(by ids: [ID<Clock>]) async throws -> [Clock] {
        try await scope.tx.all(
            """
            SELECT \(Clock.columns) FROM clocks c
            WHERE c.tenant_id = \(scope.tenant) AND c.id IN \(SQL.list(ids))
            ORDER BY c.id \(scope.tx.dialect.locking("c"))
            """)
    }
}

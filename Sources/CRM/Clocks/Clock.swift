import Foundation
import Storage
import Tenancy

/// Something that has to happen within some working time, such as the first response to a lead.
///
/// It keeps the target that was in force when it started, whatever becomes of the policy, the
/// owner or the team meanwhile; what befalls it is written down as entries, none of which is ever
/// changed.
package struct Clock: Sendable, Equatable {
    package enum Kind: String, Sendable, SQLConvertible {
        case firstResponse = "first_response"
    }

    package let id: ID<Clock>
    package let kind: Kind
    /// The lead that it runs on.
    package var subject: UUID
    package private(set) var targetSeconds: Int
    package let startedAt: Instant
    /// Nil while it is paused, and once it is stopped.
    package private(set) var runningSince: Instant?
    /// Working seconds until it last began to run; all of them when it does not.
    package private(set) var workedSeconds: Int
    /// Nil while it is paused, or when the company works too little for it ever to be due.
    package private(set) var dueAt: Instant?
    package private(set) var stoppedAt: Instant?
    /// When it was due, of one that was stopped later or not yet.
    package private(set) var breachedAt: Instant?
    /// How many entries it has.
    package private(set) var entries: Int
    /// The last event that made an entry.
    package private(set) var lastSeq: Int64

    /// What may befall a clock.
    enum Act: Sendable, Equatable {
        case pause, resume, stop
        case retarget(seconds: Int)
    }

    /// One line of its ledger.
    package struct Entry: Sendable, Equatable {
        package enum Kind: String, Sendable, SQLConvertible {
            case started, paused, resumed, stopped, retargeted, breached
        }

        let clock: ID<Clock>
        let number: Int
        package let kind: Kind
        package let at: Instant
        package let targetSeconds: Int
        package let workedSeconds: Int
        let event: Int64?
    }

    var isRunning: Bool { runningSince != nil }

    /// Starts one, with the entry that says so.
    static func start(
        _ kind: Kind, on subject: UUID, targetSeconds: Int, at moment: Instant, event: Int64,
        in calendar: BusinessCalendar
    ) -> (clock: Clock, entry: Entry) {
        var clock = Clock(
            id: ID(UUIDv7.next(at: moment)), kind: kind, subject: subject,
            targetSeconds: targetSeconds, startedAt: moment, runningSince: nil, workedSeconds: 0,
            dueAt: nil, stoppedAt: nil, breachedAt: nil, entries: 0, lastSeq: event)
        clock.run(from: moment, in: calendar)
        let entry = clock.entry(.started, at: moment, event: event)
        return (clock, entry)
    }

    /// Does something to it, and returns what is to be written down; nothing when it is so
    /// already, or too late.
    mutating func take(
        _ act: Act, at moment: Instant, event: Int64?, in calendar: BusinessCalendar
    ) -> [Entry] {
        guard stoppedAt == nil else { return [] }
        var entries: [Entry] = []
        switch act {
        case .pause where isRunning:
            entries += breach(by: moment)
            halt(at: moment, in: calendar)
            dueAt = nil
            entries.append(entry(.paused, at: moment, event: event))
        case .resume where !isRunning:
            run(from: moment, in: calendar)
            entries.append(entry(.resumed, at: moment, event: event))
        case .stop:
            entries += breach(by: moment)
            halt(at: moment, in: calendar)
            stoppedAt = moment
            entries.append(entry(.stopped, at: moment, event: event))
        case .retarget(let seconds) where seconds != targetSeconds:
            entries += breach(by: moment)
            let ran = isRunning
            halt(at: moment, in: calendar)
            targetSeconds = seconds
            if ran { run(from: moment, in: calendar) }
            entries.append(entry(.retargeted, at: moment, event: event))
        default: break
        }
        return entries
    }

    /// Writes down, once, that it was due before a moment and had not been stopped.
    mutating func breach(by moment: Instant) -> [Entry] {
        guard isRunning, breachedAt == nil, let dueAt, dueAt < moment else { return [] }
        breachedAt = dueAt
        return [entry(.breached, at: dueAt, event: nil)]
    }

    /// Goes on as if its last entry had not come: what caused it was undone.
    mutating func undo(
        _ last: Entry, event: Int64, in calendar: BusinessCalendar
    ) -> [Entry] {
        workedSeconds = last.workedSeconds
        switch last.kind {
        case .paused, .stopped:
            stoppedAt = nil
            run(from: last.at, in: calendar)
            return [entry(.resumed, at: last.at, event: event)]
        case .resumed:
            (runningSince, dueAt) = (nil, nil)
            return [entry(.paused, at: last.at, event: event)]
        case .started, .retargeted, .breached: return []
        }
    }

    private mutating func run(from moment: Instant, in calendar: BusinessCalendar) {
        runningSince = moment
        dueAt = calendar.adding(
            workingSeconds: max(0, targetSeconds - workedSeconds), to: moment)
    }

    private mutating func halt(at moment: Instant, in calendar: BusinessCalendar) {
        guard let since = runningSince else { return }
        workedSeconds += calendar.workingSeconds(from: since, to: moment)
        runningSince = nil
    }

    private mutating func entry(_ kind: Entry.Kind, at moment: Instant, event: Int64?) -> Entry {
        entries += 1
        if let event { lastSeq = event }
        return Entry(
            clock: id, number: entries, kind: kind, at: moment, targetSeconds: targetSeconds,
            workedSeconds: workedSeconds, event: event)
    }
}

extension Clock: RowDecodable {
    /// Of `clocks c`.
    static let columns: SQL = """
        c.id, c.kind, c.subject_id, c.target_seconds, c.started_at, c.running_since,
        c.worked_seconds, c.due_at, c.stopped_at, c.breached_at, c.entries, c.last_seq
        """

    package init(row: inout Row) throws {
        id = try row.next()
        kind = try row.next()
        subject = try row.next()
        targetSeconds = try row.next()
        startedAt = try row.next()
        runningSince = try row.next()
        workedSeconds = try row.next()
        dueAt = try row.next()
        stoppedAt = try row.next()
        breachedAt = try row.next()
        entries = try row.next()
        lastSeq = try row.next()
    }
}

extension Clock.Entry: RowDecodable {
    /// Of `clock_entries n`.
    static let columns: SQL = """
        n.clock_id, n.number, n.kind, n.at, n.target_seconds, n.worked_seconds, n.event_seq
        """

    package init(row: inout Row) throws {
        clock = try row.next()
        number = try row.next()
        kind = try row.next()
        at = try row.next()
        targetSeconds = try row.next()
        workedSeconds = try row.next()
        event = try row.next()
    }
}

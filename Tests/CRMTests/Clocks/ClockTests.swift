import Foundation
import Storage
import Testing

@testable import CRM

@Suite struct ClockTests {
    private static let calendar = BusinessCalendar.usual(zone: .gmt)

    /// On a Wednesday, with an hour to respond.
    private static func clock(at text: String = "2026-11-18T09:30:00Z") -> Clock {
        Clock.start(
            .firstResponse, on: UUID(), targetSeconds: 3600, at: Instant(text)!, event: 1,
            in: calendar
        ).clock
    }

    private static func at(_ clock: String) -> Instant { Instant("2026-11-18T\(clock):00Z")! }

    @Test func `one stopped in time keeps what it worked, and takes nothing more`() {
        var clock = Self.clock()
        #expect(clock.dueAt == Self.at("10:30"))
        let entries = clock.take(.stop, at: Self.at("10:30"), event: 2, in: Self.calendar)
        #expect(entries.map(\.kind) == [.stopped])
        #expect(clock.workedSeconds == 3600)
        #expect(clock.breachedAt == nil)
        #expect(clock.take(.stop, at: Self.at("11:00"), event: 3, in: Self.calendar).isEmpty)
        #expect(clock.take(.resume, at: Self.at("11:00"), event: 3, in: Self.calendar).isEmpty)
    }

    @Test func `one stopped too late was breached when it was due`() {
        var clock = Self.clock()
        let entries = clock.take(.stop, at: Self.at("12:00"), event: 2, in: Self.calendar)
        #expect(entries.map(\.kind) == [.breached, .stopped])
        #expect(entries.map(\.number) == [2, 3])
        #expect(clock.breachedAt == Self.at("10:30"))
        #expect(clock.workedSeconds == 9000)
    }

    @Test func `on hold, no time passes`() {
        var clock = Self.clock()
        _ = clock.take(.pause, at: Self.at("10:00"), event: 2, in: Self.calendar)
        #expect(clock.dueAt == nil)
        #expect(clock.breach(by: Self.at("17:00")).isEmpty)
        _ = clock.take(.resume, at: Self.at("17:50"), event: 3, in: Self.calendar)
        #expect(clock.dueAt == Instant("2026-11-19T09:20:00Z"))
        _ = clock.take(
            .stop, at: Instant("2026-11-19T09:10:00Z")!, event: 4, in: Self.calendar)
        #expect(clock.workedSeconds == 1800 + 600 + 600)
        #expect(clock.breachedAt == nil)
    }

    @Test func `a new target counts what was worked already`() {
        var clock = Self.clock()
        _ = clock.take(
            .retarget(seconds: 7200), at: Self.at("10:00"), event: nil, in: Self.calendar)
        #expect(clock.dueAt == Self.at("11:30"))
        #expect(clock.lastSeq == 1)
        _ = clock.take(.retarget(seconds: 60), at: Self.at("11:00"), event: nil, in: Self.calendar)
        #expect(clock.dueAt == Self.at("11:00"))
        #expect(clock.breach(by: Self.at("11:01")).map(\.kind) == [.breached])
        #expect(clock.breach(by: Self.at("11:02")).isEmpty)
    }

    @Test func `what is undone never was`() throws {
        let running = Self.clock()
        var clock = running
        let stop = try #require(
            clock.take(.stop, at: Self.at("10:00"), event: 2, in: Self.calendar).last)
        #expect(clock.undo(stop, event: 3, in: Self.calendar).map(\.kind) == [.resumed])
        #expect(clock.dueAt == running.dueAt)
        let pause = try #require(
            clock.take(.pause, at: Self.at("10:10"), event: 4, in: Self.calendar).last)
        #expect(clock.workedSeconds == 2400)
        _ = clock.undo(pause, event: 5, in: Self.calendar)
        #expect(clock.dueAt == running.dueAt)
        #expect(clock.entries == 5)
    }
}

import CRM
import DatabaseSupport
import Foundation
import Storage
import Testing

@Suite struct BusinessCalendarTests {
    private typealias Slot = BusinessCalendar.Slot

    private static func zone(_ name: String) -> TimeZone { TimeZone(identifier: name)! }
    private static func moment(_ text: String) -> Instant { Instant(text)! }

    /// Mondays to Fridays with a lunch break, in Berlin, without Christmas.
    private static let office = BusinessCalendar(
        zone: zone("Europe/Berlin"),
        week: Array(repeating: [Slot(540, 720), Slot(780, 1080)], count: 5) + [[], []],
        holidays: [.init(Day("2026-12-25")!, "Christmas")])

    /// Whether the wall's clock shows an open time, asked of Foundation and not of the calendar.
    private static func isOpen(_ calendar: BusinessCalendar, _ second: Int) -> Bool {
        var civil = Calendar(identifier: .gregorian)
        civil.timeZone = calendar.zone
        let parts = civil.dateComponents(
            [.year, .month, .day, .weekday, .hour, .minute],
            from: Date(timeIntervalSince1970: Double(second)))
        let day = Day(year: parts.year!, month: parts.month!, day: parts.day!)!
        guard !calendar.holidays.contains(where: { $0.day == day }) else { return false }
        let minute = parts.hour! * 60 + parts.minute!
        return calendar.week[(parts.weekday! + 5) % 7]
            .contains { $0.opens <= minute && minute < $0.closes }
    }

    @Test(arguments: [
        ("2026-11-18T08:30:00Z", "2026-11-18T09:30:00Z", 3600),
        // Over lunch, and over a night.
        ("2026-11-18T10:30:00Z", "2026-11-18T12:30:00Z", 3600),
        ("2026-11-18T16:30:00Z", "2026-11-19T08:30:00Z", 3600),
        // From a Friday evening to a Monday morning.
        ("2026-11-20T16:59:00Z", "2026-11-23T08:01:00Z", 120),
        // Christmas is a Friday; the day before it is worked.
        ("2026-12-24T16:00:00Z", "2026-12-28T09:00:00Z", 7200),
        ("2026-11-21T10:00:00Z", "2026-11-22T10:00:00Z", 0),
        ("2026-11-19T09:30:00Z", "2026-11-18T08:30:00Z", 0),
    ])
    func `only open hours count`(_ start: String, _ end: String, seconds: Int) {
        let counted = Self.office.workingSeconds(
            from: Self.moment(start), to: Self.moment(end))
        #expect(counted == seconds)
    }

    @Test func `a due time is within open hours, or at the end of them`() {
        let calendar = Self.office
        func due(_ start: String) -> String? {
            calendar.adding(workingSeconds: 3600, to: Self.moment(start))?.text
        }
        #expect(due("2026-11-18T08:30:00Z") == "2026-11-18T09:30:00Z")
        #expect(due("2026-11-18T10:30:00Z") == "2026-11-18T12:30:00Z")
        #expect(due("2026-11-18T16:00:00Z") == "2026-11-18T17:00:00Z")
        #expect(due("2026-11-21T03:00:00Z") == "2026-11-23T09:00:00Z")
        #expect(due("2026-12-24T16:30:00Z") == "2026-12-28T08:30:00Z")
        let night = Self.moment("2026-11-20T22:00:00Z")
        #expect(calendar.opening(after: night) == Self.moment("2026-11-23T08:00:00Z"))
    }

    @Test func `the hour that a clock change repeats counts twice, and the one it skips never`() {
        let nights = [[Slot]](repeating: [Slot(60, 240)], count: 7)
        for (name, repeated, skipped) in [
            ("Europe/Berlin", "2026-10-24T21:00:00Z", "2026-03-28T21:00:00Z"),
            ("America/New_York", "2026-11-01T03:00:00Z", "2026-03-08T03:00:00Z"),
        ] {
            let calendar = BusinessCalendar(zone: Self.zone(name), week: nights)
            func night(_ start: String) -> Int {
                let start = Self.moment(start)
                return calendar.workingSeconds(from: start, to: start.adding(seconds: 43_200))
            }
            #expect(night(repeated) == 4 * 3600, "\(name)")
            #expect(night(skipped) == 2 * 3600, "\(name)")
        }
    }

    @Test func `a company that is never open has nothing due, and a slot may end at midnight`() {
        let never = BusinessCalendar(
            zone: .gmt, week: Array(repeating: [], count: 7))
        #expect(never.adding(workingSeconds: 1, to: Self.moment("2026-11-18")) == nil)
        #expect(never.opening(after: Self.moment("2026-11-18")) == nil)
        let always = BusinessCalendar(
            zone: Self.zone("Asia/Kolkata"), week: Array(repeating: [Slot(0, 1440)], count: 7))
        let start = Self.moment("2026-11-18T18:29:59.5Z")
        #expect(
            always.workingSeconds(from: start, to: start.adding(days: 400)) == 400 * 86_400)
        #expect(always.adding(workingSeconds: 2, to: start) == Self.moment("2026-11-18T18:30:01Z"))
    }

    private static func anyCalendar(_ dice: inout Dice) -> BusinessCalendar {
        let zones = [
            "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Africa/Casablanca",
            "Australia/Lord_Howe", "UTC",
        ]
        let week = (0..<7).map { _ -> [Slot] in
            let marks = Set((0..<4).map { _ in Int.random(in: 0...96, using: &dice) * 15 }).sorted()
            switch marks.count {
            case 4: return [Slot(marks[0], marks[1]), Slot(marks[2], marks[3])]
            case 2...: return dice.chance(50) ? [Slot(marks[0], marks[1])] : []
            default: return []
            }
        }
        let first = Day("2026-01-01")!.number
        let holidays = (0..<40).map { _ in
            BusinessCalendar.Holiday(
                Day(number: first + Int.random(in: 0..<500, using: &dice)), "A day")
        }
        return BusinessCalendar(zone: zone(dice.pick(zones)), week: week, holidays: holidays)
    }

    @Test(arguments: UInt64(0)..<8)
    func `any calendar counts as a clock on the wall does, minute by minute`(_ seed: UInt64) {
        var dice = Dice(seed: seed)
        for _ in 0..<4 {
            let calendar = Self.anyCalendar(&dice)
            let start = Int(Self.moment("2026-01-01").microseconds / 1_000_000)
            // About a clock change as often as not.
            let changes = ["2026-03-29", "2026-10-25", "2026-11-01", "2026-02-15", "2026-04-05"]
            let near = Int(Self.moment(dice.pick(changes)).microseconds / 1_000_000) - 86_400
            let anywhere = start + Int.random(in: 0..<525_600, using: &dice) * 60
            let from = dice.chance(50) ? near : anywhere
            let minutes = Int.random(in: 0..<4320, using: &dice)
            let open = (0..<minutes).filter { Self.isOpen(calendar, from + $0 * 60) }
            let begin = Instant(microseconds: Int64(from) * 1_000_000)
            let counted = calendar.workingSeconds(
                from: begin, to: begin.adding(seconds: minutes * 60))
            #expect(counted == open.count * 60)
            for minute in [0, minutes / 2, minutes] {
                let there = begin.adding(seconds: minute * 60)
                #expect(calendar.isOpen(at: there) == Self.isOpen(calendar, from + minute * 60))
            }
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `what was counted and is added leads back, and counting adds up`(_ seed: UInt64) {
        var dice = Dice(seed: 100 + seed)
        let start = Self.moment("2026-01-01")
        for _ in 0..<50 {
            let calendar = Self.anyCalendar(&dice)
            let marks = (0..<3).map { _ in
                start.adding(seconds: Int.random(in: 0..<40_000_000, using: &dice))
            }.sorted()
            let (a, b, c) = (marks[0], marks[1], marks[2])
            let (first, second) = (
                calendar.workingSeconds(from: a, to: b), calendar.workingSeconds(from: b, to: c)
            )
            #expect(calendar.workingSeconds(from: a, to: c) == first + second)
            guard first > 0, let back = calendar.adding(workingSeconds: first, to: a) else {
                continue
            }
            #expect(back <= b)
            #expect(calendar.workingSeconds(from: a, to: back) == first)
            #expect(
                calendar.workingSeconds(from: a, to: back.adding(seconds: -1)) == first - 1)
            #expect(calendar.opening(after: back) == calendar.opening(after: b))
            if let later = calendar.adding(workingSeconds: first + 1, to: a) {
                #expect(later > back)
            }
        }
    }
}

import Foundation
import Storage

/// When a company works: a week of open hours on the clocks of a place, less its holidays.
///
/// A moment is open when the clock on the wall there shows an open time. So the hour that a
/// clock change repeats counts twice, and the one that it leaves out not at all. Counts in whole
/// seconds.
package struct BusinessCalendar: Sendable, Equatable {
    /// Minutes since midnight on the wall; what ends at midnight closes at 1440.
    package struct Slot: Sendable, Hashable {
        package let opens: Int
        package let closes: Int

        package init(_ opens: Int, _ closes: Int) {
            (self.opens, self.closes) = (opens, closes)
        }
    }

    /// A day on which nobody works.
    package struct Holiday: Sendable, Hashable {
        package let day: Day
        package let name: String

        package init(_ day: Day, _ name: String) {
            (self.day, self.name) = (day, name)
        }
    }

    package let zone: TimeZone
    /// Monday first. The slots of a day in order, none over another.
    package let week: [[Slot]]
    /// In order, each day once.
    package let holidays: [Holiday]
    /// Working seconds of the week before each of its days, and those of the whole week behind.
    private let before: [Int]
    /// Working seconds that the holidays before each of them take away, and all of them behind.
    private let missed: [Int]

    /// How far ahead a moment is looked for.
    package static let horizonDays = 731

    /// - Parameter week: Seven days of slots that lie within the day and do not overlap.
    package init(zone: TimeZone, week: [[Slot]], holidays: [Holiday] = []) {
        precondition(week.count == 7)
        self.zone = zone
        self.week = week.map { $0.sorted { $0.opens < $1.opens } }
        let named = Dictionary(holidays.map { ($0.day, $0) }) { _, last in last }
        self.holidays = named.values.sorted { $0.day < $1.day }
        let seconds = self.week.map { Self.seconds(of: $0, until: 86_400) }
        before = seconds.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        missed = self.holidays.reduce(into: [0]) { sums, holiday in
            sums.append(sums[sums.count - 1] + seconds[Self.weekday(of: holiday.day.number)])
        }
    }

    /// Mondays to Fridays from 9 to 18.
    package static func usual(zone: TimeZone) -> BusinessCalendar {
        let workday = [Slot(9 * 60, 18 * 60)]
        return BusinessCalendar(
            zone: zone, week: Array(repeating: workday, count: 5) + [[], []])
    }

    /// Whether somebody works at this moment.
    package func isOpen(at moment: Instant) -> Bool {
        let local = second(of: moment) + offset(at: second(of: moment))
        return worked(until: local + 1) > worked(until: local)
    }

    /// Seconds of open time between two moments; none when the second is not behind the first.
    package func workingSeconds(from start: Instant, to end: Instant) -> Int {
        let (start, end) = (second(of: start), second(of: end))
        var (at, sum) = (start, 0)
        while at < end {
            let stretch = stretch(from: at, to: end)
            sum += worked(in: stretch)
            at = stretch.end
        }
        return sum
    }

    /// The first moment by which so many seconds of open time have passed: when a day's last
    /// hour is what is left, its end, and not the next opening. Nil when that is beyond the
    /// horizon, as it is when the company is never open.
    package func adding(workingSeconds wanted: Int, to start: Instant) -> Instant? {
        guard wanted > 0 else { return start }
        var (at, left) = (second(of: start), wanted)
        let end = at + Self.horizonDays * 86_400
        while at < end {
            let stretch = stretch(from: at, to: end)
            let here = worked(in: stretch)
            if here >= left { return moment(after: left, in: stretch) }
            left -= here
            at = stretch.end
        }
        return nil
    }

    /// The moment itself when somebody works then, else when somebody next does; nil when that
    /// is beyond the horizon.
    package func opening(after moment: Instant) -> Instant? {
        if isOpen(at: moment) { return moment }
        return adding(workingSeconds: 1, to: moment)?.adding(seconds: -1)
    }
}

extension BusinessCalendar {
    /// Seconds since 1970 between two changes of the clocks, in which the wall's is ahead of UTC
    /// by the same all the time.
    private struct Stretch {
        let start: Int
        let end: Int
        let offset: Int
    }

    /// To the next change of the clocks, at most to `end`.
    private func stretch(from start: Int, to end: Int) -> Stretch {
        let change = zone.nextDaylightSavingTimeTransition(after: date(start))
            .map { Int($0.timeIntervalSince1970.rounded(.down)) }
        // A change that does not lie ahead is none.
        let next = change.flatMap { $0 > start ? min($0, end) : nil } ?? end
        return Stretch(start: start, end: next, offset: offset(at: start))
    }

    private func worked(in stretch: Stretch) -> Int {
        worked(until: stretch.end + stretch.offset) - worked(until: stretch.start + stretch.offset)
    }

    /// The first second of a stretch by which `wanted` of it are worked, by halving.
    private func moment(after wanted: Int, in stretch: Stretch) -> Instant {
        let goal = worked(until: stretch.start + stretch.offset) + wanted
        var (low, high) = (stretch.start, stretch.end)
        while low < high {
            let middle = (low + high) / 2
            if worked(until: middle + stretch.offset) >= goal {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return Instant(microseconds: Int64(low) * 1_000_000)
    }

    /// Open seconds on a wall clock's count from the Monday before 1970 to one of its seconds.
    /// Only differences of it mean anything.
    private func worked(until local: Int) -> Int {
        let day = Self.floored(local, 86_400)
        let weekday = Self.weekday(of: day)
        let weeks = Self.floored(day + 3, 7)
        let holiday = firstHoliday(from: day)
        let isHoliday = holiday < holidays.count && holidays[holiday].day.number == day
        let today = isHoliday ? 0 : Self.seconds(of: week[weekday], until: local - day * 86_400)
        return weeks * before[7] + before[weekday] - missed[holiday] + today
    }

    /// Index of the first holiday that is not before a day.
    private func firstHoliday(from day: Int) -> Int {
        var (low, high) = (0, holidays.count)
        while low < high {
            let middle = (low + high) / 2
            if holidays[middle].day.number < day { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func seconds(of slots: [Slot], until second: Int) -> Int {
        slots.reduce(0) { sum, slot in
            sum + max(0, min(second, slot.closes * 60) - slot.opens * 60)
        }
    }

    /// 0 is Monday. The first of 1970 was a Thursday.
    private static func weekday(of day: Int) -> Int {
        day + 3 - floored(day + 3, 7) * 7
    }

    private static func floored(_ value: Int, _ divisor: Int) -> Int {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }

    private func second(of moment: Instant) -> Int {
        Self.floored(Int(moment.microseconds), 1_000_000)
    }

    private func offset(at second: Int) -> Int { zone.secondsFromGMT(for: date(second)) }

    private func date(_ second: Int) -> Date { Date(timeIntervalSince1970: Double(second)) }
}

import Foundation
import Spreadsheets
import Storage

/// Turns the dates of a file, which know no time zone, into moments: they are meant in the
/// tenant's.
struct WallClock: Sendable {
    private let zone: TimeZone
    private let isUTC: Bool

    init(zone name: String) {
        zone = TimeZone(identifier: name) ?? .gmt
        isUTC = ["UTC", "GMT", "Etc/UTC"].contains(name)
    }

    /// In the hour that a clock change repeats, the later one; in the hour it leaves out, as
    /// if it had not.
    func moment(_ date: LocalDateTime) -> Instant? {
        guard let day = Day(year: date.year, month: date.month, day: date.day) else { return nil }
        let local = Instant(
            microseconds: day.start.microseconds + Int64(date.millisecondsOfDay) * 1000)
        if isUTC { return local }
        let guess = local.adding(seconds: -offset(at: local))
        return local.adding(seconds: -offset(at: guess))
    }

    private func offset(at moment: Instant) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.microseconds) / 1e6))
    }
}

/// Reads the dates of a file's cells.
struct DateReading: Sendable {
    let pattern: DatePattern?
    let clock: WallClock

    /// A text that is no date.
    struct Fault: Error {
        /// What would be one, to end a sentence with.
        let wanted: String
    }

    /// A real date of a spreadsheet, ISO 8601, or a text in the pattern.
    func moment(_ cell: Cell, _ text: String) throws(Fault) -> Instant {
        if case .date(let date) = cell, let moment = clock.moment(date) { return moment }
        if let pattern, let date = pattern.date(text), let moment = clock.moment(date) {
            return moment
        }
        if let moment = iso(text) { return moment }
        let wanted =
            pattern.map { "a date like \($0.text)" }
            ?? "a date that can be read in one way only; say how dates are written"
        throw Fault(wanted: wanted)
    }

    func day(_ cell: Cell, _ text: String) throws(Fault) -> Day {
        if case .date(let date) = cell,
            let day = Day(year: date.year, month: date.month, day: date.day)
        {
            return day
        }
        if let date = pattern?.date(text),
            let day = Day(year: date.year, month: date.month, day: date.day)
        {
            return day
        }
        if let day = Day(text) { return day }
        throw Fault(wanted: "a date like \(pattern?.text ?? "2026-11-22")")
    }

    private static let withClock = [
        "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm:ss",
    ]
    .compactMap(DatePattern.init)

    private func iso(_ text: String) -> Instant? {
        // A plain day and a time without zone are the tenant's; a time with zone says itself.
        if let day = Day(text) {
            let (year, month, number) = day.civil
            return LocalDateTime(year: year, month: month, day: number).flatMap(clock.moment)
        }
        for pattern in Self.withClock {
            if let date = pattern.date(text) { return clock.moment(date) }
        }
        return Instant(text)
    }
}

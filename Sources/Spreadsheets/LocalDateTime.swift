/// A date and time of day without a time zone, which is all that a spreadsheet knows.
package struct LocalDateTime: Sendable, Hashable {
    package let year: Int
    package let month: Int
    package let day: Int
    package let millisecondsOfDay: Int

    /// Returns nil for a day that the calendar does not have.
    package init?(year: Int, month: Int, day: Int, millisecondsOfDay: Int = 0) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.days(inMonth: month, of: year),
            (0..<Self.millisecondsPerDay).contains(millisecondsOfDay)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.millisecondsOfDay = millisecondsOfDay
    }

    /// Counts from 1970-01-01; nil outside the years 1 to 9999.
    init?(daysSince1970 days: Int, millisecondsOfDay: Int) {
        guard (-719_162...2_932_896).contains(days) else { return nil }
        // Years are counted from 1 March, so that the leap day is the last of its year, in eras
        // of 400 years, after which the Gregorian calendar repeats.
        let sinceEpoch = days + 719_468
        let era = sinceEpoch / 146_097
        let dayOfEra = sinceEpoch % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        self.init(
            year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0),
            month: month,
            day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1,
            millisecondsOfDay: millisecondsOfDay)
    }

    static let millisecondsPerDay = 86_400_000

    package var hour: Int { millisecondsOfDay / 3_600_000 }
    package var minute: Int { millisecondsOfDay / 60_000 % 60 }
    package var second: Int { millisecondsOfDay / 1_000 % 60 }
    package var hasTime: Bool { millisecondsOfDay != 0 }

    /// `2016-10-20`, or `2016-10-20T13:05:00` when there is a time of day.
    package var iso8601: String {
        let date = "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
        return hasTime ? "\(date)T\(clockText(milliseconds: millisecondsOfDay))" : date
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// `13:05:00`, with thousandths only when there are any.
func clockText(milliseconds: Int) -> String {
    let sign = milliseconds < 0 ? "-" : ""
    let total = milliseconds.magnitude
    let clock = [total / 3_600_000, total / 60_000 % 60, total / 1_000 % 60]
        .map { padded(Int($0), to: 2) }
        .joined(separator: ":")
    let thousandths = Int(total % 1_000)
    return thousandths == 0 ? sign + clock : "\(sign)\(clock).\(padded(thousandths, to: 3))"
}

private func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

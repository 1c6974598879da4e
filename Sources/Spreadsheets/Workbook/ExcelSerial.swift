/// Dates that a workbook stores as a number of days, told from others only by their format.
struct ExcelSerial {
    let usesDatesFrom1904: Bool

    /// Days from each system's day 0 to 1970-01-01; for 1900 from day 61 on.
    private static let epoch1904 = 24_107
    private static let epoch1900 = 25_569
    /// 9999-12-31
    private static let lastDay = 2_958_465.0

    /// Returns nil for a plain number, and for a number that is no date although its format is
    /// one: a negative, one after the year 9999, and 1900-02-29, which Excel believes in.
    func cell(_ serial: Double, format: NumberFormat) -> Cell? {
        guard format != .number, serial.magnitude <= Self.lastDay + 1 else { return nil }
        let milliseconds = Int((serial * Double(LocalDateTime.millisecondsPerDay)).rounded())
        if format == .elapsedTime { return .time(milliseconds: milliseconds) }
        guard milliseconds >= 0 else { return nil }
        let hasNoDay = milliseconds < LocalDateTime.millisecondsPerDay
        if hasNoDay, format == .timeOfDay || !usesDatesFrom1904 {
            return .time(milliseconds: milliseconds)
        }
        let day = milliseconds / LocalDateTime.millisecondsPerDay
        guard let days = daysSince1970(day) else { return nil }
        let time = milliseconds % LocalDateTime.millisecondsPerDay
        return LocalDateTime(daysSince1970: days, millisecondsOfDay: time).map { .date($0) }
    }

    private func daysSince1970(_ day: Int) -> Int? {
        if usesDatesFrom1904 { return day - Self.epoch1904 }
        switch day {
        case 61...: return day - Self.epoch1900
        // Lotus 1-2-3 took 1900 for a leap year, and Excel kept the mistake.
        case 60: return nil
        default: return day - Self.epoch1900 + 1
        }
    }
}

extension Cell {
    /// Reads the form that the strict variant of the format writes: a date, a time or both.
    /// A zone, which programs do not write, would have no place in the cell.
    init?(iso8601 text: String) {
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        let clock = parts.last.flatMap { Self.milliseconds(clock: $0) }
        if parts.count == 1 || parts[0].isEmpty, let clock {
            self = .time(milliseconds: clock)
            return
        }
        let fields = parts[0].split(separator: "-", omittingEmptySubsequences: false).map {
            Int($0)
        }
        guard fields.count == 3, let year = fields[0], let month = fields[1], let day = fields[2],
            parts.count == 1 || clock != nil,
            let date = LocalDateTime(
                year: year, month: month, day: day, millisecondsOfDay: clock ?? 0)
        else { return nil }
        self = .date(date)
    }

    private static func milliseconds(clock: Substring) -> Int? {
        let zoneless = clock.hasSuffix("Z") ? clock.dropLast() : clock
        let fields = zoneless.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(fields.count), let hour = Int(fields[0]),
            let minute = Int(fields[1]),
            let second = fields.count == 3 ? Double(fields[2]) : 0,
            (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second)
        else { return nil }
        return hour * 3_600_000 + minute * 60_000 + min(59_999, Int((second * 1_000).rounded()))
    }
}

import Foundation

/// A moment, in microseconds since 1970 UTC: what every `_at` column holds.
package struct Instant: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(
            microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.microseconds < right.microseconds
    }

    package func adding(seconds: Int) -> Instant {
        Instant(microseconds: microseconds + Int64(seconds) * 1_000_000)
    }

    package func adding(days: Int) -> Instant { adding(seconds: days * 86_400) }

    /// Seconds from `other` to this moment, rounded down.
    package func seconds(since other: Instant) -> Int {
        Int((microseconds - other.microseconds) / 1_000_000)
    }

    /// The day this moment falls on, in UTC shifted by `offsetSeconds`.
    package func day(offsetSeconds: Int = 0) -> Day {
        let seconds = Self.floored(microseconds, 1_000_000) + Int64(offsetSeconds)
        return Day(number: Int(Self.floored(seconds, 86_400)))
    }

    /// RFC 3339 in UTC; the fraction only when there is one.
    package var text: String {
        let day = day()
        let within = Int(microseconds - Int64(day.number) * 86_400_000_000)
        let (second, fraction) = (within / 1_000_000, within % 1_000_000)
        var digits = Digits(capacity: 32)
        digits.write(day)
        digits.write(second / 3600, 2, after: "T")
        digits.write(second / 60 % 60, 2, after: ":")
        digits.write(second % 60, 2, after: ":")
        if fraction != 0 { digits.write(fraction, 6, after: ".") }
        return digits.text + "Z"
    }

    /// Reads RFC 3339 (with offset), or a plain date as its midnight UTC.
    package init?(_ text: String) {
        if let day = Day(text) {
            self = day.start
            return
        }
        guard let parsed = RFC3339.parse(text) else { return nil }
        self = parsed
    }

    static func floored(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }
}

/// A calendar day without time zone, as days since 1970-01-01: what every `_on` column holds.
package struct Day: Hashable, Comparable, Sendable {
    package let number: Int

    package init(number: Int) {
        self.number = number
    }

    /// Proleptic Gregorian. Nil when there is no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        // Days from civil, after H. Hinnant, "chrono-compatible low-level date algorithms".
        let y = month <= 2 ? year - 1 : year
        let era = y / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = era * 146_097 + dayOfEra - 719_468
        guard civil == (year, month, day) else { return nil }
    }

    /// Reads `2026-11-22`.
    package init?(_ text: String) {
        let bytes = Array(text.utf8.prefix(11))
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = decimal(bytes[0..<4]), let month = decimal(bytes[5..<7]),
            let day = decimal(bytes[8..<10])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    package static func < (left: Day, right: Day) -> Bool { left.number < right.number }

    package var start: Instant { Instant(microseconds: Int64(number) * 86_400_000_000) }

    package var civil: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    package var text: String {
        var digits = Digits(capacity: 12)
        digits.write(self)
        return digits.text
    }
}

/// Padded decimal numbers, one behind the other. A list of leads holds hundreds.
private struct Digits {
    private var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func write(_ day: Day) {
        let (year, month, day) = day.civil
        write(year, 4)
        write(month, 2, after: "-")
        write(day, 2, after: "-")
    }

    mutating func write(_ number: Int, _ width: Int, after sign: Unicode.Scalar? = nil) {
        if let sign { bytes.append(UInt8(ascii: sign)) }
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(48 + number / divisor % 10))
            divisor /= 10
        }
    }
}

/// RFC 3339 §5.6 date-time.
private enum RFC3339 {
    static func parse(_ text: String) -> Instant? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 35, let day = Day(String(text.prefix(10))),
            bytes[10] | 32 == UInt8(ascii: "t") || bytes[10] == UInt8(ascii: " "),
            let hour = decimal(bytes[11..<13]), bytes[13] == UInt8(ascii: ":"),
            let minute = decimal(bytes[14..<16]), bytes[16] == UInt8(ascii: ":"),
            let second = decimal(bytes[17..<19]), hour < 24, minute < 60, second < 61
        else { return nil }
        var at = 19
        var micros = 0
        if bytes[at] == UInt8(ascii: ".") {
            let digits = bytes[(at + 1)...].prefix { $0 >= 48 && $0 <= 57 }
            guard !digits.isEmpty, digits.count <= 9 else { return nil }
            let six = (Array(digits) + Array(repeating: 48, count: 6)).prefix(6)
            micros = decimal(six[...]) ?? 0
            at += 1 + digits.count
        }
        guard let offset = offset(bytes[at...]) else { return nil }
        let seconds = Int64(hour * 3600 + minute * 60 + second - offset)
        let instant = Instant(
            microseconds: day.start.microseconds + seconds * 1_000_000 + Int64(micros))
        // An offset may lead out of the four-digit years, which could not be written again.
        return (1...9999).contains(instant.day().civil.year) ? instant : nil
    }

    private static func offset(_ bytes: ArraySlice<UInt8>) -> Int? {
        if bytes.count == 1, let zone = bytes.first, zone | 32 == UInt8(ascii: "z") { return 0 }
        guard bytes.count == 6, let sign = bytes.first, sign == 43 || sign == 45,
            bytes.dropFirst(3).first == UInt8(ascii: ":"),
            let hour = decimal(bytes.dropFirst().prefix(2)),
            let minute = decimal(bytes.suffix(2)), hour < 24, minute < 60
        else { return nil }
        return (hour * 60 + minute) * (sign == 43 ? 60 : -60)
    }
}

/// The number that ASCII digits make; nil for anything else, a sign included.
private func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for digit in digits {
        guard digit >= 48, digit <= 57 else { return nil }
        value = value * 10 + Int(digit - 48)
    }
    return digits.isEmpty ? nil : value
}

extension Instant: SQLConvertible {
    package var sqlValue: SQLValue { .integer(microseconds) }
    package static func decode(_ source: any RowSource, at column: Int) throws -> Instant {
        Instant(microseconds: source.integer(at: column))
    }
}

extension Day: SQLConvertible {
    package var sqlValue: SQLValue { .integer(Int64(number)) }
    package static func decode(_ source: any RowSource, at column: Int) throws -> Day {
        Day(number: Int(source.integer(at: column)))
    }
}

import Spreadsheets

/// How dates are written in a file, as a Unicode date pattern (UTS #35): `M/d/yyyy`,
/// `dd.MM.yyyy HH:mm`.
///
/// Taken are `y`, `M` (`MMM` for English month names), `d`, `H`, `h` with `a`, `m`, `s` and
/// any separators; letters between apostrophes stand for themselves. A day or month of one
/// digit is read with `dd` as well, because people drop zeros.
package struct DatePattern: Sendable, Hashable {
    package let text: String
    private let parts: [Part]

    private enum Part: Hashable {
        case year(digits: Int)
        case month, monthName, day, hour, hour12, minute, second, half
        case literal([UInt8])
    }

    /// Nil for a pattern that names no day, or has letters that are not known.
    package init?(_ text: String) {
        guard text.utf8.count <= 40, let parts = Self.parts(of: text) else { return nil }
        let hasMonth = parts.contains(.month) || parts.contains(.monthName)
        let hasYear = parts.contains { if case .year = $0 { true } else { false } }
        guard hasYear, hasMonth, parts.contains(.day) else { return nil }
        self.text = text
        self.parts = parts
    }

    /// The date that `text` is in this pattern; nil when it is none.
    package func date(_ text: some StringProtocol) -> LocalDateTime? {
        var reading = Reading(bytes: Array(text.utf8)[...])
        for part in parts {
            guard reading.read(part) else { return nil }
        }
        guard reading.bytes.isEmpty, let time = reading.millisecondsOfDay else { return nil }
        return LocalDateTime(
            year: reading.year, month: reading.month, day: reading.day, millisecondsOfDay: time)
    }

    /// A date as this pattern writes it, for people to recognise it by.
    package func text(of date: LocalDateTime) -> String {
        parts.map { part in
            switch part {
            case .year(2): padded(date.year % 100)
            case .year: String(date.year)
            case .month: self.text.contains("MM") ? padded(date.month) : String(date.month)
            case .monthName: Reading.months[date.month - 1]
            case .day: self.text.contains("dd") ? padded(date.day) : String(date.day)
            case .hour: padded(date.hour)
            case .hour12: String((date.hour + 11) % 12 + 1)
            case .minute: padded(date.minute)
            case .second: padded(date.second)
            case .half: date.hour < 12 ? "AM" : "PM"
            case .literal(let bytes): String(decoding: bytes, as: UTF8.self)
            }
        }.joined()
    }

    private func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    private static func parts(of text: String) -> [Part]? {
        var parts: [Part] = []
        var rest = text[...]
        while let letter = rest.first {
            let run = rest.prefix { $0 == letter }
            rest = rest.dropFirst(run.count)
            if letter == "'" {
                guard run.count == 1, let end = rest.firstIndex(of: "'") else { return nil }
                parts.append(.literal(Array(rest[..<end].utf8)))
                rest = rest[rest.index(after: end)...]
            } else if letter.isLetter {
                guard let part = part(letter, run.count) else { return nil }
                parts.append(part)
            } else {
                parts.append(.literal(Array(run.utf8)))
            }
        }
        return parts
    }

    private static func part(_ letter: Character, _ count: Int) -> Part? {
        switch (letter, count) {
        case ("y", 1), ("y", 4): .year(digits: 4)
        case ("y", 2): .year(digits: 2)
        case ("M", 1...2): .month
        case ("M", 3): .monthName
        case ("d", 1...2): .day
        case ("H", 1...2): .hour
        case ("h", 1...2): .hour12
        case ("m", 1...2): .minute
        case ("s", 1...2): .second
        case ("a", 1): .half
        default: nil
        }
    }

    /// What has been read of a text so far.
    private struct Reading {
        var bytes: ArraySlice<UInt8>
        var (year, month, day) = (0, 0, 0)
        private var (hour, minute, second) = (0, 0, 0)
        private var half: Int?
        private var isHalved = false

        static let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]

        init(bytes: ArraySlice<UInt8>) {
            self.bytes = bytes
        }

        /// Nil when there is no such time of day.
        var millisecondsOfDay: Int? {
            guard minute < 60, second < 60 else { return nil }
            var hour = hour
            if isHalved {
                guard (1...12).contains(hour), let half else { return nil }
                hour = hour % 12 + half * 12
            }
            return hour < 24 ? ((hour * 60 + minute) * 60 + second) * 1000 : nil
        }

        mutating func read(_ part: Part) -> Bool {
            switch part {
            case .year(let digits): return readYear(digits)
            case .month: return read(\.month)
            case .day: return read(\.day)
            case .hour: return read(\.hour)
            case .hour12:
                isHalved = true
                return read(\.hour)
            case .minute: return read(\.minute)
            case .second: return read(\.second)
            case .monthName: return readMonthName()
            case .half: return readHalf()
            case .literal(let literal):
                guard bytes.starts(with: literal) else { return false }
                bytes = bytes.dropFirst(literal.count)
                return true
            }
        }

        private mutating func read(_ field: WritableKeyPath<Reading, Int>) -> Bool {
            guard let number = number(1...2) else { return false }
            self[keyPath: field] = number
            return true
        }

        private mutating func readYear(_ digits: Int) -> Bool {
            guard let number = number(digits...digits) else { return false }
            // As POSIX reads two digits: 69 to 99 are of the last century.
            year = digits == 4 ? number : number + (number >= 69 ? 1900 : 2000)
            return true
        }

        private mutating func readMonthName() -> Bool {
            let name = String(decoding: bytes.prefix(3), as: UTF8.self).lowercased()
            guard let index = Self.months.firstIndex(where: { $0.lowercased() == name }) else {
                return false
            }
            month = index + 1
            bytes = bytes.dropFirst(3)
            return true
        }

        private mutating func readHalf() -> Bool {
            switch String(decoding: bytes.prefix(2), as: UTF8.self).lowercased() {
            case "am": half = 0
            case "pm": half = 1
            default: return false
            }
            bytes = bytes.dropFirst(2)
            return true
        }

        private mutating func number(_ count: ClosedRange<Int>) -> Int? {
            let digits = bytes.prefix(count.upperBound).prefix { (48...57).contains($0) }
            guard digits.count >= count.lowerBound else { return nil }
            bytes = bytes.dropFirst(digits.count)
            return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        }
    }
}

extension DatePattern {
    /// What is tried on a column whose dates nobody has explained, and offered to choose from.
    static let usual = [
        "M/d/yyyy", "d/M/yyyy", "d.M.yyyy", "yyyy/M/d", "M-d-yyyy", "d-M-yyyy", "d-MMM-yyyy",
        "d MMM yyyy", "MMM d, yyyy", "M/d/yy", "d/M/yy", "d.M.yy", "M/d/yyyy H:mm",
        "d/M/yyyy H:mm", "d.M.yyyy H:mm",
    ].compactMap(DatePattern.init)
}

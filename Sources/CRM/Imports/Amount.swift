/// Reads an amount of money as people write it, exactly: no floating point is involved.
///
/// `1054`, `1,234.50`, `1.234,50`, `1 234,50`, `1,23,456`, `$1,054`, `EUR 12,5`, `1054 USD`.
/// A comma before exactly three digits separates thousands. A point before exactly three
/// digits could mean either, so `1.234` is refused rather than guessed.
struct Amount: Equatable {
    let minor: Int64
    /// The currency that the text itself names; `$` and `¥` name none, being of several.
    let currency: String?

    enum Fault: Error, Equatable {
        case notANumber, ambiguous, negative, tooLarge
    }

    /// The most a lead is worth, in minor units; the same as the API takes.
    static let minorMax: Int64 = 1_000_000_000_000_000

    private static let signs: [Character: String?] = [
        "$": nil, "¥": nil, "€": "EUR", "£": "GBP", "₹": "INR",
    ]

    /// - Parameter currency: Of the amount, unless the text names another.
    init(_ text: String, currency: String) throws(Fault) {
        var body = text[...]
        let named = Self.takeCurrency(&body)
        let decimals = Currency.decimals(of: named ?? currency)
        minor = try Self.minor(Self.number(body), decimals)
        self.currency = named
    }

    /// A number as a spreadsheet keeps it: digits, perhaps one point. What is finer than the
    /// currency comes out of a formula and is rounded to the nearest, halves up.
    init(exact digits: String, currency: String) throws(Fault) {
        let sides = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard sides.count <= 2 else { throw .notANumber }
        let fraction = sides.count == 2 ? String(sides[1]) : ""
        let number = Number(whole: String(sides[0]), fraction: fraction)
        minor = try Self.minor(number, Currency.decimals(of: currency))
        self.currency = nil
    }

    private struct Number {
        let whole: String
        let fraction: String
    }

    /// Takes a sign or a code of a currency off the text, before or behind the number.
    private static func takeCurrency(_ text: inout Substring) -> String? {
        var named: String?
        text = text.drop(while: \.isWhitespace)
        if let sign = text.first, let code = signs[sign] {
            named = code
            text = text.dropFirst()
        } else if let sign = text.last, let code = signs[sign] {
            named = code
            text = text.dropLast()
        } else if Currency.isCode(text.prefix(3).uppercased()) {
            named = text.prefix(3).uppercased()
            text = text.dropFirst(3)
        } else if Currency.isCode(text.suffix(3).uppercased()) {
            named = text.suffix(3).uppercased()
            text = text.dropLast(3)
        }
        return named
    }

    private static func number(_ text: Substring) throws(Fault) -> Number {
        var digits = text.filter { !$0.isWhitespace && $0 != "'" && $0 != "’" }
        if digits.hasPrefix("-") || digits.hasPrefix("−") || digits.hasPrefix("(") {
            throw .negative
        }
        if digits.hasPrefix("+") { digits.removeFirst() }
        guard digits.contains(where: isDigit),
            digits.allSatisfy({ isDigit($0) || $0 == "," || $0 == "." })
        else { throw .notANumber }
        guard let point = try decimalPoint(in: digits) else {
            return Number(whole: try grouped(digits[...]), fraction: "")
        }
        let fraction = digits[digits.index(after: point)...]
        return Number(whole: try grouped(digits[..<point]), fraction: String(fraction))
    }

    /// Where the fraction begins; nil when there is none.
    private static func decimalPoint(in digits: String) throws(Fault) -> String.Index? {
        guard let last = digits.lastIndex(where: { !isDigit($0) }) else { return nil }
        let mark = digits[last]
        let sameBefore = digits[..<last].contains(mark)
        let otherBefore = digits[..<last].contains { !isDigit($0) && $0 != mark }
        if sameBefore { return nil }
        if otherBefore { return last }
        let behind = digits.distance(from: last, to: digits.endIndex) - 1
        let before = digits.distance(from: digits.startIndex, to: last)
        guard behind == 3, (1...3).contains(before), digits.first != "0" else { return last }
        if mark == "." { throw .ambiguous }
        return nil
    }

    /// The digits without the marks between thousands, which must stand between digits.
    private static func grouped(_ digits: Substring) throws(Fault) -> String {
        let groups = digits.split(omittingEmptySubsequences: false) { !isDigit($0) }
        let marks = Set(digits.filter { !isDigit($0) })
        guard groups.count == 1 || groups.last?.count == 3, marks.count <= 1,
            groups.dropFirst().allSatisfy({ $0.count == 2 || $0.count == 3 }),
            groups.count == 1 || (1...3).contains(groups[0].count)
        else { throw .notANumber }
        return groups.joined()
    }

    private static func minor(_ number: Number, _ decimals: Int) throws(Fault) -> Int64 {
        if number.whole.hasPrefix("-") { throw .negative }
        guard number.whole.utf8.allSatisfy(isDigit), number.fraction.utf8.allSatisfy(isDigit),
            !(number.whole.isEmpty && number.fraction.isEmpty)
        else { throw .notANumber }
        let fraction = Array(number.fraction.utf8)
        var minor: Int64 = 0
        let zeros = [UInt8](repeating: 48, count: max(0, decimals - fraction.count))
        for digit in Array(number.whole.utf8) + fraction.prefix(decimals) + zeros {
            guard minor <= minorMax / 10 else { throw .tooLarge }
            minor = minor * 10 + Int64(digit - 48)
        }
        if fraction.count > decimals, fraction[decimals] >= 53 { minor += 1 }
        guard minor <= minorMax else { throw .tooLarge }
        return minor
    }

    private static func isDigit(_ character: Character) -> Bool {
        ("0"..."9").contains(character)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}

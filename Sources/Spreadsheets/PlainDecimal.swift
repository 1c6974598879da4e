/// Returns a number's text without exponent and with at most 15 significant digits.
///
/// Workbooks store 5.1 as `5.0999999999999996` and a phone number as `4.915112345678E+12`;
/// people see 5.1 and 4915112345678. A whole number without exponent stays exact at any length.
/// The arithmetic is on the digits, because a `Double` could not carry them all.
func plainDecimal(_ number: String) -> String {
    guard let decimal = Decimal15(number) else { return number }
    return decimal.description
}

/// 0.`digits` × 10^`point`
private struct Decimal15: CustomStringConvertible {
    private static let significantDigits = 15
    private static let zero = UInt8(ascii: "0")

    private var isNegative = false
    private var digits: [UInt8] = []
    private var point = 0

    /// Returns nil for whole numbers, which are fine as they are, and for what is no number.
    init?(_ number: String) {
        guard number.utf8.contains(where: { ".eE".utf8.contains($0) }) else { return nil }
        let parts = number.split(maxSplits: 1, omittingEmptySubsequences: false) {
            $0 == "e" || $0 == "E"
        }
        let exponent = parts.count == 2 ? Int(parts[1]) : 0
        guard let exponent, exponent.magnitude < 400, read(mantissa: parts[0]) else { return nil }
        point += exponent
        round()
    }

    private mutating func read(mantissa: Substring) -> Bool {
        var sawPoint = false
        for (index, byte) in mantissa.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "-") where index == 0: isNegative = true
            case UInt8(ascii: "+") where index == 0: break
            case UInt8(ascii: ".") where !sawPoint: sawPoint = true
            case UInt8(ascii: "0") where digits.isEmpty: if sawPoint { point -= 1 }
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits.append(byte)
                if !sawPoint { point += 1 }
            default: return false
            }
        }
        return true
    }

    private mutating func round() {
        if digits.count > Self.significantDigits {
            let roundsUp = digits[Self.significantDigits] >= UInt8(ascii: "5")
            digits.removeSubrange(Self.significantDigits...)
            if roundsUp { increment() }
        }
        while digits.last == Self.zero { digits.removeLast() }
    }

    private mutating func increment() {
        while digits.last == UInt8(ascii: "9") { digits.removeLast() }
        if digits.isEmpty {
            digits = [UInt8(ascii: "1")]
            point += 1
        } else {
            digits[digits.count - 1] += 1
        }
    }

    var description: String {
        if digits.isEmpty { return "0" }
        let text = String(decoding: digits, as: UTF8.self)
        let sign = isNegative ? "-" : ""
        if point <= 0 {
            return "\(sign)0.\(String(repeating: "0", count: -point))\(text)"
        } else if point >= digits.count {
            return "\(sign)\(text)\(String(repeating: "0", count: point - digits.count))"
        } else {
            let cut = text.utf8.index(text.startIndex, offsetBy: point)
            return "\(sign)\(text[..<cut]).\(text[cut...])"
        }
    }
}

/// A company's number with the tax office, of the kinds whose check digit can be reckoned: an
/// Indian GSTIN, or a VAT number of Austria, Belgium, Denmark, France, Germany, Italy,
/// Luxembourg, the Netherlands or Poland with its country's letters.
struct TaxNumber: Sendable, Hashable {
    /// Upper case, without spaces and punctuation.
    let text: String

    private static let lengths = 9...15

    /// Nil for what is none, or has a wrong check digit.
    init?(_ raw: String) {
        guard raw.utf8.count <= 24 else { return nil }
        var letters: [UInt8] = []
        for byte in raw.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A: letters.append(byte)
            case 0x61...0x7A: letters.append(byte & 0xDF)
            case 0x20, 0x2D, 0x2E: continue
            default: return nil
            }
        }
        guard Self.lengths.contains(letters.count) else { return nil }
        guard Self.isGSTIN(letters) || Self.isVAT(letters) else { return nil }
        text = String(decoding: letters, as: UTF8.self)
    }

    /// State, PAN, number of the registration, Z, and a check digit in base 36.
    private static func isGSTIN(_ text: [UInt8]) -> Bool {
        guard text.count == 15, text[13] == UInt8(ascii: "Z") else { return false }
        guard text[0..<2].allSatisfy(\.isDigit), text[2..<7].allSatisfy(\.isLetter),
            text[7..<11].allSatisfy(\.isDigit), text[11].isLetter
        else { return false }
        var sum = 0
        for (place, letter) in text.prefix(14).enumerated() {
            let product = letter.value * (place % 2 == 0 ? 1 : 2)
            sum += product / 36 + product % 36
        }
        return text[14].value == (36 - sum % 36) % 36
    }

    private static func isVAT(_ text: [UInt8]) -> Bool {
        let country = String(decoding: text.prefix(2), as: UTF8.self)
        let number = Array(text.dropFirst(2))
        if country == "AT" {
            guard number.first == UInt8(ascii: "U") else { return false }
            return number.dropFirst().digits(8).map(isAustrian) ?? false
        }
        if country == "NL" {
            guard number.count == 12, number[9] == UInt8(ascii: "B"),
                let digits = number.prefix(9).digits(9), number.suffix(2).digits(2) != nil
            else { return false }
            return isDutch(digits)
        }
        guard let kind = kinds[country], let digits = number[...].digits(kind.count) else {
            return false
        }
        return kind.isRight(digits)
    }

    private static let kinds: [String: (count: Int, isRight: @Sendable ([Int]) -> Bool)] = [
        "DE": (9, isGerman), "FR": (11, isFrench), "IT": (11, passesLuhn), "BE": (10, isBelgian),
        "PL": (10, isPolish), "DK": (8, isDanish), "LU": (8, isLuxembourgish),
    ]

    /// ISO 7064, mod 11,10.
    @Sendable private static func isGerman(_ digits: [Int]) -> Bool {
        var check = 5
        for digit in digits.dropLast() {
            let sum = (check == 0 ? 10 : check) * 2 % 11 + digit
            check = sum % 10
        }
        return ((check == 0 ? 10 : check) * 2 % 11 + digits[8]) % 10 == 1
    }

    /// Two digits in front of the SIREN.
    @Sendable private static func isFrench(_ digits: [Int]) -> Bool {
        let siren = digits.suffix(9)
        return number(digits.prefix(2)) == (12 + 3 * (number(siren) % 97)) % 97
            && passesLuhn(Array(siren))
    }

    @Sendable private static func isBelgian(_ digits: [Int]) -> Bool {
        digits[0] < 2 && number(digits.prefix(8)) % 97 == 97 - number(digits.suffix(2))
    }

    @Sendable private static func isPolish(_ digits: [Int]) -> Bool {
        sum(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == digits[9]
    }

    @Sendable private static func isDanish(_ digits: [Int]) -> Bool {
        digits[0] > 0 && sum(digits, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0
    }

    @Sendable private static func isLuxembourgish(_ digits: [Int]) -> Bool {
        number(digits.prefix(6)) % 89 == number(digits.suffix(2))
    }

    private static func isAustrian(_ digits: [Int]) -> Bool {
        var sum = 4
        for (place, digit) in digits.dropLast().enumerated() {
            let value = digit * (place % 2 == 0 ? 1 : 2)
            sum += value / 10 + value % 10
        }
        return (10 - sum % 10) % 10 == digits[7]
    }

    private static func isDutch(_ digits: [Int]) -> Bool {
        sum(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11 == digits[8]
    }

    @Sendable private static func passesLuhn(_ digits: [Int]) -> Bool {
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() {
            let value = place % 2 == 0 ? digit : digit * 2
            sum += value / 10 + value % 10
        }
        return sum % 10 == 0
    }

    private static func sum(_ digits: [Int], _ weights: [Int]) -> Int {
        zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private static func number(_ digits: some Sequence<Int>) -> Int {
        digits.reduce(0) { $0 * 10 + $1 }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var isLetter: Bool { (0x41...0x5A).contains(self) }
    /// In base 36.
    fileprivate var value: Int { isDigit ? Int(self) - 0x30 : Int(self) - 0x41 + 10 }
}

extension ArraySlice<UInt8> {
    /// Nil unless it is so many digits.
    fileprivate func digits(_ count: Int) -> [Int]? {
        self.count == count && allSatisfy(\.isDigit) ? map(\.value) : nil
    }
}

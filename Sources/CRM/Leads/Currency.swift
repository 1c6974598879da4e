/// ISO 4217 money: how many decimals a currency has, and how an amount is written.
package enum Currency {
    /// Currencies whose minor unit is not a hundredth (ISO 4217, list one).
    private static let decimals: [String: Int] = [
        "BHD": 3, "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0,
        "KMF": 0, "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0,
        "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    ]

    private static let symbols = [
        "USD": "$", "EUR": "€", "GBP": "£", "INR": "₹", "JPY": "¥", "AUD": "A$", "CAD": "C$",
    ]

    /// Whether the text has the form of a code.
    package static func isCode(_ text: String) -> Bool {
        text.utf8.count == 3 && text.utf8.allSatisfy { $0 >= 65 && $0 <= 90 }
    }

    package static func decimals(of code: String) -> Int { decimals[code] ?? 2 }

    /// Minor units in one unit.
    package static func factor(of code: String) -> Int64 {
        [1, 10, 100, 1000][decimals(of: code)]
    }

    package static func symbol(of code: String) -> String { symbols[code] ?? "\(code) " }

    /// Exact, with thousands: `$12,345.60`, without decimals when there are none.
    package static func text(_ minor: Int64, _ code: String) -> String {
        let factor = factor(of: code)
        let (whole, rest) = minor.magnitude.quotientAndRemainder(dividingBy: UInt64(factor))
        var digits = String(whole)
        var at = digits.count - 3
        while at > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: at))
            at -= 3
        }
        let places = decimals(of: code)
        let tail =
            rest == 0
            ? "" : "." + String(repeating: "0", count: places - String(rest).count) + String(rest)
        return (minor < 0 ? "−" : "") + symbol(of: code) + digits + tail
    }

    /// Short, for cards and columns: `$9.2k`, `$1.3M`, `$640`.
    package static func short(_ minor: Int64, _ code: String) -> String {
        let units = Double(minor) / Double(factor(of: code))
        let (scaled, suffix) =
            switch units.magnitude {
            case 999_950...: (units / 1e6, "M")
            case 1000...: (units / 1e3, "k")
            default: (units, "")
            }
        let tenths = Int((scaled.magnitude * 10).rounded())
        let text =
            suffix.isEmpty || tenths % 10 == 0
            ? "\(Int(scaled.magnitude.rounded()))"
            : "\(tenths / 10).\(tenths % 10)"
        return (minor < 0 ? "−" : "") + symbol(of: code) + text + suffix
    }
}

/// How amounts of a currency are written.
struct Currency: Sendable {
    let code: String

    init(_ code: String) { self.code = code }

    /// The sign, or the code and a space where no sign is at home.
    var symbol: String {
        switch code {
        case "USD": "$"
        case "EUR": "€"
        case "GBP": "£"
        case "INR": "₹"
        case "JPY", "CNY": "¥"
        default: "\(code) "
        }
    }

    /// Digits of the minor unit (ISO 4217).
    var digits: Int {
        switch code {
        case "JPY", "KRW", "VND", "CLP", "ISK", "XAF", "XOF": 0
        case "BHD", "KWD", "OMR", "JOD", "TND": 3
        default: 2
        }
    }
}

/// An amount as a card or a column shows it: `$907`, `$9.2k`, `$1.3M`.
///
/// The board's script writes sums the same way after a move (`shortMoney` in board.js).
package func shortMoney(minor: Int, currency code: String) -> String {
    let currency = Currency(code)
    var amount = Double(minor)
    for _ in 0..<currency.digits { amount /= 10 }
    let size = abs(amount)
    let (divisor, suffix): (Double, String) =
        switch size {
        case 999_950_000...: (1e9, "B")
        case 999_950...: (1e6, "M")
        case 1000...: (1e3, "k")
        default: (1, "")
        }
    guard divisor > 1 else { return "\(currency.symbol)\(Int(amount.rounded()))" }
    let tenths = Int((amount / divisor * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    let rest = abs(tenths) % 10
    let fraction = rest == 0 ? "" : ".\(rest)"
    return "\(currency.symbol)\(sign)\(abs(tenths) / 10)\(fraction)\(suffix)"
}

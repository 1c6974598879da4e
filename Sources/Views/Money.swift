/// How amounts of a currency are typed into a form and read back.
struct Currency: Sendable {
    let code: String

    init(_ code: String) { self.code = code }

    /// The sign, or the code and a space where the currency has none of its own.
    var symbol: String {
        switch code {
        case "USD": "$"
        case "EUR": "€"
        case "GBP": "£"
        case "INR": "₹"
        case "JPY": "¥"
        case "AUD": "A$"
        case "CAD": "C$"
        default: "\(code) "
        }
    }

    /// Digits of the minor unit (ISO 4217, list one).
    var digits: Int {
        switch code {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND",
            "VUV", "XAF", "XOF", "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        default: 2
        }
    }
}

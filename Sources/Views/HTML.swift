/// A piece of HTML as UTF-8 bytes, written as a string literal.
///
/// Interpolating a string or a number escapes it; interpolating `HTML`, `[HTML]` or `HTML?`
/// splices it. `\(url:)` lets through only web, mail, phone and relative addresses;
/// `\(json:)` is for data inside a script element; `\(when:_:)` is for optional attributes.
package struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// The UTF-8 text, ready for a response body.
    package private(set) var bytes: [UInt8]

    package init(stringLiteral text: String) { bytes = Array(text.utf8) }
    package init(stringInterpolation interpolation: Interpolation) { bytes = interpolation.bytes }

    /// Text that is HTML already; the one door past escaping.
    ///
    /// Say at each use why the text cannot hold what a user typed.
    package init(trusted text: String) { bytes = Array(text.utf8) }

    /// Plain text, escaped.
    package init(text: String) { self = "\(text)" }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
    package var isEmpty: Bool { bytes.isEmpty }

    package static func + (left: HTML, right: HTML) -> HTML { "\(left)\(right)" }
}

extension HTML {
    package struct Interpolation: StringInterpolationProtocol {
        var bytes: [UInt8] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            bytes.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        package mutating func appendLiteral(_ literal: String) {
            bytes.append(contentsOf: literal.utf8)
        }

        package mutating func appendInterpolation(_ text: String) { appendEscaped(text) }
        package mutating func appendInterpolation(_ text: String?) {
            if let text { appendEscaped(text) }
        }
        package mutating func appendInterpolation(_ number: Int) {
            bytes.append(contentsOf: String(number).utf8)
        }
        package mutating func appendInterpolation(_ html: HTML) {
            bytes.append(contentsOf: html.bytes)
        }
        package mutating func appendInterpolation(_ html: HTML?) {
            if let html { bytes.append(contentsOf: html.bytes) }
        }
        package mutating func appendInterpolation(_ parts: [HTML]) {
            for part in parts { bytes.append(contentsOf: part.bytes) }
        }

        /// Splices `html` only when `condition` holds: `<option\(when: chosen, " selected")>`.
        package mutating func appendInterpolation(when condition: Bool, _ html: HTML) {
            if condition { bytes.append(contentsOf: html.bytes) }
        }

        /// An address for `href`, `src` or `action`; anything unsafe becomes `#`.
        package mutating func appendInterpolation(url: String) {
            appendEscaped(isSafeAddress(url) ? url : "#")
        }

        /// A JSON object of strings for a script element, keys sorted.
        package mutating func appendInterpolation(json object: [String: String]) {
            let members = object.sorted { $0.key < $1.key }
                .map { "\(quoted($0.key)):\(quoted($0.value))" }
            appendLiteral("{" + members.joined(separator: ",") + "}")
        }

        private mutating func appendEscaped(_ text: String) {
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
                case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
                case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
                case UInt8(ascii: "\""): bytes.append(contentsOf: "&quot;".utf8)
                case UInt8(ascii: "'"): bytes.append(contentsOf: "&#39;".utf8)
                default: bytes.append(byte)
                }
            }
        }
    }
}

/// Whether a link may be followed: http, https, mailto, tel, or relative.
///
/// Browsers drop tabs and line breaks inside an address ("java\tscript:"), so any control
/// character refuses it.
func isSafeAddress(_ address: String) -> Bool {
    guard address.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return false }
    let head = address.prefix { !"/?#".contains($0) }
    guard let colon = head.firstIndex(of: ":") else { return true }
    return ["http", "https", "mailto", "tel"].contains(head[..<colon].lowercased())
}

/// A JSON string that cannot end the script element it stands in.
func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": out += "\\\(scalar)"
        case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{0}"..."\u{1F}":
            let hex = String(scalar.value, radix: 16)
            out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        default: out.unicodeScalars.append(scalar)
        }
    }
    return out + "\""
}

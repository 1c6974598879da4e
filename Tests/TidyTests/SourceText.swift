/// A Swift source taken apart far enough for the rules: code, comments and string literals.
///
/// `code` and `comments` have the length of the file, so an offset means the same place in
/// both; what does not belong to a view is blank there. A rule about code therefore never
/// fires on a comment or on a text, and the other way round.
struct SourceText {
    struct Literal {
        let line: Int
        /// What stands between the quotes, interpolations included as they are written.
        let text: String
    }

    private(set) var code: [UInt8]
    private(set) var comments: [UInt8]
    private(set) var literals: [Literal] = []
    /// The two views by line.
    private(set) var codeLines: [Substring] = []
    private(set) var commentLines: [Substring] = []

    private let bytes: [UInt8]
    private var at = 0
    private var lineStarts: [Int] = [0]

    init(_ text: String) {
        bytes = Array(text.utf8)
        code = bytes.map { $0 == Byte.newline ? $0 : Byte.space }
        comments = code
        for (offset, byte) in bytes.enumerated() where byte == Byte.newline {
            lineStarts.append(offset + 1)
        }
        scanCode(insideInterpolation: false)
        codeLines = Self.lines(of: code)
        commentLines = Self.lines(of: comments)
    }

    /// The number, from 1, of the line that holds `offset`.
    func line(at offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// What is written there, names in backticks included.
    func text(in range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private static func lines(of view: [UInt8]) -> [Substring] {
        String(decoding: view, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }

    // MARK: Scanning

    private mutating func scanCode(insideInterpolation: Bool) {
        var depth = 0
        while at < bytes.count {
            let byte = bytes[at]
            if insideInterpolation {
                if byte == Byte.open { depth += 1 }
                if byte == Byte.close { depth -= 1 }
                if depth == 0 { return keep() }
            }
            switch byte {
            case Byte.slash where starts(with: "//") || starts(with: "/*"): scanComment()
            case Byte.slash: scanRegexOrOperator()
            case Byte.quote, Byte.hash: scanStringOrDirective()
            case Byte.backtick: scanRawIdentifier()
            default: keep()
            }
        }
    }

    private mutating func scanComment() {
        let start = at
        if starts(with: "//") {
            while at < bytes.count, bytes[at] != Byte.newline { at += 1 }
        } else {
            var depth = 0
            repeat {
                if starts(with: "/*") { depth += 1 }
                if starts(with: "*/") { depth -= 1 }
                at += starts(with: "/*") || starts(with: "*/") ? 2 : 1
            } while depth > 0 && at < bytes.count
        }
        at = min(at, bytes.count)
        comments.replaceSubrange(start..<at, with: bytes[start..<at])
    }

    private mutating func scanStringOrDirective() {
        let quote = bytes[at...].firstIndex { $0 != Byte.hash } ?? bytes.count
        guard quote < bytes.count, bytes[quote] == Byte.quote else { return keep() }
        scanString(hashes: quote - at)
    }

    private mutating func scanString(hashes: Int) {
        let line = line(at: at)
        at += hashes
        // The text of a literal of several lines begins on the next one.
        let quotes = starts(with: "\"\"\"\n") ? 3 : 1
        at += quotes
        let start = at
        let fence = String(repeating: "#", count: hashes)
        let closing = String(repeating: "\"", count: quotes) + fence
        let escape = "\\" + fence
        while at < bytes.count, bytes[at] != Byte.quote || !starts(with: closing) {
            if bytes[at] != Byte.backslash || !starts(with: escape) {
                at += 1
                continue
            }
            at += escape.utf8.count
            if at < bytes.count, bytes[at] == Byte.open {
                scanCode(insideInterpolation: true)
            } else {
                at += 1
            }
        }
        let end = min(at, bytes.count)
        literals.append(
            Literal(line: line, text: String(decoding: bytes[start..<end], as: UTF8.self)))
        at = min(end + closing.utf8.count, bytes.count)
    }

    /// A name in backticks may read like code; only its length is kept.
    private mutating func scanRawIdentifier() {
        keep()
        while at < bytes.count, bytes[at] != Byte.backtick, bytes[at] != Byte.newline {
            code[at] = UInt8(ascii: "_")
            at += 1
        }
        if at < bytes.count { keep() }
    }

    /// A slash opens a regex where a value may begin: after an opening bracket, a comma, a
    /// colon or an equals sign, when another slash follows on the line.
    private mutating func scanRegexOrOperator() {
        let before = previous(of: at)
        let isSpaced = at + 1 < bytes.count && bytes[at + 1] == Byte.space
        guard before == Byte.hash || !isSpaced, "(,:=[{#\n".utf8.contains(before) else {
            return keep()
        }
        var end = at + 1
        while end < bytes.count, bytes[end] != Byte.newline {
            if bytes[end] == Byte.slash {
                at = end + 1
                return
            }
            end += bytes[end] == Byte.backslash ? 2 : 1
        }
        keep()
    }

    private func previous(of offset: Int) -> UInt8 {
        bytes[..<offset].last { $0 != Byte.space } ?? Byte.newline
    }

    private func starts(with text: String) -> Bool {
        bytes[at...].starts(with: text.utf8)
    }

    private mutating func keep() {
        code[at] = bytes[at]
        at += 1
    }
}

/// The characters the scanner looks for.
enum Byte {
    static let newline = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let hash = UInt8(ascii: "#")
    static let quote = UInt8(ascii: "\"")
    static let slash = UInt8(ascii: "/")
    static let backslash = UInt8(ascii: "\\")
    static let backtick = UInt8(ascii: "`")
    static let open = UInt8(ascii: "(")
    static let close = UInt8(ascii: ")")
    static let brace = UInt8(ascii: "{")
    static let endBrace = UInt8(ascii: "}")
}

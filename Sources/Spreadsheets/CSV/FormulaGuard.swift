/// Keeps spreadsheet programs from running a text as a formula: one that begins with `=`, `+`,
/// `-`, `@`, a tab or a CR is written with an apostrophe before it.
///
/// Phone numbers and amounts (`+49 30 1234`, `-5.20`) begin so too and stay as they are: of
/// digits and punctuation alone no program makes more than a sum. Text that already has the
/// apostrophe gets a second one, so that `removed(from:)` restores any text exactly.
package enum FormulaGuard {
    static let mark = "'"

    static func isNeeded(for text: String) -> Bool {
        let start = text.utf8.drop { $0 == UInt8(ascii: "'") }
        switch start.first {
        case UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
            return true
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            return !start.dropFirst().allSatisfy(isHarmless)
        default: return false
        }
    }

    private static func isHarmless(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), UInt8(ascii: "."),
            UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "-"),
            UInt8(ascii: "/"):
            true
        default: false
        }
    }

    /// Returns a text as it was before `CSVWriter` guarded it; others unchanged.
    package static func removed(from text: String) -> String {
        guard text.hasPrefix(mark), isNeeded(for: String(text.dropFirst())) else { return text }
        return String(text.dropFirst())
    }
}

/// Writes rows as a JSON array of objects, one a line, by the names in the first row. An empty
/// cell is left out.
package struct JSONTableWriter: TableWriter {
    private var names: [String]?
    private var bytes = Array("[".utf8)
    private var isFirst = true

    package init() {}

    package mutating func append(_ row: [Cell]) {
        guard let names else {
            names = row.map(\.text)
            return
        }
        bytes += (isFirst ? "\n" : ",\n").utf8
        isFirst = false
        bytes.append(UInt8(ascii: "{"))
        var isFirstMember = true
        for (name, cell) in zip(names, row) where !cell.isEmpty {
            if !isFirstMember { bytes.append(UInt8(ascii: ",")) }
            isFirstMember = false
            append(name)
            bytes.append(UInt8(ascii: ":"))
            append(cell)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func append(_ cell: Cell) {
        switch cell {
        case .number(_, let digits) where Self.isJSON(digits): bytes += digits.utf8
        case .boolean(let value): bytes += (value ? "true" : "false").utf8
        default: append(cell.text)
        }
    }

    /// What a workbook calls a number may be spelled in ways that JSON does not know.
    private static func isJSON(_ digits: String) -> Bool {
        digits.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+\-]?[0-9]+)?/) != nil
    }

    private mutating func append(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case UInt8(ascii: "\r"): bytes += "\\r".utf8
            case UInt8(ascii: "\t"): bytes += "\\t".utf8
            case ..<0x20: bytes += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func finish() { bytes += "\n]\n".utf8 }

    package mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }
}

/// A cell as its XML spells it.
struct RawCell {
    enum CellType {
        case number, sharedString, inlineString, string, boolean, date

        init(_ name: UnsafeBufferPointer<UInt8>) {
            switch String(decoding: name, as: UTF8.self) {
            case "s": self = .sharedString
            case "inlineStr": self = .inlineString
            // The result of a formula, or the error in its place (#N/A).
            case "str", "e": self = .string
            case "b": self = .boolean
            case "d": self = .date
            default: self = .number
            }
        }
    }

    var type = CellType.number
    var style = 0
    var value: [UInt8] = []
    var inline = RichText()

    mutating func removeAll() {
        type = .number
        style = 0
        value.removeAll(keepingCapacity: true)
        inline.removeAll()
    }
}

/// Tells what a cell means, by its type, its style and the workbook's texts.
struct CellDecoder {
    let strings: SharedStrings
    let styles: CellStyles
    let serials: ExcelSerial

    /// Returns nil for a reference to a text that the workbook does not have.
    func decode(_ cell: RawCell) -> Cell? {
        if cell.type == .inlineString { return Self.text(cell.inline.decoded) }
        guard !cell.value.isEmpty else { return .empty }
        switch cell.type {
        case .number:
            return number(cell)
        case .sharedString:
            guard let index = Self.index(cell.value), let text = strings[index] else { return nil }
            return text.isEmpty ? .empty : .text(text)
        case .string, .inlineString:
            return Self.text(decodingEscapes(cell.value))
        case .boolean:
            return .boolean(
                cell.value.first == UInt8(ascii: "1") || cell.value.starts(with: Array("true".utf8))
            )
        case .date:
            let text = String(decoding: cell.value, as: UTF8.self)
            return Cell(iso8601: text) ?? .text(text)
        }
    }

    private static func text(_ bytes: [UInt8]) -> Cell {
        bytes.isEmpty ? .empty : .text(String(decoding: bytes, as: UTF8.self))
    }

    private static func index(_ digits: [UInt8]) -> Int? {
        var index = 0
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), index < 1 << 32 else {
                return nil
            }
            index = index * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return index
    }

    private func number(_ cell: RawCell) -> Cell {
        let digits = String(decoding: cell.value, as: UTF8.self)
        // `Double` would also take "nan", "inf" and hexadecimal.
        let isDecimal = cell.value.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard isDecimal, let value = Double(digits), value.isFinite else { return .text(digits) }
        return serials.cell(value, format: styles[cell.style]) ?? .number(value, digits: digits)
    }
}

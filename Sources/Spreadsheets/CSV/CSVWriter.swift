import Foundation

/// Writes CSV (RFC 4180), to a file as it goes or into memory to be taken piece by piece.
package struct CSVWriter {
    package struct Format: Sendable {
        package enum LineEnd: String, Sendable {
            case crlf = "\r\n"
            case lf = "\n"
        }

        package var delimiter: Character = ","
        package var lineEnd = LineEnd.crlf
        /// Puts an apostrophe before texts that a spreadsheet program would run as a formula.
        package var guardsFormulas = true
        /// Excel takes a file without it for one in the computer's own encoding.
        package var beginsWithByteOrderMark = false

        package init() {}
    }

    private let format: Format
    private let file: FileHandle?
    private var bytes: [UInt8] = []

    /// The size at which what was written goes to the file.
    private static let flushBytes = 64 << 10

    /// - Parameter file: where to append; without one the caller takes the bytes.
    package init(file: FileHandle? = nil, format: Format = Format()) {
        self.file = file
        self.format = format
        if format.beginsWithByteOrderMark { bytes = Array("\u{FEFF}".utf8) }
    }

    package mutating func append(_ row: [String]) throws {
        try append(row.map { $0.isEmpty ? Cell.empty : .text($0) })
    }

    /// Writes cells as `Cell.text` has them; only those of case `text` can need the guard.
    package mutating func append(_ row: [Cell]) throws {
        for (index, cell) in row.enumerated() {
            if index > 0 { bytes += String(format.delimiter).utf8 }
            append(cell)
        }
        // Nothing at all would be read as a blank row.
        if row.count == 1, row[0].isEmpty { bytes += "\"\"".utf8 }
        bytes += format.lineEnd.rawValue.utf8
        if file != nil, bytes.count >= Self.flushBytes { try flush() }
    }

    private mutating func append(_ cell: Cell) {
        var text = cell.text
        if case .text = cell, format.guardsFormulas, FormulaGuard.isNeeded(for: text) {
            text = FormulaGuard.mark + text
        }
        guard text.utf8.contains(where: needsQuotes) else {
            bytes += text.utf8
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Quotes every character that could be a delimiter, not just the one that is, so that
    /// programs that guess it cannot guess wrong.
    private func needsQuotes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: ","),
            UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|"):
            true
        default: format.delimiter.utf8.first == byte
        }
    }

    /// Returns what was written since the last time, and forgets it.
    package mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// Puts the rest into the file; to be called at the end.
    package mutating func flush() throws {
        guard let file, !bytes.isEmpty else { return }
        try file.write(contentsOf: bytes)
        bytes.removeAll(keepingCapacity: true)
    }
}

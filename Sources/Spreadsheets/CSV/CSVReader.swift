/// Reads CSV as RFC 4180 has it and as people write it.
///
/// Beyond the RFC: any of CR, LF and CRLF ends a row, even mixed; rows differ in length; a quote
/// inside an unquoted cell is a character like others, and so is what follows a closing quote
/// (`"a"b` is `ab`). A row's number counts blank rows, and a row with line ends in a cell once.
final class CSVReader: RowReader {
    private let text: DecodedText
    private let limits: SpreadsheetLimits
    private let unquotedStops: ByteSet
    private let quotedStops = ByteSet([CSVReader.quote, 0])
    private let delimiter: UInt8

    private var chunk: [UInt8] = []
    private var position = 0
    private var field: [UInt8] = []
    private var fieldIsQuoted = false
    private var cells: [Cell] = []
    private var rowNumber = 0
    private var rowsTotal = 0

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private enum FieldEnd { case delimiter, row, file }

    init(path: String, dialect: CSVDialect, limits: SpreadsheetLimits) throws {
        text = DecodedText(
            try InputFile(path: path), encoding: dialect.encoding, from: dialect.textStart)
        self.limits = limits
        delimiter = dialect.delimiterByte
        unquotedStops = ByteSet([delimiter, Self.lineFeed, Self.carriageReturn, 0])
        if dialect.beginsWithSeparatorLine {
            _ = try readRow()
            rowNumber = 0
        }
    }

    func next() throws -> SheetRow? {
        while try readRow() {
            guard cells.contains(where: { !$0.isEmpty }) else { continue }
            rowsTotal += 1
            guard rowsTotal <= limits.rows else {
                throw SpreadsheetError.tooManyRows(limit: limits.rows)
            }
            return SheetRow(number: rowNumber, cells: cells)
        }
        return nil
    }

    /// Fills `cells`; false at the end of the file.
    private func readRow() throws -> Bool {
        guard try peek() != nil else { return false }
        rowNumber += 1
        let columns = cells.count
        cells = []
        cells.reserveCapacity(columns)
        var column = 0
        while true {
            column += 1
            let end = try readField(column: column)
            try takeField(column: column)
            if end != .delimiter { return true }
        }
    }

    private func takeField(column: Int) throws {
        if field.isEmpty {
            if column <= limits.columns { cells.append(.empty) }
            return
        }
        guard column <= limits.columns else {
            throw SpreadsheetError.tooManyColumns(row: rowNumber, limit: limits.columns)
        }
        guard let value = String(validating: field, as: UTF8.self) else {
            throw SpreadsheetError.wrongEncoding(row: rowNumber)
        }
        if field.count > limits.cellCharacters, value.utf16.count > limits.cellCharacters {
            throw cellTooLong(column: column)
        }
        cells.append(.text(value))
    }

    private func readField(column: Int) throws -> FieldEnd {
        field.removeAll(keepingCapacity: true)
        fieldIsQuoted = try peek() == Self.quote
        if fieldIsQuoted {
            position += 1
            try readQuoted(column: column)
        }
        guard try readUntil(unquotedStops, column: column) else { return .file }
        let stop = chunk[position]
        position += 1
        if stop == 0 { throw SpreadsheetError.zeroByte(row: rowNumber) }
        if stop == delimiter { return .delimiter }
        if stop == Self.carriageReturn, try peek() == Self.lineFeed { position += 1 }
        return .row
    }

    /// Reads on from the opening quote to behind the closing one.
    private func readQuoted(column: Int) throws {
        while try readUntil(quotedStops, column: column) {
            if chunk[position] == 0 { throw SpreadsheetError.zeroByte(row: rowNumber) }
            position += 1
            guard try peek() == Self.quote else { return }
            position += 1
            field.append(Self.quote)
        }
        throw SpreadsheetError.unterminatedQuote(row: rowNumber)
    }

    /// Appends to the field what comes before the next stop; false if the file ends instead.
    private func readUntil(_ stops: ByteSet, column: Int) throws -> Bool {
        while try peek() != nil {
            let start = position
            position = chunk.withUnsafeBufferPointer { bytes in
                var index = start
                while index < bytes.count, !stops.contains(bytes[index]) { index += 1 }
                field.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
                return index
            }
            if field.count > limits.cellBytes { throw cellTooLong(column: column) }
            if position < chunk.count { return true }
        }
        return false
    }

    /// The next byte, read from the file if need be; nil at its end.
    private func peek() throws -> UInt8? {
        if position == chunk.count {
            chunk.removeAll(keepingCapacity: true)
            position = 0
            guard try text.read(into: &chunk) else { return nil }
        }
        return chunk[position]
    }

    private func cellTooLong(column: Int) -> SpreadsheetError {
        .cellTooLong(
            row: rowNumber, column: column, limit: limits.cellCharacters, inQuotes: fieldIsQuoted)
    }
}

/// A set of bytes with a look-up of one shift.
private struct ByteSet {
    private var words: (UInt64, UInt64) = (0, 0)

    /// Only of ASCII.
    init(_ bytes: [UInt8]) {
        for byte in bytes {
            if byte < 64 { words.0 |= 1 << byte } else { words.1 |= 1 << (byte - 64) }
        }
    }

    func contains(_ byte: UInt8) -> Bool {
        if byte < 64 { return words.0 >> byte & 1 == 1 }
        return byte < 128 && words.1 >> (byte - 64) & 1 == 1
    }
}

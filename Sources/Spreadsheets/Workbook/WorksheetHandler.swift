/// Collects the rows of a sheet while its XML is read.
///
/// The declared dimension of the sheet is not looked at: writers get it wrong.
final class WorksheetHandler: XMLHandler {
    private let decoder: CellDecoder
    private let limits: SpreadsheetLimits
    private var rows: [SheetRow] = []
    private var rowsTotal = 0
    private var cells: [Cell] = []
    private var rowNumber = 0
    private var column = 0
    private var cell = RawCell()
    private var place = Place.outside

    private enum Place { case outside, sheet, row, cell, value, inline }

    init(cells decoder: CellDecoder, limits: SpreadsheetLimits) {
        self.decoder = decoder
        self.limits = limits
    }

    /// The last row begun; nil before the first.
    var lastRow: Int? { rowNumber == 0 ? nil : rowNumber }

    func takeRows() -> [SheetRow] {
        defer { rows.removeAll(keepingCapacity: true) }
        return rows
    }

    func start(_ element: XMLName, _ attributes: XMLAttributes) throws {
        switch (place, element) {
        case (.row, "c"): try startCell(attributes)
        case (.cell, "v"): place = .value
        case (.cell, "is"): place = .inline
        case (.inline, _): cell.inline.start(element)
        case (.sheet, "row"): try startRow(attributes)
        case (.outside, "sheetData"): place = .sheet
        default: break
        }
    }

    func end(_ element: XMLName) throws {
        switch (place, element) {
        case (.value, "v"): place = .cell
        case (.cell, "c"): try endCell()
        case (.row, "row"): try endRow()
        case (.inline, "is"): place = .cell
        case (.inline, _): cell.inline.end(element)
        case (.sheet, "sheetData"): place = .outside
        default: break
        }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        switch place {
        case .value:
            guard cell.value.count + bytes.count <= limits.cellBytes else { throw cellTooLong }
            cell.value.append(contentsOf: bytes)
        case .inline:
            guard cell.inline.append(bytes, upTo: limits.cellBytes) else { throw cellTooLong }
        case .outside, .sheet, .row, .cell: break
        }
    }

    private func startRow(_ attributes: XMLAttributes) throws {
        let number = attributes["r"].flatMap { Int($0) } ?? rowNumber + 1
        guard number > rowNumber else {
            throw SpreadsheetError.malformed(row: rowNumber, what: "row \(number) comes too late")
        }
        rowNumber = number
        column = 0
        cells.removeAll(keepingCapacity: true)
        place = .row
    }

    private func startCell(_ attributes: XMLAttributes) throws {
        cell.removeAll()
        column += 1
        try attributes.visit { name, value in
            switch name {
            case "r":
                guard let number = Self.column(of: value) else {
                    throw SpreadsheetError.malformed(row: rowNumber, what: "cell without a place")
                }
                column = number
            case "t": cell.type = RawCell.CellType(value)
            case "s": cell.style = Int(String(decoding: value, as: UTF8.self)) ?? 0
            default: break
            }
        }
        place = .cell
    }

    private func endCell() throws {
        place = .row
        guard let value = decoder.decode(cell) else {
            throw SpreadsheetError.malformed(row: rowNumber, what: "a text that is not there")
        }
        // A cell that is only coloured, often to the sheet's last column, is no cell of the table.
        guard !value.isEmpty else { return }
        guard column <= limits.columns else {
            throw SpreadsheetError.tooManyColumns(row: rowNumber, limit: limits.columns)
        }
        if case .text(let text) = value, text.utf8.count > limits.cellCharacters,
            text.utf16.count > limits.cellCharacters
        {
            throw cellTooLong
        }
        while cells.count < column { cells.append(.empty) }
        cells[column - 1] = value
    }

    private func endRow() throws {
        place = .sheet
        guard !cells.isEmpty else { return }
        rowsTotal += 1
        guard rowsTotal <= limits.rows else {
            throw SpreadsheetError.tooManyRows(limit: limits.rows)
        }
        rows.append(SheetRow(number: rowNumber, cells: cells))
    }

    private var cellTooLong: SpreadsheetError {
        .cellTooLong(
            row: rowNumber, column: column, limit: limits.cellCharacters, inQuotes: false)
    }

    /// Returns 28 for `AB7`; nil unless there are one to three letters.
    private static func column(of reference: UnsafeBufferPointer<UInt8>) -> Int? {
        var column = 0
        var letters = 0
        for byte in reference {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): column = column * 26 + Int(byte) - 64
            case UInt8(ascii: "a")...UInt8(ascii: "z"): column = column * 26 + Int(byte) - 96
            default: return letters > 0 ? column : nil
            }
            letters += 1
            if letters > 3 { return nil }
        }
        return letters > 0 ? column : nil
    }
}

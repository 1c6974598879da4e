/// Reads records as rows: first the names of their columns, then a row for each record.
///
/// The header is row 1, so the first record is row 2, as if a spreadsheet program showed them.
final class RecordReader: RowReader, RecordTree {
    private let shape: RecordShape
    private let limits: SpreadsheetLimits
    private var source: (any RecordSource)?
    private var isAtHeader = true
    private var path = [0]
    private var cells: [Cell] = []
    private var number = 1
    private var rowsTotal = 0
    private var ready: [SheetRow] = []
    private var taken = 0
    private var failure: (any Error)?

    init(
        _ shape: RecordShape, limits: SpreadsheetLimits,
        _ source: (RecordReader) throws -> any RecordSource
    ) throws {
        self.shape = shape
        self.limits = limits
        self.source = try source(self)
    }

    func next() throws -> SheetRow? {
        if isAtHeader {
            isAtHeader = false
            return SheetRow(number: 1, cells: shape.columns.map(Cell.text))
        }
        while true {
            if taken < ready.count {
                taken += 1
                return ready[taken - 1]
            }
            ready.removeAll(keepingCapacity: true)
            taken = 0
            // The records before the damage have been handed out.
            if let failure { throw failure }
            guard let source else { return nil }
            readOn(source)
        }
    }

    private func readOn(_ source: any RecordSource) {
        do {
            if try !source.readOn() {
                if shape.records == 0 { try finishRecord() }
                self.source = nil
            }
        } catch SpreadsheetError.malformed(row: nil, let what) {
            failure = SpreadsheetError.malformed(row: number, what: what)
        } catch {
            failure = error
        }
    }

    func open(_ name: String, isListed: Bool) throws {
        guard let place = shape.places[path[path.count - 1]].children[name] else {
            throw SpreadsheetError.unreadable("it changed while it was read")
        }
        path.append(place)
    }

    func value(_ cell: Cell) throws {
        guard !cell.isEmpty, let column = shape.places[path[path.count - 1]].column else { return }
        while cells.count <= column { cells.append(.empty) }
        // What occurs several times in a record is one cell, as people write lists.
        cells[column] = cells[column].isEmpty ? cell : .text("\(cells[column].text), \(cell.text)")
        if case .text(let text) = cells[column], text.utf8.count > limits.cellCharacters,
            text.utf16.count > limits.cellCharacters
        {
            throw SpreadsheetError.cellTooLong(
                row: number + 1, column: column + 1, limit: limits.cellCharacters, inQuotes: false)
        }
    }

    func close() throws {
        let place = path.removeLast()
        if place == shape.records { try finishRecord() }
    }

    private func finishRecord() throws {
        number += 1
        defer { cells.removeAll(keepingCapacity: true) }
        guard !cells.isEmpty else { return }
        rowsTotal += 1
        guard rowsTotal <= limits.rows else {
            throw SpreadsheetError.tooManyRows(limit: limits.rows)
        }
        ready.append(SheetRow(number: number, cells: cells))
    }
}

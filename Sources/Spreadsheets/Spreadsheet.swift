/// A table in a file: a sheet of an .xlsx workbook, or a CSV file.
///
/// What the file is, is told by its content, never by its name. The value holds no open file;
/// each call of `rows` reads from the beginning.
package struct Spreadsheet: Sendable {
    package enum Kind: Sendable, Equatable {
        case xlsx
        case csv(CSVDialect)
    }

    package struct Sheet: Sendable, Equatable {
        package let name: String
        package let isHidden: Bool
    }

    package let kind: Kind
    /// The sheets with cells, in the order of the workbook's tabs; none for CSV.
    package let sheets: [Sheet]

    private let path: String
    private let limits: SpreadsheetLimits

    /// Opens a file for a look at what it is. A CSV file is read through once, because its
    /// encoding shows only in the whole of it.
    ///
    /// - Throws: `SpreadsheetError`, with a message for the person who chose the file.
    package init(path: String, limits: SpreadsheetLimits = SpreadsheetLimits()) throws {
        self.path = path
        self.limits = limits
        let file = try InputFile(path: path)
        guard file.size <= limits.bytes else {
            throw SpreadsheetError.tooLarge(limit: limits.bytes)
        }
        switch try FileSignature(of: file) {
        case .zip:
            let workbook = try Workbook(in: ZipArchive(path: path, limits: limits))
            kind = .xlsx
            sheets = workbook.sheets.map { Sheet(name: $0.name, isHidden: $0.isHidden) }
        case .text:
            kind = .csv(try CSVDialect(of: file))
            sheets = []
        }
    }

    /// Starts reading a sheet, by default the first one that is not hidden.
    ///
    /// A sheet's name is looked up without regard to case, as spreadsheet programs do.
    package func rows(sheet: String? = nil) throws -> SheetRows {
        switch kind {
        case .xlsx:
            return SheetRows(try WorksheetReader(path: path, sheet: sheet, limits: limits))
        case .csv(let dialect):
            if let sheet { throw SpreadsheetError.noSuchSheet(sheet, available: []) }
            return SheetRows(try CSVReader(path: path, dialect: dialect, limits: limits))
        }
    }
}

/// The rows of one sheet, read as they are asked for; memory does not grow with the sheet.
///
/// A copy continues where the original is. Rows without any value are left out.
package struct SheetRows {
    private let reader: any RowReader

    fileprivate init(_ reader: any RowReader) {
        self.reader = reader
    }

    /// Returns nil after the last row. After an error the rest of the file is lost.
    package mutating func next() throws -> SheetRow? {
        try reader.next()
    }
}

protocol RowReader: AnyObject {
    func next() throws -> SheetRow?
}

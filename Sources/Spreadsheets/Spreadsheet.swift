/// A table in a file: a sheet of an .xlsx workbook, a CSV file, or the records of a JSON or XML
/// file.
///
/// What the file is, is told by its content, never by its name. The value holds no open file;
/// each call of `rows` reads from the beginning.
package struct Spreadsheet: Sendable {
    package enum Kind: Sendable, Equatable {
        case xlsx
        case csv(CSVDialect)
        case json, xml
    }

    package struct Sheet: Sendable, Equatable {
        package let name: String
        package let isHidden: Bool
    }

    package let kind: Kind
    /// The sheets with cells, in the order of the workbook's tabs; none for other files.
    package let sheets: [Sheet]

    private let path: String
    private let limits: SpreadsheetLimits
    /// Of a JSON or XML file.
    private var shape: RecordShape?

    /// Opens a file for a look at what it is. All but workbooks are read through once: a CSV
    /// file's encoding, and what a record may have, show only in the whole of it.
    ///
    /// - Throws: `SpreadsheetError`, with a message for the person who chose the file.
    package init(path: String, limits: SpreadsheetLimits = SpreadsheetLimits()) throws {
        self.path = path
        self.limits = limits
        let file = try InputFile(path: path)
        guard file.size <= limits.bytes else {
            throw SpreadsheetError.tooLarge(limit: limits.bytes)
        }
        let signature = try FileSignature(of: file)
        switch signature {
        case .zip:
            let workbook = try Workbook(in: ZipArchive(path: path, limits: limits))
            kind = .xlsx
            sheets = workbook.sheets.map { Sheet(name: $0.name, isHidden: $0.isHidden) }
        case .text:
            kind = .csv(try CSVDialect(of: file))
            sheets = []
        case .json, .xml:
            kind = signature == .json ? .json : .xml
            sheets = []
            shape = try ShapeReading.shape(limits: limits) { try source($0) }
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
            try Self.mustHaveNoName(sheet)
            return SheetRows(try CSVReader(path: path, dialect: dialect, limits: limits))
        case .json, .xml:
            try Self.mustHaveNoName(sheet)
            guard let shape else { throw SpreadsheetError.noSheets }
            return SheetRows(try RecordReader(shape, limits: limits) { try source($0) })
        }
    }

    private static func mustHaveNoName(_ sheet: String?) throws {
        if let sheet { throw SpreadsheetError.noSuchSheet(sheet, available: []) }
    }

    private func source(_ tree: any RecordTree) throws -> any RecordSource {
        if kind == .json { return try JSONSource(path: path, limits: limits, tree) }
        return try XMLSource(path: path, limits: limits, tree)
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

/// Why a file cannot be read. Each has a `message` for the person who chose the file.
package enum SpreadsheetError: Error, Equatable, Sendable {
    /// The operating system's reason.
    case unreadable(String)
    /// `found` names what the file looks like ("a PDF document"), when that is known.
    case notASpreadsheet(found: String?)
    /// The binary .xls of before 2007.
    case oldFormat
    case encrypted
    case tooLarge(limit: Int)
    /// The decompressed content is out of proportion.
    case bomb
    case tooManyDistinctTexts
    case tooManyRows(limit: Int)
    case tooManyColumns(row: Int, limit: Int)
    /// `inQuotes` when a quote that is never closed may be the cause.
    case cellTooLong(row: Int, column: Int, limit: Int, inQuotes: Bool)
    case unterminatedQuote(row: Int)
    case wrongEncoding(row: Int)
    case zeroByte(row: Int)
    /// `row` is the last one that was read; nil before the first.
    case malformed(row: Int?, what: String)
    case noSuchSheet(String, available: [String])
    case noSheets
}

extension SpreadsheetError: CustomStringConvertible {
    package var description: String { message }

    /// A sentence on what is wrong and one on what to do.
    package var message: String {
        switch self {
        case .unreadable(let reason):
            "The file cannot be opened: \(reason). Check that it exists and may be read."
        case .notASpreadsheet(let found):
            "This is \(found ?? "not a spreadsheet"). Save the table as .xlsx, CSV, JSON or XML."
        case .oldFormat:
            "This is an .xls workbook of before 2007. Open it and save it as .xlsx."
        case .encrypted:
            "The workbook is protected with a password. Save a copy without password."
        case .tooLarge(let limit):
            "The file is larger than \(limit >> 20) MB. Split it into several files."
        case .bomb:
            "The workbook's content is out of proportion to its size. Save the table as CSV."
        case .tooManyDistinctTexts:
            "The workbook has too many distinct texts. Save the sheet as CSV, or split it."
        case .tooManyRows(let limit):
            "The sheet has more than \(limit) rows. Split it into several files."
        case .tooManyColumns(let row, let limit):
            "Row \(row) has more than \(limit) columns. Remove the columns that are not needed."
        case .cellTooLong(let row, let column, let limit, let inQuotes):
            "The cell in row \(row), column \(column) is longer than \(limit) characters. "
                + (inQuotes ? "Shorten it, or close the quote that begins it." : "Shorten it.")
        case .unterminatedQuote(let row):
            "The quote opened in row \(row) is never closed. Close it, or double it as text."
        case .wrongEncoding(let row):
            "Row \(row) has bytes that are no text in the file's encoding. Save it as CSV UTF-8."
        case .zeroByte(let row):
            "Row \(row) has a zero byte, which text never has. Save the file as CSV UTF-8."
        case .malformed(let row, let what):
            "The file is damaged\(row.map { " after row \($0)" } ?? "") (\(what)). "
                + "Open it in a spreadsheet program and save it again."
        case .noSuchSheet(let name, available: []):
            "There is no sheet “\(name)”: only workbooks have sheets. Leave the sheet's name out."
        case .noSuchSheet(let name, let available):
            "There is no sheet “\(name)”. Choose one of: \(available.joined(separator: ", "))."
        case .noSheets:
            "The workbook has no sheet with cells. Choose another file."
        }
    }
}

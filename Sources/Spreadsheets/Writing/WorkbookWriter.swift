import CXLSXWriter
import Foundation

/// Writes an .xlsx workbook with one sheet, in memory that does not grow with it.
///
/// A workbook is a ZIP archive whose directory comes last, so nothing can be taken before
/// `finish`; the archive is made at a path of its own, which is removed when it has been taken.
package final class WorkbookWriter: TableWriter {
    private let path: String
    private var workbook: UnsafeMutablePointer<lxw_workbook>?
    private let sheet: UnsafeMutablePointer<lxw_worksheet>
    private let bold: UnsafeMutablePointer<lxw_format>?
    private let date: UnsafeMutablePointer<lxw_format>?
    private var row: UInt32 = 0
    private var made: FileHandle?

    private static let pieceBytes = 64 << 10
    private static let rowsMax: UInt32 = 1_048_576
    private static let columnWidth = 18.0
    /// Of a cell; a longer text loses its end.
    private static let charactersMax = 32_767

    package init(path: String) throws {
        self.path = path
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        workbook = folder.withCString { folder in
            var options = lxw_workbook_options()
            options.constant_memory = 1
            options.tmpdir = UnsafeMutablePointer(mutating: folder)
            return workbook_new_opt(path, &options)
        }
        guard let workbook, let sheet = workbook_add_worksheet(workbook, nil) else {
            throw SpreadsheetError.unreadable("no workbook can be made")
        }
        self.sheet = sheet
        bold = workbook_add_format(workbook)
        format_set_bold(bold)
        date = workbook_add_format(workbook)
        format_set_num_format(date, "yyyy-mm-dd hh:mm:ss")
        worksheet_freeze_panes(sheet, 1, 0)
    }

    deinit {
        if let workbook { _ = workbook_close(workbook) }
        try? FileManager.default.removeItem(atPath: path)
    }

    package func append(_ cells: [Cell]) throws {
        guard row < Self.rowsMax else {
            throw SpreadsheetError.tooManyRows(limit: Int(Self.rowsMax))
        }
        if row == 0, let last = cells.indices.last {
            worksheet_set_column(sheet, 0, UInt16(last), Self.columnWidth, nil)
        }
        for (index, cell) in cells.enumerated() {
            let status = write(cell, UInt16(index))
            guard status == LXW_NO_ERROR else {
                throw SpreadsheetError.unreadable(String(cString: lxw_strerror(status)))
            }
        }
        row += 1
    }

    private func write(_ cell: Cell, _ column: UInt16) -> lxw_error {
        switch cell {
        case .empty: LXW_NO_ERROR
        // A longer one would lose its end.
        case .number(let number, let digits) where digits.utf8.count <= 15:
            worksheet_write_number(sheet, row, column, number, nil)
        case .boolean(let value):
            worksheet_write_boolean(sheet, row, column, value ? 1 : 0, nil)
        case .date(let day): write(day, column)
        // Never as a formula, whatever it begins with.
        default:
            worksheet_write_string(
                sheet, row, column,
                String(cell.text.unicodeScalars.prefix(Self.charactersMax)), row == 0 ? bold : nil)
        }
    }

    private func write(_ day: LocalDateTime, _ column: UInt16) -> lxw_error {
        var moment = lxw_datetime()
        moment.year = Int32(day.year)
        moment.month = Int32(day.month)
        moment.day = Int32(day.day)
        moment.hour = Int32(day.hour)
        moment.min = Int32(day.minute)
        moment.sec = Double(day.second)
        return worksheet_write_datetime(sheet, row, column, &moment, date)
    }

    package func finish() throws {
        guard let open = workbook else { return }
        workbook = nil
        let status = workbook_close(open)
        guard status == LXW_NO_ERROR else {
            throw SpreadsheetError.unreadable(String(cString: lxw_strerror(status)))
        }
        made = FileHandle(forReadingAtPath: path)
    }

    package func take() throws -> [UInt8] {
        guard let made, let piece = try made.read(upToCount: Self.pieceBytes) else { return [] }
        return Array(piece)
    }
}

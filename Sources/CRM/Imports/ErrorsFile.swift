import Spreadsheets
import Storage
import Tenancy

/// The rejected rows of an import as CSV: the columns and the order of the file, and one more
/// column, `error`, that says what is wrong. Corrected, it can be imported as it is.
///
/// It is CSV for workbooks, too: what counts is the text of the cells.
package struct ErrorsFile: Sendable {
    let database: Database
    let caller: Caller
    let run: Import

    static let column = "error"
    fileprivate static let rowsPerRead = 500

    package init(_ database: Database, as caller: Caller, _ run: Import) {
        self.database = database
        self.caller = caller
        self.run = run
    }

    /// The name that a browser keeps it under.
    var name: String {
        let stem = run.fileName.split(separator: ".").dropLast().joined(separator: ".")
        return (stem.isEmpty ? run.fileName : stem) + "-errors.csv"
    }

    /// Starts writing; the pieces are made as they are asked for.
    ///
    /// - Parameter path: Where the imported file can be read meanwhile.
    package func pieces(of path: String) throws -> Pieces {
        Pieces(file: self, reading: try Inspection.told { try Reading(path, sheet: run.sheet) })
    }

    /// The bytes of the file, piece by piece.
    package struct Pieces {
        private let file: ErrorsFile
        private var reading: Reading
        private var last: Int?

        fileprivate init(file: ErrorsFile, reading: Reading) {
            self.file = file
            self.reading = reading
        }

        /// Nil at the end.
        package mutating func next() async throws -> [UInt8]? {
            guard let after = last else {
                last = 0
                return try reading.begin()
            }
            let run = file.run
            let rejections = try await file.database.read(
                as: file.caller, from: .replica
            ) { scope in
                try await Imports(scope).rejections(
                    of: run, after: after, limit: ErrorsFile.rowsPerRead)
            }
            guard let end = rejections.last else { return nil }
            last = end.number
            return try Inspection.told { try reading.rows(rejections) }
        }
    }

    /// The file, read once more beside the reasons.
    fileprivate struct Reading {
        private var rows: SheetRows
        private var writer: CSVWriter
        private let headers: [Cell]

        init(_ path: String, sheet: String?) throws {
            let file = try Spreadsheet(path: path, limits: Inspection.limits)
            rows = try file.rows(sheet: sheet)
            headers = try rows.next()?.cells ?? []
            var format = CSVWriter.Format()
            if case .csv(let dialect) = file.kind {
                format.delimiter = dialect.delimiter
                format.beginsWithByteOrderMark = dialect.encoding != .utf8
            } else {
                format.beginsWithByteOrderMark = true
            }
            writer = CSVWriter(format: format)
        }

        mutating func begin() throws -> [UInt8] {
            try writer.append(headers + [.text(ErrorsFile.column)])
            return writer.take()
        }

        mutating func rows(_ rejections: [(number: Int, reason: String)]) throws -> [UInt8] {
            for rejection in rejections {
                while let row = try rows.next() {
                    guard row.number >= rejection.number else { continue }
                    if row.number == rejection.number { try append(row, rejection.reason) }
                    break
                }
            }
            return writer.take()
        }

        private mutating func append(_ row: SheetRow, _ reason: String) throws {
            let gap = max(0, headers.count - row.cells.count)
            let cells = row.cells + Array(repeating: Cell.empty, count: gap)
            try writer.append(cells + [.text(reason)])
        }
    }
}

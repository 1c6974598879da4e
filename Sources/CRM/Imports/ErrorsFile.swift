import Spreadsheets
import Storage
import Tenancy

/// The rejected rows of an import as a file: the columns and the order of what was imported, and
/// one more column, `error`, that says what is wrong. Corrected, it can be imported as it is.
package struct ErrorsFile: Sendable {
    let database: Database
    let caller: Caller
    let run: Import
    /// Of the file that is made; the import's own, unless asked otherwise.
    let format: Import.Format

    static let column = "error"
    fileprivate static let rowsPerRead = 500

    package init(
        _ database: Database, as caller: Caller, _ run: Import, format: Import.Format? = nil
    ) {
        self.database = database
        self.caller = caller
        self.run = run
        self.format = format ?? run.format
    }

    /// The name that a browser keeps it under.
    var name: String {
        let stem = run.fileName.split(separator: ".").dropLast().joined(separator: ".")
        return "\(stem.isEmpty ? run.fileName : stem)-errors.\(format.rawValue)"
    }

    /// Starts writing; the pieces are made as they are asked for.
    ///
    /// - Parameter path: Where the imported file can be read meanwhile.
    /// - Parameter scratch: A path of its own, at which nothing is left.
    package func pieces(of path: String, scratch: String) throws -> Pieces {
        Pieces(
            file: self,
            reading: try Inspection.told {
                try Reading(path, sheet: run.sheet, format, scratch: scratch)
            })
    }

    /// The bytes of the file, piece by piece.
    package struct Pieces {
        private let file: ErrorsFile
        private var reading: Reading
        private var last = 0
        private var isAtEnd = false

        fileprivate init(file: ErrorsFile, reading: Reading) {
            self.file = file
            self.reading = reading
        }

        /// Nil at the end.
        package mutating func next() async throws -> [UInt8]? {
            while !isAtEnd {
                let (run, after) = (file.run, last)
                let rejections = try await file.database.read(
                    as: file.caller, from: .replica
                ) { scope in
                    try await Imports(scope).rejections(
                        of: run, after: after, limit: ErrorsFile.rowsPerRead)
                }
                isAtEnd = rejections.isEmpty
                last = rejections.last?.number ?? last
                try Inspection.told { try reading.take(rejections) }
                if let piece = try reading.piece() { return piece }
            }
            return try reading.piece()
        }
    }

    /// The file, read once more beside the reasons.
    fileprivate struct Reading {
        private var rows: SheetRows
        private var writer: any TableWriter
        private let headers: [Cell]

        init(
            _ path: String, sheet: String?, _ format: Import.Format, scratch: String
        ) throws {
            let file = try Spreadsheet(path: path, limits: Inspection.limits)
            rows = try file.rows(sheet: sheet)
            headers = try rows.next()?.cells ?? []
            writer = try format.writer(like: file.kind, scratch: scratch)
            try writer.append(headers + [.text(ErrorsFile.column)])
        }

        /// Writes rejected rows; none is the end.
        mutating func take(_ rejections: [(number: Int, reason: String)]) throws {
            if rejections.isEmpty { try writer.finish() }
            for rejection in rejections {
                while let row = try rows.next() {
                    guard row.number >= rejection.number else { continue }
                    if row.number == rejection.number { try append(row, rejection.reason) }
                    break
                }
            }
        }

        mutating func piece() throws -> [UInt8]? {
            let bytes = try writer.take()
            return bytes.isEmpty ? nil : bytes
        }

        private mutating func append(_ row: SheetRow, _ reason: String) throws {
            let gap = max(0, headers.count - row.cells.count)
            let cells = row.cells + Array(repeating: Cell.empty, count: gap)
            try writer.append(cells + [.text(reason)])
        }
    }
}

extension Import.Format {
    /// A writer of files of this format.
    ///
    /// - Parameter kind: What is to be written like it, if it is of this format.
    func writer(like kind: Spreadsheet.Kind? = nil, scratch: String) throws -> any TableWriter {
        switch self {
        case .xlsx: return try WorkbookWriter(path: scratch)
        case .json: return JSONTableWriter()
        case .xml: return XMLTableWriter()
        case .csv:
            var format = CSVWriter.Format()
            format.beginsWithByteOrderMark = true
            if case .csv(let dialect) = kind {
                format.delimiter = dialect.delimiter
                format.beginsWithByteOrderMark = dialect.encoding != .utf8
            }
            return CSVWriter(format: format)
        }
    }
}

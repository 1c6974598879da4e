/// Writes a table as a file of some kind, to be taken piece by piece. The first row is the header.
package protocol TableWriter {
    mutating func append(_ row: [Cell]) throws
    /// What has been written since the last time; empty when there is nothing yet.
    mutating func take() throws -> [UInt8]
    /// Ends the table: what is taken from then on is its end.
    mutating func finish() throws
}

extension Spreadsheet.Kind {
    /// A writer of files of this kind, as like the file that was read as can be.
    ///
    /// - Parameter scratch: A path where a workbook can be made, which cannot be written from its
    ///   beginning to its end. Nothing is left there.
    package func writer(scratch: String) throws -> any TableWriter {
        switch self {
        case .csv(let dialect):
            var format = CSVWriter.Format()
            format.delimiter = dialect.delimiter
            format.beginsWithByteOrderMark = dialect.encoding != .utf8
            return CSVWriter(format: format)
        case .xlsx: return try WorkbookWriter(path: scratch)
        case .json: return JSONTableWriter()
        case .xml: return XMLTableWriter()
        }
    }
}

extension CSVWriter: TableWriter {
    package mutating func finish() {}
}

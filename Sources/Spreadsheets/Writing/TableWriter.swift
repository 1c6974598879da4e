/// Writes a table as a file of some kind, to be taken piece by piece. The first row is the header.
package protocol TableWriter {
    mutating func append(_ row: [Cell]) throws
    /// What has been written since the last time; empty when there is nothing yet.
    mutating func take() throws -> [UInt8]
    /// Ends the table: what is taken from then on is its end.
    mutating func finish() throws
}

extension CSVWriter: TableWriter {
    package mutating func finish() {}
}

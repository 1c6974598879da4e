import Foundation

/// The current row of a running statement, as an engine gives it. Valid only while decoding.
package protocol RowSource: AnyObject {
    func isNull(at column: Int) -> Bool
    func integer(at column: Int) -> Int64
    func real(at column: Int) -> Double
    func text(at column: Int) -> String
    func bytes(at column: Int) -> [UInt8]
    func uuid(at column: Int) -> UUID?
}

/// Reads a row's columns in the order they were selected.
///
/// The column list and the decoding initialiser stand next to each other in a file, so that
/// order is the whole contract; no column is looked up by name.
package struct Row {
    private let source: any RowSource
    private var column = 0

    package init(_ source: any RowSource) {
        self.source = source
    }

    /// - Throws: `StorageError.column` when the column is null or of another type.
    package mutating func next<Value: SQLConvertible>(
        _ type: Value.Type = Value.self
    ) throws -> Value {
        defer { column += 1 }
        guard !source.isNull(at: column) else {
            throw StorageError.column(column, expected: "\(Value.self), not null")
        }
        return try Value.decode(source, at: column)
    }

    package mutating func next<Value: SQLConvertible>(
        _ type: Value?.Type = Value?.self
    ) throws -> Value? {
        defer { column += 1 }
        return source.isNull(at: column) ? nil : try Value.decode(source, at: column)
    }
}

/// A value that one row becomes.
package protocol RowDecodable: Sendable {
    init(row: inout Row) throws
}

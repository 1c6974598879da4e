import Foundation

/// A statement, or a piece of one, with its bound values: the only way text reaches an engine.
///
/// Interpolating a value binds it; interpolating another `SQL` splices it in. There is no way
/// to interpolate raw text, so there is no way to inject any.
package struct SQL: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// The statement with `?` where a value is bound. No literal may contain a question mark.
    package private(set) var text: String
    package private(set) var values: [SQLValue]

    package init(stringLiteral value: String) {
        text = value
        values = []
    }

    package init(stringInterpolation: Interpolation) {
        text = stringInterpolation.text
        values = stringInterpolation.values
    }

    package var isEmpty: Bool { text.isEmpty }

    package struct Interpolation: StringInterpolationProtocol {
        var text = ""
        var values: [SQLValue] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 24)
            values.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            text += literal
        }

        package mutating func appendInterpolation(_ value: (some SQLConvertible)?) {
            text += "?"
            values.append(value?.sqlValue ?? .null)
        }

        package mutating func appendInterpolation(_ fragment: SQL) {
            text += fragment.text
            values += fragment.values
        }
    }

    package static func + (left: SQL, right: SQL) -> SQL { "\(left) \(right)" }

    /// `(?, ?, …)` of the values; an empty list matches nothing.
    package static func list(_ values: [some SQLConvertible]) -> SQL {
        guard !values.isEmpty else { return "(NULL)" }
        var list: SQL = ""
        list.text = places(values.count)
        list.values = values.map(\.sqlValue)
        return list
    }

    /// `VALUES (?, ?), (?, ?)` of rows of values, all as long as the first.
    ///
    /// For many rows at once: interpolating every value of a row of thirty costs about as much
    /// as storing it.
    package static func rows(_ rows: [[SQLValue]]) -> SQL {
        var all: SQL = "VALUES "
        let row = places(rows.first?.count ?? 0)
        all.text += Array(repeating: row, count: rows.count).joined(separator: ", ")
        all.values = Array(rows.joined())
        return all
    }

    private static func places(_ count: Int) -> String {
        var text = "("
        text.reserveCapacity(3 * count + 2)
        for place in 0..<count { text += place == 0 ? "?" : ", ?" }
        return text + ")"
    }

    package static func joined(_ pieces: [SQL], by separator: SQL) -> SQL {
        guard var all = pieces.first else { return "" }
        for piece in pieces.dropFirst() {
            all.text += separator.text
            all.text += piece.text
            all.values += separator.values
            all.values += piece.values
        }
        return all
    }
}

/// What can be bound to a statement or read from a column.
package enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])
    /// 16 bytes on SQLite, `uuid` on PostgreSQL.
    case uuid(UUID)
}

/// A type with exactly one representation in a column.
package protocol SQLConvertible: Sendable {
    var sqlValue: SQLValue { get }
    /// - Throws: `StorageError.column` when the column holds something else.
    static func decode(_ source: any RowSource, at column: Int) throws -> Self
}

extension Int64: SQLConvertible {
    package var sqlValue: SQLValue { .integer(self) }
    package static func decode(_ source: any RowSource, at column: Int) throws -> Int64 {
        source.integer(at: column)
    }
}

extension Int: SQLConvertible {
    package var sqlValue: SQLValue { .integer(Int64(self)) }
    package static func decode(_ source: any RowSource, at column: Int) throws -> Int {
        Int(source.integer(at: column))
    }
}

extension Bool: SQLConvertible {
    package var sqlValue: SQLValue { .integer(self ? 1 : 0) }
    package static func decode(_ source: any RowSource, at column: Int) throws -> Bool {
        source.integer(at: column) != 0
    }
}

extension Double: SQLConvertible {
    package var sqlValue: SQLValue { .real(self) }
    package static func decode(_ source: any RowSource, at column: Int) throws -> Double {
        source.real(at: column)
    }
}

extension String: SQLConvertible {
    package var sqlValue: SQLValue { .text(self) }
    package static func decode(_ source: any RowSource, at column: Int) throws -> String {
        source.text(at: column)
    }
}

extension [UInt8]: SQLConvertible {
    package var sqlValue: SQLValue { .bytes(self) }
    package static func decode(_ source: any RowSource, at column: Int) throws -> [UInt8] {
        source.bytes(at: column)
    }
}

extension UUID: SQLConvertible {
    package var sqlValue: SQLValue { .uuid(self) }
    package static func decode(_ source: any RowSource, at column: Int) throws -> UUID {
        guard let uuid = source.uuid(at: column) else {
            throw StorageError.column(column, expected: "a uuid")
        }
        return uuid
    }
}

/// Enumerations are text in the database, kept true by a CHECK.
extension SQLConvertible where Self: RawRepresentable, RawValue == String {
    package var sqlValue: SQLValue { .text(rawValue) }
    package static func decode(_ source: any RowSource, at column: Int) throws -> Self {
        let text = source.text(at: column)
        guard let value = Self(rawValue: text) else {
            throw StorageError.column(column, expected: "\(Self.self), not “\(text)”")
        }
        return value
    }
}

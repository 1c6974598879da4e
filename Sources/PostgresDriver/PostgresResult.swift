import CPQ
import Foundation
import Storage

/// The answer to one statement, in PostgreSQL's binary format; the row source of its rows.
///
/// Lives on its reactor's thread and is never sent.
final class PostgresResult: RowSource {
    private let pointer: OpaquePointer
    private var row: Int32 = 0

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var rowCount: Int { Int(PQntuples(pointer)) }

    /// Rows inserted, changed or deleted.
    var changes: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

    /// The command that was carried out: a COMMIT of a failed transaction says ROLLBACK.
    var command: String { String(cString: PQcmdStatus(pointer)) }

    func each(_ body: (inout Row) throws -> Void) throws {
        for number in 0..<PQntuples(pointer) {
            row = number
            var current = Row(self)
            try body(&current)
        }
    }

    /// pg_type.dat of PostgreSQL's sources.
    private static let numeric: Oid = 1700
    private static let jsonb: Oid = 3802

    private func value(_ column: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: PQgetvalue(pointer, row, Int32(column)),
            count: Int(PQgetlength(pointer, row, Int32(column))))
    }

    func isNull(at column: Int) -> Bool { PQgetisnull(pointer, row, Int32(column)) == 1 }

    /// int2, int4, int8 and bool: big-endian, as wide as the type. A sum of bigint is numeric.
    func integer(at column: Int) -> Int64 {
        let bytes = value(column)
        if PQftype(pointer, Int32(column)) == Self.numeric { return Self.whole(bytes) }
        guard let first = bytes.first else { return 0 }
        return bytes.dropFirst().reduce(Int64(Int8(bitPattern: first))) { $0 << 8 | Int64($1) }
    }

    /// The whole part of a numeric: how many digits of base 10,000 there are, the first one's
    /// exponent, the sign, the decimal places, then the digits (numeric_send in numeric.c of
    /// PostgreSQL's sources).
    private static func whole(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        func word(_ index: Int) -> Int64 {
            Int64(Int16(bitPattern: UInt16(bytes[2 * index]) << 8 | UInt16(bytes[2 * index + 1])))
        }
        let (count, exponent, isNegative) = (Int(word(0)), Int(word(1)), word(2) != 0)
        var whole: Int64 = 0
        for place in 0..<max(0, exponent + 1) {
            whole = whole &* 10_000 &+ (place < count ? word(4 + place) : 0)
        }
        return isNegative ? -whole : whole
    }

    func real(at column: Int) -> Double {
        let bytes = value(column)
        let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch PQftype(pointer, Int32(column)) {
        case 701: return Double(bitPattern: bits)
        case 700: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        default: return Double(integer(at: column))
        }
    }

    func text(at column: Int) -> String {
        let bytes = value(column)
        // jsonb begins with the number of its version.
        let isJSONB = PQftype(pointer, Int32(column)) == Self.jsonb
        return String(decoding: isJSONB ? bytes[1...] : bytes[...], as: UTF8.self)
    }

    func bytes(at column: Int) -> [UInt8] { Array(value(column)) }

    func uuid(at column: Int) -> UUID? {
        let bytes = value(column)
        guard bytes.count == 16 else { return nil }
        return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
    }
}

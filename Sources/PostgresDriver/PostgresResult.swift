import CPQ
import Foundation
import Storage

/// The answer to one statement, in PostgreSQL's binary format; the row source of its rows.
///
/// `@unchecked`: complete when it is made, and read by the one operation that asked for it.
final class PostgresResult: RowSource, @unchecked Sendable {
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
        if PQftype(pointer, Int32(column)) == Self.numeric { return Numeric(bytes: bytes).whole }
        guard let first = bytes.first else { return 0 }
        return bytes.dropFirst().reduce(Int64(Int8(bitPattern: first))) { $0 << 8 | Int64($1) }
    }

    /// A numeric: how many digits of base 10,000 there are, the first one's exponent, the sign,
    /// the decimal places, then the digits (numeric_send in numeric.c of PostgreSQL's sources).
    private struct Numeric {
        let bytes: UnsafeRawBufferPointer

        private func word(_ index: Int) -> Int {
            Int(Int16(bitPattern: UInt16(bytes[2 * index]) << 8 | UInt16(bytes[2 * index + 1])))
        }
        private var count: Int { word(0) }
        private var exponent: Int { word(1) }
        private var isNegative: Bool { word(2) != 0 }
        private func digit(_ place: Int) -> Int { place < count ? word(4 + place) : 0 }

        /// The part before the decimal point.
        var whole: Int64 {
            let whole = (0..<max(0, exponent + 1)).reduce(Int64(0)) {
                $0 &* 10_000 &+ Int64(digit($1))
            }
            return isNegative ? 0 &- whole : whole
        }

        var real: Double {
            let digits = (0..<count).reduce(0.0) { $0 * 10_000 + Double(digit($1)) }
            let shift = exponent + 1 - count
            let power = pow(10_000, Double(abs(shift)))
            let real = shift < 0 ? digits / power : digits * power
            return isNegative ? -real : real
        }
    }

    func real(at column: Int) -> Double {
        let bytes = value(column)
        let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch PQftype(pointer, Int32(column)) {
        case 701: return Double(bitPattern: bits)
        case 700: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case Self.numeric: return Numeric(bytes: bytes).real
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

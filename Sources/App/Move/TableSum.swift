import Crypto
import Foundation
import Storage

/// How many rows a table has, and a sum over all that stands in them.
///
/// A row's part is half of its SHA-256, and parts are added: the order of keys is not the same
/// on both engines, and does not matter.
struct TableSum: Equatable {
    private(set) var rows = 0
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private var bytes: [UInt8] = []

    mutating func add(_ row: [SQLValue]) {
        rows += 1
        bytes.removeAll(keepingCapacity: true)
        for value in row { append(value) }
        SHA256.hash(data: bytes).withUnsafeBytes { digest in
            low &+= digest.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
            high &+= digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        }
    }

    /// A letter for the kind, the length where it varies, and the value: no two rows are alike.
    private mutating func append(_ value: SQLValue) {
        switch value {
        case .null: bytes.append(UInt8(ascii: "-"))
        case .integer(let integer): append("i", integer)
        case .real(let real): append("r", real.bitPattern)
        case .text(let text):
            append("t", text.utf8.count)
            bytes.append(contentsOf: text.utf8)
        case .bytes(let raw):
            append("b", raw.count)
            bytes.append(contentsOf: raw)
        case .uuid(let uuid):
            bytes.append(UInt8(ascii: "u"))
            withUnsafeBytes(of: uuid.uuid) { bytes.append(contentsOf: $0) }
        }
    }

    private mutating func append(_ letter: Unicode.Scalar, _ number: some FixedWidthInteger) {
        bytes.append(UInt8(ascii: letter))
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    static func == (left: TableSum, right: TableSum) -> Bool {
        (left.rows, left.low, left.high) == (right.rows, right.low, right.high)
    }
}

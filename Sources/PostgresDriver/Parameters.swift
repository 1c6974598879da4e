import Foundation
import Storage

/// A statement's values as libpq takes them: addresses into one buffer that is used again for
/// each statement.
struct Parameters {
    private var buffer: [UInt8] = []
    private var places: [Range<Int>?] = []
    private var formats: [Int32] = []

    private static let (text, binary): (Int32, Int32) = (0, 1)

    mutating func set(_ values: [SQLValue]) {
        buffer.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
        for value in values { append(value) }
    }

    /// Numbers go as text, which fits a column of any width, and a boolean one. A text goes
    /// binary, which needs no end mark; so does a uuid, as its 16 bytes.
    private mutating func append(_ value: SQLValue) {
        let start = buffer.count
        var format = Self.binary
        switch value {
        case .null:
            places.append(nil)
            formats.append(format)
            return
        case .integer(let integer):
            format = Self.text
            buffer.append(contentsOf: String(integer).utf8)
        case .real(let real):
            format = Self.text
            // Swift writes some of them with a sign or an s.
            buffer.append(contentsOf: (real.isNaN ? "nan" : "\(real)").utf8)
        case .text(let text): buffer.append(contentsOf: text.utf8)
        case .bytes(let bytes): buffer.append(contentsOf: bytes)
        case .uuid(let uuid): withUnsafeBytes(of: uuid.uuid) { buffer.append(contentsOf: $0) }
        }
        places.append(start..<buffer.count)
        formats.append(format)
        buffer.append(0)
    }

    /// Gives `body` the arrays of `PQsendQueryPrepared`.
    func withArrays<Value>(
        _ body: ([UnsafePointer<CChar>?], [Int32], [Int32]) -> Value
    ) -> Value {
        buffer.withUnsafeBytes { bytes in
            let base = bytes.bindMemory(to: CChar.self).baseAddress
            let addresses = places.map { place in
                place.flatMap { base?.advanced(by: $0.lowerBound) }
            }
            return body(addresses, places.map { Int32($0?.count ?? 0) }, formats)
        }
    }
}

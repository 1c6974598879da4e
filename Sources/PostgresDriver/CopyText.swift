import Foundation
import Storage

/// Rows in the text format of COPY (PostgreSQL manual, COPY): a line each, tabs between values.
struct CopyText {
    private(set) var bytes: [UInt8] = []

    private static let tab = UInt8(ascii: "\t")
    private static let newline = UInt8(ascii: "\n")
    private static let backslash = UInt8(ascii: "\\")
    private static let hex = Array("0123456789abcdef".utf8)

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func append(_ row: [SQLValue]) {
        for (place, value) in row.enumerated() {
            if place > 0 { bytes.append(Self.tab) }
            append(value)
        }
        bytes.append(Self.newline)
    }

    private mutating func append(_ value: SQLValue) {
        switch value {
        case .null: bytes.append(contentsOf: "\\N".utf8)
        case .integer(let integer): bytes.append(contentsOf: String(integer).utf8)
        case .real(let real): bytes.append(contentsOf: "\(real)".utf8)
        case .text(let text): append(text)
        case .bytes(let raw):
            bytes.append(contentsOf: "\\\\x".utf8)
            for byte in raw {
                bytes.append(Self.hex[Int(byte >> 4)])
                bytes.append(Self.hex[Int(byte & 15)])
            }
        case .uuid(let uuid): bytes.append(contentsOf: uuid.uuidString.utf8)
        }
    }

    /// Most texts hold nothing that means something else here.
    private mutating func append(_ text: String) {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        let isPlain = bytes.withUnsafeBytes { all in
            guard let base = all.baseAddress, all.count > start else { return true }
            let (own, count) = (base + start, all.count - start)
            return [9, 10, 13, 92].allSatisfy { memchr(own, $0, count) == nil }
        }
        guard !isPlain else { return }
        let raw = bytes[start...]
        bytes.removeLast(raw.count)
        for byte in raw {
            switch byte {
            case Self.tab: bytes.append(contentsOf: "\\t".utf8)
            case Self.newline: bytes.append(contentsOf: "\\n".utf8)
            case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
            case Self.backslash: bytes.append(contentsOf: "\\\\".utf8)
            default: bytes.append(byte)
            }
        }
    }
}

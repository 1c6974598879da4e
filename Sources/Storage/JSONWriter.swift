import Foundation

/// Writes JSON text straight into bytes.
///
/// Answers are built with this and not with `JSONEncoder`: the same list of 50 rows took
/// 826 µs of CPU through Codable and 463 µs written directly (facts in docs/benchmarks.md).
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// Whether the next member or element is the first of its container.
    private var first = true

    package init(capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Writes `{…}` with the members that `body` adds.
    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        enclosed(by: "{", "}", body)
    }

    /// Writes `[…]` with the elements that `body` adds.
    package mutating func array(_ body: (inout JSONWriter) -> Void) {
        enclosed(by: "[", "]", body)
    }

    package mutating func array<Element>(
        _ elements: some Sequence<Element>, _ write: (inout JSONWriter, Element) -> Void
    ) {
        array { writer in
            for element in elements {
                writer.element { write(&$0, element) }
            }
        }
    }

    /// Starts an element of the array that is open.
    package mutating func element(_ write: (inout JSONWriter) -> Void) {
        separate()
        write(&self)
        first = false
    }

    /// Starts a member of the object that is open.
    package mutating func member(_ key: String, _ write: (inout JSONWriter) -> Void) {
        separate()
        string(key)
        bytes.append(UInt8(ascii: ":"))
        write(&self)
        first = false
    }

    package mutating func member(_ key: String, _ value: String?) {
        member(key) { writer in if let value { writer.string(value) } else { writer.null() } }
    }

    package mutating func member(_ key: String, _ value: Int64?) {
        member(key) { writer in if let value { writer.integer(value) } else { writer.null() } }
    }

    package mutating func member(_ key: String, _ value: Int?) {
        member(key, value.map(Int64.init))
    }

    package mutating func member(_ key: String, _ value: Bool) {
        member(key) { $0.raw(value ? "true" : "false") }
    }

    package mutating func member(_ key: String, _ value: Instant?) {
        member(key, value?.text)
    }

    package mutating func member(_ key: String, _ value: Day?) {
        member(key, value?.text)
    }

    package mutating func member<Noun>(_ key: String, _ value: ID<Noun>?) {
        member(key, value?.description)
    }

    package mutating func member(_ key: String, _ value: JSON) {
        member(key) { $0.value(value) }
    }

    /// A member that is a list of objects.
    package mutating func member<Element>(
        _ key: String, objects elements: some Sequence<Element>,
        _ write: (inout JSONWriter, Element) -> Void
    ) {
        member(key) { writer in
            writer.array(elements) { writer, element in
                writer.object { write(&$0, element) }
            }
        }
    }

    package mutating func null() { raw("null") }

    package mutating func integer(_ value: Int64) { bytes.append(contentsOf: String(value).utf8) }

    package mutating func value(_ json: JSON) {
        switch json {
        case .null: null()
        case .bool(let bool): raw(bool ? "true" : "false")
        case .integer(let integer): self.integer(integer)
        case .number(let number): raw(number.isFinite ? "\(number)" : "null")
        case .string(let text): string(text)
        case .array(let values): array(values) { $0.value($1) }
        case .object(let members):
            object { writer in
                for key in members.keys.sorted() { writer.member(key, members[key] ?? .null) }
            }
        }
    }

    /// Splices text that is JSON already, such as a JSON column.
    package mutating func raw(_ json: String) {
        bytes.append(contentsOf: json.utf8)
    }

    package mutating func raw(_ json: [UInt8]) {
        bytes.append(contentsOf: json)
    }

    package mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            if utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
                bytes.append(contentsOf: utf8)
            } else {
                for byte in utf8 { escaped(byte) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escaped(_ byte: UInt8) {
        switch byte {
        case 0x22: raw("\\\"")
        case 0x5C: raw("\\\\")
        case 0x0A: raw("\\n")
        case 0x0D: raw("\\r")
        case 0x09: raw("\\t")
        case 0..<0x20: raw("\\u00" + (byte < 16 ? "0" : "1") + String(byte & 15, radix: 16))
        default: bytes.append(byte)
        }
    }

    private mutating func separate() {
        if !first { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func enclosed(
        by open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void
    ) {
        bytes.append(UInt8(ascii: open))
        let outer = first
        first = true
        body(&self)
        first = outer
        bytes.append(UInt8(ascii: close))
    }
}

/// Reads JSON text (RFC 8259) into a value.
///
/// By hand and not through `JSONDecoder`, which tries each type in turn for every value: a lead
/// of ten fields took 60 µs there, which was a third of creating it.
struct JSONReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0
    private var depth = 0

    /// Deeper than this nothing of ours is; it bounds the stack.
    private static let depthMax = 128

    /// Where the text stops being JSON.
    struct Fault: Error, Equatable {
        let offset: Int
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The one value that the text is.
    mutating func document() throws -> JSON {
        let value = try value()
        skipSpace()
        guard at == bytes.count else { throw fault }
        return value
    }

    private var fault: Fault { Fault(offset: at) }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            at += 1
        }
    }

    private mutating func value() throws -> JSON {
        skipSpace()
        switch next {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return try nested { try $0.object() }
        case UInt8(ascii: "["): return try nested { try $0.array() }
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func nested(_ body: (inout JSONReader) throws -> JSON) throws -> JSON {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw fault }
        at += 1
        return try body(&self)
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws -> JSON {
        let text = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard at + text.count <= bytes.count,
            bytes[at..<(at + text.count)].elementsEqual(text)
        else { throw fault }
        at += text.count
        return value
    }

    /// Whether the byte comes next; it is taken then.
    private mutating func takes(_ byte: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: byte) else { return false }
        at += 1
        return true
    }

    private mutating func array() throws -> JSON {
        var values: [JSON] = []
        if takes("]") { return .array(values) }
        repeat { values.append(try value()) } while takes(",")
        guard takes("]") else { throw fault }
        return .array(values)
    }

    /// Of a key that comes twice the last counts.
    private mutating func object() throws -> JSON {
        var members: [String: JSON] = [:]
        if takes("}") { return .object(members) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw fault }
            let key = try string()
            guard takes(":") else { throw fault }
            members[key] = try value()
        } while takes(",")
        guard takes("}") else { throw fault }
        return .object(members)
    }
}

extension JSONReader {
    private mutating func number() throws -> JSON {
        let start = at
        if next == UInt8(ascii: "-") { at += 1 }
        let first = at
        try digits()
        // No leading zeros.
        guard bytes[first] != UInt8(ascii: "0") || at == first + 1 else { throw fault }
        var isWhole = true
        if next == UInt8(ascii: ".") {
            isWhole = false
            at += 1
            try digits()
        }
        if let byte = next, byte | 32 == UInt8(ascii: "e") {
            isWhole = false
            at += 1
            if let sign = next, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if isWhole, let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw fault }
        // 1.0 and 1e3 are whole numbers, too.
        if let integer = Int64(exactly: number) { return .integer(integer) }
        return .number(number)
    }

    private mutating func digits() throws {
        let start = at
        while let byte = next, byte >= 0x30, byte <= 0x39 { at += 1 }
        guard at > start else { throw fault }
    }

    private mutating func string() throws -> String {
        at += 1
        let start = at
        // Most texts hold nothing to be unescaped.
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20
        {
            at += 1
        }
        let plain = bytes[start..<at]
        guard next != UInt8(ascii: "\"") else {
            at += 1
            return try valid(UnsafeBufferPointer(rebasing: plain))
        }
        var unescaped = Array(plain)
        while let byte = next, byte >= 0x20 {
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                return try unescaped.withUnsafeBufferPointer { try valid($0) }
            case UInt8(ascii: "\\"): try escape(into: &unescaped)
            default: unescaped.append(byte)
            }
        }
        throw fault
    }

    private func valid(_ utf8: UnsafeBufferPointer<UInt8>) throws -> String {
        guard let text = String(validating: utf8, as: UTF8.self) else { throw fault }
        return text
    }

    private mutating func escape(into text: inout [UInt8]) throws {
        guard let byte = next else { throw fault }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "u"): text.append(contentsOf: Array(String(try scalar()).utf8))
        default: throw fault
        }
    }

    /// `\u` and four digits, or two of them for a scalar beyond the first plane. Half a pair is refused.
    private mutating func scalar() throws -> Character {
        let unit = try hexadecimal()
        guard unit & 0xFC00 == 0xD800 else { return try character(unit) }
        guard takesEscape() else { throw fault }
        let low = try hexadecimal()
        guard low & 0xFC00 == 0xDC00 else { throw fault }
        return try character(0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF))
    }

    private func character(_ code: UInt32) throws -> Character {
        guard let scalar = Unicode.Scalar(code) else { throw fault }
        return Character(scalar)
    }

    private mutating func takesEscape() -> Bool {
        guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
            bytes[at + 1] == UInt8(ascii: "u")
        else { return false }
        at += 2
        return true
    }

    private mutating func hexadecimal() throws -> UInt32 {
        guard at + 4 <= bytes.count else { throw fault }
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[at])).hexDigitValue,
                bytes[at] < 0x80
            else { throw fault }
            code = code << 4 | UInt32(digit)
            at += 1
        }
        return code
    }
}

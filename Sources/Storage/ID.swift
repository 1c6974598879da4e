import Foundation

/// The identifier of a noun: a UUIDv7 (RFC 9562 §5.7), so ids sort by creation time.
package struct ID<Noun>: Hashable, Sendable, CustomStringConvertible {
    package let uuid: UUID

    package init(_ uuid: UUID) {
        self.uuid = uuid
    }

    /// A new identifier.
    package init() {
        uuid = UUIDv7.next()
    }

    /// Reads the 36-character form.
    package init?(_ text: some StringProtocol) {
        guard let uuid = UUIDv7.parsed(text) else { return nil }
        self.uuid = uuid
    }

    package var description: String { UUIDv7.text(uuid) }
}

extension ID: SQLConvertible {
    package var sqlValue: SQLValue { .uuid(uuid) }
    package static func decode(_ source: any RowSource, at column: Int) throws -> ID {
        ID(try UUID.decode(source, at: column))
    }
}

/// In its 36-character form.
extension ID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = try Self(container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an id")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension ID: Comparable {
    package static func < (left: ID, right: ID) -> Bool { left.uuid < right.uuid }
}

package enum UUIDv7 {
    /// A new UUIDv7: 48 bits of Unix milliseconds, then random bits.
    package static func next(at instant: Instant = .now) -> UUID {
        let milliseconds = UInt64(bitPattern: instant.microseconds / 1000)
        // The 12 bits behind the version carry the sub-millisecond part (RFC 9562 §6.2,
        // method 3), so ids made in a row sort in the order they were made.
        let fraction = UInt64(bitPattern: instant.microseconds % 1000) * 4096 / 1000
        let high = milliseconds << 16 | 0x7000 | fraction
        let low = UInt64.random(in: 0...UInt64.max) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return uuid(high, low)
    }

    /// Lower-case 8-4-4-4-12 form; `UUID.uuidString` is upper-case.
    package static func text(_ uuid: UUID) -> String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            write(uuid, to: UnsafeMutableBufferPointer(rebasing: buffer[0..<36]))
            return 36
        }
    }

    /// Reads the 8-4-4-4-12 form, in either case. Foundation's reads it with `sscanf`, at a
    /// hundredth of what a request for one record costs.
    static func parsed(_ text: some StringProtocol) -> UUID? {
        guard text.utf8.count == 36 else { return nil }
        var whole = String(text)
        return whole.withUTF8(parsed)
    }

    private static func parsed(_ utf8: UnsafeBufferPointer<UInt8>) -> UUID? {
        var halves: (high: UInt64, low: UInt64) = (0, 0)
        for (at, byte) in utf8.enumerated() {
            if at == 8 || at == 13 || at == 18 || at == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard let nibble = nibble(byte) else { return nil }
                halves.high = halves.high << 4 | halves.low >> 60
                halves.low = halves.low << 4 | nibble
            }
        }
        return uuid(halves.high, halves.low)
    }

    private static func nibble(_ digit: UInt8) -> UInt64? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(digit - 48)
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(digit - 87)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(digit - 55)
        default: nil
        }
    }

    private static func uuid(_ high: UInt64, _ low: UInt64) -> UUID {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) {
            UUID(uuid: $0.loadUnaligned(as: uuid_t.self))
        }
    }

    private static func write(_ uuid: UUID, to out: UnsafeMutableBufferPointer<UInt8>) {
        var at = 0
        withUnsafeBytes(of: uuid.uuid) { bytes in
            for (index, byte) in bytes.enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    out[at] = UInt8(ascii: "-")
                    at += 1
                }
                out[at] = digit(byte >> 4)
                out[at + 1] = digit(byte & 15)
                at += 2
            }
        }
    }

    private static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? 48 + nibble : 87 + nibble
    }
}

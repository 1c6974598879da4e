/// Counts what in a file is UTF-8 beyond ASCII and what is not, piece by piece.
struct UTF8Census {
    private(set) var multibyte = 0
    private(set) var invalid = 0

    private var expected = 0
    private var range: ClosedRange<UInt8> = 0x80...0xBF

    mutating func count(_ bytes: UnsafeRawBufferPointer) {
        var index = 0
        while index < bytes.count {
            if expected == 0 {
                // Eight at a time: most of most files is ASCII.
                while index + 8 <= bytes.count,
                    bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                        & 0x8080_8080_8080_8080 == 0
                {
                    index += 8
                }
                guard index < bytes.count else { return }
            }
            take(bytes[index])
            index += 1
        }
    }

    /// A sequence cut off by the end of the file is not UTF-8.
    mutating func finish() {
        if expected > 0 { invalid += 1 }
        expected = 0
    }

    private mutating func take(_ byte: UInt8) {
        if expected > 0, range.contains(byte) {
            expected -= 1
            range = 0x80...0xBF
            if expected == 0 { multibyte += 1 }
            return
        }
        if expected > 0 { invalid += 1 }
        begin(byte)
    }

    /// Lead bytes, and which second bytes may follow them (Unicode standard, table 3-7).
    private mutating func begin(_ byte: UInt8) {
        range = 0x80...0xBF
        switch byte {
        case 0x00...0x7F: expected = 0
        case 0xC2...0xDF: expected = 1
        case 0xE0...0xEF:
            expected = 2
            if byte == 0xE0 { range = 0xA0...0xBF }
            if byte == 0xED { range = 0x80...0x9F }
        case 0xF0...0xF4:
            expected = 3
            if byte == 0xF0 { range = 0x90...0xBF }
            if byte == 0xF4 { range = 0x80...0x8F }
        default:
            expected = 0
            invalid += 1
        }
    }
}

/// The text of a file as pieces of UTF-8, whatever its own encoding.
///
/// What is no text in its encoding comes out as a byte that is not UTF-8 either, for the reader
/// to find where it knows the row.
final class DecodedText {
    private let file: InputFile
    private let encoding: CSVDialect.Encoding
    private var offset: Int
    private let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private var highSurrogate: UInt16?

    private static let notText: UInt8 = 0xFF

    init(_ file: InputFile, encoding: CSVDialect.Encoding, from offset: Int) {
        self.file = file
        self.encoding = encoding
        self.offset = offset
    }

    deinit { raw.deallocate() }

    /// Appends the next piece; false at the end.
    func read(into text: inout [UInt8]) throws -> Bool {
        let count = try file.read(into: raw, at: offset)
        offset += count
        if count == 0 {
            guard highSurrogate != nil else { return false }
            highSurrogate = nil
            text.append(Self.notText)
            return true
        }
        let bytes = UnsafeRawBufferPointer(rebasing: raw[..<count])
        switch encoding {
        case .utf8: text.append(contentsOf: bytes)
        case .windows1252: for byte in bytes { append(Self.scalar(windows1252: byte), to: &text) }
        case .utf16LittleEndian: appendUTF16(bytes, lowByte: 0, to: &text)
        case .utf16BigEndian: appendUTF16(bytes, lowByte: 1, to: &text)
        }
        return true
    }

    /// Only the last piece can have half a unit.
    private func appendUTF16(
        _ bytes: UnsafeRawBufferPointer, lowByte: Int, to text: inout [UInt8]
    ) {
        for index in stride(from: 0, to: bytes.count - 1, by: 2) {
            let unit = UInt16(bytes[index + lowByte]) | UInt16(bytes[index + 1 - lowByte]) << 8
            append(unit, to: &text)
        }
        if !bytes.count.isMultiple(of: 2) { text.append(Self.notText) }
    }

    private func append(_ unit: UInt16, to text: inout [UInt8]) {
        if let high = highSurrogate {
            highSurrogate = nil
            if UTF16.isTrailSurrogate(unit) {
                let pair = UTF16.decode(UTF16.EncodedScalar([high, unit]))
                append(pair, to: &text)
                return
            }
            text.append(Self.notText)
        }
        if UTF16.isLeadSurrogate(unit) {
            highSurrogate = unit
        } else if let scalar = Unicode.Scalar(unit) {
            append(scalar, to: &text)
        } else {
            text.append(Self.notText)
        }
    }

    private func append(_ scalar: Unicode.Scalar, to text: inout [UInt8]) {
        if scalar.isASCII {
            text.append(UInt8(truncatingIfNeeded: scalar.value))
        } else {
            text.append(contentsOf: scalar.utf8)
        }
    }

    /// The five bytes that Windows-1252 leaves open are control characters, as browsers have it.
    private static func scalar(windows1252 byte: UInt8) -> Unicode.Scalar {
        (0x80...0x9F).contains(byte) ? windows1252[Int(byte) - 0x80] : Unicode.Scalar(byte)
    }

    private static let windows1252: [Unicode.Scalar] = [
        "\u{20AC}", "\u{81}", "\u{201A}", "\u{192}", "\u{201E}", "\u{2026}", "\u{2020}", "\u{2021}",
        "\u{2C6}", "\u{2030}", "\u{160}", "\u{2039}", "\u{152}", "\u{8D}", "\u{17D}", "\u{8F}",
        "\u{90}", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{2022}", "\u{2013}",
        "\u{2014}",
        "\u{2DC}", "\u{2122}", "\u{161}", "\u{203A}", "\u{153}", "\u{9D}", "\u{17E}", "\u{178}",
    ]
}

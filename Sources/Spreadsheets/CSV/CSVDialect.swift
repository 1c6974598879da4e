/// How a CSV file is written, as found by looking at it.
package struct CSVDialect: Sendable, Equatable {
    package enum Encoding: String, Sendable {
        case utf8 = "UTF-8"
        case utf16LittleEndian = "UTF-16LE"
        case utf16BigEndian = "UTF-16BE"
        case windows1252 = "Windows-1252"
    }

    package let encoding: Encoding
    package let delimiter: Character

    /// Where the text begins, in bytes: after the byte-order mark.
    let textStart: Int
    let delimiterByte: UInt8
    /// Excel's own first line, `sep=;`, is not a row.
    let beginsWithSeparatorLine: Bool

    private static let sampleBytes = 64 << 10

    /// Reads the whole file once for its encoding, and its first 64 KB for the delimiter.
    init(of file: InputFile) throws {
        (encoding, textStart) = try Self.encoding(of: file)
        let text = DecodedText(file, encoding: encoding, from: textStart)
        var sample: [UInt8] = []
        while sample.count < Self.sampleBytes, try text.read(into: &sample) {}
        let named = delimiterOfSeparatorLine(sample)
        beginsWithSeparatorLine = named != nil
        delimiterByte =
            named ?? sniffDelimiter(sample, isWholeFile: sample.count < Self.sampleBytes)
        delimiter = Character(Unicode.Scalar(delimiterByte))
    }

    /// Without a byte-order mark, UTF-8 or Windows-1252.
    ///
    /// The whole file decides, not its beginning: the first accented letter may come late. Bytes
    /// that are not UTF-8 make it Windows-1252, unless most of the others are: then the file is
    /// UTF-8 with damage, which is for the reader to report with its row.
    private static func encoding(of file: InputFile) throws -> (Encoding, textStart: Int) {
        let mark = try file.bytes(at: 0, count: 3)
        if mark == [0xEF, 0xBB, 0xBF] { return (.utf8, 3) }
        if mark.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
        if mark.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
        var census = UTF8Census()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var offset = 0
        while true {
            let count = try file.read(into: buffer, at: offset)
            if count == 0 { break }
            census.count(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += count
        }
        census.finish()
        return (census.invalid > census.multibyte ? .windows1252 : .utf8, 0)
    }
}

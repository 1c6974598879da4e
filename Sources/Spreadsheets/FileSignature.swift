/// What the first bytes of a file say it is, as far as it may hold a table.
enum FileSignature: Equatable {
    case zip
    case text, json, xml

    /// Throws an error that names the kind of file, when it is neither.
    init(of file: InputFile) throws {
        let start = try file.bytes(at: 0, count: 64 << 10)
        if start.starts(with: [0x50, 0x4B, 0x03, 0x04])
            || start.starts(with: [0x50, 0x4B, 0x05, 0x06])
        {
            self = .zip
        } else if start.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            // A password puts the whole workbook into this older container.
            throw try Self.directoryNames(of: file, header: start, contain: "EncryptedPackage")
                ? SpreadsheetError.encrypted : SpreadsheetError.oldFormat
        } else {
            try Self.refuseKnownKinds(start)
            self = Self.isJSON(start) ? .json : Self.isXML(start) ? .xml : .text
        }
    }

    private static func refuseKnownKinds(_ start: [UInt8]) throws {
        for (signature, found) in binaryKinds where start.starts(with: signature) {
            throw SpreadsheetError.notASpreadsheet(found: found)
        }
        let opening = String(decoding: start.prefix(512), as: UTF8.self)
            .drop { $0.isWhitespace || $0 == "\u{FEFF}" }.lowercased()
        for (prefix, found) in textKinds where opening.hasPrefix(prefix) {
            throw SpreadsheetError.notASpreadsheet(found: found)
        }
        let isUTF16 = start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF])
        if !isUTF16, start.contains(0) { throw SpreadsheetError.notASpreadsheet(found: nil) }
    }

    private static let binaryKinds: [([UInt8], String)] = [
        (Array("%PDF-".utf8), "a PDF document"),
        ([0x89, 0x50, 0x4E, 0x47], "a PNG image"),
        ([0xFF, 0xD8, 0xFF], "a JPEG image"),
        (Array("GIF8".utf8), "a GIF image"),
        ([0x1F, 0x8B], "a gzip archive"),
        ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive"),
        (Array("Rar!".utf8), "a RAR archive"),
        (Array("{\\rtf".utf8), "an RTF document"),
    ]

    private static let textKinds = [
        ("<!doctype html", "a web page"), ("<html", "a web page"), ("<table", "a web page"),
    ]

    /// An array or an object: a comma-separated header that begins so nobody has.
    private static func isJSON(_ start: [UInt8]) -> Bool {
        var bytes = visible(start)
        guard let first = bytes.next(), let second = bytes.next() else { return false }
        switch UnicodeScalar(first) {
        case "[": return ["{", "[", "]", "\""].contains(UnicodeScalar(second))
        case "{": return second == UInt8(ascii: "\"") || second == UInt8(ascii: "}")
        default: return false
        }
    }

    private static func isXML(_ start: [UInt8]) -> Bool {
        var bytes = visible(start)
        guard bytes.next() == UInt8(ascii: "<"), let second = bytes.next() else { return false }
        let isLetter = (0x41...0x5A).contains(second) || (0x61...0x7A).contains(second)
        return isLetter || second == UInt8(ascii: "?") || second == UInt8(ascii: "_")
            || second == UInt8(ascii: "!")
    }

    /// The bytes that are neither white space nor a byte order mark, nor zeros of UTF-16.
    private static func visible(_ start: [UInt8]) -> some IteratorProtocol<UInt8> {
        start.lazy.filter { $0 > 0x20 && ![0xEF, 0xBB, 0xBF, 0xFF, 0xFE].contains($0) }
            .makeIterator()
    }

    /// Looks into the first directory sector of an OLE container, where Excel puts the name.
    private static func directoryNames(
        of file: InputFile, header: [UInt8], contain name: String
    ) throws -> Bool {
        guard header.count >= 512, header[30] == 9 || header[30] == 12 else { return false }
        let sectorSize = 1 << Int(header[30])
        let sector = (0..<4).reduce(0) { $0 | Int(header[48 + $1]) << (8 * $1) }
        let directory = try file.bytes(at: (sector + 1) * sectorSize, count: 4096)
        let wanted = name.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        return directory.indices.contains { directory[$0...].starts(with: wanted) }
    }
}

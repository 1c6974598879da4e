/// A look at an archive's table of contents before the zip library loads it.
///
/// The library keeps every entry in memory and does not mind entries that lie over each other,
/// which is how small archives pretend to hold much. A table of contents that could be read in
/// two ways is refused too, or the library might read another one than was checked here.
struct ZipDirectory {
    /// A workbook has tens of parts, hundreds with pictures.
    private static let entriesMax = 10_000
    private static let bytesMax = entriesMax * 512
    private static let endLength = 22
    private static let commentMax = 65_535

    private let file: InputFile
    private var entries = 0
    private var offset = 0
    private var length = 0

    static func check(_ file: InputFile) throws {
        try ZipDirectory(of: file).checkEntries()
    }

    private init(of file: InputFile) throws {
        self.file = file
        let tailStart = max(0, file.size - Self.endLength - Self.commentMax)
        let tail = ZipFields(try file.bytes(at: tailStart, count: file.size - tailStart))
        let ends = try tail.positions(of: 0x0605_4B50).filter {
            try readEnd(tail, at: $0) && offset + length <= tailStart + $0
        }
        guard let end = ends.first else { throw Self.malformed("incomplete archive") }
        guard ends.count == 1, try readEnd(tail, at: end), entries <= Self.entriesMax,
            length <= Self.bytesMax
        else {
            throw Self.malformed("unusual archive")
        }
    }

    /// Takes the table's place from the record at `position`; false when that is no such record.
    private mutating func readEnd(_ tail: ZipFields, at position: Int) throws -> Bool {
        guard position + Self.endLength <= tail.count else { return false }
        entries = tail.number(at: position + 10, bytes: 2)
        length = tail.number(at: position + 12, bytes: 4)
        offset = tail.number(at: position + 16, bytes: 4)
        // Some writers always add the 64-bit record, which then counts.
        if position >= 20, tail.number(at: position - 20, bytes: 4) == 0x0706_4B50 {
            let place = tail.number(at: position - 12, bytes: 8)
            guard (0..<file.size).contains(place) else { return false }
            let record = ZipFields(try file.bytes(at: place, count: 56))
            guard record.count == 56, record.number(at: 0, bytes: 4) == 0x0606_4B50 else {
                return false
            }
            entries = record.number(at: 32, bytes: 8)
            length = record.number(at: 40, bytes: 8)
            offset = record.number(at: 48, bytes: 8)
        }
        guard (1...file.size).contains(entries), (0...file.size).contains(offset),
            (0...file.size).contains(length)
        else { return false }
        let first = ZipFields(try file.bytes(at: offset, count: 4))
        return first.count == 4 && first.number(at: 0, bytes: 4) == 0x0201_4B50
    }

    private func checkEntries() throws {
        let table = ZipFields(try file.bytes(at: offset, count: length))
        var spans: [Range<Int>] = []
        var position = 0
        for _ in 0..<entries {
            guard let entry = ZipEntry(table, at: position) else {
                throw Self.malformed("broken table of contents")
            }
            if entry.isEncrypted { throw SpreadsheetError.encrypted }
            guard (0..<file.size).contains(entry.offset),
                (0..<file.size).contains(entry.compressed)
            else { throw Self.malformed("incomplete archive") }
            // A local header is 30 bytes and the name; its extra field may differ from this one.
            spans.append(entry.offset..<entry.offset + 30 + entry.nameLength + entry.compressed)
            position += entry.length
        }
        spans.sort { $0.lowerBound < $1.lowerBound }
        let ends = spans.dropFirst().map(\.lowerBound) + [offset]
        guard zip(spans, ends).allSatisfy({ $0.upperBound <= $1 }) else {
            throw Self.malformed("entries lie over each other")
        }
    }

    private static func malformed(_ what: String) -> SpreadsheetError {
        .malformed(row: nil, what: what)
    }
}

/// One line of the table of contents.
private struct ZipEntry {
    private static let wide = 0xFFFF_FFFF

    let isEncrypted: Bool
    let nameLength: Int
    let length: Int
    private(set) var compressed: Int
    private(set) var offset: Int

    init?(_ table: ZipFields, at position: Int) {
        guard position + 46 <= table.count, table.number(at: position, bytes: 4) == 0x0201_4B50
        else { return nil }
        isEncrypted = table.number(at: position + 8, bytes: 2) & 1 != 0
        nameLength = table.number(at: position + 28, bytes: 2)
        let extraLength = table.number(at: position + 30, bytes: 2)
        length = 46 + nameLength + extraLength + table.number(at: position + 32, bytes: 2)
        compressed = table.number(at: position + 20, bytes: 4)
        offset = table.number(at: position + 42, bytes: 4)
        guard position + length <= table.count else { return nil }
        let extra = position + 46 + nameLength
        readWideFields(table, in: extra..<extra + extraLength, at: position)
    }

    /// Fields that do not fit 32 bits are all ones and stand, in a fixed order, in extra field 1.
    private mutating func readWideFields(_ table: ZipFields, in extra: Range<Int>, at entry: Int) {
        var position = extra.lowerBound
        while position + 4 <= extra.upperBound {
            let end = position + 4 + table.number(at: position + 2, bytes: 2)
            guard end <= extra.upperBound else { return }
            if table.number(at: position, bytes: 2) == 1 {
                var next = position + 4
                func wide(_ value: Int) -> Int {
                    guard value == Self.wide, next + 8 <= end else { return value }
                    defer { next += 8 }
                    return table.number(at: next, bytes: 8)
                }
                _ = wide(table.number(at: entry + 24, bytes: 4))
                compressed = wide(compressed)
                offset = wide(offset)
                return
            }
            position = end
        }
    }
}

/// Little-endian numbers in bytes.
private struct ZipFields {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var count: Int { bytes.count }

    func number(at offset: Int, bytes count: Int) -> Int {
        (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }

    func positions(of signature: Int) -> [Int] {
        bytes.indices.dropLast(3).filter {
            bytes[$0] == 0x50 && number(at: $0, bytes: 4) == signature
        }
    }
}

import Testing

@testable import Spreadsheets

@Suite struct CSVDialectTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func dialect(_ bytes: [UInt8]) throws -> CSVDialect {
        guard case .csv(let dialect) = try Spreadsheet(path: folder.file(bytes)).kind else {
            throw SpreadsheetError.noSheets
        }
        return dialect
    }

    private func utf16(_ text: String, littleEndian: Bool) -> [UInt8] {
        ("\u{FEFF}" + text).utf16.flatMap { unit in
            let bytes = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
            return littleEndian ? bytes : bytes.reversed()
        }
    }

    @Test(arguments: [
        ("a,b;c\nd,e\n", ","), ("Name;Betrag\nMeier, Anna;1,50\nKurz, Jo;2,50\n", ";"),
        ("a\tb\tc\n1,5\t2,5\t3\n", "\t"), ("a|b\nc|d\n", "|"), ("one column\nonly\n", ","),
        ("\"a;b;c\",d\n\"e;f;g\",h\n", ","), ("Report\na;b;c\nd;e;f\n", ";"), ("", ","),
        ("a;b;c\n1;x,y\n2;z,w\n3;p,q\n", ";"), ("\"say \"\"a;b\"\"\",c\n\"d\",e\n", ","),
        ("\n\n;a;b\n;c;d\n", ";"),
    ])
    func `the delimiter is found outside of quotes`(csv: String, delimiter: Character) throws {
        #expect(try dialect(Array(csv.utf8)).delimiter == delimiter)
    }

    @Test func `the separator line decides`() throws {
        #expect(try dialect(Array("SEP=|\na;b;c\n".utf8)).delimiter == "|")
        #expect(try dialect(Array("\u{FEFF}sep=\t\r\na;b;c\n".utf8)).delimiter == "\t")
        #expect(try dialect(Array("sep=;x\na,b\n".utf8)).beginsWithSeparatorLine == false)
        #expect(try read(folder.file("sep=")).map(\.cells) == [text("sep=")])
    }

    @Test func `a byte-order mark is no text`() throws {
        #expect(try read(folder.file("\u{FEFF}a,b")).map(\.cells) == [text("a", "b")])
    }

    @Test(arguments: [true, false])
    func `UTF-16 is read by its mark`(littleEndian: Bool) throws {
        let row = "Größe;🌍;\"x\r\ny\"\r\n"
        let bytes = utf16(String(repeating: row, count: 10_000), littleEndian: littleEndian)
        let expected: CSVDialect.Encoding = littleEndian ? .utf16LittleEndian : .utf16BigEndian
        #expect(try dialect(bytes).encoding == expected)
        let rows = try read(folder.file(bytes))
        #expect(rows.count == 10_000)
        #expect(rows.allSatisfy { $0.cells == text("Größe", "🌍", "x\r\ny") })
    }

    @Test(arguments: [[0x3D, 0xD8], [0x0D, 0xDE], [0x41]] as [[UInt8]])
    func `half a letter of UTF-16 is reported with its row`(half: [UInt8]) throws {
        let bytes = utf16("a,b\nc,", littleEndian: true) + half
        #expect(try readUntilError(folder.file(bytes)).error == .wrongEncoding(row: 2))
    }

    @Test func `bytes that are not UTF-8 are Windows-1252`() throws {
        let bytes = Array("Stra".utf8) + [0xDF, 0x65, 0x2C, 0x80, 0x20, 0x93, 0x78, 0x94, 0x81]
        #expect(try dialect(bytes).encoding == .windows1252)
        #expect(try read(folder.file(bytes)).map(\.cells) == [text("Straße", "€ “x”\u{81}")])
    }

    @Test func `a late letter decides the encoding of the whole file`() throws {
        let filler = Array(String(repeating: "plain,text\n", count: 200_000).utf8)
        let windows = filler + [0xFC, 0x0A]
        #expect(try dialect(windows).encoding == .windows1252)
        #expect(try read(folder.file(windows)).last?.cells == text("ü"))
        #expect(try dialect(filler + Array("ü".utf8)).encoding == .utf8)
    }

    @Test func `damaged UTF-8 is reported with its row, not garbled`() throws {
        let bytes = Array("Größe,Übung\nä,ö\n".utf8) + [0xC3, 0x2C, 0x62, 0x0A]
        let (rows, error) = try readUntilError(folder.file(bytes))
        #expect(rows.map(\.cells) == [text("Größe", "Übung"), text("ä", "ö")])
        #expect(error == .wrongEncoding(row: 3))
    }

    @Test(
        arguments: [
            ([0xC3, 0xA9], 1, 0), ([0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x8C, 0x8D], 2, 0),
            ([0xC0, 0x80], 0, 2), ([0xED, 0xA0, 0x80], 0, 3), ([0xF4, 0x90, 0x80, 0x80], 0, 4),
            ([0xC3], 0, 1), ([0xC3, 0xC3, 0xA9], 1, 1), ([0x41, 0xFF, 0x41], 0, 1),
        ] as [([UInt8], Int, Int)])
    func `UTF-8 is told from what is not`(bytes: [UInt8], multibyte: Int, invalid: Int) {
        var whole = UTF8Census()
        bytes.withUnsafeBytes { whole.count($0) }
        whole.finish()
        #expect(whole.multibyte == multibyte)
        #expect(whole.invalid == invalid)

        var pieces = UTF8Census()
        for byte in bytes { withUnsafeBytes(of: byte) { pieces.count($0) } }
        pieces.finish()
        #expect(pieces.multibyte == multibyte)
        #expect(pieces.invalid == invalid)
    }
}

import Foundation
import Testing

@testable import Spreadsheets

@Suite struct BadWorkbookTests {
    private let folder: TestFolder
    private let good = TestWorkbook(rows: "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>")

    init() throws { folder = try TestFolder() }

    private func error(
        _ workbook: TestWorkbook, limits: SpreadsheetLimits = SpreadsheetLimits()
    ) throws -> SpreadsheetError? {
        try readUntilError(workbook.write(to: folder), limits: limits).error
    }

    private func error(rows: String, limits: SpreadsheetLimits = SpreadsheetLimits()) throws
        -> SpreadsheetError?
    {
        try error(TestWorkbook(rows: rows), limits: limits)
    }

    private func error(bytes: [UInt8]) throws -> SpreadsheetError? {
        try readUntilError(folder.file(bytes)).error
    }

    private func malformed(_ what: String, after row: Int? = nil) -> SpreadsheetError {
        .malformed(row: row, what: what)
    }

    @Test func `a bomb is refused while it unpacks`() throws {
        var bomb = good
        bomb.add(
            "xl/sharedStrings.xml",
            "<sst xmlns=\"\(TestWorkbook.main)\">" + String(repeating: " ", count: 20 << 20))
        #expect(try error(bomb) == .bomb)

        var limits = SpreadsheetLimits()
        limits.uncompressedBytes = 100_000
        let rows = String(repeating: "<row><c><v>1</v></c></row>", count: 10_000)
        #expect(try error(rows: rows, limits: limits) == .bomb)
        #expect(try error(rows: rows) == nil)
    }

    @Test func `a truncated file is refused wherever it is cut`() throws {
        let bytes = try good.bytes(in: folder)
        for length in stride(from: 4, to: bytes.count, by: 7) {
            let error = try error(bytes: Array(bytes[..<length]))
            #expect(error == malformed("incomplete archive"), "cut at \(length)")
        }
    }

    @Test func `no single damaged byte is more than an error`() throws {
        let bytes = try good.bytes(in: folder)
        for index in stride(from: 0, to: bytes.count, by: 3) {
            var damaged = bytes
            damaged[index] ^= 0x55
            let (rows, _) = try readUntilError(folder.file(damaged))
            #expect(rows.count <= 1, "at \(index)")
        }
    }

    @Test func `damage in a sheet is found after the rows before it`() throws {
        let rows = (1...20_000).map { "<row r=\"\($0)\"><c><v>\($0 * 7919 % 10_007)</v></c></row>" }
        let path = try TestWorkbook(rows: rows.joined() + "<oops>").write(to: folder)
        let (read, error) = try readUntilError(path)
        #expect(read.count == 20_000)
        #expect(error == malformed("broken XML", after: 20_000))
        #expect(error?.message.contains("row 20000") == true)
    }

    @Test func `entries that lie over each other are refused`() throws {
        var bytes = try good.bytes(in: folder)
        let entries = positions(of: [0x50, 0x4B, 1, 2], in: bytes)
        bytes.replaceSubrange(
            entries[1] + 42..<entries[1] + 46, with: Array(bytes[entries[0] + 42..<entries[0] + 46])
        )
        #expect(try error(bytes: bytes) == malformed("entries lie over each other"))
    }

    @Test func `a table of contents that could be read in two ways is refused`() throws {
        let bytes = try good.bytes(in: folder)
        let end = try #require(positions(of: [0x50, 0x4B, 5, 6], in: bytes).last)
        #expect(try error(bytes: bytes + Array(bytes[end...])) == malformed("unusual archive"))
    }

    /// Streaming writers of the Java world always add the 64-bit records.
    @Test func `the 64-bit table of contents is read`() throws {
        let bytes = try good.bytes(in: folder)
        let end = try #require(positions(of: [0x50, 0x4B, 5, 6], in: bytes).last)
        func wide(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
            bytes + [UInt8](repeating: 0, count: 8 - bytes.count)
        }
        let count = wide(bytes[end + 10..<end + 12])
        let size = wide(bytes[end + 12..<end + 16])
        let start = wide(bytes[end + 16..<end + 20])
        let zeros = [UInt8](repeating: 0, count: 8)
        let record =
            [0x50, 0x4B, 6, 6, 44, 0, 0, 0, 0, 0, 0, 0, 45, 0, 45, 0] + zeros + count + count + size
            + start
        let place = withUnsafeBytes(of: UInt64(end).littleEndian) { Array($0) }
        let locator = [0x50, 0x4B, 6, 7, 0, 0, 0, 0] + place + [1, 0, 0, 0]
        var last = Array(bytes[end...])
        last.replaceSubrange(8..<20, with: [UInt8](repeating: 0xFF, count: 12))
        let path = try folder.file(bytes[..<end] + record + locator + last)
        #expect(try read(path).map(\.number) == [1])
    }

    @Test func `encrypted entries are refused`() throws {
        var bytes = try good.bytes(in: folder)
        bytes[positions(of: [0x50, 0x4B, 1, 2], in: bytes)[2] + 8] |= 1
        #expect(try error(bytes: bytes) == .encrypted)
    }

    @Test func `two entries of one name are refused`() throws {
        var twice = good
        twice.add("XL/Workbook.xml", "<workbook/>")
        #expect(try error(twice) == malformed("two entries named xl/workbook.xml"))
    }

    @Test func `document types and their entities are refused`() throws {
        var workbook = good
        workbook.add(
            "xl/worksheets/sheet1.xml",
            """
            <!DOCTYPE w [<!ENTITY e SYSTEM "file:///nowhere">]>
            <worksheet xmlns="\(TestWorkbook.main)"><sheetData><row><c t="str"><v>&e;</v></c></row>
            </sheetData></worksheet>
            """)
        #expect(try error(workbook) == malformed("document type declaration"))
        #expect(
            try error(rows: "<row><c t=\"str\"><v>&e;</v></c></row>")
                == malformed("broken XML", after: 1))
    }

    @Test func `XML that costs time out of proportion is refused`() throws {
        let attributes = (0..<300).map { "a\($0)=\"\"" }.joined(separator: " ")
        #expect(
            try error(rows: "<row r=\"2\"><c \(attributes)/></row>")
                == malformed("unusual XML", after: 2))
        let endless = "<row r=\"2\"><c a=\"" + String(repeating: "x", count: 100_000)
        #expect(try error(rows: endless) == malformed("unusual XML", after: 2))
        let names = (0..<20_000).map { "<n\($0)/>" }.joined()
        #expect(try error(rows: names) == malformed("unusual XML"))
        let deep = String(repeating: "<n>", count: 1_000)
        #expect(try error(rows: deep) == malformed("broken XML"))
    }

    @Test func `broken references are refused with their row`() throws {
        let row = "<row r=\"7\"><c r=\"A7\"><v>1</v></c></row>"
        #expect(try error(rows: row + row) == malformed("row 7 comes too late", after: 7))
        let noText = "<row r=\"3\"><c t=\"s\"><v>9</v></c></row>"
        #expect(try error(rows: noText) == malformed("a text that is not there", after: 3))
        let noPlace = "<row r=\"3\"><c r=\"AAAA3\"><v>9</v></c></row>"
        #expect(try error(rows: noPlace) == malformed("cell without a place", after: 3))
        var noSheet = good
        noSheet.parts.removeAll { $0.name == "xl/worksheets/sheet1.xml" }
        #expect(try error(noSheet) == malformed("xl/worksheets/sheet1.xml is missing"))
    }

    @Test func `rows, columns, cells and texts have limits`() throws {
        var limits = SpreadsheetLimits()
        limits.rows = 2
        let rows = String(repeating: "<row><c><v>1</v></c></row>", count: 3)
        #expect(try error(rows: rows, limits: limits) == .tooManyRows(limit: 2))

        let wide = "<row r=\"4\"><c r=\"SR4\"><v>1</v></c><c r=\"SS4\"><v>1</v></c></row>"
        #expect(try error(rows: wide) == .tooManyColumns(row: 4, limit: 512))

        let long = String(repeating: "é", count: 32_768)
        let cell = "<row><c/><c t=\"inlineStr\"><is><t>\(long)</t></is></c></row>"
        let tooLong = SpreadsheetError.cellTooLong(
            row: 1, column: 2, limit: 32_767, inQuotes: false)
        #expect(try error(rows: cell) == tooLong)
        let huge =
            "<row><c/><c t=\"str\"><v>\(String(repeating: "x", count: 10 << 20))</v></c></row>"
        #expect(try error(rows: huge) == tooLong)

        limits.sharedStringsBytes = 100
        let strings = String(repeating: "<si/>", count: 26)
        #expect(
            try error(TestWorkbook(rows: "", strings: strings), limits: limits)
                == .tooManyDistinctTexts)
    }

    @Test func `a file over the limit is not even opened`() throws {
        var limits = SpreadsheetLimits()
        limits.bytes = 1 << 20
        let path = try folder.file([UInt8](repeating: 0x41, count: (1 << 20) + 1))
        #expect(throws: SpreadsheetError.tooLarge(limit: 1 << 20)) {
            try Spreadsheet(path: path, limits: limits)
        }
    }

    @Test func `other kinds of file are named`() throws {
        let ole: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
        #expect(try error(bytes: ole + [UInt8](repeating: 0, count: 2_000)) == .oldFormat)
        var container = ole + [UInt8](repeating: 0, count: 2_000)
        container[30] = 9
        let name = "EncryptedPackage".utf8.flatMap { [$0, 0] as [UInt8] }
        container.replaceSubrange(640..<640 + name.count, with: name)
        #expect(try error(bytes: container) == .encrypted)

        #expect(
            try error(bytes: Array("%PDF-1.7 …".utf8)) == .notASpreadsheet(found: "a PDF document"))
        #expect(
            try error(bytes: Array("\n <HTML><body>".utf8)) == .notASpreadsheet(found: "a web page")
        )
        #expect(try error(bytes: [0x7F, 0x45, 0x4C, 0x46, 0, 0]) == .notASpreadsheet(found: nil))
        #expect(throws: SpreadsheetError.unreadable("No such file or directory")) {
            try Spreadsheet(path: folder.path("none"))
        }
        #expect(throws: SpreadsheetError.unreadable("it is not a file")) {
            try Spreadsheet(path: NSTemporaryDirectory())
        }
    }

    @Test(arguments: [
        ("word/document.xml", "a text document"), ("ppt/presentation.xml", "a presentation"),
        ("xl/workbook.bin", "a binary workbook (.xlsb)"),
    ])
    func `other office files are named`(part: String, found: String) throws {
        var other = good
        let type = "\(TestWorkbook.office)/officeDocument"
        other.add("_rels/.rels", TestWorkbook.links([("rId1", type, part)]))
        #expect(try error(other) == .notASpreadsheet(found: found))
    }

    @Test func `archives without workbook are named`() throws {
        var other = good
        other.parts = []
        other.add("content.xml", "<office/>")
        #expect(try error(other) == .notASpreadsheet(found: "an OpenDocument file"))
        other.parts = []
        other.add("photo.jpg", "x")
        #expect(try error(other) == .notASpreadsheet(found: "a zip archive"))
    }

    private func positions(of signature: [UInt8], in bytes: [UInt8]) -> [Int] {
        bytes.indices.filter { bytes[$0...].starts(with: signature) }
    }
}

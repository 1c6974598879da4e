import Testing

@testable import Spreadsheets

@Suite struct CSVReaderTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func cells(_ csv: String) throws -> [[Cell]] {
        try read(folder.file(csv)).map(\.cells)
    }

    private func error(
        _ csv: String, limits: SpreadsheetLimits = SpreadsheetLimits()
    ) throws -> SpreadsheetError? {
        try readUntilError(folder.file(csv), limits: limits).error
    }

    @Test func `quotes keep delimiters, line ends and quotes in a cell`() throws {
        let csv = "a,\"b,\"\"c\"\"\r\nd\",\"\"\r\n\"e\"\r\n"
        #expect(try cells(csv) == [text("a", "b,\"c\"\r\nd", ""), text("e")])
    }

    @Test func `quotes that do not begin a cell are characters`() throws {
        #expect(try cells("5\" pipe,x\"y\"z, \"q\"\n") == [text("5\" pipe", "x\"y\"z", " \"q\"")])
        #expect(try cells("\"a\"b,\"c\" ,\"d\"\"\"e\"\n") == [text("ab", "c ", "d\"e\"")])
    }

    @Test func `CR, LF and CRLF end a row, and the file ends the last one`() throws {
        #expect(
            try cells("a,b\rc,d\ne,f\r\ng,") == ["ab", "cd", "ef"].map { row in
                row.map { .text(String($0)) }
            } + [text("g", "")])
    }

    @Test func `rows may differ in length`() throws {
        #expect(try cells("a,b\nc\nd,e,f\n") == [text("a", "b"), text("c"), text("d", "e", "f")])
    }

    @Test func `blank rows are left out and counted`() throws {
        let rows = try read(folder.file("\n\na,b\n,,\n\"x\ny\",z\n\n c \n"))
        #expect(rows.map(\.number) == [3, 5, 7])
        #expect(rows.map(\.cells) == [text("a", "b"), text("x\ny", "z"), text(" c ")])
    }

    @Test func `the line that names the separator is no row`() throws {
        let rows = try read(folder.file("sep=;\r\na,b;c\r\n"))
        #expect(rows == [SheetRow(number: 1, cells: text("a,b", "c"))])
    }

    @Test func `an empty file has no rows`() throws {
        #expect(try cells("") == [])
        #expect(try cells("\u{FEFF}") == [])
        #expect(try cells("\r\n \r\n") == [text(" ")])
    }

    @Test func `an unterminated quote is reported with the row where it began`() throws {
        #expect(try error("a\nb,\"c\nd\ne\n") == .unterminatedQuote(row: 2))
        #expect(try error("a,\"") == .unterminatedQuote(row: 1))
    }

    @Test func `zero bytes are refused`() throws {
        let filler = String(repeating: "some,text\n", count: 7_000)
        #expect(try error(filler + "a,b\0\n") == .zeroByte(row: 7_001))
        #expect(try error(filler + "a,\"b\0\"\n") == .zeroByte(row: 7_001))
        #expect(try error("a,b\0\n") == .notASpreadsheet(found: nil))
    }

    @Test func `a huge cell is refused without being kept`() throws {
        let huge = String(repeating: "x", count: 10 << 20)
        #expect(
            try error("a\nb,\(huge)\n")
                == .cellTooLong(row: 2, column: 2, limit: 32_767, inQuotes: false))
        #expect(
            try error("a\nb,\"\(huge)\n")
                == .cellTooLong(row: 2, column: 2, limit: 32_767, inQuotes: true))
        let longest = String(repeating: "é", count: 32_767)
        #expect(try cells(longest) == [text(longest)])
        #expect(try error(longest + "x") != nil)
    }

    @Test func `columns and rows have limits, which empty cells do not reach`() throws {
        let thousand = (1...1_000).map { "c\($0)" }.joined(separator: ",")
        #expect(try error("a\n" + thousand) == .tooManyColumns(row: 2, limit: 512))
        #expect(try cells("a" + String(repeating: ",", count: 5_000))[0].count == 512)

        var limits = SpreadsheetLimits()
        limits.columns = 1_000
        #expect(try read(folder.file(thousand), limits: limits)[0].cells.count == 1_000)
        limits.rows = 2
        #expect(try error("a\n\n\nb\n", limits: limits) == nil)
        #expect(try error("a\nb\nc\n", limits: limits) == .tooManyRows(limit: 2))
    }

    @Test func `a CSV file has no sheet to name`() throws {
        let path = try folder.file("a,b\n")
        #expect(throws: SpreadsheetError.noSuchSheet("Data", available: [])) {
            try read(path, sheet: "Data")
        }
        #expect(try Spreadsheet(path: path).sheets.isEmpty)
    }

    /// Whatever ends a piece of the file: a cell, a quote, a CR before its LF, half a letter.
    @Test(arguments: 0..<16)
    func `pieces of the file join without a seam`(shift: Int) throws {
        let row = "\"é\"\"ü\r\n\",b🌍\r\n"
        let csv =
            String(repeating: "x", count: shift) + ",y\r\n" + String(repeating: row, count: 4_000)
        let rows = try read(folder.file(csv))
        #expect(rows.count == 4_001)
        #expect(rows.dropFirst().allSatisfy { $0.cells == text("é\"ü\r\n", "b🌍") })
    }
}

import Testing

@testable import Spreadsheets

@Suite struct RecordTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func cells(_ file: String) throws -> [[Cell]] {
        try read(folder.file(file)).map(\.cells)
    }

    private func texts(_ file: String) throws -> [[String]] {
        try cells(file).map { $0.map(\.text) }
    }

    @Test func `an array of objects is a table whose columns are all of their members`() throws {
        let json = """
            [{"company": "Acme", "value": 12.50, "hot": true},
             {"value": 9007199254740993, "company": "Böhm & Söhne", "note": null, "city": ""}]
            """
        #expect(
            try cells(json) == [
                text("company", "value", "hot", "note", "city"),
                [.text("Acme"), .number(12.5, digits: "12.50"), .boolean(true)],
                [
                    .text("Böhm & Söhne"),
                    .number(9_007_199_254_740_992, digits: "9007199254740993"),
                ],
            ])
        #expect(try read(folder.file(json)).map(\.number) == [1, 2, 3])
    }

    @Test(arguments: [
        #"{"total": 2, "leads": [{"company": "A"}, {"company": "B"}], "next": {"page": 2}}"#,
        "{\"company\": \"A\"}\n{\"company\": \"B\"}\n",
        "\u{FEFF}[{\"company\":\"A\"},{\"company\":\"B\"}]",
        "<leads><lead><company>A</company></lead><lead><company>B</company></lead></leads>",
        """
        <?xml version="1.0"?><export made="today"><leads><lead company="A"/><lead company="B"/></leads>
        </export>
        """,
        """
        <feed xmlns='urn:x'><lead><company><![CDATA[A]]></company></lead><lead>
        <company>B</company></lead></feed>
        """,
    ])
    func `records are found wherever they stand`(file: String) throws {
        #expect(try texts(file) == [["company"], ["A"], ["B"]])
    }

    @Test(arguments: [
        #"{"company": "A", "city": "X"}"#,
        #"{"count": 1, "leads": [{"company": "A", "city": "X"}]}"#,
        "<lead><company>A</company><city>X</city></lead>",
        "<export><lead><company>A</company><city>X</city></lead></export>",
    ])
    func `a single record is one`(file: String) throws {
        #expect(try texts(file) == [["company", "city"], ["A", "X"]])
    }

    @Test func `what is nested is named by its path, and what is repeated is one cell`() throws {
        let json = """
            [{"name": "A", "address": {"city": "Pune", "geo": {"lat": 18.5}}, "tags": ["x", "y", 3]},
             {"name": "B", "people": [{"mail": "a@b.example"}, {"mail": "c@d.example"}]}]
            """
        #expect(
            try texts(json) == [
                ["name", "address.city", "address.geo.lat", "tags", "people.mail"],
                ["A", "Pune", "18.5", "x, y, 3"],
                ["B", "", "", "", "a@b.example, c@d.example"],
            ])
        let xml = """
            <r><l id="1"><name lang="en">A &amp; B</name><address><city>Pune</city></address>
            <tag>x</tag><tag>y</tag></l><l id="2"><name>C</name></l></r>
            """
        #expect(
            try texts(xml) == [
                ["id", "name", "name.lang", "name.text", "address.city", "tag"],
                ["1", "", "en", "A & B", "Pune", "x, y"], ["2", "C"],
            ])
    }

    @Test func `more than fits into one piece is read to its end`() throws {
        let records = (0..<20_000).map { "{\"company\":\"Company \($0)\",\"n\":\($0)}" }
        let rows = try read(folder.file("[\(records.joined(separator: ",\n"))]"))
        #expect(rows.count == 20_001)
        #expect(rows.last?.cells == [.text("Company 19999"), .number(19999, digits: "19999")])
        #expect(rows.last?.number == 20_001)
    }

    @Test func `what is broken is said, with the record after which it is`() throws {
        func fault(_ file: String) throws -> SpreadsheetError? {
            do { _ = try read(folder.file(file)) } catch let error as SpreadsheetError {
                return error
            }
            return nil
        }
        #expect(try fault("[{\"a\":1},{\"a\":}]") == .malformed(row: nil, what: "broken JSON"))
        #expect(try fault("[{\"a\":1}") == .malformed(row: nil, what: "broken JSON"))
        #expect(try fault("<a><b>1</b>") == .malformed(row: nil, what: "broken XML"))
        let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(try fault("[{\"a\":\(deep)}]") == .malformed(row: nil, what: "too deeply nested"))
        let entity = "<!DOCTYPE a [<!ENTITY e 'x'>]><a><b>&e;</b></a>"
        #expect(try fault(entity) == .malformed(row: nil, what: "document type declaration"))
        #expect(try fault("[]") == .notASpreadsheet(found: "a file without records"))
        let many = (0..<600).map { "\"c\($0)\":1" }.joined(separator: ",")
        #expect(try fault("[{\(many)}]") == .tooManyColumns(row: 1, limit: 512))
    }

    @Test func `rows and cells have their limits`() throws {
        var limits = SpreadsheetLimits()
        limits.rows = 2
        limits.cellCharacters = 5
        let three = try folder.file("[{\"a\":1},{\"a\":2},{\"a\":3}]")
        let rows = try readUntilError(three, limits: limits)
        #expect(rows.rows.count == 3 && rows.error == .tooManyRows(limit: 2))
        let long = try folder.file("[{\"a\":\"abcdef\"},{\"a\":\"b\"}]")
        let error = try readUntilError(long, limits: limits).error
        #expect(
            error == .cellTooLong(row: 2, column: 1, limit: 5, inQuotes: false))
    }

    @Test func `a header of a text file is not taken for JSON or XML`() throws {
        #expect(try texts("[Company],{Value}\nA,1\n") == [["[Company]", "{Value}"], ["A", "1"]])
        #expect(try texts("<5,b\nA,1\n") == [["<5", "b"], ["A", "1"]])
    }
}

@Suite struct TableWriterTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private static let table: [[Cell]] = [
        text("company", "Höhe (m)", "value", "hot", "error"),
        [
            .text("=A & \"B\" <c>\u{1}"), .text("line\none\ttab\r"), .number(12.5, digits: "12.50"),
            .boolean(true), .text("wrong"),
        ],
        [.text("Zwei"), .empty, .number(123_456_789_012_345_680, digits: "123456789012345678")],
    ]

    private func written(_ writer: any TableWriter) throws -> String {
        var writer = writer
        for row in Self.table { try writer.append(row) }
        try writer.finish()
        var bytes: [UInt8] = []
        while case let piece = try writer.take(), !piece.isEmpty { bytes += piece }
        return try folder.file(bytes)
    }

    @Test func `JSON is read back as it was, numbers as they are spelled`() throws {
        let file = try written(JSONTableWriter())
        #expect(try Spreadsheet(path: file).kind == .json)
        #expect(try read(file).map { $0.cells.map(\.text) }[1] == Self.table[1].map(\.text))
        #expect(
            try read(file)[2].cells == [.text("Zwei"), .empty, Self.table[2][2]])
    }

    @Test func `XML is read back as it was, but for what XML cannot write`() throws {
        let file = try written(XMLTableWriter())
        #expect(try Spreadsheet(path: file).kind == .xml)
        let rows = try read(file).map { $0.cells.map(\.text) }
        #expect(rows[0] == ["company", "Höhe__m_", "value", "hot", "error"])
        #expect(rows[1][0] == "=A & \"B\" <c>\u{FFFD}" && rows[1][1] == "line\none\ttab\r")
        #expect(rows[2] == ["Zwei", "", "123456789012345678"])
    }

    @Test func `a text that is longer than a workbook's cell loses its end`() throws {
        let file = try {
            var writer: any TableWriter = try WorkbookWriter(path: folder.path("scratch"))
            try writer.append(text("error"))
            try writer.append(text(String(repeating: "é", count: 40_000)))
            try writer.finish()
            var bytes: [UInt8] = []
            while case let piece = try writer.take(), !piece.isEmpty { bytes += piece }
            return try folder.file(bytes)
        }()
        #expect(try read(file)[1].cells[0].text.count == 32_767)
    }

    @Test func `a workbook is read back as it was, and nothing is left beside it`() throws {
        let file = try written(WorkbookWriter(path: folder.path("scratch")))
        #expect(try Spreadsheet(path: file).kind == .xlsx)
        let rows = try read(file).map(\.cells)
        #expect(rows[0] == Self.table[0])
        #expect(rows[1][2...] == [.number(12.5, digits: "12.5"), .boolean(true), .text("wrong")])
        // A number that is longer than a workbook keeps stays a text.
        #expect(rows[2] == [.text("Zwei"), .empty, .text("123456789012345678")])
        #expect(try folder.names().sorted() == [file.split(separator: "/").last.map(String.init)])
    }
}

import Testing

@testable import Spreadsheets

@Suite struct WorkbookTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func rows(_ workbook: TestWorkbook, sheet: String? = nil) throws -> [SheetRow] {
        try read(workbook.write(to: folder), sheet: sheet)
    }

    private func cells(_ row: String, strings: String? = nil) throws -> [Cell] {
        try rows(TestWorkbook(rows: "<row r=\"1\">\(row)</row>", strings: strings))[0].cells
    }

    @Test func `every type of cell is told apart`() throws {
        let cells = try cells(
            """
            <c r="A1" t="s"><v>1</v></c><c r="B1" t="inlineStr"><is><t>inline &amp; é</t></is></c>
            <c r="C1" t="str"><f>A1&amp;"x"</f><v>formula</v></c><c r="D1" t="b"><v>1</v></c>
            <c r="E1" t="e"><v>#N/A</v></c><c r="F1"><v>-1.5E+3</v></c><c r="G1" t="n"><v>7</v></c>
            <c r="H1" t="d"><v>2016-10-20T13:05:00</v></c><c r="I1" t="b"><v>0</v></c>
            """, strings: "<si><t>zero</t></si><si><t>one</t></si>")
        let date = LocalDateTime(
            year: 2016, month: 10, day: 20, millisecondsOfDay: (13 * 60 + 5) * 60_000)
        #expect(
            cells == [
                .text("one"), .text("inline & é"), .text("formula"), .boolean(true), .text("#N/A"),
                .number(-1500, digits: "-1.5E+3"), .number(7, digits: "7"),
                .date(try #require(date)), .boolean(false),
            ])
    }

    @Test func `a long number keeps its digits`() throws {
        let cells = try cells("<c r=\"A1\"><v>12345678901234567890</v></c>")
        #expect(cells[0].text == "12345678901234567890")
    }

    @Test func `rich text is joined and phonetic runs are left out`() throws {
        let strings = """
            <si><r><rPr><b/></rPr><t>Sho</t></r><r><t xml:space="preserve">w  </t></r>\
            <rPh sb="0" eb="1"><t>ショー</t></rPh><phoneticPr fontId="1"/></si><si><t/></si>\
            <si><t> </t></si><si><t><![CDATA[<b>]]></t></si>
            """
        let cells = try cells(
            """
            <c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c>\
            <c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>
            """, strings: strings)
        #expect(cells == [.text("Show  "), .empty, .text(" "), .text("<b>"), .text("ab")])
    }

    @Test func `escaped characters are decoded and zero characters dropped`() throws {
        let strings = "<si><t>a_x000D__x000A_b_x005F_x_x0000_ _xZZZZ_ _x00</t></si>"
        #expect(
            try cells("<c t=\"s\"><v>0</v></c>", strings: strings) == text("a\r\nb_x _xZZZZ_ _x00"))
    }

    @Test func `cells stand where their reference says or after the one before`() throws {
        let rows = try rows(
            TestWorkbook(
                rows: """
                    <row><c><v>1</v></c><c r="D1"><v>2</v></c><c><v>3</v></c></row>\
                    <row r="5"><c r="B5"><v>4</v></c><c r="XFD5" s="1"/></row><row r="6"/>\
                    <row><c r="AA7"><v>5</v></c></row>
                    """))
        #expect(rows.map(\.number) == [1, 5, 7])
        #expect(rows.map { $0.cells.map(\.text) }[..<2] == [["1", "", "", "2", "3"], ["", "4"]])
        #expect(rows[2].cells.count == 27)
    }

    @Test func `the declared dimension does not matter`() throws {
        var workbook = TestWorkbook(rows: "")
        workbook.add(
            "xl/worksheets/sheet1.xml",
            """
            <worksheet xmlns="\(TestWorkbook.main)"><dimension ref="A1"/><sheetData>
            <row r="3"><c r="C3"><v>1</v></c></row></sheetData></worksheet>
            """)
        #expect(try rows(workbook).map(\.number) == [3])
    }

    @Test func `sheets come in the order of the tabs and charts are left out`() throws {
        var workbook = TestWorkbook(rows: "")
        workbook.add(
            "xl/workbook.xml",
            """
            <workbook xmlns="\(TestWorkbook.main)" xmlns:r="\(TestWorkbook.office)"><sheets>
            <sheet name="Chart" sheetId="1" r:id="c"/>
            <sheet name="Secret" sheetId="2" state="veryHidden" r:id="s"/>
            <sheet name="R&amp;D &lt;1&gt;" sheetId="3" r:id="r"/>
            <sheet name="Last" sheetId="4" r:id="l"/></sheets></workbook>
            """)
        let type = "\(TestWorkbook.office)/worksheet"
        workbook.add(
            "xl/_rels/workbook.xml.rels",
            TestWorkbook.links([
                ("l", type, "/xl/worksheets/SHEET3.xml"), ("s", type, "worksheets/sheet1.xml"),
                ("r", type, "../xl/./worksheets/sheet2.xml"),
                ("c", "\(TestWorkbook.office)/chartsheet", "chartsheets/sheet1.xml"),
            ]))
        for (number, value) in [(2, "<v>2</v>"), (3, "<v>3</v>")] {
            workbook.add(
                "xl/worksheets/sheet\(number).xml",
                """
                <worksheet xmlns="\(TestWorkbook.main)"><sheetData><row><c>\(value)</c></row>\
                </sheetData></worksheet>
                """)
        }
        let path = try workbook.write(to: folder)
        let book = try Spreadsheet(path: path)
        #expect(book.kind == .xlsx)
        #expect(book.sheets.map(\.name) == ["Secret", "R&D <1>", "Last"])
        #expect(book.sheets.map(\.isHidden) == [true, false, false])
        #expect(try read(path)[0].cells[0].text == "2")
        #expect(try read(path, sheet: "last")[0].cells[0].text == "3")
        #expect(throws: SpreadsheetError.noSuchSheet("Q9", available: book.sheets.map(\.name))) {
            try read(path, sheet: "Q9")
        }
    }

    @Test func `the strict variant and prefixed elements are read`() throws {
        let strict = TestWorkbook(
            rows: "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>",
            strings: "<si><t>strict</t></si>",
            main: "http://purl.oclc.org/ooxml/spreadsheetml/main",
            office: "http://purl.oclc.org/ooxml/officeDocument/relationships")
        #expect(try rows(strict).map(\.cells) == [text("strict")])

        var prefixed = TestWorkbook(rows: "")
        prefixed.add(
            "xl/worksheets/sheet1.xml",
            """
            <x:worksheet xmlns:x="\(TestWorkbook.main)" xmlns:y="urn:extension"><x:sheetData>
            <x:row r="1"><y:c><x:v>no</x:v></y:c><x:c r="A1"><x:v>1</x:v><y:v>2</y:v></x:c></x:row>
            </x:sheetData><x:extLst><x:row><x:c><x:v>no</x:v></x:c></x:row></x:extLst></x:worksheet>
            """)
        #expect(try rows(prefixed).map { $0.cells.map(\.text) } == [["1"]])
    }

    @Test func `parts in UTF-16 are read`() throws {
        var workbook = TestWorkbook(rows: "")
        let xml = """
            <?xml version="1.0" encoding="UTF-16"?><worksheet xmlns="\(TestWorkbook.main)"><sheetData>\
            <row><c t="inlineStr"><is><t>Grüße 🌍</t></is></c></row></sheetData></worksheet>
            """
        workbook.parts.removeAll { $0.name == "xl/worksheets/sheet1.xml" }
        let bytes = ("\u{FEFF}" + xml).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        workbook.parts.append((name: "xl/worksheets/sheet1.xml", content: bytes))
        #expect(try rows(workbook).map(\.cells) == [text("Grüße 🌍")])
    }

    @Test func `many rows arrive whole and in order across pieces`() throws {
        let rows = (1...20_000).map { number in
            "<row r=\"\(number)\"><c><v>\(number)</v></c><c t=\"s\"><v>\(number % 3)</v></c></row>"
        }
        let strings = "<si><t>a</t></si><si><t>b</t></si><si><t>c</t></si>"
        let read = try self.rows(TestWorkbook(rows: rows.joined(), strings: strings))
        #expect(read.count == 20_000)
        let isRight = read.enumerated().allSatisfy { index, row in
            row.number == index + 1
                && row.cells.map(\.text) == ["\(index + 1)", ["a", "b", "c"][(index + 1) % 3]]
        }
        #expect(isRight)
    }
}

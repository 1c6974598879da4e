import Testing

@testable import Spreadsheets

@Suite struct WorkbookDateTests {
    private let serials = ExcelSerial(usesDatesFrom1904: false)

    private func shown(_ serial: Double, _ format: NumberFormat, from1904: Bool = false) -> String?
    {
        ExcelSerial(usesDatesFrom1904: from1904).cell(serial, format: format)?.text
    }

    @Test(arguments: [
        (1, "1900-01-01"), (59, "1900-02-28"), (61, "1900-03-01"), (42_663, "2016-10-20"),
        (43_889.75, "2020-02-28T18:00:00"), (43_890, "2020-02-29"), (2_958_465, "9999-12-31"),
        (42_663.999_999_999, "2016-10-21"), (43_831.000_011_574_074, "2020-01-01T00:00:01"),
    ])
    func `days count from 1900`(serial: Double, expected: String) {
        #expect(shown(serial, .date) == expected)
    }

    @Test(arguments: [-1, 60, 60.5, 2_958_466, 1e300])
    func `a number that is no date stays a number`(serial: Double) {
        #expect(shown(serial, .date) == nil)
    }

    @Test func `days count from 1904 when the workbook says so`() {
        #expect(shown(0, .date, from1904: true) == "1904-01-01")
        #expect(shown(41_201, .date, from1904: true) == "2016-10-20")
    }

    @Test func `a time has no day and an elapsed time no end`() {
        #expect(shown(0.5, .timeOfDay) == "12:00:00")
        #expect(shown(0.25, .date) == "06:00:00")
        #expect(shown(1.5, .elapsedTime) == "36:00:00")
        #expect(shown(-0.5, .elapsedTime) == "-12:00:00")
        #expect(shown(42_663.5, .timeOfDay) == "2016-10-20T12:00:00")
    }

    /// 400 years, after which the calendar repeats.
    @Test func `every day has its own date`() throws {
        var previous = try #require(LocalDateTime(daysSince1970: -25_567, millisecondsOfDay: 0))
        #expect(previous.iso8601 == "1900-01-01")
        for day in (-25_566)...120_530 {
            let date = try #require(LocalDateTime(daysSince1970: day, millisecondsOfDay: 0))
            let isNextDay =
                (date.year, date.month, date.day) == (
                    previous.year, previous.month, previous.day + 1
                )
                || date.day == 1
                    && LocalDateTime(
                        year: previous.year, month: previous.month, day: previous.day + 1) == nil
            guard isNextDay else {
                Issue.record("\(date.iso8601) does not follow \(previous.iso8601)")
                return
            }
            previous = date
        }
        #expect(previous.iso8601 == "2300-01-01")
        #expect(
            LocalDateTime(daysSince1970: -719_162, millisecondsOfDay: 0)?.iso8601 == "0001-01-01")
        #expect(LocalDateTime(daysSince1970: -719_163, millisecondsOfDay: 0) == nil)
    }

    @Test(arguments: [
        ("yyyy-mm-dd", NumberFormat.date), ("d/m/yy h:mm", .date), ("mmm", .date),
        ("[$-409]d\\-mmm\\-yy;@", .date), ("h:mm AM/PM", .timeOfDay), ("mm:ss.0", .timeOfDay),
        ("[h]:mm:ss", .elapsedTime), ("[Red][mm]", .elapsedTime), ("General", .number),
        ("#,##0.00 \"days\"", .number), ("0\\d", .number), ("[Magenta]0.00", .number),
        ("_(\"$\"* #,##0.00_);_(\"$\"* \\(#,##0.00\\)", .number), ("0.00E+00", .number),
        ("#,##0;[Red]-#,##0\" d\"", .number), ("0_d", .number), ("\"\u{5E74}\"yyyy", .date),
        ("[<=9999999]###-####;(###) ###-####", .number), ("@", .number), ("", .number),
    ])
    func `a format code tells dates from numbers`(code: String, expected: NumberFormat) {
        #expect(NumberFormat(code: code) == expected)
    }

    @Test func `cells are dates by their style`() throws {
        let folder = try TestFolder()
        let workbook = TestWorkbook(
            rows: """
                <row><c><v>42663</v></c><c s="1"><v>42663</v></c><c s="2"><v>42663</v></c>\
                <c s="3"><v>42663</v></c><c s="99"><v>42663</v></c><c s="1" t="str"><v>2</v></c></row>
                """,
            styles: """
                <numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>\
                <numFmt numFmtId="14" formatCode="0.00"/></numFmts>\
                <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>\
                <cellXfs><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="14"/>\
                </cellXfs>
                """, properties: "<workbookPr date1904=\"1\"/>")
        let row = try read(workbook.write(to: folder))[0]
        #expect(
            row.cells.map(\.text) == ["42663", "2020-10-21", "2020-10-21", "42663", "42663", "2"])
    }

    @Test(arguments: [
        ("2016-10-20", "2016-10-20"), ("2016-10-20T13:05:00.250Z", "2016-10-20T13:05:00.250"),
        ("T06:30:00", "06:30:00"), ("06:30", "06:30:00"), ("2016-02-30", nil), ("2016-10-20T", nil),
        ("2016-10-20T25:00:00", nil), ("", nil), ("20.10.2016", nil),
    ])
    func `dates in ISO form are read`(text: String, expected: String?) {
        #expect(Cell(iso8601: text)?.text == expected)
    }
}

import Spreadsheets
import Storage
import Testing

@testable import CRM

@Suite struct DatePatternTests {
    @Test(arguments: [
        ("M/d/yyyy", "10/20/2016", "2016-10-20"), ("M/d/yyyy", "3/1/2017", "2017-03-01"),
        ("MM/dd/yyyy", "3/1/2017", "2017-03-01"), ("dd.MM.yyyy", "01.03.2017", "2017-03-01"),
        ("yyyy-MM-dd", "2017-03-01", "2017-03-01"), ("d/M/yy", "1/3/69", "1969-03-01"),
        ("d/M/yy", "1/3/17", "2017-03-01"), ("d-MMM-yyyy", "1-mar-2017", "2017-03-01"),
        ("MMM d, yyyy", "Mar 1, 2017", "2017-03-01"), ("yyyyMMdd", "20170301", "2017-03-01"),
        ("M/d/yyyy H:mm", "3/1/2017 14:05", "2017-03-01T14:05:00"),
        ("M/d/yyyy h:mm a", "3/1/2017 12:05 AM", "2017-03-01T00:05:00"),
        ("M/d/yyyy h:mm a", "3/1/2017 1:05 pm", "2017-03-01T13:05:00"),
        ("yyyy-MM-dd'T'HH:mm:ss", "2017-03-01T23:59:59", "2017-03-01T23:59:59"),
    ])
    func `dates are read as the pattern says`(_ pattern: String, _ text: String, _ iso: String)
        throws
    {
        #expect(try #require(DatePattern(pattern)).date(text)?.iso8601 == iso)
    }

    @Test(arguments: [
        ("M/d/yyyy", "20/10/2016"), ("M/d/yyyy", "2/30/2016"), ("M/d/yyyy", "3/1/17"),
        ("M/d/yyyy", "3/1/2017 "), ("M/d/yyyy", "3-1-2017"), ("M/d/yyyy", ""),
        ("M/d/yyyy", "3/1/20177"), ("M/d/yyyy H:mm", "3/1/2017 24:00"),
        ("M/d/yyyy h:mm a", "3/1/2017 13:05 PM"), ("d-MMM-yyyy", "1-Mrz-2017"),
    ])
    func `what the pattern does not say is no date`(_ pattern: String, _ text: String) throws {
        #expect(try #require(DatePattern(pattern)).date(text) == nil)
    }

    @Test(arguments: [
        "", "soon", "M/yyyy", "d/M", "MMMM d yyyy", "yyy-MM-dd", "dd.MM.yyyy 'at", "QQ",
    ])
    func `a pattern that names no day is none`(_ text: String) {
        #expect(DatePattern(text) == nil)
    }

    @Test func `a pattern shows how it writes`() throws {
        let date = try #require(LocalDateTime(year: 2026, month: 3, day: 1))
        #expect(DatePattern("M/d/yyyy")?.text(of: date) == "3/1/2026")
        #expect(DatePattern("dd.MM.yy")?.text(of: date) == "01.03.26")
    }

    @Test func `a file's dates are meant in the company's time zone`() throws {
        let date = try #require(LocalDateTime(year: 2026, month: 7, day: 1))
        #expect(WallClock(zone: "UTC").moment(date) == Instant("2026-07-01T00:00:00Z"))
        #expect(WallClock(zone: "Europe/Berlin").moment(date) == Instant("2026-06-30T22:00:00Z"))
        #expect(WallClock(zone: "Asia/Kolkata").moment(date) == Instant("2026-06-30T18:30:00Z"))
    }

    @Test func `ISO and real dates need no pattern, others do`() throws {
        let dates = DateReading(pattern: nil, clock: WallClock(zone: "Europe/Berlin"))
        let date = try #require(LocalDateTime(year: 2026, month: 7, day: 1))
        let midnight = Instant("2026-06-30T22:00:00Z")
        #expect(try dates.moment(.date(date), "") == midnight)
        #expect(try dates.moment(.text(""), "2026-07-01") == midnight)
        #expect(try dates.moment(.text(""), "2026-07-01 02:00") == Instant("2026-07-01T00:00:00Z"))
        #expect(try dates.moment(.text(""), "2026-07-01T00:00:00Z") == Instant("2026-07-01"))
        #expect(throws: DateReading.Fault.self) { try dates.moment(.text(""), "7/1/2026") }
        #expect(throws: DateReading.Fault.self) {
            try dates.moment(.number(46_204, digits: "46204"), "46204")
        }
    }
}

import Storage
import Testing

@Suite struct InstantTests {
    @Test func `a moment is written and read again`() {
        var dice = SystemRandomNumberGenerator()
        let years = Instant("0001-01-01")!.microseconds...Instant("9999-12-31")!.microseconds
        for _ in 0..<2000 {
            let moment = Instant(microseconds: Int64.random(in: years, using: &dice))
            #expect(Instant(moment.text) == moment, "\(moment.microseconds)")
        }
    }

    @Test func `every day of four centuries follows the one before`() {
        var expected = Day("1896-02-27")!.number
        for year in 1896...2296 {
            for month in 1...12 {
                for day in 1...31 {
                    guard let found = Day(year: year, month: month, day: day) else { continue }
                    if found < Day("1896-02-27")! { continue }
                    #expect(found.number == expected)
                    #expect(Day(found.text) == found)
                    expected += 1
                }
            }
        }
    }

    @Test(arguments: [
        ("2026-11-22T09:30:00Z", "2026-11-22T09:30:00Z"),
        ("2026-11-22T09:30:00+05:30", "2026-11-22T04:00:00Z"),
        ("2026-11-22t09:30:00.25-08:00", "2026-11-22T17:30:00.250000Z"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
        ("2026-11-22", "2026-11-22T00:00:00Z"), ("2024-02-29", "2024-02-29T00:00:00Z"),
    ])
    func `what RFC 3339 allows is read`(text: String, meant: String) {
        #expect(Instant(text)?.text == meant)
    }

    @Test(arguments: [
        "", "now", "2026-11-22T09:30:00", "2026-11-22T24:00:00Z", "2026-11-22T09:60:00Z",
        "2026-13-01", "2026-02-29", "2026-11-31", "0000-01-01", "2026-11-22T09:30:00.Z",
        "2026-11-22T09:30:00+2:00", "+026-11-22", "2026-+1-22", "2026-011-2", "2026-11--2",
        "20261122T093000Z", "2026-11-22T09:30:00Z ", "٢٠٢٦-١١-٢٢", "2026-11-22T٠٩:30:00Z",
        // In years that no clock here can show again.
        "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00",
    ])
    func `anything else is not`(text: String) {
        #expect(Instant(text) == nil)
        #expect(Day(text) == nil)
    }

    @Test func `days begin at midnight, before 1970 too`() {
        let evening = Instant("1969-12-30T23:59:59Z")!
        #expect(evening.day().text == "1969-12-30")
        #expect(evening.day(offsetSeconds: 3600).text == "1969-12-31")
        #expect(evening.day(offsetSeconds: -86_400).text == "1969-12-29")
        #expect(Day("1969-12-30")!.start.text == "1969-12-30T00:00:00Z")
        #expect(evening.adding(days: 2).text == "1970-01-01T23:59:59Z")
        #expect(evening.adding(seconds: 90).seconds(since: evening) == 90)
    }
}

import Testing

@testable import CRM

@Suite struct AmountTests {
    private static let right: [(String, Int64)] = [
        ("1054", 105_400), ("1,234.50", 123_450), ("1.234,50", 123_450), ("1 234,50", 123_450),
        ("1\u{00A0}234", 123_400), ("1'234.5", 123_450), ("1,234", 123_400), ("0.125", 13),
        ("12,5", 1250), ("1,23,456", 12_345_600), ("1.234.567", 123_456_700), ("0", 0),
        (".5", 50), ("$1,054", 105_400), ("1054 USD", 105_400), ("+7", 700), ("33.3333", 3333),
        ("1,234,567.895", 123_456_790), ("10000000000000", 1_000_000_000_000_000),
    ]

    @Test(arguments: right)
    func `amounts are read exactly, however people write them`(_ text: String, _ minor: Int64)
        throws
    {
        #expect(try Amount(text, currency: "USD").minor == minor)
    }

    private static let wrong: [(String, Amount.Fault)] = [
        ("12k", .notANumber), ("", .notANumber), ("abc", .notANumber),
        ("1.2.3", .notANumber), ("1,2,3", .notANumber), ("12,34,5", .notANumber),
        ("--1", .negative), ("-5", .negative), ("(5)", .negative), ("1.234", .ambiguous),
        ("99999999999999999999", .tooLarge), ("10000000000000.01", .tooLarge),
    ]

    @Test(arguments: wrong)
    func `what is no amount is refused with its reason`(_ text: String, _ fault: Amount.Fault) {
        #expect(throws: fault) { try Amount(text, currency: "USD") }
    }

    @Test func `a currency in the text is found, where it names one`() throws {
        #expect(try Amount("€ 12,50", currency: "USD").currency == "EUR")
        #expect(try Amount("12.50 gbp", currency: "USD").currency == "GBP")
        #expect(try Amount("₹1,23,456", currency: "USD").currency == "INR")
        #expect(try Amount("$5", currency: "AUD").currency == nil)
    }

    @Test func `the currency decides how many decimals there are`() throws {
        #expect(try Amount("1500", currency: "JPY").minor == 1500)
        #expect(try Amount("1500.6", currency: "JPY").minor == 1501)
        #expect(try Amount("1.5", currency: "KWD").minor == 1500)
        #expect(try Amount("JPY 1500", currency: "USD").minor == 1500)
    }

    @Test func `a spreadsheet's number is rounded to the minor unit, halves up`() throws {
        #expect(try Amount(exact: "1054", currency: "USD").minor == 105_400)
        #expect(try Amount(exact: "1.234", currency: "USD").minor == 123)
        #expect(try Amount(exact: "0.125", currency: "USD").minor == 13)
        #expect(throws: Amount.Fault.negative) { try Amount(exact: "-1", currency: "USD") }
    }
}

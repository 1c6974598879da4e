import Testing

@testable import CRM

@Suite struct TaxNumberTests {
    @Test(
        arguments: [
            "27AAPFU0939F1ZV", "27 aapfu0939f1zv", "29AAGCB7383J1Z4", "DE136695976",
            "DE 136 695 976", "FR40303265045", "IT00743110157", "BE0403019261", "BE 0428.759.497",
            "PL8567346215", "ATU13585627", "DK13585628", "LU15027442", "NL004495445B01",
        ])
    func `numbers whose check digit is right are read`(_ text: String) {
        let number = TaxNumber(text)
        #expect(number != nil)
        #expect(number?.text.contains(" ") == false)
    }

    @Test(
        arguments: [
            "27AAPFU0939F1ZO", "29AAGCB7383J1Z5", "29AAGCB7383J1X4", "DE136695978",
            "FR84323140391", "IT00743110158", "BE0431150351", "PL8567346216", "ATU13585626",
            "DK13585627", "LU15027443", "NL123456789B90", "", "X-1", "136695976", "GB980780684",
            "27AAPFU0939F1Z", "27AAPFU0939F1ZVV", "DE13669597é", "A/B",
        ])
    func `others are not`(_ text: String) {
        #expect(TaxNumber(text) == nil)
    }

    @Test func `one wrong or swapped character of a GSTIN is noticed`() throws {
        let right = Array("27AAPFU0939F1ZV")
        for place in right.indices where place != 13 {
            var wrong = right
            wrong[place] = right[place] == "5" ? "6" : right[place].isNumber ? "5" : "Q"
            #expect(TaxNumber(String(wrong)) == nil, "\(String(wrong))")
        }
    }
}

import Storage
import Testing

@Suite struct JSONTests {
    @Test(arguments: [
        #"{"a":[1,2.5,true,null,"x"],"b":{}}"#, "[]", "\"\"", "-9223372036854775808", "null",
        #""a\"b\\c\n""#, #"{"":1}"#,
    ])
    func `a value is read and written again`(text: String) throws {
        #expect(try JSON(parsing: text).text == text)
    }

    @Test func `keys are written in order, so that equal values have equal texts`() throws {
        let left = try JSON(parsing: #"{"b":1,"a":{"d":1,"c":2}}"#)
        let right = try JSON(parsing: #"{"a":{"c":2,"d":1},"b":1}"#)
        #expect(left == right)
        #expect(left.text == right.text)
    }

    @Test(arguments: [
        "", "{", "{a:1}", "[1,]", "NaN", "01", "\"\\ud800\"", "tru", "{\"a\":1}x", "\u{feff}x",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: (any Error).self) { try JSON(parsing: text) }
    }

    @Test func `text that is no UTF-8 and nesting without end are refused`() {
        #expect(throws: (any Error).self) { try JSON(parsing: [0x22, 0xFF, 0xFE, 0x22]) }
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: (any Error).self) { try JSON(parsing: deep) }
    }
}

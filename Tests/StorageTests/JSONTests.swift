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

    @Test func `escapes become the characters they stand for`() throws {
        let text = #""\u0041\u00e9\u20AC\uD83D\uDE00\/\b\f\r\t""#
        #expect(try JSON(parsing: text) == .string("Aé€😀/\u{8}\u{c}\r\t"))
    }

    @Test(
        arguments: [
            ("1.0", JSON.integer(1)), ("1e3", .integer(1000)), ("-0", .integer(0)),
            ("9223372036854775807", .integer(.max)), ("0.5", .number(0.5)),
            ("1E-2", .number(0.01)), (" \n[1 , 2]\t", .array([1, 2])),
            (#"{"a":1,"a":2}"#, .object(["a": 2])),
        ] as [(String, JSON)])
    func `numbers, space and repeated keys are read as they are meant`(
        text: String, value: JSON
    ) throws {
        #expect(try JSON(parsing: text) == value)
    }

    @Test(arguments: [
        "-", "1.", ".5", "1e", "+1", "1e999", "\"\\x\"", "\"\\u12\"", "\"\\uDC00\"",
        "\"\\uD800\\u0041\"", "\"a\nb\"", "\"", "{\"a\"}", "{\"a\":}", "{,}", "[1 2]", "truex",
        "nul", "[[]", "\"\\u00é\"",
    ])
    func `what looks like JSON and is none is refused`(text: String) {
        #expect(throws: (any Error).self) { try JSON(parsing: text) }
    }
}

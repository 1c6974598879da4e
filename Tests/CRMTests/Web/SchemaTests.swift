import Storage
import Tenancy
import Testing
import Web

@Suite struct SchemaTests {
    private static let person = Schema.object([
        .init("name", .text(max: 5), required: true), .init("age", .integer(0...150)),
        .init("mood", .choice(["good", "bad"])), .init("on", .day), .init("at", .instant),
        .init("id", .id), .init("ratio", .number), .init("here", .boolean),
        .init("tags", .list(.text(max: 3), max: 2)), .init("note", .optional(.text(max: 3))),
        .init("extra", .map(.text(max: 3))), .init("pet", .object([.init("kind", .text(max: 9))])),
    ])

    private static func fields(_ json: JSON) -> [String] {
        person.faults(in: json).map(\.field)
    }

    @Test func `what fits has no faults`() {
        let whole: JSON = [
            "name": "Ada", "age": 36, "mood": "good", "on": "2026-11-22",
            "at": "2026-11-22T09:30:00Z", "id": "018f3c5e-0000-7000-8000-000000000000",
            "ratio": 1, "here": true, "tags": ["a", "b"], "note": nil, "extra": ["k": "v"],
            "pet": ["kind": "cat"],
        ]
        #expect(Self.fields(whole).isEmpty)
        #expect(Self.fields(["name": "12345"]).isEmpty)
    }

    @Test(arguments: [
        ("null", "body"), (#"{"name":null}"#, "name"), ("{}", "name"), (#""text""#, "body"),
        (#"{"name":"123456"}"#, "name"), (#"{"name":"a\u0000b"}"#, "name"),
        (#"{"name":"A","age":-1}"#, "age"), (#"{"name":"A","age":151}"#, "age"),
        (#"{"name":"A","age":"36"}"#, "age"), (#"{"name":"A","age":1.5}"#, "age"),
        (#"{"name":"A","age":1e300}"#, "age"), (#"{"name":"A","mood":"so-so"}"#, "mood"),
        (#"{"name":"A","on":"22.11.2026"}"#, "on"), (#"{"name":"A","at":5}"#, "at"),
        (#"{"name":"A","id":"7"}"#, "id"), (#"{"name":"A","here":1}"#, "here"),
        (#"{"name":"A","tags":"a"}"#, "tags"), (#"{"name":"A","tags":["a","b","c"]}"#, "tags"),
        (#"{"name":"A","tags":["a",1]}"#, "tags[1]"), (#"{"name":"A","note":1}"#, "note"),
        (#"{"name":"A","extra":{"k":"long"}}"#, "extra.k"), (#"{"name":"A","extra":[]}"#, "extra"),
        (#"{"name":"A","pet":{"kind":1}}"#, "pet.kind"),
        (#"{"name":"A","pet":{"size":1}}"#, "pet.size"), (#"{"name":"A","nick":"B"}"#, "nick"),
    ])
    func `each fault is named by its path`(json: String, field: String) throws {
        #expect(Self.fields(try JSON(parsing: json)) == [field])
    }

    @Test func `all faults are told at once`() {
        let json: JSON = ["age": "x", "mood": 1, "nick": "B", "pet": ["size": 1]]
        #expect(Self.fields(json) == ["name", "age", "mood", "pet.size", "nick"])
    }

    @Test func `length counts code points, however they combine`() {
        let accents = "a" + String(repeating: "\u{301}", count: 5)
        #expect(accents.count == 1)
        #expect(Self.fields(["name": .string(accents)]) == ["name"])
        #expect(Self.fields(["name": "äöüßé"]).isEmpty)
    }

    @Test func `faults of a long list are not without end`() {
        let list = Schema.list(.integer(0...1), max: 1000)
        let faults = list.faults(in: .array(Array(repeating: "x", count: 1000)), at: "all")
        #expect((1...60).contains(faults.count))
    }
}

import Foundation
import Storage
import Testing

@Suite struct IDTests {
    @Test func `ids sort by the moment they were made`() {
        let start = Instant("2026-11-18T09:30:00Z")!
        let moments = (0..<5000).map { Instant(microseconds: start.microseconds + $0) }
        let ids = moments.map { ID<Never>(UUIDv7.next(at: $0)) }
        #expect(ids == ids.sorted())
        let texts = ids.map(\.description)
        #expect(texts == texts.sorted())
        #expect(Set(ids).count == ids.count)
    }

    @Test func `an id is a UUID of version 7, in lower case`() throws {
        let id = ID<Never>()
        let text = id.description
        let form = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
        #expect(text.wholeMatch(of: form) != nil)
        #expect(ID<Never>(text) == id)
        #expect(ID<Never>(text.uppercased()) == id)
        #expect(UUID(uuidString: text) == id.uuid)
    }

    @Test(arguments: [
        "", "7", "not-an-id", "018f3c5e-0000-7000-8000-00000000000",
        "{018f3c5e-0000-7000-8000-000000000000}", "018f3c5e000070008000000000000000----",
    ])
    func `anything else is none`(text: String) {
        #expect(ID<Never>(text) == nil)
    }
}

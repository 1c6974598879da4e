import Testing

@testable import Files

@Suite struct FileKeyTests {
    @Test(arguments: ["a", "imports/0197-ab_c.csv", "a/b/c/d", "a..b/c.", "-/_", "0"])
    func `plain segments between slashes are a key`(text: String) {
        #expect(FileKey(text)?.description == text)
    }

    @Test(arguments: [
        "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", ".hidden", "a/.b",
        "A", "ä", "a b", "a\\b", "a%2e", "a\0b", "a\n", "~", "a:b", "a?b",
    ])
    func `everything else is not, first of all what leads elsewhere`(text: String) {
        #expect(FileKey(text) == nil)
    }

    @Test func `a key and its segments have a longest length`() {
        let segment = String(repeating: "a", count: 200)
        #expect(FileKey(segment) != nil)
        #expect(FileKey(segment + "a") == nil)
        #expect(FileKey("\(segment)/\(segment)/" + String(repeating: "a", count: 110)) != nil)
        #expect(FileKey("\(segment)/\(segment)/" + String(repeating: "a", count: 111)) == nil)
    }
}

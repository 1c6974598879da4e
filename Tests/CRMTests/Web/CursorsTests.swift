import Foundation
import Storage
import Tenancy
import Testing
import Web

@Suite struct CursorsTests {
    private static let cursors = Cursors(key: Array(1...32))
    private static let values: [JSON] = [.integer(-5), "Zoë \"q\"", "id"]

    @Test func `a cursor gives its values back, for its own query only`() throws {
        let cursor = Self.cursors.cursor(after: Self.values, of: "sort=a")
        #expect(try Self.cursors.values(cursor, of: "sort=a") == Self.values)
        #expect(throws: Problem.self) { try Self.cursors.values(cursor, of: "sort=b") }
        #expect(throws: Problem.self) {
            try Cursors(key: Array(2...33)).values(cursor, of: "sort=a")
        }
    }

    @Test func `a cursor with any bit turned is refused`() throws {
        let cursor = Self.cursors.cursor(after: Self.values, of: "q")
        let bytes = try #require(Data(base64URL: cursor))
        for bit in 0..<bytes.count * 8 {
            var bent = bytes
            bent[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: Problem.self) { try Self.cursors.values(bent.base64URL, of: "q") }
        }
    }

    @Test(arguments: ["", "A", "====", "not base64!", String(repeating: "A", count: 5000)])
    func `what is no cursor is refused`(text: String) {
        #expect(throws: Problem.self) { try Self.cursors.values(text, of: "q") }
    }
}

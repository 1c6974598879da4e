import Foundation
import Storage
import Testing

@Suite struct SQLTests {
    @Test func `a value is bound and never becomes text`() {
        let name = "'; DROP TABLE leads; --"
        let sql: SQL = "SELECT id FROM leads WHERE name = \(name) AND age > \(7)"
        #expect(sql.text == "SELECT id FROM leads WHERE name = ? AND age > ?")
        #expect(sql.values == [.text(name), .integer(7)])
    }

    @Test func `a fragment is spliced in with its own values`() {
        let condition: SQL = "a = \(1) OR b = \("x")"
        let sql: SQL = "SELECT \(true) WHERE (\(condition)) AND c = \(2.5)"
        #expect(sql.text == "SELECT ? WHERE (a = ? OR b = ?) AND c = ?")
        #expect(sql.values == [.integer(1), .integer(1), .text("x"), .real(2.5)])
    }

    @Test func `nothing is bound as null`() {
        let missing: String? = nil
        let sql: SQL = "UPDATE t SET a = \(missing)"
        #expect(sql.values == [.null])
    }

    @Test func `lists and joined pieces keep their order`() {
        #expect(SQL.list([1, 2, 3]).text == "(?, ?, ?)")
        #expect(SQL.list([1, 2, 3]).values == [.integer(1), .integer(2), .integer(3)])
        #expect(SQL.list([Int]()).text == "(NULL)")
        let joined = SQL.joined(["a = \(1)", "b = \(2)"], by: " AND ")
        #expect(joined.text == "a = ? AND b = ?")
        #expect(joined.values == [.integer(1), .integer(2)])
        #expect(SQL.joined([], by: ", ").isEmpty)
        #expect((("a" as SQL) + "b").text == "a b")
    }

    @Test func `each type has one representation`() {
        let uuid = UUIDv7.next()
        #expect(ID<Never>(uuid).sqlValue == .uuid(uuid))
        #expect(Instant(microseconds: 12).sqlValue == .integer(12))
        #expect(Day(number: -3).sqlValue == .integer(-3))
        #expect(false.sqlValue == .integer(0))
        #expect([UInt8]([1, 2]).sqlValue == .bytes([1, 2]))
    }
}

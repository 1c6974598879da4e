import Foundation
import Storage

/// How far a move is: a table in the target, written in the transactions of the rows, and gone
/// when the move is done. As long as it is there, the target is not served.
///
/// Its parts are `source` (where from), `again` (the statements that bring back what the target
/// was freed of) and `table …` (the key of the last row that has come).
struct MoveProgress {
    let target: any WholeDatabase

    private static let (source, again, all) = ("source", "again", "all")

    var isThere: Bool {
        get throws { try target.holds(table: UnfinishedMove.table) }
    }

    func begin(from source: String, bringingBack statements: [String]) throws {
        try run(
            """
            CREATE TABLE iperform_move (part TEXT NOT NULL PRIMARY KEY, state TEXT NOT NULL,
                rows BIGINT NOT NULL)
            """)
        let again = JSON.array(statements.map { .string($0) }).text
        try run(
            """
            INSERT INTO iperform_move (part, state, rows)
            VALUES (\(Self.source), \(source), 0), (\(Self.again), \(again), 0)
            """)
    }

    /// Where the rows come from that are here already.
    func origin() throws -> String? { try state(of: Self.source)?.text }

    /// The statements that are still to be run; nil when they have been.
    func bringingBack() throws -> [String]? {
        guard let text = try state(of: Self.again)?.text else { return nil }
        return try JSON(parsing: text).array?.compactMap(\.string)
    }

    func hasBroughtBack() throws {
        try run("DELETE FROM iperform_move WHERE part = \(Self.again)")
    }

    func end() throws { try run("DROP TABLE iperform_move") }

    // MARK: Tables

    struct Place {
        /// The key of the last row; nil before the first.
        var key: [SQLValue]?
        var rows = 0
        var isAll = false
    }

    func place(in table: TableShape) throws -> Place {
        guard let (text, rows) = try state(of: part(table)) else { return Place() }
        return text == Self.all
            ? Place(rows: rows, isAll: true)
            : Place(key: try MoveKey.values(text, of: table), rows: rows)
    }

    /// - Throws: A refusal when somebody else was here in between.
    func advance(_ table: TableShape, from before: Place, to after: Place) throws {
        let state = after.isAll ? Self.all : MoveKey.text(after.key ?? [])
        let changed = try run(
            """
            INSERT INTO iperform_move (part, state, rows)
            VALUES (\(part(table)), \(state), \(after.rows))
            ON CONFLICT (part) DO UPDATE SET state = excluded.state, rows = excluded.rows
            WHERE iperform_move.rows = \(before.rows)
            """)
        guard changed == 1 else {
            throw Refusal("Another move into the same target is running.")
        }
    }

    private func part(_ table: TableShape) -> String { "table \(table.name)" }

    private func state(of part: String) throws -> (text: String, rows: Int)? {
        var found: (String, Int)?
        try target.run("SELECT state, rows FROM iperform_move WHERE part = \(part)") { row in
            found = (try row.next(), try row.next())
        }
        return found
    }

    @discardableResult
    private func run(_ sql: SQL) throws -> Int { try target.run(sql) { _ in } }
}

/// A key as text, and back.
enum MoveKey {
    static func text(_ key: [SQLValue]) -> String {
        JSON.array(
            key.map { value in
                switch value {
                case .null: .null
                case .integer(let integer): .integer(integer)
                case .real(let real): .string("\(real)")
                case .text(let text): .string(text)
                case .bytes(let bytes): .string(Data(bytes).base64EncodedString())
                case .uuid(let uuid): .string(uuid.uuidString)
                }
            }
        ).text
    }

    static func values(_ text: String, of table: TableShape) throws -> [SQLValue] {
        let values = try JSON(parsing: text).array ?? []
        return zip(table.key, values).map { name, json in
            let kind = table.columns.first { $0.name == name }?.kind
            switch (kind, json) {
            case (.integer, .integer(let integer)), (.boolean, .integer(let integer)):
                return .integer(integer)
            case (.real, .string(let text)): return Double(text).map { .real($0) } ?? .null
            case (.bytes, .string(let text)):
                return .bytes(Data(base64Encoded: text).map(Array.init) ?? [])
            case (.uuid, .string(let text)):
                return UUID(uuidString: text).map { .uuid($0) } ?? .null
            case (_, .string(let text)): return .text(text)
            default: return .null
            }
        }
    }
}

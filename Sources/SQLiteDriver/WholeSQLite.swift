import Foundation
import Storage

/// All rows of a SQLite file.
///
/// `@unchecked`: it belongs to one thread at a time.
package final class WholeSQLite: WholeDatabase, @unchecked Sendable {
    package let name: String
    private let connection: SQLiteConnection

    /// Opens a file that is there, or with migrations makes one. A file that holds the rows of
    /// an unfinished move stays as it is.
    package init(path: String, migrations: [Migration]? = nil) throws {
        name = "sqlite:\(path)"
        connection = try SQLiteConnection(path: path, readOnly: false, cacheKilobytes: 65_536)
        if let migrations, try !holds(table: UnfinishedMove.table) {
            try connection.migrate(migrations)
        }
        // A row may come before the one it refers to; `tighten` looks at all of them at once.
        try connection.run("PRAGMA foreign_keys = OFF")
    }

    package func migrations() throws -> [String] {
        guard try holds(table: "grdb_migrations") else { return [] }
        return try texts("SELECT identifier FROM grdb_migrations")
    }

    package func tables() throws -> [TableShape] {
        let names = try texts(
            """
            SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
                AND name NOT LIKE 'sqlite_%' AND name NOT IN ('grdb_migrations', 'iperform_move')
            ORDER BY name
            """)
        return try names.map(shape)
    }

    private func shape(of table: String) throws -> TableShape {
        var columns: [ColumnShape] = []
        var key: [(place: Int, name: String)] = []
        let sql: SQL = """
            SELECT name, type, "notnull", dflt_value IS NOT NULL, pk
            FROM pragma_table_info(\(table)) ORDER BY cid
            """
        try run(sql) { row in
            let (name, type): (String, String) = (try row.next(), try row.next())
            let (isNeeded, hasDefault) = (try row.next(Bool.self), try row.next(Bool.self))
            let place = try row.next(Int.self)
            if place > 0 { key.append((place, name)) }
            columns.append(
                ColumnShape(name: name, kind: kind(type), isOptional: !isNeeded || hasDefault))
        }
        return TableShape(
            name: table, columns: columns, key: key.sorted { $0.place < $1.place }.map(\.name))
    }

    private func kind(_ type: String) -> ColumnKind {
        switch type {
        case "INTEGER", "INT": .integer
        case "REAL": .real
        case "TEXT": .text
        case "BLOB": .bytes
        default: .other(type)
        }
    }

    package func holds(table: String) throws -> Bool { try connection.holds(table: table) }

    @discardableResult
    package func run(_ sql: SQL, _ body: (inout Row) throws -> Void) throws -> Int {
        try connection.prepared(sql).run(in: connection.handle) { statement in
            var row = Row(statement)
            try body(&row)
        }
    }

    private func texts(_ sql: SQL) throws -> [String] {
        var texts: [String] = []
        try run(sql) { row in texts.append(try row.next()) }
        return texts
    }

    // MARK: As a source

    /// There is one writer, and now it is this connection.
    package func holdStill() throws {
        try connection.run("BEGIN IMMEDIATE")
    }

    package func page(
        of table: TableShape, after key: [SQLValue]?, rows: Int
    ) throws -> [[SQLValue]] {
        let names = table.key.map(quoted).joined(separator: ", ")
        let places = table.key.map { _ in "?" }.joined(separator: ", ")
        let text = """
            SELECT \(table.columns.map { quoted($0.name) }.joined(separator: ", "))
            FROM \(quoted(table.name)) \(key == nil ? "" : "WHERE (\(names)) > (\(places))")
            ORDER BY \(names) LIMIT ?
            """
        let values = (key ?? []).map(Self.stored) + [.integer(Int64(rows))]
        var page: [[SQLValue]] = []
        try connection.prepared(text, values).run(in: connection.handle) { statement in
            page.append(try Self.row(of: table, in: statement))
        }
        return page
    }

    private static func row(of table: TableShape, in statement: Statement) throws -> [SQLValue] {
        var values: [SQLValue] = []
        values.reserveCapacity(table.columns.count)
        for (place, column) in table.columns.enumerated() {
            if statement.isNull(at: place) {
                values.append(.null)
                continue
            }
            switch column.kind {
            case .integer, .boolean: values.append(.integer(statement.integer(at: place)))
            case .real: values.append(.real(statement.real(at: place)))
            case .text: values.append(.text(statement.text(at: place)))
            case .bytes: values.append(.bytes(statement.bytes(at: place)))
            case .uuid: values.append(.uuid(try id(at: place, in: statement)))
            case .other(let type): throw StorageError.column(place, expected: type)
            }
        }
        return values
    }

    /// Where a row counts for nobody, its owner is one byte here and the id of zeros on
    /// PostgreSQL (the migrations' `lead_totals`).
    private static let (nobody, nobodyHere) = (
        UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), [UInt8(0)]
    )

    private static func id(at place: Int, in statement: Statement) throws -> UUID {
        if let id = statement.uuid(at: place) { return id }
        guard statement.bytes(at: place) == nobodyHere else {
            throw StorageError.column(place, expected: "an id of 16 bytes")
        }
        return nobody
    }

    private static func stored(_ value: SQLValue) -> SQLValue {
        value == .uuid(nobody) ? .bytes(nobodyHere) : value
    }

    package func counters() throws -> [String: Int64] {
        var counters: [String: Int64] = [:]
        guard try holds(table: "sqlite_sequence") else { return counters }
        try run("SELECT name, seq FROM sqlite_sequence") { row in
            counters[try row.next()] = try row.next()
        }
        return counters
    }

    // MARK: As a target

    package func transaction(_ body: () throws -> Void) throws {
        try connection.run("BEGIN IMMEDIATE")
        do {
            try body()
            try connection.run("COMMIT")
        } catch {
            if connection.inTransaction { try connection.run("ROLLBACK") }
            throw error
        }
    }

    package func add(_ rows: [[SQLValue]], to table: TableShape) throws {
        let text = """
            INSERT INTO \(quoted(table.name))
            (\(table.columns.map { quoted($0.name) }.joined(separator: ", ")))
            VALUES (\(table.columns.map { _ in "?" }.joined(separator: ", ")))
            """
        for row in rows {
            try connection.prepared(text, row.map(Self.stored)).run(in: connection.handle)
        }
    }

    /// Triggers alone. With an index its hand-written statistics would go.
    package func loosen() throws -> [String] {
        var statements: [String] = []
        let triggers = try texts(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name")
        for trigger in triggers {
            statements += try texts("SELECT sql FROM sqlite_schema WHERE name = \(trigger)")
            try connection.run("DROP TRIGGER \(quoted(trigger))")
        }
        return statements
    }

    package func tighten(_ statements: [String]) throws {
        for statement in statements { try connection.run(statement) }
        var broken: [String] = []
        try run("SELECT DISTINCT \"table\", parent FROM pragma_foreign_key_check") { row in
            broken.append("\(try row.next(String.self)) to \(try row.next(String.self))")
        }
        guard broken.isEmpty else {
            throw StorageError.failed(
                code: 0, message: "rows refer to others that are not there: \(broken)")
        }
    }

    /// SQLite follows the numbers that it is given.
    package func count(from counters: [String: Int64]) throws {
        for (table, number) in counters where number > 0 {
            try run("UPDATE sqlite_sequence SET seq = MAX(seq, \(number)) WHERE name = \(table)") {
                _ in
            }
        }
    }

    package func tidy() throws {
        try connection.run("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    package func close() {
        if connection.inTransaction { try? connection.run("ROLLBACK") }
        try? connection.close()
    }

    private func quoted(_ name: String) -> String {
        "\"\(name.replacing("\"", with: "\"\""))\""
    }
}

extension SQLiteConnection {
    func holds(table: String) throws -> Bool {
        var found = false
        let sql: SQL = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = \(table)"
        try prepared(sql).run(in: handle) { _ in found = true }
        return found
    }

    /// - Throws: `UnfinishedMove` when only a part of the rows is there.
    func refuseUnfinishedMove() throws {
        if try holds(table: UnfinishedMove.table) { throw UnfinishedMove.found }
    }
}

import CPQ
import Foundation
import Storage

/// All rows of a PostgreSQL database, as the owner of its tables.
///
/// `@unchecked`: it belongs to one thread at a time.
package final class WholePostgres: WholeDatabase, @unchecked Sendable {
    package let name: String
    private let connection: OpenedConnection
    private var parameters = Parameters()
    private var lines = CopyText()

    /// Bytes sent at a time.
    private static let chunk = 1 << 18

    private init(_ connection: OpenedConnection) throws {
        self.connection = connection
        let (database, host) = (PQdb(connection.pointer), PQhost(connection.pointer))
        name = [database, host].compactMap { $0.map { String(cString: $0) } }
            .joined(separator: " at ")
        // A source waits while its rows are being written elsewhere.
        try connection.execute(
            "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
    }

    /// Opens a database that is there, with migrations bringing its schema up to date. One that
    /// holds the rows of an unfinished move stays as it is.
    package static func open(
        _ address: PostgresAddress, migrations: [Migration]? = nil
    ) async throws -> WholePostgres {
        do {
            let database = try WholePostgres(try await address.open(asOwner: true))
            if let migrations, try !database.holds(table: UnfinishedMove.table) {
                try await PostgresMigrations(address).run(migrations)
            }
            return database
        } catch let failure as PostgresFailure {
            throw failure.worded
        }
    }

    package func migrations() throws -> [String] {
        guard try holds(table: "iperform_migrations") else { return [] }
        return try texts("SELECT name FROM iperform_migrations")
    }

    package func tables() throws -> [TableShape] {
        var columns: [String: [ColumnShape]] = [:]
        try run(Catalog.columns) { row in
            let table = try row.next(String.self)
            let (name, type): (String, String) = (try row.next(), try row.next())
            columns[table, default: []].append(
                ColumnShape(name: name, kind: kind(type), isOptional: try row.next()))
        }
        var keys: [String: [String]] = [:]
        try run(Catalog.keys) { row in keys[try row.next(), default: []].append(try row.next()) }
        return columns.keys.sorted().map { table in
            TableShape(name: table, columns: columns[table] ?? [], key: keys[table] ?? [])
        }
    }

    private func kind(_ type: String) -> ColumnKind {
        switch type {
        case "int2", "int4", "int8": .integer
        case "bool": .boolean
        case "float8": .real
        case "text", "varchar": .text
        case "bytea": .bytes
        case "uuid": .uuid
        default: .other(type)
        }
    }

    package func holds(table: String) throws -> Bool { try connection.holds(table: table) }

    @discardableResult
    package func run(_ sql: SQL, _ body: (inout Row) throws -> Void) throws -> Int {
        let result = try answer(sql.text, sql.values)
        try result.each(body)
        return result.changes
    }

    private func answer(_ text: String, _ values: [SQLValue]) throws -> PostgresResult {
        parameters.set(values)
        let result = parameters.withArrays { addresses, lengths, formats in
            PQexecParams(
                connection.pointer, PostgresConnection.numbered(text), Int32(values.count), nil,
                addresses, lengths, formats, 1)
        }
        guard let result else { throw PostgresFailure.lost.storageError }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return PostgresResult(result)
        default:
            defer { PQclear(result) }
            throw PostgresFailure(result).worded
        }
    }

    private func execute(_ text: String) throws {
        do {
            try connection.execute(text)
        } catch let failure as PostgresFailure {
            throw failure.worded
        }
    }

    private func texts(_ sql: SQL) throws -> [String] {
        var texts: [String] = []
        try run(sql) { row in texts.append(try row.next()) }
        return texts
    }

    // MARK: As a source

    /// Readers may go on.
    package func holdStill() throws {
        let names = try tables().map { quoted($0.name) }.joined(separator: ", ")
        try execute(
            """
            BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = '10s';
            LOCK TABLE \(names) IN SHARE MODE
            """)
    }

    package func page(
        of table: TableShape, after key: [SQLValue]?, rows: Int
    ) throws -> [[SQLValue]] {
        let names = table.key.map(quoted).joined(separator: ", ")
        let places = table.key.map { _ in "?" }.joined(separator: ", ")
        let text = """
            SELECT \(table.columns.map { quoted($0.name) }.joined(separator: ", "))
            FROM \(quoted(table.name)) \(key == nil ? "" : "WHERE (\(names)) > (\(places))")
            ORDER BY \(names) LIMIT \(rows)
            """
        var page: [[SQLValue]] = []
        try answer(text, key ?? []).each { row in
            page.append(try table.columns.map { try Self.value($0.kind, &row) })
        }
        return page
    }

    private static func value(_ kind: ColumnKind, _ row: inout Row) throws -> SQLValue {
        switch kind {
        case .integer, .boolean: (try row.next(Int64?.self)).map { .integer($0) } ?? .null
        case .real: (try row.next(Double?.self)).map { .real($0) } ?? .null
        case .text: (try row.next(String?.self)).map { .text($0) } ?? .null
        case .bytes: (try row.next([UInt8]?.self)).map { .bytes($0) } ?? .null
        case .uuid: (try row.next(UUID?.self)).map { .uuid($0) } ?? .null
        case .other(let type): throw StorageError.column(0, expected: type)
        }
    }

    package func counters() throws -> [String: Int64] {
        var counters: [String: Int64] = [:]
        try run(Catalog.counters) { row in
            counters[try row.next()] = try row.next(Int64?.self) ?? 0
        }
        return counters
    }

    // MARK: As a target

    package func transaction(_ body: () throws -> Void) throws {
        try execute("BEGIN")
        do {
            try body()
            try execute("COMMIT")
        } catch {
            // A lost connection has undone it by itself.
            try? execute("ROLLBACK")
            throw error
        }
    }

    package func add(_ rows: [[SQLValue]], to table: TableShape) throws {
        let columns = table.columns.map { quoted($0.name) }.joined(separator: ", ")
        let start = PQexec(connection.pointer, "COPY \(quoted(table.name)) (\(columns)) FROM STDIN")
        defer { PQclear(start) }
        guard let start else { throw PostgresFailure.lost.storageError }
        guard PQresultStatus(start) == PGRES_COPY_IN else {
            throw PostgresFailure(start).worded
        }
        lines.removeAll()
        for row in rows {
            lines.append(row)
            if lines.bytes.count >= Self.chunk { try send() }
        }
        try send()
        guard PQputCopyEnd(connection.pointer, nil) == 1 else {
            throw PostgresFailure.lost.storageError
        }
        try endCopy()
    }

    private func send() throws {
        let sent = lines.bytes.withUnsafeBytes { all in
            PQputCopyData(
                connection.pointer, all.bindMemory(to: CChar.self).baseAddress, Int32(all.count))
        }
        guard sent == 1 else { throw PostgresFailure.lost.storageError }
        lines.removeAll()
    }

    private func endCopy() throws {
        var failure: PostgresFailure?
        while let result = PQgetResult(connection.pointer) {
            if PQresultStatus(result) != PGRES_COMMAND_OK { failure = PostgresFailure(result) }
            PQclear(result)
        }
        if let failure { throw failure.worded }
    }

    /// Foreign keys and indexes as well, which are cheaper made once than kept row by row. All
    /// this is within a transaction here, DROP and ALTER as well.
    package func loosen() throws -> [String] {
        var changes: [(undo: String, again: String)] = []
        try run(Catalog.loosening) { row in changes.append((try row.next(), try row.next())) }
        for change in changes { try execute(change.undo) }
        return changes.reversed().map(\.again)
    }

    package func tighten(_ statements: [String]) throws {
        for statement in statements { try execute(statement) }
    }

    package func count(from counters: [String: Int64]) throws {
        for (table, column) in try numbered() {
            try execute(
                """
                SELECT setval(pg_get_serial_sequence('\(quoted(table))', '\(column)'), highest)
                FROM (SELECT GREATEST(\(counters[table] ?? 0), MAX(\(quoted(column)))) AS highest
                    FROM \(quoted(table))) AS rows
                WHERE highest > 0
                """)
        }
    }

    private func numbered() throws -> [(table: String, column: String)] {
        var numbered: [(String, String)] = []
        try run(Catalog.numbered) { row in numbered.append((try row.next(), try row.next())) }
        return numbered
    }

    /// What the planner knows of the rows; else the first pages are slow.
    package func tidy() throws {
        try execute("ANALYZE \(try tables().map { quoted($0.name) }.joined(separator: ", "))")
    }

    package func close() {
        connection.close()
    }

    private func quoted(_ name: String) -> String {
        "\"\(name.replacing("\"", with: "\"\""))\""
    }
}

extension OpenedConnection {
    func holds(table: String) throws -> Bool {
        // The names are ours.
        try column("SELECT to_regclass('public.\(table)') IS NOT NULL") == ["t"]
    }

    /// - Throws: `UnfinishedMove` when only a part of the rows is there.
    func refuseUnfinishedMove() throws {
        if try holds(table: UnfinishedMove.table) { throw UnfinishedMove.found }
    }
}

extension PostgresFailure {
    /// What it is above this driver, with the server's words where the sort would hide them.
    fileprivate var worded: StorageError {
        isLoss
            ? .failed(code: 0, message: message.split(separator: "\n").joined(separator: " "))
            : storageError
    }
}

import Storage

/// SQLite's catalog.
enum SQLiteCatalog {
    static func tables(in tx: any Transaction) async throws -> [String: TableSchema] {
        var tables: [String: TableSchema] = [:]
        let names = try await tx.rows(
            """
            SELECT name, sql FROM sqlite_schema
            WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'grdb_migrations'
            """
        ) { (try $0.next(String.self), try $0.next(String.self)) }
        for (name, text) in names {
            var table = try await columns(of: name, in: tx)
            try await addIndexes(of: name, to: &table, in: tx)
            table.references = try await references(of: name, in: tx)
            let plain = text.replacing(/--[^\n]*/, with: "")
            table.checks = Check.conditions(in: plain, after: "CHECK")
                .map { Check($0, of: table.columns.map(\.name)) }.sorted()
            tables[name] = table
        }
        return tables
    }

    private static func columns(
        of table: String, in tx: any Transaction
    ) async throws -> TableSchema {
        var schema = TableSchema()
        var key: [(Int, String)] = []
        let sql: SQL = """
            SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(\(table)) ORDER BY cid
            """
        schema.columns = try await tx.rows(sql) { row in
            let (name, type): (String, String) = (try row.next(), try row.next())
            let isNullable = try !row.next(Bool.self)
            let fallback = try row.next(String?.self)
            let place = try row.next(Int.self)
            if place > 0 { key.append((place, name)) }
            // The number of a row is never null, whether or not it says so.
            let isRowID = type == "INTEGER" && place == 1
            return ColumnSchema(
                name: name, type: type, isNullable: isNullable && !isRowID, fallback: fallback)
        }
        schema.key = key.sorted { $0.0 < $1.0 }.map(\.1)
        return schema
    }

    private static func addIndexes(
        of table: String, to schema: inout TableSchema, in tx: any Transaction
    ) async throws {
        let indexes = try await tx.rows(
            "SELECT name, \"unique\", origin, partial FROM pragma_index_list(\(table))"
        ) { row in
            (
                try row.next(String.self), try row.next(Bool.self), try row.next(String.self),
                try row.next(Bool.self)
            )
        }
        for (name, isUnique, origin, isPartial) in indexes {
            if origin == "c" { schema.indexes.insert(name) }
            guard isUnique, origin != "pk" else { continue }
            let columns = try await tx.rows(
                "SELECT name FROM pragma_index_info(\(name)) ORDER BY seqno"
            ) { try $0.next(String?.self) ?? "…" }
            schema.uniques.insert(isPartial ? columns + ["WHERE"] : columns)
        }
    }

    private static func references(
        of table: String, in tx: any Transaction
    ) async throws -> Set<Reference> {
        let rows = try await tx.rows(
            """
            SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(\(table)) ORDER BY id, seq
            """
        ) { row in
            (
                try row.next(Int.self), try row.next(String.self), try row.next(String.self),
                try row.next(String.self)
            )
        }
        return Set(
            Dictionary(grouping: rows, by: \.0).values.map { rows in
                Reference(columns: rows.map(\.2), table: rows[0].1, others: rows.map(\.3))
            })
    }
}

/// PostgreSQL's catalog.
enum PostgresCatalog {
    static func tables(in tx: any Transaction) async throws -> [String: TableSchema] {
        var tables: [String: TableSchema] = [:]
        let columns = try await tx.rows(columns) { row in
            let table = try row.next(String.self)
            let column = ColumnSchema(
                name: try row.next(), type: try row.next(), isNullable: try !row.next(Bool.self),
                fallback: try row.next(String?.self))
            return (table, column)
        }
        for (table, column) in columns {
            tables[table, default: TableSchema()].columns.append(column)
        }
        try await tx.each(constraints) { row in
            let (table, kind): (String, String) = (try row.next(), try row.next())
            let own = try row.next(String.self).split(separator: ",").map(String.init)
            let other = try row.next(String.self)
            let others = try row.next(String.self).split(separator: ",").map(String.init)
            let text = try row.next(String.self)
            switch kind {
            case "p": tables[table]?.key = own
            case "u": tables[table]?.uniques.insert(own)
            case "f":
                tables[table]?.references.insert(
                    Reference(columns: own, table: other, others: others))
            default:
                let names = tables[table]?.columns.map(\.name) ?? []
                tables[table]?.checks.append(Check(text, of: names))
            }
        }
        try await tx.each(indexes) { row in
            let (table, name): (String, String) = (try row.next(), try row.next())
            let isUnique = try row.next(Bool.self)
            let columns = try row.next(String.self).split(separator: ",").map(String.init)
            tables[table]?.indexes.insert(name)
            if isUnique { tables[table]?.uniques.insert(columns) }
        }
        for name in tables.keys { tables[name]?.checks.sort() }
        return tables
    }

    private static let columns: SQL = """
        SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            pg_get_expr(d.adbin, d.adrelid)
        FROM pg_class t
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
        WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p')
            AND t.relname <> 'iperform_migrations'
        ORDER BY t.relname, a.attnum
        """

    private static let constraints: SQL = """
        SELECT t.relname, c.contype::text,
            COALESCE((SELECT string_agg(a.attname, ',' ORDER BY k.place)
                FROM unnest(c.conkey) WITH ORDINALITY AS k (number, place)
                JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number), ''),
            COALESCE(o.relname, ''),
            COALESCE((SELECT string_agg(a.attname, ',' ORDER BY k.place)
                FROM unnest(c.confkey) WITH ORDINALITY AS k (number, place)
                JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number), ''),
            pg_get_constraintdef(c.oid)
        FROM pg_constraint c
        JOIN pg_class t ON t.oid = c.conrelid
        LEFT JOIN pg_class o ON o.oid = c.confrelid
        WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'f', 'c')
            AND t.relname <> 'iperform_migrations'
        """

    private static let indexes: SQL = """
        SELECT t.relname, n.relname, i.indisunique,
            concat_ws(',', (SELECT string_agg(COALESCE(a.attname, '…'), ',' ORDER BY k.place)
                FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
                LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number),
                CASE WHEN i.indpred IS NOT NULL THEN 'WHERE' END)
        FROM pg_index i
        JOIN pg_class t ON t.oid = i.indrelid
        JOIN pg_class n ON n.oid = i.indexrelid
        WHERE t.relnamespace = 'public'::regnamespace AND t.relname <> 'iperform_migrations'
            AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = n.oid
                AND c.contype IN ('p', 'u', 'x'))
        """
}

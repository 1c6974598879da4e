import DatabaseSupport
import Foundation
import Storage
import Testing

/// PostgreSQL's row-level security, for every table of tenants that the catalog knows.
@Suite(.enabled(if: PostgresServer.address != nil)) struct RowSecurityTests {
    static let ours = UUID(uuidString: "00000000-0000-7000-8000-000000000001")!
    static let theirs = UUID(uuidString: "00000000-0000-7000-8000-000000000002")!
    static let nobodys = UUID(uuidString: "00000000-0000-7000-8000-000000000003")!

    @Test func `every table of tenants is guarded, and statements run under a role that owns none`()
        async throws
    {
        try await Self.sown { field in
            let lacking: [String] = try await field.database.read { tx in
                try await tx.column(
                    """
                    SELECT t.relname FROM pg_class t
                    WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p')
                        AND (t.relname = 'tenants' OR EXISTS (SELECT 1 FROM pg_attribute a
                            WHERE a.attrelid = t.oid AND a.attname = 'tenant_id'))
                        AND (NOT t.relrowsecurity
                            OR NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = t.oid))
                    """)
            }
            #expect(lacking == [])
            #expect(field.guarded.count > 25)
            let rights: SQL = """
                SELECT COUNT(*) FROM pg_roles WHERE rolname = current_user AND rolname = 'iperform_app'
                    AND NOT rolsuper AND NOT rolbypassrls AND NOT rolcreaterole AND NOT rolcreatedb
                """
            #expect(try await field.count(rights, of: .installation) == 1)
            // Rights that it has from another role count as its own.
            let owned: SQL = """
                SELECT COUNT(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace
                    AND pg_has_role(current_user, relowner, 'MEMBER')
                """
            #expect(try await field.count(owned, of: .installation) == 0)
        }
    }

    @Test func `a tenant's transaction finds its own rows in every table, and nobody else's`()
        async throws
    {
        try await Self.sown { field in
            for (table, column) in field.guarded {
                let all = SQL(stringLiteral: "SELECT COUNT(*) FROM \(table)")
                let own = all + SQL(stringLiteral: "WHERE \(column) =")
                #expect(try await field.count(all, of: .installation) >= 2, "\(table)")
                for tenant in [Self.ours, Self.theirs] {
                    let found = try await field.count(all, of: .tenant(tenant))
                    #expect(found >= 1, "\(table)")
                    #expect(
                        try await field.count(own + "\(tenant)", of: .tenant(tenant)) == found,
                        "\(table)")
                }
                #expect(try await field.count(all, of: .tenant(Self.nobodys)) == 0, "\(table)")
            }
        }
    }

    @Test func `a connection that says no tenant finds nothing`() async throws {
        try await Self.sown { field in
            for (table, _) in field.guarded {
                let look = """
                    SET ROLE iperform_app;
                    DO $$ BEGIN
                        IF EXISTS (SELECT 1 FROM \(table)) THEN RAISE '\(table) is open'; END IF;
                    END $$
                    """
                try await PostgresServer.execute(look, at: field.address)
            }
        }
    }

    @Test func `a foreign tenant's row can be neither added nor changed nor removed`() async throws
    {
        try await Self.sown { field in
            for (table, column) in field.guarded {
                let add = SQL(stringLiteral: "INSERT INTO \(table) (\(column)) VALUES (")
                let refused = await field.refusal(of: add + "\(Self.theirs))")
                #expect(refused.contains("row-level security"), "\(table): \(refused)")
                let change = SQL(stringLiteral: "UPDATE \(table) SET \(column) = \(column)")
                let remove = SQL(stringLiteral: "DELETE FROM \(table)")
                let foreign = SQL(stringLiteral: "WHERE \(column) =") + "\(Self.theirs)"
                for statement in [change + foreign, remove + foreign] {
                    let changed = try await field.changes(statement)
                    #expect(changed == 0, "\(table)")
                }
                let give = SQL(stringLiteral: "UPDATE \(table) SET \(column) =")
                let given = await field.refusal(of: give + "\(Self.theirs)")
                // A trigger may be there first.
                let words = ["row-level security", "append-only"]
                #expect(words.contains { given.contains($0) }, "\(table): \(given)")
            }
        }
    }

    /// A database with rows of two tenants in every table.
    private static func sown(_ body: (Field) async throws -> Void) async throws {
        try await PostgresServer.withDatabase { address in
            let engine = try await PostgresServer.engine(at: address)
            let database = Database(engine)
            let tables = try await database.read { try await PostgresCatalog.tables(in: $0) }
            let sowing = Sowing(tables: tables)
            let result: Result<Void, any Error>
            do {
                try await database.write { tx in
                    for tenant in [ours, theirs] { try await sowing.sow(tenant, in: tx) }
                }
                result = .success(
                    try await body(Field(database: database, address: address, tables: tables)))
            } catch { result = .failure(error) }
            try await engine.close()
            try result.get()
        }
    }
}

/// A database in which every table has rows.
private struct Field {
    let database: Database
    let address: String
    let tables: [String: TableSchema]

    /// Every table of tenants, with the column that says whose a row is.
    var guarded: [(table: String, column: String)] {
        tables.keys.sorted().compactMap { table in
            if table == "tenants" { return (table, "id") }
            let names = tables[table]?.columns.map(\.name) ?? []
            return names.contains("tenant_id") ? (table, "tenant_id") : nil
        }
    }

    func count(_ sql: SQL, of extent: Extent) async throws -> Int {
        try await database.read(of: extent) { try await $0.value(sql) } ?? -1
    }

    /// Rows that the statement changes as our tenant.
    func changes(_ sql: SQL) async throws -> Int {
        try await database.write(of: .tenant(RowSecurityTests.ours)) { try await $0.execute(sql) }
    }

    /// The engine's words for why the statement is refused to our tenant.
    func refusal(of sql: SQL) async -> String {
        do {
            return "\(try await changes(sql)) rows were changed"
        } catch {
            return "\(error)"
        }
    }
}

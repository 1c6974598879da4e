import DatabaseSupport
import Foundation
import Storage
import Testing

/// `docs/schema.sqlite.sql` and `docs/schema.postgres.sql`: what all migrations together make,
/// to read, to search, and to see in a change what a new migration does.
@Suite struct SchemaFilesTests {
    private static let writes = "IPERFORM_WRITE_SCHEMA"

    @Test(arguments: EngineKind.allCases)
    func `the schema in docs is the one that the migrations make`(on engine: EngineKind)
        async throws
    {
        let file = URL(filePath: #filePath)
            .appending(path: "../../../../docs/schema.\(engine.rawValue).sql").standardized
        try await engine.with { database in
            let made = try await dump(Database(database), engine)
            if ProcessInfo.processInfo.environment[Self.writes] != nil {
                try made.write(to: file, atomically: true, encoding: .utf8)
            }
            let kept = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            let (lacking, surplus) = difference(kept, made)
            #expect(
                kept == made,
                """
                \(file.lastPathComponent) is not what the migrations make: \
                \(lacking.prefix(5)) lack, \(surplus.prefix(5)) are too many. Write it with \
                \(Self.writes)=1 swift test --filter SchemaFilesTests
                """)
        }
    }

    private func dump(_ database: Database, _ engine: EngineKind) async throws -> String {
        let header = """
            -- The schema that the migrations make; they, and never this file, are changed by hand.
            -- Written by \(Self.writes)=1 swift test --filter SchemaFilesTests


            """
        return try await database.read { tx in
            switch engine {
            case .sqlite: header + (try await SQLiteDump.text(in: tx))
            case .postgres: header + (try await PostgresDump.text(in: tx))
            }
        }
    }

    private func difference(_ kept: String, _ made: String) -> (
        lacking: [String], surplus: [String]
    ) {
        let (before, after) = (
            kept.components(separatedBy: "\n"), made.components(separatedBy: "\n")
        )
        return (after.filter { !before.contains($0) }, before.filter { !after.contains($0) })
    }
}

/// SQLite keeps the statements as they were written.
enum SQLiteDump {
    static func text(in tx: any Transaction) async throws -> String {
        let statements: [String] = try await tx.column(
            """
            SELECT sql FROM sqlite_schema
            WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND tbl_name <> 'grdb_migrations'
            ORDER BY tbl_name, type = 'trigger', type = 'index', name
            """)
        return statements.map { $0 + ";\n" }.joined()
    }
}

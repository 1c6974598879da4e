import DatabaseSupport
import Foundation
import Logging
import Storage
import Testing

/// `docs/schema.sqlite.sql` and `docs/schema.postgres.sql`: what all migrations together make,
/// to read, to search, and to see in a change what a new migration does.
@Suite struct SchemaFilesTests {
    @Test(arguments: EngineKind.allCases)
    func `the schema in docs is the one that the migrations make`(on engine: EngineKind)
        async throws
    {
        try await engine.with { database in
            let made = try await SchemaFiles.dump(Database(database), engine)
            if ProcessInfo.processInfo.environment[SchemaFiles.writes] != nil {
                try made.write(
                    to: SchemaFiles.place(engine), atomically: true, encoding: .utf8)
            }
            let kept = SchemaFiles.kept(engine)
            let (lacking, surplus) = difference(kept, made)
            #expect(
                kept == made,
                """
                docs/schema.\(engine.rawValue).sql is not what the migrations make: \
                \(lacking.prefix(5)) lack, \(surplus.prefix(5)) are too many. Write it with \
                \(SchemaFiles.writes)=1 swift test --filter SchemaFilesTests
                """)
        }
    }

    private func difference(
        _ kept: String, _ made: String
    ) -> (lacking: [String], surplus: [String]) {
        let (before, after) = (kept.split(separator: "\n"), made.split(separator: "\n"))
        return (
            after.filter { !before.contains($0) }.map(String.init),
            before.filter { !after.contains($0) }.map(String.init)
        )
    }
}

enum SchemaFiles {
    static let writes = "IPERFORM_WRITE_SCHEMA"
    static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    static func place(_ engine: EngineKind) -> URL {
        URL(filePath: #filePath)
            .appending(path: "../../../../docs/schema.\(engine.rawValue).sql").standardized
    }

    static func kept(_ engine: EngineKind) -> String {
        (try? String(contentsOf: place(engine), encoding: .utf8)) ?? ""
    }

    static func dump(_ database: Database, _ engine: EngineKind) async throws -> String {
        let header = """
            -- The schema that the migrations make; they, and never this file, are changed by hand.
            -- Written by \(writes)=1 swift test --filter SchemaFilesTests


            """
        return try await database.read { tx in
            switch engine {
            case .sqlite: header + (try await SQLiteDump.text(in: tx))
            case .postgres: header + (try await PostgresDump.text(in: tx))
            }
        }
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

import App
import DatabaseSupport
import Foundation
import Storage
import Synchronization
import Tenancy
import Testing

/// A move, held to tables that are not thought of yet.
@Suite(.enabled(if: PostgresServer.address != nil)) struct EveryTableMovesTests {
    @Test func `rows of every table go there and back, and the schema is the one in docs`()
        async throws
    {
        try await PostgresServer.withDatabase { first in
            let tables = try await sow(first)
            try await PostgresServer.withDatabase { last in
                try await TestDirectory.with { directory in
                    let between = "sqlite:\(directory.path)"
                    try await move(first, between, expecting: tables)
                    try await move(between, last, expecting: tables)
                    try await expectSchema(.postgres, at: last, in: directory.path)
                    try await expectSchema(.sqlite, at: nil, in: directory.path)
                }
            }
        }
    }

    /// Rows of two tenants in every table; returns the tables.
    private func sow(_ address: String) async throws -> [String] {
        let engine = try await PostgresServer.engine(at: address)
        let tables = try await Database(engine).read { try await PostgresCatalog.tables(in: $0) }
        try await Database(engine).write { tx in
            for tenant in [RowSecurityTests.ours, RowSecurityTests.theirs] {
                try await Sowing(tables: tables).sow(tenant, in: tx)
            }
        }
        try await engine.close()
        return tables.keys.sorted()
    }

    private func move(_ from: String, _ to: String, expecting tables: [String]) async throws {
        var relocation = try await Relocation.open(from: MoveAddress(from), to: MoveAddress(to))
        let lines = Lines()
        relocation.tell = { lines.add($0) }
        try await relocation.run()
        for table in tables {
            let line = lines.all.first { $0.hasPrefix("\(table): ") } ?? "nothing"
            #expect(line.hasSuffix(" rows, the same"), "\(table): \(line)")
            #expect(line != "\(table): 0 rows, the same")
        }
    }

    /// What was taken away for the move is there again, to the letter.
    private func expectSchema(
        _ kind: EngineKind, at address: String?, in directory: String
    ) async throws {
        var settings = Settings(dataDirectory: directory)
        settings.databaseAddress = address
        // What was sown was never sealed.
        settings.masterKey = MasterKeys.random()
        let installation = try await Installation.open(settings, log: SchemaFiles.silent)
        let made = try await SchemaFiles.dump(installation.database, kind)
        try await installation.close()
        #expect(made == SchemaFiles.kept(kind), "\(kind)")
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    var all: [String] { lines.withLock { $0 } }
}

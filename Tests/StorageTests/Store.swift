import Foundation
import Logging
import SQLiteDriver
import Storage

/// A database of one small table, in a directory of its own.
struct Store: Sendable {
    let database: Database

    static func with(_ body: @Sendable (Store) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "storage-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let engine = try SQLiteEngine(
            path: directory.appending(path: "test.sqlite").path,
            migrations: [
                Migration(
                    name: "0001",
                    sql: """
                        CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT UNIQUE,
                            CHECK (text <> 'forbidden')) STRICT;
                        CREATE TABLE words (note INTEGER NOT NULL REFERENCES notes (id)) STRICT;
                        """)
            ], log: log)
        try await body(Store(database: Database(engine)))
        try await engine.close()
    }

    func add(_ text: String) async throws {
        _ = try await database.write { tx in
            try await tx.execute("INSERT INTO notes (text) VALUES (\(text))")
        }
    }

    func texts() async throws -> [String] {
        try await database.read { try await $0.column("SELECT text FROM notes ORDER BY text") }
    }
}

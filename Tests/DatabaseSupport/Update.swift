import Foundation
import Logging
import PostgresDriver
import SQLiteDriver
import Storage

extension EngineKind {
    /// Runs `before` on a database as it was before a migration, and `after` on the same one once
    /// it is up to date.
    package func updating(
        past migration: String, _ before: (Database) async throws -> Void,
        _ after: (Database) async throws -> Void
    ) async throws {
        let all = try migrations
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        func run(_ open: ([Migration]) async throws -> any Engine) async throws {
            let old = try await open(Array(all.prefix { $0.name < migration }))
            try await Self.run({ try await before(Database($0)) }, on: old)
            try await Self.run({ try await after(Database($0)) }, on: open(all))
        }
        switch self {
        case .sqlite:
            try await TestDirectory.with { directory in
                let path = directory.appending(path: "test.sqlite").path
                try await run { try SQLiteEngine(path: path, migrations: $0, log: log) }
            }
        case .postgres:
            try await PostgresServer.withDatabase(isEmpty: true) { address in
                try await run {
                    try await PostgresEngine(
                        PostgresAddress(address), migrations: $0, connections: 2, log: log)
                }
            }
        }
    }
}

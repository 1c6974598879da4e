import Foundation
import Logging
import PostgresDriver
import SQLiteDriver
import Storage

/// The engines that the suite runs on, by argument.
package enum EngineKind: String, CaseIterable, Sendable {
    case sqlite, postgres

    /// Both; SQLite alone where no PostgreSQL was started for the tests, which is said once.
    ///
    /// `./dev test` starts one and names it in `IPERFORM_TEST_POSTGRES`.
    package static let allCases: [EngineKind] = {
        if PostgresServer.address != nil { return [.sqlite, .postgres] }
        // A word to who runs the tests.
        print("No IPERFORM_TEST_POSTGRES: tested on SQLite alone. Run ./dev test for both.")
        return [.sqlite]
    }()

    /// Runs `body` on a fresh database with the product's schema, and takes it away again.
    package func with(
        _ body: @Sendable (any Engine) async throws -> Void
    ) async throws {
        try await withPlace { try await with(at: $0, body) }
    }

    /// Runs `body` on the database at a place.
    package func with(
        at place: String, _ body: @Sendable (any Engine) async throws -> Void
    ) async throws {
        try await Self.run(body, on: open(place))
    }

    static func run(
        _ body: (any Engine) async throws -> Void, on engine: any Engine
    ) async throws {
        let result: Result<Void, any Error>
        do { result = .success(try await body(engine)) } catch { result = .failure(error) }
        try await engine.close()
        try result.get()
    }

    /// Runs `body` with a place for a fresh database, which several processes may open.
    package func withPlace(_ body: @Sendable (String) async throws -> Void) async throws {
        switch self {
        case .sqlite:
            try await TestDirectory.with { directory in
                try await body(directory.appending(path: "test.sqlite").path)
            }
        case .postgres:
            try await PostgresServer.withDatabase(body)
        }
    }

    /// The database at a place, with the product's schema; to be closed.
    package func open(_ place: String) async throws -> any Engine {
        switch self {
        case .sqlite:
            let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            return try SQLiteEngine(path: place, migrations: try migrations, log: log)
        case .postgres:
            return try await PostgresServer.engine(at: place)
        }
    }

    /// The product's migrations, as they lie in the sources.
    package var migrations: [Migration] {
        get throws {
            let folder = URL(filePath: #filePath)
                .appending(path: "../../../Sources/App/Migrations/\(rawValue)").standardized
            return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                .map { name in
                    Migration(
                        name: String(name.dropLast(4)),
                        sql: try String(contentsOf: folder.appending(path: name), encoding: .utf8))
                }
        }
    }
}

/// A directory that goes away.
package enum TestDirectory {
    package static func with<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "iperform-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try await body(directory)
    }
}

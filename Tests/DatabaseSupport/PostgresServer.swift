import Foundation
import Logging
import PostgresDriver
import Storage

/// The PostgreSQL that was started for the tests.
package enum PostgresServer {
    /// A connection string of its superuser; nil when there is none.
    package static let address = ProcessInfo.processInfo.environment["IPERFORM_TEST_POSTGRES"]

    /// More at a time would only wait for each other.
    private static let places = Places(12)

    /// An empty database with the product's schema, made once and copied for each test.
    private static let template = Task {
        let server = try found()
        let name = fresh("template")
        try await server.execute("CREATE DATABASE \(name) TEMPLATE template0 LC_COLLATE 'C.UTF-8'")
        try await engine(at: server.database(name).text).close()
        return name
    }

    /// Runs `body` with the address of a database of its own.
    ///
    /// - Parameter isEmpty: Without the product's schema.
    package static func withDatabase<Value>(
        isEmpty: Bool = false, _ body: (String) async throws -> Value
    ) async throws -> Value {
        let server = try found()
        let original = isEmpty ? "template1" : try await template.value
        await places.take()
        defer { Task { await places.give() } }
        let name = fresh("test")
        try await server.execute("CREATE DATABASE \(name) TEMPLATE \(original)")
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(server.database(name).text))
        } catch { result = .failure(error) }
        try await server.execute("DROP DATABASE \(name) WITH (FORCE)")
        return try result.get()
    }

    /// The database at an address, with the product's schema.
    package static func engine(at address: String) async throws -> any Engine {
        try await PostgresEngine(
            PostgresAddress(address), migrations: try EngineKind.postgres.migrations,
            connections: 4, log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Runs a statement past the product, as the superuser that the address names.
    package static func execute(_ statement: String, at address: String) async throws {
        try await PostgresAddress(address).execute(statement)
    }

    private static func fresh(_ kind: String) -> String {
        "\(kind)_" + UUID().uuidString.lowercased().filter { $0 != "-" }
    }

    private static func found() throws -> PostgresAddress {
        guard let address else { throw CocoaError(.featureUnsupported) }
        return PostgresAddress(address)
    }
}

/// So many at a time.
private actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) {
        free = count
    }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func give() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}

import Foundation
import PostgresDriver
import SQLiteDriver
import Storage

/// One end of a move: `sqlite:` with a data directory or a file in it, or `postgres://…`.
package enum MoveAddress: Sendable {
    case sqlite(String)
    case postgres(PostgresAddress)

    package init(_ text: String) throws {
        if text.hasPrefix("sqlite:") {
            self = .sqlite(String(text.dropFirst("sqlite:".count)))
        } else if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
            self = .postgres(PostgresAddress(text))
        } else {
            throw Refusal("Give sqlite:DIRECTORY or postgres://…, and not what begins otherwise.")
        }
    }

    /// Opens what is there, and leaves it as it is.
    func openSource() async throws -> any WholeDatabase {
        switch self {
        case .sqlite(let path):
            let file = Self.file(path)
            guard FileManager.default.fileExists(atPath: file.path) else {
                throw Refusal("There is no database at \(file.path).")
            }
            return try opened { try WholeSQLite(path: file.path) }
        case .postgres(let address):
            return try await opened { try await WholePostgres.open(address) }
        }
    }

    /// Opens what is there or can be made, with today's schema.
    func openTarget() async throws -> any WholeDatabase {
        switch self {
        case .sqlite(let path):
            let file = Self.file(path)
            _ = try Installation.makeDirectory(file.deletingLastPathComponent().path)
            return try opened {
                try WholeSQLite(path: file.path, migrations: Installation.migrations("sqlite"))
            }
        case .postgres(let address):
            return try await opened {
                try await WholePostgres.open(
                    address, migrations: Installation.migrations("postgres"))
            }
        }
    }

    /// The migrations that its engine should have seen.
    func migrations() throws -> [String] {
        switch self {
        case .sqlite: try Installation.migrations("sqlite").map(\.name)
        case .postgres: try Installation.migrations("postgres").map(\.name)
        }
    }

    private static func file(_ path: String) -> URL {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        return url.pathExtension == "sqlite" ? url : url.appending(path: "iperform.sqlite")
    }

    private func opened<Value>(_ open: () async throws -> Value) async throws -> Value {
        do {
            return try await open()
        } catch {
            throw refusal(error)
        }
    }

    private func opened<Value>(_ open: () throws -> Value) throws -> Value {
        do {
            return try open()
        } catch {
            throw refusal(error)
        }
    }

    private func refusal(_ error: any Error) -> Refusal {
        let place =
            switch self {
            case .sqlite(let path): "The database in \(path)"
            // Its address may hold a password.
            case .postgres: "The PostgreSQL database"
            }
        let words = (error as? StorageError)?.words ?? "\(error)"
        return Refusal(
            "\(place) cannot be opened, or somebody else is writing to it: \(words)")
    }
}

extension StorageError {
    /// What the engine said, where it said something.
    var words: String {
        if case .failed(_, let message) = self { message } else { "\(self)" }
    }
}

import App
import Foundation
import Storage
import TestSupport

@testable import CRM

/// What tests of files look at behind the product's back.
struct Shelves: Sendable {
    let world: World

    /// All that lies below a folder of the data directory.
    func files(in folder: String) -> [String] {
        let root = world.directory.appending(path: folder)
        let found = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        return (found?.allObjects as? [URL] ?? []).filter { !$0.hasDirectoryPath }
            .map(\.lastPathComponent).sorted()
    }

    struct Row: RowDecodable {
        let key: String
        let bytes: Int
        let sha256: String?
        let expiresAt: Instant?

        init(row: inout Storage.Row) throws {
            (key, bytes) = try (row.next(), row.next())
            (sha256, expiresAt) = try (row.next(), row.next())
        }
    }

    /// Those of all companies.
    func rows() async throws -> [Row] {
        try await world.database.read { tx in
            try await tx.all("SELECT key, bytes, sha256, expires_at FROM files ORDER BY key")
        }
    }

    func allow(_ bytes: Int) async throws {
        _ = try await world.database.write { tx in
            try await tx.execute(
                "UPDATE tenants SET file_quota_bytes = \(bytes) WHERE id = \(world.vantage)")
        }
    }

    /// Keeps house once, some days from now.
    func removeExpired(days: Int) async throws {
        try await world.server.installation.imports.removeExpired(
            at: world.clock.now.adding(days: days))
    }
}

import Foundation
import Storage

/// The sealed secrets of the caller's company. Who may set or use one is asked by the operation
/// that it belongs to.
package struct Secrets: Sendable {
    let scope: Scope
    let keys: MasterKeys

    package init(_ scope: Scope, _ keys: MasterKeys) {
        self.scope = scope
        self.keys = keys
    }

    /// Puts a secret in its place; one that was there before is gone.
    package func set(
        _ secret: [UInt8], _ purpose: SecretPlace.Purpose, of record: UUID
    ) async throws {
        let place = SecretPlace(scope.tenant, purpose, record)
        let sealed = try SealedSecret(sealing: secret, for: place, with: keys)
        try await scope.tx.execute(
            """
            INSERT INTO secrets (tenant_id, purpose, record_id, key_id, sealed)
            VALUES (\(scope.tenant), \(purpose), \(record), \(sealed.keyID), \(sealed.bytes))
            ON CONFLICT (tenant_id, purpose, record_id) DO UPDATE
            SET key_id = excluded.key_id, sealed = excluded.sealed
            """)
    }

    /// The secret in the clear; nil when there is none.
    ///
    /// - Throws: `SealBroken`.
    package func find(
        _ purpose: SecretPlace.Purpose, of record: UUID
    ) async throws -> [UInt8]? {
        let sealed: [UInt8]? = try await scope.tx.value(
            """
            SELECT sealed
            FROM secrets
            WHERE tenant_id = \(scope.tenant) AND purpose = \(purpose) AND record_id = \(record)
            """)
        return try sealed.map {
            try SealedSecret(stored: $0)
                .opened(for: SecretPlace(scope.tenant, purpose, record), with: keys)
        }
    }

    package func remove(_ purpose: SecretPlace.Purpose, of record: UUID) async throws {
        try await scope.tx.execute(
            """
            DELETE FROM secrets
            WHERE tenant_id = \(scope.tenant) AND purpose = \(purpose) AND record_id = \(record)
            """)
    }
}

extension Secrets {
    private static let resealedAtOnce = 100

    /// Seals what is not yet under the newest key anew, some at a time: interrupted, it goes on
    /// where it was.
    ///
    /// - Returns: How many it sealed.
    /// - Throws: `SealBroken` at the first that does not open.
    package static func resealAll(in database: Database, with keys: MasterKeys) async throws -> Int
    {
        var sealed = 0
        while true {
            let more = try await database.translated {
                try await database.write { try await resealSome(in: $0, with: keys) }
            }
            guard more > 0 else { return sealed }
            sealed += more
        }
    }

    private static func resealSome(
        in tx: any Transaction, with keys: MasterKeys
    ) async throws -> Int {
        // tenant: a key change concerns the secrets of every company.
        let older: [Stored] = try await tx.all(
            """
            SELECT tenant_id, purpose, record_id, sealed
            FROM secrets
            WHERE key_id <> \(keys.newest.id)
            ORDER BY tenant_id, purpose, record_id
            LIMIT \(resealedAtOnce)
            """)
        for stored in older {
            let place = stored.place
            let secret = try stored.sealed.opened(for: place, with: keys)
            let sealed = try SealedSecret(sealing: secret, for: place, with: keys)
            try await tx.execute(
                """
                UPDATE secrets
                SET key_id = \(sealed.keyID), sealed = \(sealed.bytes)
                WHERE tenant_id = \(place.tenant) AND purpose = \(place.purpose)
                    AND record_id = \(place.record)
                """)
        }
        return older.count
    }

    /// What keys there are secrets under that are not among these: names, for who has to find them.
    package static func missingKeys(
        in tx: any Transaction, besides keys: MasterKeys?
    ) async throws -> [String] {
        // tenant: keys are the installation's.
        let used: [[UInt8]] = try await tx.column(
            "SELECT DISTINCT key_id FROM secrets ORDER BY key_id LIMIT 100")
        return used.filter { keys?.key($0) == nil }.map(MasterKey.name)
    }
}

private struct Stored: RowDecodable {
    let place: SecretPlace
    let sealed: SealedSecret

    init(row: inout Row) throws {
        place = SecretPlace(try row.next(), try row.next(), try row.next())
        sealed = SealedSecret(stored: try row.next())
    }
}

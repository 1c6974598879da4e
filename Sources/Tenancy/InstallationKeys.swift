import Storage

/// Keys and secrets of the installation, common to all tenants.
package enum InstallationKeys {
    package static func find(_ name: String, in tx: any Transaction) async throws -> [UInt8]? {
        try await tx.value("SELECT value FROM installation_keys WHERE name = \(name)")
    }

    /// The key of that name, made now when there is none yet. Two processes that make it at
    /// the same time end with the same one.
    package static func findOrMake(
        _ name: String, in tx: any Transaction, at now: Instant, _ make: () -> [UInt8]
    ) async throws -> [UInt8] {
        if let value = try await find(name, in: tx) { return value }
        let value = make()
        try await tx.execute(
            """
            INSERT INTO installation_keys (name, value, created_at)
            VALUES (\(name), \(value), \(now))
            ON CONFLICT (name) DO NOTHING
            """)
        return try await find(name, in: tx) ?? value
    }
}

import Storage
import Tenancy

/// What may be sent once: stamps and proofs of the company's forms, in this transaction.
struct FormUses {
    let scope: Scope

    enum Use: Equatable {
        case first
        /// The very same has come before: a double click, or an answer that was lost.
        case same
        /// Another one has come with it.
        case other
    }

    init(_ scope: Scope) {
        self.scope = scope
    }

    /// Notes that something was used, with what came with it.
    func take(_ mark: String, with payload: String, until end: Instant) async throws -> Use {
        let (hash, own) = (SecretToken.hash(mark), SecretToken.hash(payload))
        let isFirst = try await scope.tx.execute(
            """
            INSERT INTO form_uses (tenant_id, hash, payload_hash, expires_at)
            VALUES (\(scope.tenant), \(hash), \(own), \(end))
            ON CONFLICT (tenant_id, hash) DO NOTHING
            """)
        if isFirst == 1 { return .first }
        let same: Int? = try await scope.tx.value(
            """
            SELECT 1 FROM form_uses
            WHERE tenant_id = \(scope.tenant) AND hash = \(hash) AND payload_hash = \(own)
            """)
        return same == nil ? .other : .same
    }

    /// Forgets what has run out by itself, in all companies.
    static func tidy(in tx: any Transaction, at now: Instant) async throws {
        // tenant: stamps of every company run out.
        try await tx.execute("DELETE FROM form_uses WHERE expires_at < \(now)")
    }
}

import Foundation
import Storage

/// A sign-in of a client: the refresh tokens that followed from it.
package enum TokenFamily {}

/// Refresh tokens: each is good once, and is exchanged for the next of its family.
///
/// Who presents one a second time has stolen it, or was stolen from; either way the family is
/// revoked. Each token lasts 30 days, so a client that is used stays signed in.
package struct RefreshTokens: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    package static let lifetimeDays = 30

    /// The next refresh token of the caller, in a new family unless told.
    func issue(
        in family: ID<TokenFamily> = ID<TokenFamily>(), from origin: Origin? = nil
    ) async throws -> RefreshToken {
        guard let user = scope.caller.user else {
            throw Problem.forbidden("Only a person can sign in.")
        }
        let token = RefreshToken(text: SecretToken.random(), family: family)
        try await scope.tx.execute(
            """
            INSERT INTO refresh_tokens (token_hash, tenant_id, user_id, family_id, created_at,
                expires_at, remote, user_agent)
            VALUES (\(SecretToken.hash(token.text)), \(scope.tenant), \(user), \(family),
                \(scope.now), \(scope.now.adding(days: Self.lifetimeDays)), \(origin?.remote),
                \(origin?.agent))
            """)
        return token
    }

    /// Revokes every family of a person. The operation that needs it records why.
    func revokeAll(of user: ID<User>) async throws {
        try await scope.tx.execute(
            """
            UPDATE refresh_tokens
            SET revoked_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user) AND revoked_at IS NULL
            """)
    }

    func revoke(_ family: ID<TokenFamily>) async throws {
        try await scope.tx.execute(
            """
            UPDATE refresh_tokens
            SET revoked_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND family_id = \(family) AND revoked_at IS NULL
            """)
    }

    private func use(_ token: String) async throws {
        try await scope.tx.execute(
            """
            UPDATE refresh_tokens
            SET used_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND token_hash = \(SecretToken.hash(token))
            """)
    }
}

struct RefreshToken: Sendable {
    let text: String
    let family: ID<TokenFamily>
}

extension RefreshTokens {
    /// What became of a token that was presented. A value and not an error, because the
    /// revocation must be kept.
    enum Exchange: Sendable {
        case renewed(RefreshToken, Caller)
        /// With the company whose family was revoked, if one was.
        case refused(ID<Tenant>?)
    }

    static func exchange(
        _ token: String, in tx: any Transaction, at now: Instant
    ) async throws -> Exchange {
        guard let stored = try await find(token, in: tx) else { return .refused(nil) }
        let scope = Scope(caller: stored.caller, tx: tx, now: now)
        let tokens = RefreshTokens(scope)
        guard stored.revokedAt == nil, stored.expiresAt > now, stored.isActive else {
            return .refused(nil)
        }
        guard stored.usedAt == nil else {
            try await tokens.revoke(stored.family)
            try await scope.record(
                Event("token.reuse_detected", stored.caller.user?.uuid) {
                    $0.member("family", stored.family)
                })
            return .refused(scope.tenant)
        }
        try await tokens.use(token)
        return .renewed(
            try await tokens.issue(in: stored.family, from: stored.origin), stored.caller)
    }

    /// Ends the family of a token: a client signs out.
    ///
    /// - Returns: Its company.
    package static func revoke(
        _ token: String, in tx: any Transaction, at now: Instant
    ) async throws -> ID<Tenant>? {
        guard let stored = try await find(token, in: tx) else { return nil }
        let scope = Scope(caller: stored.caller, tx: tx, now: now)
        try await RefreshTokens(scope).revoke(stored.family)
        if stored.revokedAt == nil {
            try await scope.record(Event("token.revoked", stored.caller.user?.uuid))
        }
        return scope.tenant
    }

    /// Deletes what has expired, in all companies. For a job that runs now and then.
    package static func deleteExpired(in tx: any Transaction, at now: Instant) async throws {
        // tenant: refresh tokens of every company expire.
        try await tx.execute("DELETE FROM refresh_tokens WHERE expires_at <= \(now)")
    }

    private static func find(
        _ token: String, in tx: any Transaction
    ) async throws -> StoredRefreshToken? {
        // tenant: found by the token's hash, which is unique across tenants.
        try await tx.first(
            """
            SELECT refresh_tokens.tenant_id, users.id, refresh_tokens.family_id,
                refresh_tokens.expires_at, refresh_tokens.used_at, refresh_tokens.revoked_at,
                users.deactivated_at, refresh_tokens.remote, refresh_tokens.user_agent,
                \(HeldRole.columns)
            FROM refresh_tokens
            JOIN users ON users.tenant_id = refresh_tokens.tenant_id
                AND users.id = refresh_tokens.user_id
            \(HeldRole.join)
            WHERE refresh_tokens.token_hash = \(SecretToken.hash(token))
            """)
    }
}

private struct StoredRefreshToken: RowDecodable {
    let caller: Caller
    let family: ID<TokenFamily>
    let expiresAt: Instant
    let usedAt: Instant?
    let revokedAt: Instant?
    let isActive: Bool
    let origin: Origin?

    init(row: inout Row) throws {
        let tenant: ID<Tenant> = try row.next()
        let user: ID<User> = try row.next()
        family = try row.next()
        expiresAt = try row.next()
        usedAt = try row.next()
        revokedAt = try row.next()
        isActive = try row.next(Instant?.self) == nil
        let (remote, agent): (String?, String?) = (try row.next(), try row.next())
        origin = remote.map { Origin(remote: $0, agent: agent) }
        caller = Caller(tenant: tenant, actor: .user(user), as: try HeldRole(row: &row))
    }
}

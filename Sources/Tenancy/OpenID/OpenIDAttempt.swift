import Crypto
import Foundation
import Storage

/// A sign-in that was sent to a provider, or has come back and lacks the code of the second step.
///
/// All that has to be guessed hangs on one secret, which the browser has in a cookie and the
/// database as a hash: another browser has another, and what it is asked does not fit.
package struct OpenIDAttempt: Sendable, Equatable {
    /// For the cookie.
    package let secret: String

    package static let lifetimeSeconds = 600

    package init(secret: String = SecretToken.random()) {
        self.secret = secret
    }

    /// What the provider sends back, so that an answer is to a question of this browser.
    package var state: String { derived("state") }
    /// What the provider puts into its token, so that the token is of this sign-in.
    package var nonce: String { derived("nonce") }
    /// What proves that who fetches the token began the sign-in (RFC 7636).
    package var verifier: String { derived("verifier") }
    /// The verifier's hash, which goes through the browser (S256).
    package var challenge: String {
        Base64URL.text(SHA256.hash(data: Data(verifier.utf8)))
    }

    private func derived(_ purpose: String) -> String {
        Base64URL.text(SHA256.hash(data: Data("iperform openid \(purpose)\n\(secret)".utf8)))
    }
}

/// What is known of an attempt besides.
package struct StoredAttempt: Sendable, Equatable {
    package let tenant: ID<Tenant>
    package let slug: String
    /// Who has come back from the provider; nil before.
    package let user: ID<User>?
    /// Where to go afterwards; a path of ours.
    package let next: String?
}

/// Attempts, each good once and for ten minutes. Who has one is not signed in yet.
enum OpenIDAttempts {
    static func begin(
        _ attempt: OpenIDAttempt, of user: ID<User>? = nil, next: String?, in scope: Scope
    ) async throws {
        try await scope.tx.execute(
            """
            INSERT INTO openid_attempts (token_hash, tenant_id, user_id, next_path, expires_at)
            VALUES (\(SecretToken.hash(attempt.secret)), \(scope.tenant), \(user), \(next),
                \(scope.now.adding(seconds: OpenIDAttempt.lifetimeSeconds)))
            """)
    }

    /// Nil when it is over.
    static func find(
        _ attempt: OpenIDAttempt, in tx: any Transaction, at now: Instant
    ) async throws -> StoredAttempt? {
        // tenant: found by the secret's hash, which is unique across tenants.
        try await tx.first(
            """
            SELECT openid_attempts.tenant_id, tenants.slug, openid_attempts.user_id,
                openid_attempts.next_path
            FROM openid_attempts
            JOIN tenants ON tenants.id = openid_attempts.tenant_id
            WHERE openid_attempts.token_hash = \(SecretToken.hash(attempt.secret))
                AND openid_attempts.expires_at > \(now)
            """)
    }

    /// - Returns: Whether it was there: of two who come with it, one has it.
    static func use(_ attempt: OpenIDAttempt, in tx: any Transaction) async throws -> Bool {
        // tenant: found by the secret's hash, which is unique across tenants.
        try await tx.execute(
            """
            DELETE FROM openid_attempts WHERE token_hash = \(SecretToken.hash(attempt.secret))
            """) == 1
    }

    /// Deletes those that are over, in all companies. For a job that runs now and then.
    static func deleteExpired(in tx: any Transaction, at now: Instant) async throws {
        // tenant: attempts of every company are over some time.
        try await tx.execute("DELETE FROM openid_attempts WHERE expires_at <= \(now)")
    }
}

extension StoredAttempt: RowDecodable {
    package init(row: inout Row) throws {
        tenant = try row.next()
        slug = try row.next()
        user = try row.next()
        next = try row.next()
    }
}

import Storage

/// The links of a company by which people get in without a password. There is one of each
/// purpose for a person: a newer one makes the one before void.
///
/// The operations that need them ask who may.
package struct AccessLinks: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    private static let listMax = 10_000

    /// Makes a link. Its token is known only now.
    package func issue(
        _ purpose: AccessLink.Purpose, for user: ID<User>
    ) async throws -> (token: String, link: AccessLink) {
        let token = SecretToken.random()
        let expiry = scope.now.adding(seconds: purpose.lifetimeSeconds)
        try await scope.tx.execute(
            """
            INSERT INTO access_links (tenant_id, user_id, purpose, token_hash, created_at,
                expires_at)
            VALUES (\(scope.tenant), \(user), \(purpose), \(SecretToken.hash(token)),
                \(scope.now), \(expiry))
            ON CONFLICT (tenant_id, user_id, purpose) DO UPDATE
            SET token_hash = excluded.token_hash, created_at = excluded.created_at,
                expires_at = excluded.expires_at
            """)
        return (token, AccessLink(user: user, createdAt: scope.now, expiresAt: expiry))
    }

    /// - Returns: Whether there was one.
    package func revoke(
        _ purpose: AccessLink.Purpose, of user: ID<User>
    ) async throws -> Bool {
        try await scope.tx.execute(
            """
            DELETE FROM access_links
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user) AND purpose = \(purpose)
            """) > 0
    }

    func revokeAll(of user: ID<User>) async throws {
        try await scope.tx.execute(
            "DELETE FROM access_links WHERE tenant_id = \(scope.tenant) AND user_id = \(user)")
    }

    /// The link of a person; nil when there is none. It may have run out.
    package func find(
        _ purpose: AccessLink.Purpose, of user: ID<User>
    ) async throws -> AccessLink? {
        try await scope.tx.first(
            """
            SELECT user_id, created_at, expires_at
            FROM access_links
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user) AND purpose = \(purpose)
            """)
    }

    /// Of everybody who was invited and has not come yet.
    package func invitations() async throws -> [ID<User>: AccessLink] {
        let links: [AccessLink] = try await scope.tx.all(
            """
            SELECT user_id, created_at, expires_at
            FROM access_links
            WHERE tenant_id = \(scope.tenant) AND purpose = \(AccessLink.Purpose.invitation)
            ORDER BY user_id
            LIMIT \(Self.listMax)
            """)
        return Dictionary(uniqueKeysWithValues: links.map { ($0.user, $0) })
    }

    /// Uses up a link to give its person a password. Whoever guessed before is forgiven, so that
    /// nobody is kept out by a stranger's guesses.
    ///
    /// - Throws: `Problem.conflict` when it was used in between.
    package func use(
        _ token: String, _ purpose: AccessLink.Purpose, of person: PresentedLink, hash: String
    ) async throws {
        let used = try await scope.tx.execute(
            """
            DELETE FROM access_links
            WHERE tenant_id = \(scope.tenant) AND user_id = \(person.user)
                AND purpose = \(purpose) AND token_hash = \(SecretToken.hash(token))
                AND expires_at > \(scope.now)
            """)
        guard used == 1 else { throw Self.void }
        try await Users(scope).setPassword(person.user, hash: hash)
        try await SignInFailures(tx: scope.tx, now: scope.now)
            .clear(email: person.email, of: scope.tenant)
    }

    /// The same whatever is wrong with a link.
    package static let void = Problem.conflict(
        "This link was used, was taken back or has run out. Ask for a new one.")
}

extension AccessLinks {
    /// Whom a token belongs to; nil when it is good for nothing (any more).
    package static func present(
        _ token: String, _ purpose: AccessLink.Purpose, in tx: any Transaction, at now: Instant
    ) async throws -> PresentedLink? {
        // tenant: found by the token's hash, which is unique across tenants.
        try await tx.first(
            """
            SELECT users.tenant_id, users.id, users.name, users.email, tenants.name,
                tenants.slug, \(HeldRole.columns)
            FROM access_links
            JOIN users ON users.tenant_id = access_links.tenant_id
                AND users.id = access_links.user_id
            \(HeldRole.join)
            JOIN tenants ON tenants.id = access_links.tenant_id
            WHERE access_links.token_hash = \(SecretToken.hash(token))
                AND access_links.purpose = \(purpose) AND access_links.expires_at > \(now)
                AND users.deactivated_at IS NULL
            """)
    }

    /// Invitations that ran out stay: people see by them who has not come.
    static func deleteExpired(in tx: any Transaction, at now: Instant) async throws {
        // tenant: links of every company run out.
        try await tx.execute(
            """
            DELETE FROM access_links
            WHERE purpose = \(AccessLink.Purpose.passwordReset) AND expires_at <= \(now)
            """)
    }
}

extension Authenticator {
    /// Whom a link belongs to that somebody opened.
    ///
    /// - Throws: `Problem.conflict` when it is good for nothing.
    package func link(
        _ token: String, _ purpose: AccessLink.Purpose, at now: Instant = .now
    ) async throws -> PresentedLink {
        let found = try await database.translated {
            try await database.read { tx in
                try await AccessLinks.present(token, purpose, in: tx, at: now)
            }
        }
        guard let found else { throw AccessLinks.void }
        return found
    }
}

import Storage

/// Finds out who is asking: signs people in and knows sessions, access tokens and API keys.
///
/// One for the process. What it finds it remembers for five seconds, so that most requests
/// cost no statement; that is also how long another process may still let somebody in who was
/// shut out here. In this process they are shut out at once, if the change goes through
/// `write` below.
package final class Authenticator: Sendable {
    let database: Database
    let accessTokens: AccessTokens
    let passwordCheck: PasswordCheck
    /// What the seeds of one-time codes are sealed under.
    let masterKeys: MasterKeys

    private let sessions = Cache<String, SignedIn>(
        capacity: 10_000, secondsToLive: rememberSeconds)
    private let keys = Cache<String, APIKeys.Presented>(
        capacity: 10_000, secondsToLive: rememberSeconds)
    private let people = Cache<ID<TokenFamily>, Standing>(
        capacity: 20_000, secondsToLive: rememberSeconds)

    private static let rememberSeconds = 5

    /// What a person is today, whatever the token says.
    private struct Standing: RowDecodable {
        let tenant: ID<Tenant>
        let mustSetUp: Bool
        let addresses: AllowedAddresses
        let held: HeldRole

        init(row: inout Row) throws {
            tenant = try row.next()
            mustSetUp = try row.next()
            addresses = try row.next() ?? .anywhere
            held = try HeldRole(row: &row)
        }
    }

    package init(database: Database, passwords: Passwords, masterKeys: MasterKeys) {
        self.database = database
        self.masterKeys = masterKeys
        passwordCheck = PasswordCheck(database: database, passwords: passwords)
        accessTokens = AccessTokens(database: database)
    }

    /// Who a browser's session belongs to; nil when there is none (any more).
    package func session(token: String, at now: Instant = .now) async throws -> SignedIn? {
        let found = try await sessions.value(for: token, at: now) {
            try await loadSession(token, at: now)
        }
        guard let found, found.expiresAt > now else { return nil }
        return found
    }

    /// Who a bearer token belongs to: an access token, an API key, or an operator's way in.
    ///
    /// - Throws: `Problem.unauthenticated` when the token is not good (any more), `setUpNeeded`
    ///   for an access token of somebody who lacks the second step that the company requires.
    package func bearer(token: String, at now: Instant = .now) async throws -> Bearer {
        if token.hasPrefix(APIKeys.prefix) { return try await apiKey(token, at: now) }
        if token.hasPrefix(BreakGlass.prefix) {
            // The addresses of the company are its own people's.
            return Bearer(caller: try await insider(token: token, at: now).caller)
        }
        guard let access = try await accessTokens.verify(token, at: now) else {
            throw Problem.unauthenticated("The access token is wrong or has expired.")
        }
        let standing = try await people.value(for: access.family, at: now) {
            try await loadStanding(access)
        }
        guard let standing, standing.tenant == access.tenant else {
            throw Problem.unauthenticated("This sign-in has ended. Sign in again.")
        }
        guard !standing.mustSetUp else { throw Problem.setUpNeeded }
        return Bearer(
            caller: Caller(
                tenant: access.tenant, actor: .user(access.user), as: standing.held),
            addresses: standing.addresses)
    }

    /// The sign-in that an access token came from; nil for any other token.
    package func family(ofToken token: String, at now: Instant) async throws -> ID<TokenFamily>? {
        guard !token.hasPrefix(APIKeys.prefix) else { return nil }
        return try await accessTokens.verify(token, at: now)?.family
    }

    /// The public keys of access tokens as JSON, for `/.well-known/jwks.json`.
    package func jwks(at now: Instant = .now) async throws -> [UInt8] {
        try await accessTokens.jwks(at: now)
    }

    /// A write that may change who may do what: to people, API keys, sessions. Like
    /// `Database.write(as:)`, and when it returns nobody of the company is remembered as they
    /// were before.
    @discardableResult
    package func write<Value: Sendable>(
        as caller: Caller, at now: Instant = .now,
        _ body: @escaping @Sendable (Scope) async throws -> Value
    ) async throws -> Value {
        let value = try await database.write(as: caller, at: now, body)
        forget(caller.tenant)
        return value
    }

    /// Forgets what is remembered of a company's people, sessions and keys.
    package func forget(_ tenant: ID<Tenant>) {
        sessions.forget { $0.caller.tenant == tenant }
        keys.forget { $0.caller.tenant == tenant }
        people.forget { $0.tenant == tenant }
    }

    /// Deletes sessions, refresh tokens, links and failed sign-ins that are past. For a job that
    /// runs now and then.
    package func deleteExpired(at now: Instant = .now) async throws {
        try await database.translated {
            try await database.write { tx in
                try await Sessions.deleteExpired(in: tx, at: now)
                try await RefreshTokens.deleteExpired(in: tx, at: now)
                try await AccessLinks.deleteExpired(in: tx, at: now)
                try await OpenIDAttempts.deleteExpired(in: tx, at: now)
                try await SignInFailures(tx: tx, now: now).deleteForgotten()
            }
        }
    }
}

extension Authenticator {
    private func loadSession(_ token: String, at now: Instant) async throws -> SignedIn? {
        let found = try await read { try await Sessions.find(token, in: $0, at: now) }
        guard let found else { return nil }
        if Sessions.isUseUnnoted(of: found, at: now) {
            try await note(as: found.caller, at: now) {
                try await Sessions($0).noteUse(token, of: found)
            }
        }
        return found
    }

    private func loadStanding(_ access: AccessToken) async throws -> Standing? {
        try await read { tx in
            try await tx.first(
                """
                SELECT users.tenant_id,
                    CASE WHEN tenants.second_step_required_at IS NULL
                        OR second_steps.confirmed_at IS NOT NULL THEN 0 ELSE 1 END,
                    tenants.allowed_addresses, \(HeldRole.columns)
                FROM users \(HeldRole.join)
                JOIN tenants ON tenants.id = users.tenant_id
                LEFT JOIN second_steps ON second_steps.tenant_id = users.tenant_id
                    AND second_steps.user_id = users.id
                WHERE users.tenant_id = \(access.tenant) AND users.id = \(access.user)
                    AND users.deactivated_at IS NULL
                    AND EXISTS (
                        SELECT 1 FROM refresh_tokens
                        WHERE tenant_id = \(access.tenant) AND family_id = \(access.family)
                            AND user_id = \(access.user) AND revoked_at IS NULL)
                """)
        }
    }

    private func apiKey(_ token: String, at now: Instant) async throws -> Bearer {
        let found = try await keys.value(for: token, at: now) {
            try await loadKey(token, at: now)
        }
        guard let found else {
            throw Problem.unauthenticated("The API key is wrong or was revoked.")
        }
        return Bearer(caller: found.caller, addresses: found.addresses)
    }

    private func loadKey(_ token: String, at now: Instant) async throws -> APIKeys.Presented? {
        let found = try await read { try await APIKeys.authenticate(token, in: $0) }
        guard let found, found.isUseUnnoted(at: now) else { return found }
        try await note(as: found.caller, at: now) { try await APIKeys($0).noteUse(of: found.id) }
        return found
    }

    private func read<Value: Sendable>(
        _ body: @Sendable (any Transaction) async throws -> Value
    ) async throws -> Value {
        try await database.translated { try await database.read(body) }
    }

    /// A write that is a by-product of a read, such as when a key was last used.
    private func note(
        as caller: Caller, at now: Instant, _ body: @escaping @Sendable (Scope) async throws -> Void
    ) async throws {
        do {
            try await database.write(as: caller, at: now, isolation: .readCommitted, body)
        } catch Problem.busy, Problem.full {
            // Reading goes on when nothing can be written; it is noted the next time.
        }
    }
}

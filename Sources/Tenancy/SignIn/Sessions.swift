import Storage

/// A sign-in of a browser, just made. The token is known only now.
package struct NewSession: Sendable, Equatable {
    /// For the cookie.
    package let token: String
    /// What a write from the browser must repeat in a header.
    package let csrf: String
    package let expiresAt: Instant
}

/// Who a session belongs to, with what every page shows of them.
package struct SignedIn: Sendable, Equatable {
    package let caller: Caller
    package let name: String
    package let email: String
    package let csrf: String
    package let tenant: TenantProfile
    package let createdAt: Instant
    package let expiresAt: Instant
    package let lastUsedAt: Instant
    /// Whether the company requires a second step and the person has none: nothing is open but
    /// setting it up.
    package let mustSetUp: Bool
    /// Where the company's people may come from.
    package let addresses: AllowedAddresses
}

/// The sign-ins of browsers. A session lasts 14 days and is renewed when half of that is
/// over, so who comes every week stays signed in; 90 days after the sign-in it ends for good.
package struct Sessions: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    package static let lifetimeDays = 14
    /// How long a cookie can be of use.
    package static let lifetimeDaysMax = 90

    /// Starts a session of the caller, who has just proved to be the person.
    ///
    /// - Parameter origin: Nil for the product itself; people come from somewhere.
    /// - Throws: `RefusedCaller` where the company lets nobody in from there.
    package func start(
        from origin: Origin? = nil, by way: SignInWay = .password
    ) async throws -> NewSession {
        guard let user = scope.caller.user else {
            throw Problem.forbidden("Only a person can sign in.")
        }
        if let origin { try await AddressList(scope).admit(from: origin.remote) }
        let session = NewSession(
            token: SecretToken.random(), csrf: SecretToken.random(),
            expiresAt: scope.now.adding(days: Self.lifetimeDays))
        try await scope.tx.execute(
            """
            INSERT INTO sessions (token_hash, tenant_id, user_id, csrf, created_at, expires_at,
                id, last_used_at, remote, user_agent, is_strong)
            VALUES (\(SecretToken.hash(session.token)), \(scope.tenant), \(user),
                \(session.csrf), \(scope.now), \(session.expiresAt),
                \(UUIDv7.next(at: scope.now)), \(scope.now), \(origin?.remote), \(origin?.agent),
                \(way.isStrong))
            """)
        try await scope.record(
            Event("session.started", user.uuid) {
                $0.member("remote", origin?.remote)
                if way != .password { $0.member("way", SignInWay.openIDName) }
            })
        return session
    }

    /// Ends one session. That there is none any more is no fault.
    package func end(_ token: String) async throws {
        let ended = try await scope.tx.execute(
            """
            DELETE FROM sessions
            WHERE tenant_id = \(scope.tenant) AND token_hash = \(SecretToken.hash(token))
            """)
        if ended > 0 { try await scope.record(Event("session.ended", scope.caller.user?.uuid)) }
    }

    /// Ends every session of a person. The operation that needs it records why.
    func endAll(of user: ID<User>) async throws {
        try await scope.tx.execute(
            """
            DELETE FROM sessions
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user)
            """)
    }

    /// Notes that a session was used, and lets it last longer where it is time.
    func noteUse(_ token: String, of session: SignedIn) async throws {
        let expiry = Self.renewedExpiry(of: session, at: scope.now) ?? session.expiresAt
        try await scope.tx.execute(
            """
            UPDATE sessions
            SET expires_at = \(expiry), last_used_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND token_hash = \(SecretToken.hash(token))
            """)
    }
}

extension Sessions {
    /// The session of a token; nil when it ended, or the person was deactivated.
    package static func find(
        _ token: String, in tx: any Transaction, at now: Instant
    ) async throws -> SignedIn? {
        // tenant: found by the token's hash, which is unique across tenants.
        try await tx.first(
            """
            SELECT users.id, users.name, users.email, sessions.csrf,
                sessions.created_at, sessions.expires_at, sessions.last_used_at,
                CASE WHEN tenants.second_step_required_at IS NULL
                    OR second_steps.confirmed_at IS NOT NULL
                    OR sessions.is_strong = 1 THEN 0 ELSE 1 END,
                tenants.allowed_addresses, \(TenantProfile.columns), \(HeldRole.columns)
            FROM sessions
            JOIN users ON users.tenant_id = sessions.tenant_id AND users.id = sessions.user_id
            \(HeldRole.join)
            JOIN tenants ON tenants.id = sessions.tenant_id
            LEFT JOIN second_steps ON second_steps.tenant_id = users.tenant_id
                AND second_steps.user_id = users.id
            WHERE sessions.token_hash = \(SecretToken.hash(token))
                AND sessions.expires_at > \(now) AND users.deactivated_at IS NULL
            """)
    }

    /// Deletes what has expired, in all companies. For a job that runs now and then.
    package static func deleteExpired(in tx: any Transaction, at now: Instant) async throws {
        // tenant: sessions of every company expire.
        try await tx.execute("DELETE FROM sessions WHERE expires_at <= \(now)")
    }

    /// Minutes after which it is noted again that a session is used.
    private static let useMinutes = 5

    static func isUseUnnoted(of session: SignedIn, at now: Instant) -> Bool {
        now.seconds(since: session.lastUsedAt) >= useMinutes * 60
    }

    /// Until when a session of this age lasts if it is renewed now; nil when it need not be.
    static func renewedExpiry(of session: SignedIn, at now: Instant) -> Instant? {
        guard session.expiresAt < now.adding(days: lifetimeDays / 2) else { return nil }
        let expiry = min(
            now.adding(days: lifetimeDays), session.createdAt.adding(days: lifetimeDaysMax))
        return expiry > session.expiresAt ? expiry : nil
    }
}

extension SignedIn: RowDecodable {
    package init(row: inout Row) throws {
        let user: ID<User> = try row.next()
        name = try row.next()
        email = try row.next()
        csrf = try row.next()
        createdAt = try row.next()
        expiresAt = try row.next()
        lastUsedAt = try row.next()
        mustSetUp = try row.next()
        addresses = try row.next() ?? .anywhere
        tenant = try TenantProfile(row: &row)
        caller = Caller(
            tenant: tenant.id, actor: .user(user), as: try HeldRole(row: &row))
    }
}

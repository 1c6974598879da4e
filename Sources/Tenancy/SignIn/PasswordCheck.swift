import Storage

/// Checks what somebody types to sign in, and holds off who guesses.
struct PasswordCheck: Sendable {
    let database: Database
    let passwords: Passwords
    /// Tries by address. A success gives its try back, so an office behind one address can
    /// sign in together.
    let attempts = RateLimiter(limit: attemptsPerMinute, perSeconds: 60)

    private static let attemptsPerMinute = 20

    /// The same whatever is wrong, so that nobody learns who has an account.
    static let wrong = Problem.unauthenticated("The company, e-mail or password is wrong.")

    /// An account that the credentials name, or fail to.
    private struct Account: Sendable {
        let failures: SignInFailures.Account
        let secondsLocked: Int?
        let tenant: ID<Tenant>?
        let candidate: Candidate?
    }

    private struct Candidate: RowDecodable {
        let user: ID<User>
        let passwordHash: String?
        let held: HeldRole

        init(row: inout Row) throws {
            user = try row.next()
            passwordHash = try row.next()
            held = try HeldRole(row: &row)
        }
    }

    /// - Throws: `Problem.unauthenticated` when anything is wrong, `Problem.tooMany` when the
    ///   address or the account is held off.
    func check(
        _ credentials: Credentials, remote: String, at now: Instant
    ) async throws -> CheckedPassword {
        try takeAttempt(from: remote, at: now)
        let account = try await find(credentials, at: now)
        if let seconds = account.secondsLocked { throw Self.locked(for: seconds) }
        let hash = account.candidate?.passwordHash
        guard try await passwords.verify(credentials.password, against: hash),
            let tenant = account.tenant, let candidate = account.candidate, let hash
        else {
            // What is no address may be a password in the wrong field.
            try await recordFailure(
                account.failures, account.candidate?.user,
                email: EmailAddress.normalised(credentials.email),
                from: account.tenant == nil ? nil : remote, at: now)
            throw Self.wrong
        }
        attempts.giveBack(remote)
        let newHash =
            Passwords.needsRehash(hash) ? try await passwords.rehash(credentials.password) : nil
        return CheckedPassword(
            caller: Caller(tenant: tenant, actor: .user(candidate.user), as: candidate.held),
            account: account.failures, newHash: newHash)
    }

    /// Checks the password of somebody who is signed in, before what the session alone must not do.
    ///
    /// - Throws: `Problem.invalid` on "password"; `tooMany`.
    func check(
        _ password: String, of caller: Caller, remote: String, at now: Instant
    ) async throws -> CheckedPassword {
        let (slug, email) = try await database.read(as: caller, at: now) { scope in
            let user = try scope.caller.person()
            return (
                try await Tenants.find(scope.tenant, in: scope.tx).slug,
                try await Users(scope).find(user).email
            )
        }
        do {
            return try await check(
                Credentials(tenant: slug, email: email, password: password), remote: remote,
                at: now)
        } catch Problem.unauthenticated {
            throw Problem.invalid("password", "This is not your password.")
        }
    }

    /// Counts a wrong code of somebody who gave the right password.
    func countWrongCode(
        of checked: CheckedPassword, remote: String, at now: Instant
    ) async throws {
        _ = attempts.take(remote, at: now)
        try await recordFailure(
            checked.account, checked.caller.user, email: nil, from: remote, at: now)
    }

    /// Holds off who guesses codes of somebody who is known by other means than a password.
    ///
    /// - Throws: `Problem.tooMany`.
    func mustBeOpen(_ checked: CheckedPassword, remote: String, at now: Instant) async throws {
        try takeAttempt(from: remote, at: now)
        let seconds = try await database.read(as: checked.caller, at: now) { scope in
            try await SignInFailures(tx: scope.tx, now: now).secondsLocked(checked.account)
        }
        if let seconds { throw Self.locked(for: seconds) }
    }

    /// One try to sign in, of those that an address has; a success gives it back.
    func takeAttempt(from remote: String, at now: Instant) throws {
        let standing = attempts.take(remote, at: now)
        guard standing.isAllowed else {
            throw Problem.tooMany(
                "Too many sign-ins from your address. Try again in a minute.",
                retryAfterSeconds: standing.retryAfterSeconds)
        }
    }

    static func locked(for seconds: Int) -> Problem {
        let minutes = (seconds + 59) / 60
        return .tooMany(
            "Too many wrong passwords or codes. Try again in \(minutes) min.",
            retryAfterSeconds: seconds)
    }

    private func find(_ credentials: Credentials, at now: Instant) async throws -> Account {
        try await database.translated {
            try await database.read { tx in
                let slug = credentials.tenant.trimmingWhitespace().lowercased()
                let tenant = try await Tenants.find(slug: slug, in: tx)?.id
                let failures = SignInFailures.Account(credentials, tenant: tenant)
                return Account(
                    failures: failures,
                    secondsLocked: try await SignInFailures(tx: tx, now: now)
                        .secondsLocked(failures),
                    tenant: tenant,
                    candidate: try await candidate(credentials.email, of: tenant, in: tx))
            }
        }
    }

    private func candidate(
        _ email: String, of tenant: ID<Tenant>?, in tx: any Transaction
    ) async throws -> Candidate? {
        guard let tenant, let email = EmailAddress.normalised(email) else { return nil }
        return try await tx.first(
            """
            SELECT users.id, users.password_hash, \(HeldRole.columns)
            FROM users \(HeldRole.join)
            WHERE users.tenant_id = \(tenant) AND users.email = \(email)
                AND users.deactivated_at IS NULL
            """)
    }

    /// The lock bounds how many an account has.
    ///
    /// - Parameter remote: Nil when there is no such company: it is nobody's to know.
    private func recordFailure(
        _ failures: SignInFailures.Account, _ user: ID<User>?, email: String?,
        from remote: String?, at now: Instant
    ) async throws {
        try await database.write(as: .system(failures.tenant), at: now) { scope in
            if let remote {
                try await scope.record(
                    Event("sign_in.failed", user?.uuid) { body in
                        body.member("remote", remote)
                        body.member("email", email)
                    })
            }
            let isLocked = try await SignInFailures(tx: scope.tx, now: now).record(failures)
            if isLocked, let user {
                try await scope.record(Event("user.locked_out", user.uuid))
            }
        }
    }
}

/// Somebody who gave the right password.
struct CheckedPassword: Sendable {
    let caller: Caller
    fileprivate let account: SignInFailures.Account
    /// The password hashed with today's parameters, when its hash was older.
    fileprivate let newHash: String?

    /// Somebody who has proved in another way who they are: as good as the right password, and
    /// counted on the same account.
    init(provenBy caller: Caller, email: String) {
        self.caller = caller
        account = SignInFailures.Account(
            Credentials(tenant: "", email: email, password: ""), tenant: caller.tenant)
        newHash = nil
    }

    fileprivate init(caller: Caller, account: SignInFailures.Account, newHash: String?) {
        self.caller = caller
        self.account = account
        self.newHash = newHash
    }

    /// Forgives the failures before it, in the transaction that signs the person in. Guesses
    /// that ran beside it may have locked the account meanwhile; a right one among those must
    /// not count.
    func settle(in scope: Scope) async throws {
        let failures = SignInFailures(tx: scope.tx, now: scope.now)
        if let seconds = try await failures.secondsLocked(account) {
            throw PasswordCheck.locked(for: seconds)
        }
        try await failures.clear(account)
        guard let newHash, let user = caller.user else { return }
        try await scope.tx.execute(
            """
            UPDATE users
            SET password_hash = \(newHash)
            WHERE tenant_id = \(scope.tenant) AND id = \(user)
            """)
    }
}

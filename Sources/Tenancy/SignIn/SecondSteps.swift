import Storage

/// How a person's second step of the sign-in stands.
package struct SecondStep: Sendable, Equatable {
    /// Nil while it is being set up.
    package let confirmedAt: Instant?
    package let recoveryCodesLeft: Int
}

/// The second step of a sign-in: a one-time code, or a recovery code in its place.
///
/// | operation | who |
/// |---|---|
/// | begin, confirm, end | the person, in a session or with an access token |
/// | reset | company admins |
/// | require | company admins who have one themselves |
package struct SecondSteps: Sendable {
    let scope: Scope
    let keys: MasterKeys

    package init(_ scope: Scope, _ keys: MasterKeys) {
        self.scope = scope
        self.keys = keys
    }

    private var secrets: Secrets { Secrets(scope, keys) }

    /// The caller's; nil when there is none.
    package func own() async throws -> SecondStep? { try await find(try scope.caller.person()) }

    /// Begins to set it up, with a new seed; what was begun before is forgotten.
    ///
    /// - Throws: `Problem.conflict` when it is on already.
    package func begin() async throws -> OneTimeCode {
        let user = try scope.caller.person()
        try await mustBeOff(user)
        let code = OneTimeCode.random()
        try await secrets.set(code.seed, .totp, of: user.uuid)
        try await scope.tx.execute(
            """
            INSERT INTO second_steps (tenant_id, user_id, created_at)
            VALUES (\(scope.tenant), \(user), \(scope.now))
            ON CONFLICT (tenant_id, user_id) DO UPDATE
            SET created_at = excluded.created_at, last_step = 0
            """)
        return code
    }

    /// The seed that is being set up, to be shown until it is confirmed; nil when none is.
    package func begun() async throws -> OneTimeCode? {
        let user = try scope.caller.person()
        guard let found = try await find(user), found.confirmedAt == nil else { return nil }
        return try await secrets.find(.totp, of: user.uuid).map { OneTimeCode(seed: $0) }
    }

    /// Turns it on, once a code proves that the app has the seed.
    ///
    /// - Returns: The recovery codes, which are known only now.
    /// - Throws: `Problem.invalid` on "code".
    package func confirm(_ code: String) async throws -> [String] {
        let user = try scope.caller.person()
        try await mustBeOff(user)
        guard try await isOneTimeCode(code, of: user) else {
            throw Problem.invalid(
                "code", "This is not the code of now. Check the clock of your phone and try again.")
        }
        try await scope.tx.execute(
            """
            UPDATE second_steps
            SET confirmed_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user)
            """)
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode.random() }
        try await scope.tx.executeAll(
            codes.map { code in
                """
                INSERT INTO recovery_codes (tenant_id, user_id, code_hash)
                VALUES (\(scope.tenant), \(user), \(RecoveryCode.hash(code, of: user)))
                """
            })
        try await scope.record(Event("user.totp_enabled", user.uuid))
        return codes
    }

    /// Turns it off; the password was checked by who asks. What was only begun goes without a code.
    ///
    /// - Throws: `WrongCode`; `Problem.conflict` where the company requires it.
    func end(_ code: String?) async throws {
        let user = try scope.caller.person()
        guard let found = try await find(user) else { return }
        if found.confirmedAt != nil {
            guard try await !isRequired() else {
                throw Problem.conflict("Your company requires the second step for everybody.")
            }
            try await pass(code, user)
        }
        try await remove(user)
        if found.confirmedAt != nil {
            try await scope.record(Event("user.totp_disabled", user.uuid))
        }
    }

    /// Takes it from somebody who has lost app and recovery codes, and ends their sign-ins.
    package func reset(_ user: ID<User>) async throws {
        try scope.caller.must(.peopleEdit)
        let users = Users(scope)
        try await users.mustNotTakeOver(users.find(user))
        try await users.mustCover(user)
        guard try await find(user) != nil else {
            throw Problem.conflict("This person has no second step.")
        }
        try await remove(user)
        try await Sessions(scope).endAll(of: user)
        try await RefreshTokens(scope).revokeAll(of: user)
        try await scope.record(Event("user.totp_reset", user.uuid))
    }

    /// Lets nobody of the company past the sign-in without it, or again.
    ///
    /// - Throws: `Problem.conflict` when the caller has none: they would shut themselves out.
    package func require(_ isRequired: Bool) async throws {
        try scope.caller.must(.settingsEdit)
        guard try await self.isRequired() != isRequired else { return }
        let own = try await own()
        if isRequired, own?.confirmedAt == nil {
            throw Problem.conflict("Set up your own second step first.")
        }
        let since = isRequired ? scope.now : nil
        // tenant: the company itself.
        try await scope.tx.execute(
            "UPDATE tenants SET second_step_required_at = \(since) WHERE id = \(scope.tenant)")
        try await scope.record(
            Event("tenant.sign_in_changed", scope.tenant.uuid) {
                $0.member("totp_required", isRequired)
            })
    }

    package func isRequired() async throws -> Bool {
        // tenant: the company itself.
        let since: Instant? = try await scope.tx.value(
            "SELECT second_step_required_at FROM tenants WHERE id = \(scope.tenant)")
        return since != nil
    }

    /// Who of the company has it.
    package func people() async throws -> Set<ID<User>> {
        Set(
            try await scope.tx.column(
                """
                SELECT user_id
                FROM second_steps
                WHERE tenant_id = \(scope.tenant) AND confirmed_at IS NOT NULL
                """))
    }
}

extension SecondSteps {
    /// A code that was typed in vain: counted as a wrong password is.
    struct WrongCode: Error {}

    /// Lets the caller, who has given the password, past the second step.
    ///
    /// - Parameter opensSession: Whether it is a browser's sign-in, where a missing second step
    ///   can be set up next.
    /// - Throws: `Problem.codeNeeded` without a code, `Problem.setUpNeeded`, `WrongCode`.
    func passSignIn(_ code: String?, opensSession: Bool) async throws {
        let user = try scope.caller.person()
        if try await find(user)?.confirmedAt != nil {
            try await pass(code, user)
        } else if !opensSession, try await isRequired() {
            throw Problem.setUpNeeded
        }
    }

    private func pass(_ code: String?, _ user: ID<User>) async throws {
        guard let code = code?.trimmingWhitespace(), !code.isEmpty else {
            throw Problem.codeNeeded("Give the code of your authenticator app.")
        }
        if try await isOneTimeCode(code, of: user) { return }
        guard try await useRecoveryCode(code, of: user) else { throw WrongCode() }
        let left = try await find(user)?.recoveryCodesLeft
        try await scope.record(
            Event("user.recovery_code_used", user.uuid) { $0.member("left", left) })
    }

    /// Whether it is a code of now that was not used yet; it is used then.
    private func isOneTimeCode(_ text: String, of user: ID<User>) async throws -> Bool {
        let digits = text.filter { !$0.isWhitespace }
        guard let seed = try await secrets.find(.totp, of: user.uuid),
            let step = OneTimeCode(seed: seed).step(of: digits, at: scope.now)
        else { return false }
        let used = try await scope.tx.execute(
            """
            UPDATE second_steps
            SET last_step = \(step)
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user) AND last_step < \(step)
            """)
        return used == 1
    }

    private func useRecoveryCode(_ code: String, of user: ID<User>) async throws -> Bool {
        let used = try await scope.tx.execute(
            """
            UPDATE recovery_codes
            SET used_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user)
                AND code_hash = \(RecoveryCode.hash(code, of: user)) AND used_at IS NULL
            """)
        return used == 1
    }

    private func find(_ user: ID<User>) async throws -> SecondStep? {
        try await scope.tx.first(
            """
            SELECT confirmed_at,
                (SELECT count(*) FROM recovery_codes
                WHERE tenant_id = \(scope.tenant) AND user_id = \(user) AND used_at IS NULL)
            FROM second_steps
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user)
            """)
    }

    private func remove(_ user: ID<User>) async throws {
        try await secrets.remove(.totp, of: user.uuid)
        try await scope.tx.execute(
            "DELETE FROM recovery_codes WHERE tenant_id = \(scope.tenant) AND user_id = \(user)")
        try await scope.tx.execute(
            "DELETE FROM second_steps WHERE tenant_id = \(scope.tenant) AND user_id = \(user)")
    }

    private func mustBeOff(_ user: ID<User>) async throws {
        guard try await find(user)?.confirmedAt == nil else {
            throw Problem.conflict("The second step is on already. Turn it off first.")
        }
    }
}

extension SecondStep: RowDecodable {
    package init(row: inout Row) throws {
        confirmedAt = try row.next()
        recoveryCodesLeft = try row.next()
    }
}

import Storage

/// A browser that is signed in.
package struct SignInResult: Sendable {
    package let session: NewSession
    package let signedIn: SignedIn
}

/// What a client gets for a sign-in or a refresh token (RFC 6749 §5.1, `token_type` Bearer).
package struct TokenPair: Sendable {
    package let accessToken: String
    /// Good for one exchange.
    package let refreshToken: String
    package let expiresInSeconds: Int
}

extension Authenticator {
    /// Signs a browser in.
    ///
    /// - Throws: `Problem.unauthenticated`, the same for an unknown company, an unknown e-mail
    ///   and a wrong password; `codeNeeded` when a second step is set up and its code is missing
    ///   or wrong; `tooMany` when the address or the account is held off; `RefusedCaller` where
    ///   the company lets nobody in from, or this person by a password.
    package func signIn(
        _ credentials: Credentials, from origin: Origin, at now: Instant = .now
    ) async throws -> SignInResult {
        let session = try await entering(credentials, origin, opensSession: true, at: now) {
            try await Sessions($0).start(from: origin)
        }
        let found = try await self.session(token: session.token, at: now)
        guard let found else { throw PasswordCheck.wrong }
        return SignInResult(session: session, signedIn: found)
    }

    /// Ends a browser's session, at once.
    package func signOut(token: String, at now: Instant = .now) async throws {
        guard let found = try await session(token: token, at: now) else { return }
        try await write(as: found.caller, at: now) { try await Sessions($0).end(token) }
    }

    /// Signs a client in. Throws as `signIn` does.
    package func issueTokens(
        _ credentials: Credentials, from origin: Origin, at now: Instant = .now
    ) async throws -> TokenPair {
        let (refresh, caller) = try await entering(
            credentials, origin, opensSession: false, at: now
        ) { scope in
            try await AddressList(scope).admit(from: origin.remote)
            let token = try await RefreshTokens(scope).issue(from: origin)
            try await scope.record(
                Event("token.issued", scope.caller.user?.uuid) {
                    $0.member("remote", origin.remote)
                })
            return (token, scope.caller)
        }
        return try await pair(refresh, for: caller, at: now)
    }

    /// Checks the password, then the second step, and lets `enter` do the rest in the same
    /// transaction.
    private func entering<Value: Sendable>(
        _ credentials: Credentials, _ origin: Origin, opensSession: Bool, at now: Instant,
        _ enter: @escaping @Sendable (Scope) async throws -> Value
    ) async throws -> Value {
        let checked = try await passwordCheck.check(credentials, remote: origin.remote, at: now)
        return try await countingCodes(of: checked, origin, at: now) { [masterKeys] in
            try await database.write(as: checked.caller, at: now) { scope in
                try await OpenIDProviders.mustAllowPassword(in: scope)
                try await SecondSteps(scope, masterKeys)
                    .passSignIn(credentials.code, opensSession: opensSession)
                try await checked.settle(in: scope)
                return try await enter(scope)
            }
        }
    }

    /// Turns the caller's second step off.
    ///
    /// - Throws: `Problem.invalid` on "password" or "code"; `tooMany` after too many of them.
    package func endSecondStep(
        of caller: Caller, password: String, code: String?, from origin: Origin,
        at now: Instant = .now
    ) async throws {
        let checked = try await passwordCheck.check(
            password, of: caller, remote: origin.remote, at: now)
        do {
            try await countingCodes(of: checked, origin, at: now) { [masterKeys] in
                try await write(as: caller, at: now) { scope in
                    try await SecondSteps(scope, masterKeys).end(code)
                    try await checked.settle(in: scope)
                }
            }
        } catch Problem.codeNeeded(let detail) {
            throw Problem.invalid("code", detail)
        }
    }

    /// Counts a wrong code as a wrong password is counted.
    func countingCodes<Value>(
        of checked: CheckedPassword, _ origin: Origin, at now: Instant,
        _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch is SecondSteps.WrongCode {
            try await passwordCheck.countWrongCode(of: checked, remote: origin.remote, at: now)
            throw Problem.codeNeeded(
                "This code is wrong, or was used already. Try the next that your app shows.")
        }
    }

    /// Exchanges a refresh token for the next one and a new access token.
    ///
    /// - Throws: `Problem.unauthenticated`. When the token had been used before, its whole
    ///   family is revoked: either this caller or the one before was a thief.
    package func refresh(token: String, at now: Instant = .now) async throws -> TokenPair {
        let exchange = try await database.translated {
            try await database.write { try await RefreshTokens.exchange(token, in: $0, at: now) }
        }
        switch exchange {
        case .renewed(let refresh, let caller):
            return try await pair(refresh, for: caller, at: now)
        case .refused(let tenant):
            // What was revoked must not be remembered as good.
            if let tenant { forget(tenant) }
            throw Problem.unauthenticated(
                "The refresh token is wrong, was used before or has expired. Sign in again.")
        }
    }

    /// Ends the sign-in that a refresh token belongs to, and its access tokens with it.
    package func revoke(refreshToken: String, at now: Instant = .now) async throws {
        let tenant = try await database.translated {
            try await database.write {
                try await RefreshTokens.revoke(refreshToken, in: $0, at: now)
            }
        }
        if let tenant { forget(tenant) }
    }

    private func pair(
        _ refresh: RefreshToken, for caller: Caller, at now: Instant
    ) async throws -> TokenPair {
        TokenPair(
            accessToken: try await accessTokens.issue(to: caller, family: refresh.family, at: now),
            refreshToken: refresh.text, expiresInSeconds: AccessTokens.lifetimeSeconds)
    }
}

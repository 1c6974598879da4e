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
    /// - Parameter remote: The address that asks; it is rate-limited.
    /// - Throws: `Problem.unauthenticated`, the same for an unknown company, an unknown e-mail
    ///   and a wrong password; `Problem.tooMany` when the address or the account is held off.
    package func signIn(
        _ credentials: Credentials, remote: String, at now: Instant = .now
    ) async throws -> SignInResult {
        let checked = try await passwordCheck.check(credentials, remote: remote, at: now)
        let session = try await database.write(as: checked.caller, at: now) { scope in
            try await checked.settle(in: scope)
            return try await Sessions(scope).start(remote: remote)
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
        _ credentials: Credentials, remote: String, at now: Instant = .now
    ) async throws -> TokenPair {
        let checked = try await passwordCheck.check(credentials, remote: remote, at: now)
        let refresh = try await database.write(as: checked.caller, at: now) { scope in
            try await checked.settle(in: scope)
            let token = try await RefreshTokens(scope).issue()
            try await scope.record(
                Event("token.issued", scope.caller.user?.uuid) { $0.member("remote", remote) })
            return token
        }
        return try await pair(refresh, for: checked.caller, at: now)
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
        case .refused:
            throw Problem.unauthenticated(
                "The refresh token is wrong, was used before or has expired. Sign in again.")
        }
    }

    /// Ends the sign-in that a refresh token belongs to. Access tokens run out by themselves.
    package func revoke(refreshToken: String, at now: Instant = .now) async throws {
        try await database.translated {
            try await database.write {
                try await RefreshTokens.revoke(refreshToken, in: $0, at: now)
            }
        }
    }

    private func pair(
        _ refresh: RefreshToken, for caller: Caller, at now: Instant
    ) async throws -> TokenPair {
        TokenPair(
            accessToken: try await accessTokens.issue(to: caller, family: refresh.family, at: now),
            refreshToken: refresh.text, expiresInSeconds: AccessTokens.lifetimeSeconds)
    }
}

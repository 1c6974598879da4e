import Storage

extension Authenticator {
    /// What a browser has that came back from its provider and lacks the code; nil when it has
    /// nothing, or that is over.
    package func awaitingCode(
        _ attempt: OpenIDAttempt, at now: Instant = .now
    ) async throws -> StoredAttempt? {
        let stored = try await database.translated {
            try await database.read { try await OpenIDAttempts.find(attempt, in: $0, at: now) }
        }
        return stored?.user == nil ? nil : stored
    }

    /// Signs in who came back from a provider, by the code of their second step. A wrong one
    /// counts as a wrong password does.
    ///
    /// - Throws: `Problem.unauthenticated` when the attempt is over; `codeNeeded`; `tooMany`.
    package func finishOpenID(
        _ attempt: OpenIDAttempt, code: String, from origin: Origin, at now: Instant = .now
    ) async throws -> NewSession {
        guard let stored = try await awaitingCode(attempt, at: now), let user = stored.user else {
            throw Self.begunTooLongAgo
        }
        let (person, held) = try await database.read(as: .system(stored.tenant), at: now) {
            (try await Users($0).find(user), try await Roles($0).held(by: user))
        }
        guard person.isActive else { throw Self.begunTooLongAgo }
        let caller = Caller(tenant: stored.tenant, actor: .user(user), as: held)
        let checked = CheckedPassword(provenBy: caller, email: person.email)
        try await passwordCheck.mustBeOpen(checked, remote: origin.remote, at: now)
        let session = try await countingCodes(of: checked, origin, at: now) { [masterKeys] in
            try await database.write(as: caller, at: now) { scope in
                try await SecondSteps(scope, masterKeys).passSignIn(code, opensSession: true)
                guard try await OpenIDAttempts.use(attempt, in: scope.tx) else {
                    throw Self.begunTooLongAgo
                }
                try await checked.settle(in: scope)
                return try await Sessions(scope).start(
                    from: origin, by: .openID(isStrong: false))
            }
        }
        passwordCheck.attempts.giveBack(origin.remote)
        return session
    }

    private static let begunTooLongAgo = Problem.unauthenticated(
        "This sign-in was begun too long ago. Go back and begin again.")
}

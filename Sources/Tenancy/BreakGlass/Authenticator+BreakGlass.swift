import Storage

/// Somebody inside a company by break-glass. Nothing of it is remembered, so that what is ended
/// is over at once, in every process.
package struct Insider: Sendable {
    package let glass: BreakGlass
    /// What a write of their page must repeat in a header.
    package let csrf: String

    var caller: Caller { glass.caller }
}

extension Authenticator {
    /// Lets a platform operator into a company, who gives the password once more.
    ///
    /// - Parameter tell: Tells the company, in the same transaction.
    /// - Throws: `Problem.invalid` on a field, wrong passwords and codes included; `forbidden`;
    ///   `tooMany` after too many of them.
    package func breakGlass(
        _ wish: NewBreakGlass, as caller: Caller, from origin: Origin, at now: Instant = .now,
        tell: @escaping @Sendable (BreakGlass, Scope) async throws -> Void
    ) async throws -> (glass: BreakGlass, token: String) {
        try caller.mustBePlatformOperator()
        let new = try wish.normalised()
        let checked = try await passwordCheck.check(
            new.password, of: caller, remote: origin.remote, at: now)
        do {
            return try await countingCodes(of: checked, origin, at: now) { [masterKeys] in
                try await everywhere(as: caller, at: now) { scope in
                    try await SecondSteps(scope, masterKeys)
                        .passSignIn(new.code, opensSession: false)
                    try await checked.settle(in: scope)
                    let made = try await BreakGlasses(scope).begin(new, from: origin)
                    try await tell(made.glass, scope.acting(as: .system(made.glass.tenant)))
                    return made
                }
            }
        } catch Problem.codeNeeded(let detail) {
            throw Problem.invalid("code", detail)
        }
    }

    /// An operator's own, in whatever company; else those of the caller's company.
    package func breakGlasses(
        for caller: Caller, at now: Instant = .now
    ) async throws -> [BreakGlass] {
        guard caller.isPlatformOperator else {
            return try await database.read(as: caller, at: now) {
                try await BreakGlasses($0).list()
            }
        }
        return try await database.translated {
            try await database.read { tx in
                try await BreakGlasses(Scope(caller: caller, tx: tx, now: now)).own()
            }
        }
    }

    /// - Throws: `Problem.notFound`, `forbidden`
    package func endBreakGlass(
        _ id: ID<BreakGlass>, as caller: Caller, at now: Instant = .now
    ) async throws {
        try await everywhere(as: caller, at: now) { try await BreakGlasses($0).end(id) }
    }

    /// Lets no operator into the caller's company, or again.
    package func forbidBreakGlass(
        _ isForbidden: Bool, as caller: Caller, at now: Instant = .now
    ) async throws {
        try await everywhere(as: caller, at: now) { try await BreakGlasses($0).forbid(isForbidden) }
    }

    /// Who a token lets in.
    ///
    /// - Throws: `Problem.unauthenticated` when it is over.
    func insider(token: String, at now: Instant) async throws -> Insider {
        guard let found = try await insiderIfAny(token: token, at: now) else {
            throw Problem.unauthenticated("This break-glass access is over.")
        }
        return found
    }

    /// Nil when it is over.
    package func insiderIfAny(token: String, at now: Instant = .now) async throws -> Insider? {
        let found = try await database.translated {
            try await database.read { try await BreakGlasses.find(token, in: $0, at: now) }
        }
        return found.map { Insider(glass: $0, csrf: BreakGlass.csrf(of: token)) }
    }

    /// A write that concerns two companies.
    private func everywhere<Value: Sendable>(
        as caller: Caller, at now: Instant,
        _ body: @escaping @Sendable (Scope) async throws -> Value
    ) async throws -> Value {
        try await database.translated {
            try await database.write { tx in
                try await body(Scope(caller: caller, tx: tx, now: now))
            }
        }
    }
}

import Storage

/// A sign-in by a provider that has begun.
package struct BegunSignIn: Sendable {
    package let provider: OpenIDProvider
    package let attempt: OpenIDAttempt
    /// The company's, as people write it.
    package let slug: String
}

/// The other end of it: who comes back, and how the token is fetched.
package struct ReturnedSignIn: Sendable {
    package let stored: StoredAttempt
    package let attempt: OpenIDAttempt
    package let provider: OpenIDProvider
    package let clientSecret: String
}

/// What came of a proven identity.
package enum OpenIDSignIn: Sendable {
    case started(NewSession)
    /// The second step is to be passed, with this in the cookie.
    case codeNeeded(OpenIDAttempt)
}

/// Why somebody who came back from a provider is not signed in, in a sentence for them.
package struct SignInRefused: Error, Equatable {
    package let words: String

    package init(_ words: String) {
        self.words = words
    }

    static let over = SignInRefused(
        "This sign-in was begun too long ago, was used already, or belongs to another browser. "
            + "Begin again.")
}

extension Authenticator {
    /// What the company of a slug offers; nil when there is no such company, or it has none.
    package func provider(of slug: String, at now: Instant = .now) async throws -> OpenIDProvider? {
        try await company(slug, at: now)?.provider
    }

    /// Begins a sign-in by the company's provider.
    ///
    /// - Parameter next: Where to go afterwards; a path of ours.
    /// - Throws: `Problem.notFound` when the company has none.
    package func beginOpenID(
        at slug: String, next: String?, at now: Instant = .now
    ) async throws -> BegunSignIn {
        guard let (tenant, provider) = try await company(slug, at: now) else {
            throw Problem.notFound("way to sign in")
        }
        let attempt = OpenIDAttempt()
        try await database.write(as: .system(tenant.id), at: now) {
            try await OpenIDAttempts.begin(attempt, next: next, in: $0)
        }
        return BegunSignIn(provider: provider, attempt: attempt, slug: tenant.slug)
    }

    /// Takes what a browser comes back with; the second who comes with the same is refused.
    ///
    /// - Throws: `SignInRefused`; `Problem.tooMany`.
    package func returned(
        _ attempt: OpenIDAttempt, state: String, to slug: String, from origin: Origin,
        at now: Instant = .now
    ) async throws -> ReturnedSignIn {
        try passwordCheck.takeAttempt(from: origin.remote, at: now)
        // The secret is in the cookie alone, so a state of elsewhere does not fit to it. It must
        // not use up the attempt either.
        guard state == attempt.state else { throw SignInRefused.over }
        let stored = try await database.translated {
            try await database.write { tx -> StoredAttempt? in
                let stored = try await OpenIDAttempts.find(attempt, in: tx, at: now)
                guard let stored, stored.user == nil, stored.slug == slug else { return nil }
                return try await OpenIDAttempts.use(attempt, in: tx) ? stored : nil
            }
        }
        guard let stored else { throw SignInRefused.over }
        return try await database.read(as: .system(stored.tenant), at: now) { [masterKeys] scope in
            guard let provider = try await OpenIDProviders.current(in: scope),
                let secret = try await OpenIDProviders(scope, masterKeys).clientSecret()
            else { throw SignInRefused("Your company does not sign in this way any more.") }
            return ReturnedSignIn(
                stored: stored, attempt: attempt, provider: provider, clientSecret: secret)
        }
    }

    /// Signs in who has proved an identity.
    ///
    /// - Throws: `SignInRefused`; `RefusedCaller`.
    package func signIn(
        _ identity: ProvenIdentity, by returned: ReturnedSignIn, from origin: Origin,
        at now: Instant = .now
    ) async throws -> OpenIDSignIn {
        let system = Caller.system(returned.stored.tenant)
        do {
            let outcome = try await database.write(as: system, at: now) { scope in
                let person = try await OpenIDIdentities(scope).person(of: identity)
                return try await self.enter(person, by: returned, from: origin, in: scope)
            }
            passwordCheck.attempts.giveBack(origin.remote)
            return outcome
        } catch let stranger as OpenIDIdentities.Stranger {
            try await noteFailure(
                stranger.words, of: stranger.user, email: identity.email,
                at: returned.stored.tenant,
                from: origin, at: now)
            throw SignInRefused(stranger.words)
        }
    }

    /// Records a sign-in by a provider that came to nothing.
    package func noteFailure(
        _ words: String, of user: ID<User>? = nil, email: String? = nil, at tenant: ID<Tenant>,
        from origin: Origin, at now: Instant
    ) async throws {
        try await database.write(as: .system(tenant), at: now) { scope in
            try await scope.record(
                Event("sign_in.failed", user?.uuid) { body in
                    body.member("remote", origin.remote)
                    body.member("email", email)
                    body.member("way", SignInWay.openIDName)
                    body.member("reason", words)
                })
        }
    }

    /// The second step here, unless the provider has asked for one. Where the company requires
    /// it and the person has none, the session is for setting it up.
    private func enter(
        _ person: OpenIDIdentities.Person, by returned: ReturnedSignIn, from origin: Origin,
        in scope: Scope
    ) async throws -> OpenIDSignIn {
        let own = scope.acting(as: person.caller(of: scope.tenant))
        let isStrong = returned.provider.secondStep == .provider
        do {
            if !isStrong {
                try await SecondSteps(own, masterKeys).passSignIn(nil, opensSession: true)
            }
        } catch Problem.codeNeeded {
            try await AddressList(own).admit(from: origin.remote)
            let next = OpenIDAttempt()
            try await OpenIDAttempts.begin(
                next, of: person.user, next: returned.stored.next, in: own)
            return .codeNeeded(next)
        }
        try await SignInFailures(tx: scope.tx, now: scope.now)
            .clear(email: person.email, of: scope.tenant)
        return .started(
            try await Sessions(own).start(from: origin, by: .openID(isStrong: isStrong)))
    }

    /// The company of a slug and its provider, if it is there and has one.
    private func company(
        _ slug: String, at now: Instant
    ) async throws -> (tenant: TenantProfile, provider: OpenIDProvider)? {
        let slug = slug.trimmingWhitespace().lowercased()
        return try await database.translated {
            try await database.read { tx in
                guard let tenant = try await Tenants.find(slug: slug, in: tx) else { return nil }
                let scope = Scope(caller: .system(tenant.id), tx: tx, now: now)
                return try await OpenIDProviders.current(in: scope).map { (tenant, $0) }
            }
        }
    }
}

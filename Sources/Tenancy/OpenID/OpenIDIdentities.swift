import Storage

/// Who somebody is at a provider, which has proved it.
package struct ProvenIdentity: Sendable, Equatable {
    package let issuer: String
    /// The provider's name for the account; never given to another.
    package let subject: String
    /// Verified by the provider. It may change, and be given to another.
    package let email: String

    package init(issuer: String, subject: String, email: String) {
        self.issuer = issuer
        self.subject = subject
        self.email = email
    }
}

/// Which account at a provider is whose: linked when somebody first comes from there, by the
/// verified address, and from then on known by the account alone.
package struct OpenIDIdentities: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// Why somebody who has proved an identity is not let in, in a sentence for them.
    struct Stranger: Error {
        let user: ID<User>?
        let words: String
    }

    struct Person: RowDecodable {
        let user: ID<User>
        let email: String
        let isActive: Bool
        let held: HeldRole

        init(row: inout Row) throws {
            user = try row.next()
            email = try row.next()
            isActive = try row.next(Instant?.self) == nil
            held = try HeldRole(row: &row)
        }

        func caller(of tenant: ID<Tenant>) -> Caller {
            Caller(tenant: tenant, actor: .user(user), as: held)
        }
    }

    /// The person of an identity, linked now when it comes for the first time. No account is made.
    ///
    /// - Throws: `Stranger`.
    func person(of identity: ProvenIdentity) async throws -> Person {
        if let person = try await linked(identity) {
            guard person.isActive else {
                throw Stranger(user: person.user, words: "Your account here was deactivated.")
            }
            return person
        }
        guard let email = EmailAddress.normalised(identity.email),
            let person = try await active(email)
        else {
            throw Stranger(
                user: nil,
                words: "Nobody here has the address \(identity.email). Ask your admin to add you.")
        }
        guard try await !isLinked(person.user, at: identity.issuer) else {
            throw Stranger(
                user: person.user,
                words: """
                    The account of \(email) here is linked to another account there. Ask your \
                    admin to unlink it.
                    """)
        }
        try await link(identity, to: person)
        return person
    }

    /// Forgets which accounts a person has at providers: the next that comes with the person's
    /// address is theirs. Company admins only.
    package func unlink(_ user: ID<User>) async throws {
        try scope.caller.must(.peopleEdit)
        _ = try await Users(scope).find(user)
        let gone = try await scope.tx.execute(
            """
            DELETE FROM openid_identities
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user)
            """)
        guard gone > 0 else {
            throw Problem.conflict("This person has no account linked at a provider.")
        }
        try await scope.record(Event("user.openid_unlinked", user.uuid))
    }

    private func linked(_ identity: ProvenIdentity) async throws -> Person? {
        try await scope.tx.first(
            """
            SELECT users.id, users.email, users.deactivated_at, \(HeldRole.columns)
            FROM openid_identities
            JOIN users ON users.tenant_id = openid_identities.tenant_id
                AND users.id = openid_identities.user_id
            \(HeldRole.join)
            WHERE openid_identities.tenant_id = \(scope.tenant)
                AND openid_identities.issuer = \(identity.issuer)
                AND openid_identities.subject = \(identity.subject)
            """)
    }

    private func active(_ email: String) async throws -> Person? {
        try await scope.tx.first(
            """
            SELECT users.id, users.email, users.deactivated_at, \(HeldRole.columns)
            FROM users
            \(HeldRole.join)
            WHERE users.tenant_id = \(scope.tenant) AND users.email = \(email)
                AND users.deactivated_at IS NULL
            """)
    }

    private func isLinked(_ user: ID<User>, at issuer: String) async throws -> Bool {
        let found: Int? = try await scope.tx.value(
            """
            SELECT count(*)
            FROM openid_identities
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user) AND issuer = \(issuer)
            """)
        return found != 0
    }

    private func link(_ identity: ProvenIdentity, to person: Person) async throws {
        try await scope.tx.execute(
            """
            INSERT INTO openid_identities (tenant_id, issuer, subject, user_id, linked_at)
            VALUES (\(scope.tenant), \(identity.issuer), \(identity.subject), \(person.user),
                \(scope.now))
            """)
        try await scope.acting(as: person.caller(of: scope.tenant)).record(
            Event("user.openid_linked", person.user.uuid) {
                $0.member("issuer", identity.issuer)
                $0.member("email", person.email)
            })
    }
}

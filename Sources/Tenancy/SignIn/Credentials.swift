/// What somebody types to sign in.
package struct Credentials: Sendable {
    /// The company's slug.
    package var tenant: String
    package var email: String
    package var password: String
    /// A one-time or recovery code, for who has a second step.
    package var code: String?

    package init(tenant: String, email: String, password: String, code: String? = nil) {
        self.tenant = tenant
        self.email = email
        self.password = password
        self.code = code
    }
}

/// Where a sign-in comes from.
package struct Origin: Sendable, Equatable {
    /// The address; sign-ins are rate-limited by it.
    package let remote: String
    /// The `User-Agent`, as it was sent.
    package let agent: String?

    private static let agentCharactersMax = 300

    package init(remote: String, agent: String? = nil) {
        self.remote = remote
        self.agent = agent.map { String($0.prefix(Self.agentCharactersMax)) }
    }
}

import Storage
import Tenancy

/// A person with a browser session.
package struct Visitor: Sendable {
    package let caller: Caller
    package let name: String
    package let email: String
    package let csrf: String
    package let tenantName: String
    /// Whether nothing is open to them but setting up the second step of the sign-in.
    package let mustSetUp: Bool

    package init(
        caller: Caller, name: String, email: String, csrf: String, tenantName: String,
        mustSetUp: Bool = false
    ) {
        self.caller = caller
        self.name = name
        self.email = email
        self.csrf = csrf
        self.tenantName = tenantName
        self.mustSetUp = mustSetUp
    }

    /// - Throws: never on a route that needs a session: a session belongs to a user.
    package func user() throws -> ID<User> {
        guard let user = caller.user else { throw Problem.unauthenticated("Sign in first.") }
        return user
    }
}

/// How the web finds out who calls.
package struct Gate: Sendable {
    /// A bearer token (JWT or API key) to its caller.
    package var bearer: @Sendable (String) async throws -> Caller
    /// A session cookie to its visitor; nil when it is over.
    package var session: @Sendable (String) async throws -> Visitor?
    /// Spends one request of the allowance of an actor; those without an id share one.
    package var spend: @Sendable (Actor) -> Allowance

    package init(
        bearer: @escaping @Sendable (String) async throws -> Caller,
        session: @escaping @Sendable (String) async throws -> Visitor?,
        spend: @escaping @Sendable (Actor) -> Allowance
    ) {
        self.bearer = bearer
        self.session = session
        self.spend = spend
    }
}

/// What is left of a caller's requests (draft-ietf-httpapi-ratelimit-headers).
package struct Allowance: Sendable {
    package let limit: Int
    package let remaining: Int
    package let resetSeconds: Int
    package let isSpent: Bool

    package init(limit: Int, remaining: Int, resetSeconds: Int, isSpent: Bool) {
        self.limit = limit
        self.remaining = remaining
        self.resetSeconds = resetSeconds
        self.isSpent = isSpent
    }
}

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
    /// How a platform operator got into this company; nil for its own people.
    package private(set) var glass: BreakGlass?
    /// Where the company's people may come from.
    let addresses: AllowedAddresses

    package init(
        caller: Caller, name: String, email: String, csrf: String, tenantName: String,
        mustSetUp: Bool = false, addresses: AllowedAddresses = .anywhere
    ) {
        self.caller = caller
        self.name = name
        self.email = email
        self.csrf = csrf
        self.tenantName = tenantName
        self.mustSetUp = mustSetUp
        self.addresses = addresses
    }

    package init(_ insider: Insider) {
        let glass = insider.glass
        self.init(
            caller: glass.caller, name: glass.operatorName, email: glass.operatorEmail,
            csrf: insider.csrf, tenantName: glass.company)
        self.glass = glass
    }

    /// - Throws: where a platform operator is inside by break-glass; else a session belongs to
    ///   a user.
    package func user() throws -> ID<User> {
        guard let user = caller.user else { throw Problem.unauthenticated("Sign in first.") }
        return user
    }
}

/// How the web finds out who calls.
package struct Gate: Sendable {
    /// A bearer token (JWT or API key) to its caller.
    package var bearer: @Sendable (String) async throws -> Bearer
    /// A session cookie to its visitor; nil when it is over.
    package var session: @Sendable (String) async throws -> Visitor?
    /// A break-glass cookie to who is inside by it; nil when it is over.
    package var inside: @Sendable (String) async throws -> Visitor?
    /// Spends one request of the allowance of an actor; those without an id share one.
    package var spend: @Sendable (Actor) -> Allowance

    package init(
        bearer: @escaping @Sendable (String) async throws -> Bearer,
        session: @escaping @Sendable (String) async throws -> Visitor?,
        inside: @escaping @Sendable (String) async throws -> Visitor?,
        spend: @escaping @Sendable (Actor) -> Allowance
    ) {
        self.bearer = bearer
        self.session = session
        self.inside = inside
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

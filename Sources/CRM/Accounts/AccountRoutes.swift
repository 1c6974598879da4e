import HTTPTypes
import Storage
import Tenancy
import Web

/// Signing in and out: sessions for browsers, tokens for programs.
///
/// Nobody is signed in here yet, so a write carries no proof that a page of ours sent it. What
/// stands in for it is that these routes take JSON only: another site cannot send that without
/// asking first (CORS), and it is never allowed to.
struct AccountRoutes {
    let authenticator: Authenticator
    /// Whether session cookies are for TLS only, whatever the request came by.
    let secureCookies: Bool

    var routes: [Route] {
        [
            .api(
                .post, "/sessions", "Signs a browser in", input: .json(Credentials.schema),
                answers: [.init(201, "Signed in; the cookie is set.", .startedSession)],
                access: .anyone, handle: signIn),
            .api(
                .delete, "/sessions/current", "Signs the browser out",
                answers: [.init(204, "Signed out.")], handle: signOut
            ).forSetUp,
            .api(
                .post, "/tokens", "Signs a program in", input: .json(Credentials.schema),
                answers: [.init(200, "An access token and a refresh token.", TokenPair.schema)],
                access: .anyone, handle: issue),
            .api(
                .post, "/tokens/refresh", "Exchanges a refresh token for the next",
                input: .json(
                    .object([.init("refresh_token", .text(max: 200), required: true)])),
                answers: [
                    .init(200, "The token that was sent is used up.", TokenPair.schema)
                ], access: .anyone, handle: refresh),
            .other(.get, "/.well-known/jwks.json", "Public keys of access tokens", handle: jwks),
        ].grouped("Sign-in")
    }

    /// A session is always a new one, so a token that was planted before is worth nothing; one
    /// that the browser still had is ended.
    private func signIn(_ call: Call) async throws -> Reply {
        let result = try await authenticator.signIn(
            Credentials(call.input), from: call.comesFrom, at: call.now)
        if let earlier = call.sessionToken {
            try await authenticator.signOut(token: earlier, at: call.now)
        }
        return .started(result.session, isSecure: isSecure(call))
    }

    private func signOut(_ call: Call) async throws -> Reply {
        guard call.visitorIfAny != nil, let token = call.sessionToken else {
            throw Problem.notFound("session")
        }
        try await authenticator.signOut(token: token, at: call.now)
        return Reply.noContent.with(.setCookie, SessionCookie.empty(isSecure: isSecure(call)))
    }

    private func issue(_ call: Call) async throws -> Reply {
        .tokens(
            try await authenticator.issueTokens(
                Credentials(call.input), from: call.comesFrom, at: call.now))
    }

    private func refresh(_ call: Call) async throws -> Reply {
        let token = call.input["refresh_token"]?.string ?? ""
        return .tokens(try await authenticator.refresh(token: token, at: call.now))
    }

    private func jwks(_ call: Call) async throws -> Reply {
        Reply(
            .ok,
            headers: [.contentType: "application/json", .cacheControl: "public, max-age=300"],
            body: .bytes(try await authenticator.jwks(at: call.now)))
    }

    private func isSecure(_ call: Call) -> Bool { secureCookies || call.scheme == "https" }
}

extension Schema {
    static let startedSession = Schema.object([
        .init("csrf", .text(max: 100), required: true, "For X-CSRF-Token on every write."),
        .init("redirect", .text(max: 200), required: true, "Where to go."),
    ])
}

extension Credentials {
    fileprivate static let schema = Schema.named(
        "Credentials",
        .object([
            .init("tenant", .text(max: 100), required: true, "The company's short name."),
            .init("email", .text(max: 254), required: true),
            .init("password", .text(max: 200), required: true),
            .init(
                "code", .text(max: 40), "A one-time or recovery code, for who has a second step."),
        ]))

    /// A password is taken to the letter, white space at its ends included.
    fileprivate init(_ input: Fields) {
        self.init(
            tenant: input.text("tenant") ?? "", email: input.text("email") ?? "",
            password: input["password"]?.string ?? "", code: input.text("code"))
    }
}

extension TokenPair {
    fileprivate static let schema = Schema.named(
        "Tokens",
        .object([
            .init("access_token", .text(max: 4000), required: true, "A JWT signed with ES256."),
            .init("refresh_token", .text(max: 200), required: true, "Good for one exchange."),
            .init("token_type", .choice(["Bearer"]), required: true),
            .init("expires_in", .integer(1...86_400), required: true, "Seconds."),
        ]))
}

extension Reply {
    /// Signs the browser in.
    static func started(_ session: NewSession, isSecure: Bool) -> Reply {
        Reply.json(.created) { writer in
            writer.object {
                $0.member("csrf", session.csrf)
                $0.member("redirect", "/today")
            }
        }.with(.setCookie, SessionCookie.carrying(session.token, isSecure: isSecure))
    }

    fileprivate static func tokens(_ pair: TokenPair) -> Reply {
        .json { writer in
            writer.object {
                $0.member("access_token", pair.accessToken)
                $0.member("refresh_token", pair.refreshToken)
                $0.member("token_type", "Bearer")
                $0.member("expires_in", pair.expiresInSeconds)
            }
        }
    }
}

import HTTPTypes
import OpenID
import Storage
import Tenancy
import Web

/// Sign-in by a company's identity provider in the API, as the sign-in page asks for it.
///
/// As at the sign-in by password, taking JSON only keeps other sites' forms out.
struct OpenIDRoutes {
    let authenticator: Authenticator
    let relyingParty: RelyingParty
    let mailing: Mailing
    let secureCookies: Bool
    /// A sign-in that is begun takes a row for ten minutes; an office behind one address begins
    /// many.
    private let byAddress = RateLimiter(limit: 120, perSeconds: 60)

    init(
        authenticator: Authenticator, relyingParty: RelyingParty, mailing: Mailing,
        secureCookies: Bool
    ) {
        self.authenticator = authenticator
        self.relyingParty = relyingParty
        self.mailing = mailing
        self.secureCookies = secureCookies
    }

    var routes: [Route] {
        [
            .api(
                .get, "/sign-in/ways", "Says how a company's people sign in",
                query: [.init("tenant", .text(max: 100), "The company's short name.")],
                answers: [
                    .init(200, "The same for companies that are not there.", Self.waysSchema)
                ], access: .anyone, handle: ways),
            .api(
                .post, "/sign-in/openid/attempts", "Begins a sign-in by the company's provider",
                input: .json(Self.beginSchema),
                answers: [
                    .init(201, "Where to go; a cookie is set for ten minutes.", Self.begunSchema)
                ], access: .anyone, handle: begin),
            .api(
                .post, "/sign-in/openid/code", "Passes the second step after the provider",
                input: .json(.object([.init("code", .text(max: 40), required: true)])),
                answers: [.init(201, "Signed in; the cookie is set.", .startedSession)],
                access: .anyone, handle: pass),
        ].grouped("Sign-in")
    }

    private func ways(_ call: Call) async throws -> Reply {
        let provider = try await authenticator.provider(
            of: call.query["tenant"] ?? "", at: call.now)
        return .json { writer in
            writer.object { body in
                body.member("openid") { writer in
                    guard let provider else { return writer.null() }
                    writer.object { $0.member("label", provider.label) }
                }
            }
        }
    }

    private func begin(_ call: Call) async throws -> Reply {
        let standing = byAddress.take(call.remote, at: call.now)
        guard standing.isAllowed else {
            throw Problem.tooMany(
                "Too many sign-ins from your address. Try again in a minute.",
                retryAfterSeconds: standing.retryAfterSeconds)
        }
        let begun = try await authenticator.beginOpenID(
            at: call.input.text("tenant") ?? "",
            next: call.input.text("next").flatMap(SignInPages.localPath), at: call.now)
        // The secret is the token endpoint's alone, so it is not needed yet.
        let client = ProviderClient(
            issuer: begun.provider.issuer, id: begun.provider.clientID, secret: "",
            redirectURL: mailing.openID(begun.slug))
        let attempt = begun.attempt
        let address: String
        do {
            address = try await relyingParty.authorization(
                by: client, state: attempt.state, nonce: attempt.nonce,
                challenge: attempt.challenge, at: call.now)
        } catch let fault as ProviderFault {
            throw Problem.unavailable("\(begun.provider.label): \(fault)")
        }
        return Reply.json(.created) { writer in
            writer.object { $0.member("redirect", address) }
        }.setting(OpenIDCookie.carrying(attempt, isSecure: isSecure(call)))
    }

    private func pass(_ call: Call) async throws -> Reply {
        guard let attempt = OpenIDCookie.attempt(of: call) else {
            throw Problem.unauthenticated("Begin the sign-in first.")
        }
        let session = try await authenticator.finishOpenID(
            attempt, code: call.input.text("code") ?? "", from: call.comesFrom, at: call.now)
        if let earlier = call.sessionToken {
            try await authenticator.signOut(token: earlier, at: call.now)
        }
        let isSecure = isSecure(call)
        return Reply.started(session, isSecure: isSecure)
            .setting(OpenIDCookie.empty(isSecure: isSecure))
    }

    private func isSecure(_ call: Call) -> Bool { secureCookies || call.scheme == "https" }

    private static let waysSchema = Schema.named(
        "SignInWays",
        .object([
            .init(
                "openid", .optional(.object([.init("label", .text(max: 100), required: true)])),
                required: true, "Null when there is only the password.")
        ]))

    private static let beginSchema = Schema.object([
        .init("tenant", .text(max: 100), required: true, "The company's short name."),
        .init("next", .text(max: 2000), "Where to go afterwards: a path of this site."),
    ])

    private static let begunSchema = Schema.object([
        .init("redirect", .text(max: 4000), required: true, "The provider's page.")
    ])
}

import HTTPTypes
import OpenID
import Storage
import Tenancy
import Views
import Web

/// Where an identity provider sends people back to, and where they give the code of their second
/// step. The first is the one page that writes: a provider comes back by GET, and what proves
/// that the browser had asked for it is the cookie.
struct OpenIDPages {
    let authenticator: Authenticator
    let relyingParty: RelyingParty
    let mailing: Mailing
    let assets: Assets
    let secureCookies: Bool

    var routes: [Route] {
        [
            .page(
                "/sign-in/openid/{tenant}", "Where a company's provider leads back to",
                access: .anyone, handle: comeBack),
            .page(
                "/sign-in/code", "Asks for the code after a provider", access: .anyone,
                handle: askCode),
        ]
    }

    private func comeBack(_ call: Call) async throws -> Reply {
        let isSecure = secureCookies || call.scheme == "https"
        let gone = OpenIDCookie.empty(isSecure: isSecure)
        var next: String?
        do {
            let returned = try await returned(call)
            next = returned.stored.next
            let reply =
                switch try await outcome(of: returned, call) {
                case .started(let session):
                    Reply.see(next ?? "/today")
                        .setting(SessionCookie.carrying(session.token, isSecure: isSecure))
                        .setting(gone)
                case .codeNeeded(let attempt):
                    Reply.see("/sign-in/code")
                        .setting(OpenIDCookie.carrying(attempt, isSecure: isSecure))
                }
            if let earlier = call.sessionToken {
                try await authenticator.signOut(token: earlier, at: call.now)
            }
            return reply.with(.referrerPolicy, "no-referrer")
        } catch let refused as SignInRefused {
            return try await door(refused.words, next: next, call).setting(gone)
        } catch let problem as Problem where !problem.mayPass {
            return try await door(problem.detail, next: next, call)
        }
    }

    private func returned(_ call: Call) async throws -> ReturnedSignIn {
        guard let attempt = OpenIDCookie.attempt(of: call) else {
            throw SignInRefused("This browser has not begun this sign-in, or too long ago.")
        }
        return try await authenticator.returned(
            attempt, state: call.query["state"] ?? "", to: call.parameter("tenant"),
            from: call.comesFrom, at: call.now)
    }

    /// What the provider has to say, asked outside of any transaction.
    private func outcome(of returned: ReturnedSignIn, _ call: Call) async throws -> OpenIDSignIn {
        let provider = returned.provider
        do {
            // A provider that says who it is must be the one that was asked (RFC 9207).
            if let issuer = call.query["iss"], issuer != provider.issuer {
                throw ProviderFault("This answer is of another provider.")
            }
            guard let code = call.query["code"], !code.isEmpty else {
                throw ProviderFault(Self.words(of: call.query["error"], provider))
            }
            let account = try await relyingParty.account(
                of: ProviderAnswer(
                    code: code, nonce: returned.attempt.nonce,
                    verifier: returned.attempt.verifier),
                by: ProviderClient(
                    issuer: provider.issuer, id: provider.clientID,
                    secret: returned.clientSecret,
                    redirectURL: mailing.openID(returned.stored.slug)), at: call.now)
            let identity = ProvenIdentity(
                issuer: provider.issuer, subject: account.subject, email: account.email)
            return try await authenticator.signIn(
                identity, by: returned, from: call.comesFrom, at: call.now)
        } catch let fault as ProviderFault {
            try await authenticator.noteFailure(
                fault.description, at: returned.stored.tenant, from: call.comesFrom, at: call.now)
            throw SignInRefused(fault.description)
        }
    }

    /// The provider's error in a sentence. What it says at length is not shown: it is a text that
    /// whoever wrote the link could choose.
    private static func words(of error: String?, _ provider: OpenIDProvider) -> String {
        switch error {
        case "access_denied": "\(provider.label) did not let you in, or you turned back."
        case "temporarily_unavailable", "server_error":
            "\(provider.label) cannot sign anybody in now. Try again in a moment."
        case let error?:
            "\(provider.label) did not sign you in: \(error.filter(\.isLetterOrLine).prefix(60))."
        case nil: "\(provider.label) sent you back without an answer."
        }
    }

    /// The sign-in page with a sentence on it.
    private func door(_ words: String, next: String?, _ call: Call) async throws -> Reply {
        let slug = String(call.parameter("tenant").prefix(100))
        var page = SignInPage(
            tenant: slug, message: (.bad, words), next: next,
            session: PageSession(csrf: nil, nonce: call.nonce, assets: assets))
        page.provider = try await authenticator.provider(of: slug, at: call.now)?.label
        return .html(signInPage(page)).with(.referrerPolicy, "no-referrer")
    }

    private func askCode(_ call: Call) async throws -> Reply {
        guard let attempt = OpenIDCookie.attempt(of: call),
            let stored = try await authenticator.awaitingCode(attempt, at: call.now)
        else { return .see("/sign-in") }
        let session = PageSession(csrf: nil, nonce: call.nonce, assets: assets)
        return .html(codePage(tenant: stored.slug, next: stored.next ?? "/today", session: session))
    }
}

extension Character {
    fileprivate var isLetterOrLine: Bool { isASCII && isLetter || self == "_" }
}

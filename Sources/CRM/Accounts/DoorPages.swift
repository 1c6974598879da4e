import HTTPTypes
import Tenancy
import Views
import Web

/// The pages that mailed links lead to, and the one that asks for a link.
///
/// Opening one changes nothing: mail scanners open links too. The address is a secret, so no
/// other site and no store gets to see it.
struct DoorPages {
    let authenticator: Authenticator
    let assets: Assets

    var routes: [Route] {
        [
            .page("/forgot", "Asks for a new password", access: .anyone) { call in
                .html(
                    forgotPage(
                        tenant: call.query["tenant"] ?? "", email: call.query["email"] ?? "",
                        session: session(call)))
            },
            .page("/welcome/{token}", "Where an invitation leads", access: .anyone) { call in
                try await opened(.invitation, call) { welcomePage($0, session: $1) }
            },
            .page("/reset/{token}", "Where a link to a new password leads", access: .anyone) {
                try await opened(.passwordReset, $0) { resetPage($0, session: $1) }
            },
        ]
    }

    private func opened(
        _ purpose: AccessLink.Purpose, _ call: Call,
        _ page: (LinkPage, PageSession) -> HTML
    ) async throws -> Reply {
        let token = call.parameter("token")
        var reply: Reply
        do {
            let person = try await authenticator.link(token, purpose, at: call.now)
            reply = .html(page(LinkPage(person, token: token), session(call)))
        } catch Problem.conflict {
            let html = voidLinkPage(
                isInvitation: purpose == .invitation, session: session(call))
            reply = .html(html, status: .gone)
        }
        reply.headers[.referrerPolicy] = "no-referrer"
        return reply
    }

    private func session(_ call: Call) -> PageSession {
        PageSession(csrf: nil, nonce: call.nonce, assets: assets)
    }
}

extension LinkPage {
    fileprivate init(_ person: PresentedLink, token: String) {
        let email = Query.encoded(person.email)
        self.init(
            token: token, name: person.name, email: person.email, company: person.company,
            signInURL: "/sign-in?tenant=\(Query.encoded(person.slug))&email=\(email)",
            passwordMin: PasswordPolicy.lengths.lowerBound)
    }
}

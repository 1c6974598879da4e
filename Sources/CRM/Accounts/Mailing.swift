import Background
import Mail
import Storage
import Tenancy
import Views

/// How people are reached by mail, and where the links in it lead.
package struct Mailing: Sendable {
    /// Nil when mail stays in the outbox.
    package let relay: Relay?
    /// `https://crm.acme.example`: as set, never as a request says of itself.
    package let site: String

    package init(relay: Relay?, site: String) {
        self.relay = relay
        self.site = site
    }

    func welcome(_ token: String) -> String { "\(site)/welcome/\(token)" }
    func reset(_ token: String) -> String { "\(site)/reset/\(token)" }
    /// Where a company's identity provider sends people back to: one for each, so that what one
    /// provider answers is not taken for another's (RFC 9700 §4.4).
    func openID(_ slug: String) -> String { "\(site)/sign-in/openid/\(slug)" }
    func confirm(_ token: String) -> String { "\(site)/f/confirm/\(token)" }
    var forgot: String { "\(site)/forgot" }
}

extension NewMessage {
    /// A letter in the product's look.
    init(
        _ kind: String, to person: (id: ID<User>, email: String), _ letter: Letter,
        usefulUntil: Instant? = nil
    ) {
        self.init(
            kind: kind, user: person.id, recipient: person.email, subject: letter.subject,
            text: letterText(letter), html: letterHTML(letter).text, link: letter.action?.url,
            usefulUntil: usefulUntil)
    }
}

/// How the jobs are run that people's mail comes from.
package func mailHandlers(_ mailing: Mailing) -> [JobHandler] {
    [SendMail.handler(mailing.relay), SendPasswordReset.handler(mailing)]
}

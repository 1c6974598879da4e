import Storage
import Tenancy

/// A message to a person that is to be sent.
package struct NewMessage: Sendable {
    /// What it is about, such as `invitation`; a newer one of a kind can take its place.
    package let kind: String
    /// Nil for somebody outside the company.
    package let user: ID<User>?
    package let recipient: String
    package let subject: String
    package let text: String
    package let html: String
    /// A secret address that stands in it.
    package let link: String?
    /// After which its link leads nowhere.
    package let usefulUntil: Instant?

    package init(
        kind: String, user: ID<User>?, recipient: String, subject: String, text: String,
        html: String, link: String? = nil, usefulUntil: Instant? = nil
    ) {
        self.kind = kind
        self.user = user
        self.recipient = recipient
        self.subject = subject
        self.text = text
        self.html = html
        self.link = link
        self.usefulUntil = usefulUntil
    }
}

/// A message as it stands in the outbox.
package struct OutboxMessage: Sendable, Equatable {
    package enum State: String, Sendable, SQLConvertible, CaseIterable {
        case queued, sent, failed
    }

    package let id: ID<OutboxMessage>
    package let kind: String
    package let recipient: String
    package let subject: String
    /// Nil once it was sent: its link is a secret, and the text is of no further use.
    package let text: String?
    package let html: String?
    package let link: String?
    package let usefulUntil: Instant?
    package let state: State
    package let tries: Int
    /// Of the last try, in the server's words.
    package let error: String?
    package let createdAt: Instant
    package let changedAt: Instant
}

extension OutboxMessage: RowDecodable {
    package static let columns: SQL = """
        id, kind, recipient, subject, body_text, body_html, link, useful_until, state, tries,
        error, created_at, changed_at
        """

    package init(row: inout Row) throws {
        id = try row.next()
        kind = try row.next()
        recipient = try row.next()
        subject = try row.next()
        text = try row.next()
        html = try row.next()
        link = try row.next()
        usefulUntil = try row.next()
        state = try row.next()
        tries = try row.next()
        error = try row.next()
        createdAt = try row.next()
        changedAt = try row.next()
    }
}

import Background
import Storage
import Tenancy

/// The messages of the caller's company. One is stored in the transaction of its cause, and sent
/// by a job.
package struct Outbox: Sendable {
    package let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    private static let subjectMax = 200
    private static let errorMax = 1000

    /// Puts a message into this transaction: it is sent if this commits, and only then.
    @discardableResult
    package func add(_ new: NewMessage) async throws -> ID<OutboxMessage> {
        guard let recipient = EmailAddress.normalised(new.recipient) else {
            throw Problem.invalid("email", "Mail cannot reach this address.")
        }
        let id = ID<OutboxMessage>()
        let subject = String(HeaderText.clean(new.subject).prefix(Self.subjectMax))
        try await scope.tx.execute(
            """
            INSERT INTO outbox (tenant_id, id, kind, user_id, recipient, subject, body_text,
                body_html, link, useful_until, state, created_at, changed_at)
            VALUES (\(scope.tenant), \(id), \(new.kind), \(new.user), \(recipient), \(subject),
                \(new.text), \(new.html), \(new.link), \(new.usefulUntil),
                \(OutboxMessage.State.queued), \(scope.now), \(scope.now))
            """)
        try await Jobs(scope).add(SendMail(message: id), key: SendMail.key(id))
        return id
    }

    /// Takes back messages of a kind that were not sent, because what they say no longer holds.
    package func withdraw(_ kind: String, to user: ID<User>) async throws {
        try await scope.tx.execute(
            """
            DELETE FROM outbox
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user) AND kind = \(kind)
                AND state <> 'sent'
            """)
    }

    /// - Throws: `Problem.notFound`
    package func find(_ id: ID<OutboxMessage>) async throws -> OutboxMessage {
        try scope.caller.must(.operationsManage)
        guard let message = try await read(id) else { throw Problem.notFound("message") }
        return message
    }

    /// Tries a message again that failed, or that waited for a relay.
    package func sendAgain(_ id: ID<OutboxMessage>) async throws -> OutboxMessage {
        let message = try await find(id)
        guard message.state != .sent else { throw Problem.conflict("This message was sent.") }
        guard message.isUseful(at: scope.now) else {
            throw Problem.conflict("The link in this message has run out. Make a new one.")
        }
        try await settle(id, .queued, tries: message.tries, error: nil)
        try await Jobs(scope).add(
            SendMail(message: id), key: SendMail.key(id), rival: .makesWay)
        try await scope.record(
            Event("mail.sent_again", id.uuid) { $0.member("kind", message.kind) })
        return try await find(id)
    }
}

extension Outbox {
    /// The message, unless it was sent or withdrawn.
    func unsent(_ id: ID<OutboxMessage>) async throws -> OutboxMessage? {
        guard let message = try await read(id), message.state != .sent else { return nil }
        return message
    }

    /// The relay has it. Its text goes, with the secret in it.
    func noteSent(_ message: OutboxMessage) async throws {
        try await scope.tx.execute(
            """
            UPDATE outbox
            SET state = 'sent', tries = \(message.tries + 1), error = NULL, body_text = NULL,
                body_html = NULL, link = NULL, changed_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND id = \(message.id)
            """)
        try await scope.record(
            Event("mail.sent", message.id.uuid) { $0.member("kind", message.kind) })
    }

    /// A try failed; with `isOver` there is none after it.
    func noteFailure(of message: OutboxMessage, _ words: String, isOver: Bool) async throws {
        try await settle(
            message.id, isOver ? .failed : .queued, tries: message.tries + 1,
            error: String(words.prefix(Self.errorMax)))
        guard isOver else { return }
        try await scope.record(
            Event("mail.failed", message.id.uuid) { $0.member("kind", message.kind) })
    }

    private func settle(
        _ id: ID<OutboxMessage>, _ state: OutboxMessage.State, tries: Int, error: String?
    ) async throws {
        try await scope.tx.execute(
            """
            UPDATE outbox
            SET state = \(state), tries = \(tries), error = \(error), changed_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND id = \(id) AND state <> 'sent'
            """)
    }

    private func read(_ id: ID<OutboxMessage>) async throws -> OutboxMessage? {
        try await scope.tx.first(
            """
            SELECT \(OutboxMessage.columns) FROM outbox
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
    }
}

extension Outbox {
    private static let keptDays = 90

    /// Deletes messages that are old, and what is secret in those whose link has run out, in all
    /// companies. For a job that runs now and then.
    static func tidy(in tx: any Transaction, at now: Instant) async throws {
        // tenant: messages of every company grow old.
        try await tx.execute(
            "DELETE FROM outbox WHERE created_at < \(now.adding(days: -keptDays))")
        // tenant: links of every company run out.
        try await tx.execute(
            """
            UPDATE outbox SET body_text = NULL, body_html = NULL, link = NULL
            WHERE useful_until <= \(now) AND body_text IS NOT NULL
            """)
    }
}

extension OutboxMessage {
    /// Whether it would be of use to who gets it.
    package func isUseful(at now: Instant) -> Bool {
        text != nil && usefulUntil.map { $0 > now } ?? true
    }
}

import Background
import Storage
import Tenancy

/// Hands a message of the outbox to the relay. Without a relay it stays where it is, for admins
/// to read.
package struct SendMail: Job {
    package static let kind = JobKind(
        "mail.send", atOnce: 8, failuresMax: 12, pause: Pause(firstSeconds: 30, mostSeconds: 3600))

    let message: ID<OutboxMessage>

    /// At most one try of a message waits.
    static func key(_ message: ID<OutboxMessage>) -> String { "mail.send:\(message)" }

    package static func handler(_ relay: Relay?) -> JobHandler {
        JobHandler(SendMail.self) { job, run in
            guard let relay,
                let message = try await run.read({ try await Outbox($0).unsent(job.message) })
            else { return }
            guard let mail = MIMEMessage(message, from: relay.from, at: run.now) else {
                return try await run.finish { scope in
                    try await Outbox(scope).noteFailure(
                        of: message, "Its link had run out before it could be sent.", isOver: true)
                }
            }
            do { try await relay.deliver(mail) } catch let undelivered as Undelivered {
                try await note(undelivered, message, run)
            }
            // A crash before this sends it twice, under the same Message-ID.
            try await run.finish { try await Outbox($0).noteSent(message) }
        }
    }

    /// - Throws: What makes the runner try again, or bury the job.
    private static func note(
        _ undelivered: Undelivered, _ message: OutboxMessage, _ run: JobRun
    ) async throws {
        let words = undelivered.description
        let isOver = undelivered.isFinal || run.job.failures + 1 >= kind.failuresMax
        try await run.write { scope in
            try await Outbox(scope).noteFailure(of: message, words, isOver: isOver)
        }
        if undelivered.isFinal { throw GivenUp(words) }
        throw undelivered
    }
}

/// Deletes messages that are old, and secrets that have run out.
package struct TidyOutbox: Job {
    package static let kind = JobKind("outbox.tidy", urgency: .bulk, atOnce: 1)

    package init() {}

    package static func handler(_ database: Database) -> JobHandler {
        JobHandler(TidyOutbox.self) { _, run in
            let now = run.now
            try await database.write(isolation: .readCommitted) { tx in
                try await Outbox.tidy(in: tx, at: now)
            }
        }
    }
}

extension MIMEMessage {
    /// Nil when there is nothing to send any more.
    init?(_ message: OutboxMessage, from: Mailbox, at now: Instant) {
        guard let text = message.text, let html = message.html, message.isUseful(at: now) else {
            return nil
        }
        self.init(
            id: message.id.uuid, from: from, recipient: message.recipient,
            subject: message.subject, text: text, html: html, at: now)
    }
}

import Background
import Mail
import Storage
import Tenancy
import Views

/// Sends a link to who forgot a password, if there is such a person.
///
/// A job, so that the answer to the request is the same, after the same time, whether there is.
struct SendPasswordReset: Job {
    static let kind = JobKind("password-resets.send", failuresMax: 6)

    /// As it was typed.
    let email: String

    static func handler(_ mailing: Mailing) -> JobHandler {
        JobHandler(SendPasswordReset.self) { job, run in
            try await run.finish { scope in
                try await PasswordResets(scope: scope, mailing: mailing).send(to: job.email)
            }
        }
    }
}

/// Gives people of a company another password when they can read their mail.
struct PasswordResets: Sendable {
    let scope: Scope
    let mailing: Mailing

    private static let kind = "password_reset"
    /// Between two mails to the same person, whoever asks.
    private static let pauseSeconds = 60

    /// Stores the wish. Nothing is looked up here but the company.
    ///
    /// - Parameter tenant: Nil when there is none of the name that was typed.
    static func ask(
        for email: String, of tenant: ID<Tenant>?, in database: Database, at now: Instant
    ) async throws {
        let caller = Caller.system(tenant ?? .installation)
        let typed = EmailAddress.normalised(email) ?? ""
        try await database.write(as: caller, at: now, isolation: .readCommitted) { scope in
            try await Jobs(scope).add(
                SendPasswordReset(email: typed), key: "password-reset:\(typed)")
        }
    }

    /// A link for who has a password. Who was invited and has none is asked in by admins alone;
    /// platform operators stand above who may read a company's mail.
    func send(to email: String) async throws {
        guard let user = try await Users(scope).withPassword(email: email),
            user.role != .platformOperator
        else { return }
        let links = AccessLinks(scope)
        if let last = try await links.find(.passwordReset, of: user.id),
            scope.now.seconds(since: last.createdAt) < Self.pauseSeconds
        {
            return
        }
        let company = try await Tenants.find(scope.tenant, in: scope.tx)
        let (token, link) = try await links.issue(.passwordReset, for: user.id)
        let outbox = Outbox(scope)
        try await outbox.withdraw(Self.kind, to: user.id)
        try await outbox.add(
            NewMessage(
                Self.kind, to: (user.id, user.email),
                .passwordReset(
                    to: user.name, company: company.name, url: mailing.reset(token)),
                usefulUntil: link.expiresAt))
        try await scope.record(
            Event("user.password_reset_requested", user.id.uuid) {
                $0.member("expires_at", link.expiresAt)
            })
    }

    /// The person has another password, is signed out everywhere and told so.
    func complete(_ token: String, of person: PresentedLink, hash: String) async throws {
        try await AccessLinks(scope).use(token, .passwordReset, of: person, hash: hash)
        try await Outbox(scope).add(
            NewMessage(
                "password_changed", to: (person.user, person.email),
                .passwordChanged(
                    to: person.name, company: person.company, forgotURL: mailing.forgot)))
        try await scope.record(Event("user.password_reset", person.user.uuid))
    }
}

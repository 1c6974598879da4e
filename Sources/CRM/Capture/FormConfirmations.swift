import Mail
import Storage
import Tenancy
import Views

/// An arrival that waits until its sender follows a mailed link.
struct FormConfirmation: RowDecodable {
    let tenant: ID<Tenant>
    let entry: ID<Entry>
    let email: String
    let expiresAt: Instant
    let confirmedAt: Instant?

    init(row: inout Row) throws {
        tenant = try row.next()
        entry = try row.next()
        email = try row.next()
        expiresAt = try row.next()
        confirmedAt = try row.next()
    }
}

/// What waits for a confirmation by mail, in this transaction.
struct FormConfirmations {
    let scope: Scope

    /// For how long a link is good.
    static let days = 7
    static let mailKind = "form_confirmation"
    static let waiting = "Waits until the address is confirmed by mail."
    static let expired = "The address was not confirmed within \(days) days."
    /// So that a form is no way to flood somebody's mailbox.
    private static let mailsADay = 3

    init(_ scope: Scope) {
        self.scope = scope
    }

    /// Whether an address has had as many of these mails as it is sent in a day.
    func isSpent(_ email: String) async throws -> Bool {
        let count: Int? = try await scope.tx.value(
            """
            SELECT COUNT(*) FROM form_confirmations
            WHERE tenant_id = \(scope.tenant) AND email = \(email)
                AND created_at > \(scope.now.adding(days: -1))
            """)
        return count ?? 0 >= Self.mailsADay
    }

    /// Lets an entry wait, and mails its sender the link.
    func ask(
        _ entry: ID<Entry>, of form: Form, _ email: String, company: String, _ mailing: Mailing
    ) async throws {
        let token = SecretToken.random()
        let end = scope.now.adding(days: Self.days)
        try await scope.tx.execute(
            """
            INSERT INTO form_confirmations (tenant_id, entry_id, token_hash, email, created_at,
                expires_at)
            VALUES (\(scope.tenant), \(entry), \(SecretToken.hash(token)), \(email), \(scope.now),
                \(end))
            """)
        try await scope.tx.execute(
            """
            UPDATE inbox SET reason = \(Self.waiting)
            WHERE tenant_id = \(scope.tenant) AND id = \(entry)
            """)
        let letter = Letter.confirmation(
            company: company, form: form.name, days: Self.days, url: mailing.confirm(token))
        try await Outbox(scope).add(
            NewMessage(
                kind: Self.mailKind, user: nil, recipient: email, subject: letter.subject,
                text: letterText(letter), html: letterHTML(letter).text, link: letter.action?.url,
                usefulUntil: end))
    }

    /// The confirmation that a link asks for; nil when it leads nowhere any more.
    static func find(
        _ token: String, in tx: any Transaction, locking: Bool = false, at now: Instant
    ) async throws -> FormConfirmation? {
        guard token.utf8.count <= 100 else { return nil }
        // tenant: found by the token's hash, which is unique across tenants.
        return try await tx.first(
            """
            SELECT tenant_id, entry_id, email, expires_at, confirmed_at FROM form_confirmations
            WHERE token_hash = \(SecretToken.hash(token)) AND expires_at > \(now)
            \(locking ? tx.dialect.locking("form_confirmations") : "")
            """)
    }

    /// The sender followed the link: what waited goes its way. Once more changes nothing.
    func confirm(_ token: String) async throws {
        let found = try await Self.find(token, in: scope.tx, locking: true, at: scope.now)
        guard let found, found.tenant == scope.tenant else { throw Problem.notFound("form") }
        guard found.confirmedAt == nil else { return }
        try await scope.tx.execute(
            """
            UPDATE form_confirmations SET confirmed_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND entry_id = \(found.entry)
            """)
        try await Consents(scope).confirm(found.entry)
        let inbox = Inbox(scope)
        let entry = try await inbox.find(found.entry, locking: true)
        if entry.outcome == .waiting { try await inbox.process(entry) }
    }

    /// Refuses an entry whose link has run out.
    func expire(_ id: ID<Entry>) async throws {
        let gone = try await scope.tx.execute(
            """
            DELETE FROM form_confirmations
            WHERE tenant_id = \(scope.tenant) AND entry_id = \(id) AND expires_at <= \(scope.now)
                AND confirmed_at IS NULL
            """)
        guard gone == 1 else { return }
        let inbox = Inbox(scope)
        let entry = try await inbox.find(id, locking: true)
        guard entry.outcome == .waiting else { return }
        try await inbox.settle(entry, as: .refused, reason: Self.expired)
    }

    private static let keptDays = 30

    /// Entries of all companies whose link has run out.
    static func expired(
        in tx: any Transaction, at now: Instant
    ) async throws -> [(tenant: ID<Tenant>, entry: ID<Entry>)] {
        // tenant: each is refused under its own tenant.
        try await tx.rows(
            """
            SELECT tenant_id, entry_id FROM form_confirmations
            WHERE expires_at <= \(now) AND confirmed_at IS NULL
            ORDER BY expires_at LIMIT 1000
            """
        ) { row in try (row.next(ID<Tenant>.self), row.next(ID<Entry>.self)) }
    }

    /// Forgets the addresses of what was confirmed long ago, in all companies.
    static func tidy(in tx: any Transaction, at now: Instant) async throws {
        // tenant: links of every company grow old.
        try await tx.execute(
            """
            DELETE FROM form_confirmations
            WHERE expires_at < \(now.adding(days: -keptDays)) AND confirmed_at IS NOT NULL
            """)
    }
}

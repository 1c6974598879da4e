import Storage
import Tenancy

/// That somebody agreed to something, when, and to which words.
package struct Consent: Sendable, Equatable {
    package let form: ID<Form>
    /// Nil when the form is gone.
    package let formName: String?
    package let version: Int
    package let text: String
    /// SHA-256 of the text in hexadecimal digits.
    package let textHash: String
    package let givenAt: Instant
    package let remote: String?
    package let confirmedAt: Instant?
}

extension Consent: RowDecodable {
    package init(row: inout Row) throws {
        form = try row.next()
        formName = try row.next()
        version = try row.next()
        text = try row.next()
        textHash = try row.next()
        givenAt = try row.next()
        remote = try row.next()
        confirmedAt = try row.next()
    }
}

/// The words that the company's forms asked to agree to, and who did, in this transaction.
package struct Consents: Sendable {
    let scope: Scope

    private static let shownMax = 50

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// Keeps a form's words; returns their version, which is a new one when they are new.
    func keep(_ text: String, of form: ID<Form>) async throws -> Int {
        let latest = try await scope.tx.rows(
            """
            SELECT version, text FROM form_consents
            WHERE tenant_id = \(scope.tenant) AND form_id = \(form)
            ORDER BY version DESC LIMIT 1
            """
        ) { row in (version: try row.next(Int.self), text: try row.next(String.self)) }.first
        if let latest, latest.text == text { return latest.version }
        let version = (latest?.version ?? 0) + 1
        try await scope.tx.execute(
            """
            INSERT INTO form_consents (tenant_id, form_id, version, text, text_hash, created_at)
            VALUES (\(scope.tenant), \(form), \(version), \(text), \(Self.hash(text)),
                \(scope.now))
            """)
        return version
    }

    /// Notes that the sender of an entry agreed to the words that they were shown.
    func give(
        _ entry: ID<Entry>, form: ID<Form>, version: Int, from remote: String?
    ) async throws {
        try await scope.tx.execute(
            """
            INSERT INTO consents (tenant_id, entry_id, form_id, version, text_hash, given_at,
                remote)
            SELECT tenant_id, \(entry), form_id, version, text_hash, \(scope.now), \(remote)
            FROM form_consents
            WHERE tenant_id = \(scope.tenant) AND form_id = \(form) AND version = \(version)
            """)
    }

    /// The address behind an entry's consent was confirmed by mail.
    func confirm(_ entry: ID<Entry>) async throws {
        try await scope.tx.execute(
            """
            UPDATE consents SET confirmed_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND entry_id = \(entry)
            """)
    }

    private static let columns: SQL = """
        c.form_id, f.name, c.version, t.text, c.text_hash, c.given_at, c.remote, c.confirmed_at
        """
    private static let from: SQL = """
        FROM consents c
        JOIN form_consents t ON t.tenant_id = c.tenant_id AND t.form_id = c.form_id
            AND t.version = c.version
        LEFT JOIN forms f ON f.tenant_id = c.tenant_id AND f.id = c.form_id
        """

    func find(_ entry: ID<Entry>) async throws -> Consent? {
        try await scope.tx.first(
            """
            SELECT \(Self.columns) \(Self.from)
            WHERE c.tenant_id = \(scope.tenant) AND c.entry_id = \(entry)
            """)
    }

    /// What was agreed to by the arrivals of a lead, the newest first. Who sees the lead may.
    package func list(of lead: ID<Lead>) async throws -> [Consent] {
        try await scope.tx.all(
            """
            SELECT \(Self.columns) \(Self.from)
            JOIN inbox i ON i.tenant_id = c.tenant_id AND i.id = c.entry_id
            WHERE c.tenant_id = \(scope.tenant) AND i.lead_id = \(lead)
            ORDER BY c.given_at DESC, c.entry_id LIMIT \(Self.shownMax)
            """)
    }

    private static func hash(_ text: String) -> String {
        SecretToken.hash(text).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            .joined()
    }
}

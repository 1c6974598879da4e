import Storage
import Tenancy

/// Finds the lead that somebody is already. Exact: the same e-mail, phone or external id.
struct Duplicates {
    let scope: Scope

    init(_ scope: Scope) {
        self.scope = scope
    }

    /// A lead that was there, and by what it was known.
    struct Match: Sendable, RowDecodable {
        let id: ID<Lead>
        let matched: String
        let title: String

        init(row: inout Row) throws {
            id = try row.next()
            matched = try row.next()
            title = try row.next()
        }
    }

    /// The best match among the whole tenant's leads: the caller's reach does not matter for
    /// what is one person. External id before e-mail before phone.
    func find(_ draft: LeadDraft, except own: ID<Lead>? = nil) async throws -> Match? {
        try await find(
            externalID: draft.externalID, email: draft.email, phone: draft.phone, except: own)
    }

    func find(
        externalID: String?, email: String?, phone: String?, except own: ID<Lead>? = nil
    ) async throws -> Match? {
        var arms: [SQL] = []
        if let externalID { arms.append(arm("1", "'external id'", "external_id = \(externalID)")) }
        if let email { arms.append(arm("2", "'e-mail'", "email = \(email)")) }
        if let phone { arms.append(arm("3", "'phone'", "phone = \(phone)")) }
        guard !arms.isEmpty else { return nil }
        let others: SQL = if let own { "WHERE id <> \(own)" } else { "" }
        return try await scope.tx.first(
            """
            SELECT id, matched, title FROM (\(SQL.joined(arms, by: " UNION ALL "))) AS found
            \(others)
            ORDER BY rank LIMIT 1
            """)
    }

    private func arm(_ rank: SQL, _ matched: SQL, _ condition: SQL) -> SQL {
        """
        SELECT id, \(matched) AS matched, \(rank) AS rank,
            COALESCE(company, contact_name, email, phone_raw, 'Lead') AS title
        FROM leads WHERE tenant_id = \(scope.tenant) AND \(condition)
        """
    }
}

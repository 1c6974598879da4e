import Storage
import Tenancy

/// Finds the lead that somebody is already. Exact: the same e-mail, phone or external id, now or
/// before a merge.
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
        if let externalID {
            arms.append(arm("1", "'external id'", "external_id = \(externalID)"))
            arms.append(alias("4", "'external id'", "external_id", externalID))
        }
        if let email {
            arms.append(arm("2", "'e-mail'", "email = \(email)"))
            arms.append(alias("5", "'e-mail'", "email", email))
        }
        if let phone {
            arms.append(arm("3", "'phone'", "phone = \(phone)"))
            arms.append(alias("6", "'phone'", "phone", phone))
        }
        guard !arms.isEmpty else { return nil }
        let others: SQL = if let own { "WHERE id <> \(own)" } else { "" }
        return try await scope.tx.first(
            """
            SELECT id, matched, title FROM (\(SQL.joined(arms, by: " UNION ALL "))) AS found
            \(others)
            ORDER BY rank LIMIT 1
            """)
    }

    /// What a lead was known by before it was merged.
    private func alias(_ rank: SQL, _ matched: SQL, _ kind: String, _ value: String) -> SQL {
        """
        SELECT l.id, \(matched) AS matched, \(rank) AS rank,
            COALESCE(l.company, l.contact_name, l.email, l.phone_raw, 'Lead') AS title
        FROM lead_aliases a CROSS JOIN leads l
        WHERE a.tenant_id = \(scope.tenant) AND a.kind = \(kind) AND a.value = \(value)
            AND l.tenant_id = a.tenant_id AND l.id = a.lead_id
        """
    }

    private func arm(_ rank: SQL, _ matched: SQL, _ condition: SQL) -> SQL {
        """
        SELECT id, \(matched) AS matched, \(rank) AS rank,
            COALESCE(company, contact_name, email, phone_raw, 'Lead') AS title
        FROM leads WHERE tenant_id = \(scope.tenant) AND \(condition)
        """
    }
}

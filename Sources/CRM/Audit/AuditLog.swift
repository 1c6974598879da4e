import Storage
import Tenancy
import Web

/// The entries of the audit log that the caller may read, in one transaction: the company's,
/// those of the people of the caller's teams, or the caller's own.
package struct AuditLog: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// The newest first, unless told.
    static let listing = Listing(
        [
            .init("number", .integer, "number", sort: "number"),
            .init("at", .instant, "at"), .init("action", .text, "action", equals: byAction),
            .init("person", .id, "person_id", equals: byPerson),
            .init("actor", .id, "actor_id"),
            .init("actor_kind", .choice(Actor.Kind.allCases.map(\.rawValue)), "actor_kind"),
            .init("subject", .id, "subject_id"), .init("subject_kind", .text, "subject_kind"),
            .init("remote", .text, "remote"), .init("q", .text, "detail", equals: bySearch),
        ], defaultSort: "-number")

    /// `sign_in.failed`, or `sign_in` for all that begins so.
    @Sendable private static func byAction(_ text: String, _ scope: Scope) -> SQL {
        let arms = text.split(separator: ",").prefix(100).map { word -> SQL in
            let word = String(word)
            // What follows the dot is behind it and before the next character.
            return word.contains(".")
                ? "action = \(word)" : "(action >= \("\(word).") AND action < \("\(word)/"))"
        }
        return arms.isEmpty ? "1 = 0" : SQL.joined(arms, by: " OR ")
    }

    @Sendable private static func byPerson(_ text: String, _ scope: Scope) throws -> SQL {
        let ids = try text.split(separator: ",").prefix(100).map { word in
            guard let id = word == "me" ? scope.caller.user : ID<User>(word) else {
                throw Problem.invalid("filter[person]", "Give ids of people, or me.")
            }
            return id
        }
        return "person_id IN \(SQL.list(ids))"
    }

    /// Every word somewhere in what was done, from where, the details, or the person's name.
    @Sendable private static func bySearch(_ text: String, _ scope: Scope) -> SQL {
        let words = text.split(whereSeparator: \.isWhitespace).prefix(6).map(String.init)
        guard !words.isEmpty else { return "1 = 1" }
        let columns: [SQL] = ["action", "detail", "COALESCE(remote, '')"]
        let all = words.map { word -> SQL in
            let texts = columns.map { scope.tx.dialect.contains($0, word) }
            let people: SQL = """
                person_id IN (SELECT u.id FROM users u WHERE u.tenant_id = \(scope.tenant)
                    AND \(scope.tx.dialect.contains("u.name", word)))
                """
            return "(\(SQL.joined(texts + [people], by: " OR ")))"
        }
        return SQL.joined(all, by: " AND ")
    }

    package func page(
        _ request: ListRequest, _ cursors: Cursors
    ) async throws -> (elements: [AuditEntry], next: String?) {
        let rows = try await scope.tx.rows(
            """
            SELECT \(AuditEntry.columns), \(request.sortColumns) FROM audit
            WHERE tenant_id = \(scope.tenant) \(try reach())
                \(try request.conditions(in: scope)) \(try request.behind(cursors))
            ORDER BY \(request.order) LIMIT \(request.limit + 1)
            """
        ) { row in (element: try AuditEntry(row: &row), place: try request.place(&row)) }
        return request.page(rows, cursors)
    }

    /// The entries behind a number, in the order of the chain: for a file of all of them.
    func entries(
        _ request: ListRequest, after number: Int64, limit: Int
    ) async throws -> [AuditEntry] {
        try await scope.tx.all(
            """
            SELECT \(AuditEntry.columns) FROM audit
            WHERE tenant_id = \(scope.tenant) AND number > \(number) \(try reach())
                \(try request.conditions(in: scope))
            ORDER BY number LIMIT \(limit)
            """)
    }

    /// `AND …` for whose doings the caller may read.
    private func reach() throws -> SQL {
        try scope.caller.must(.auditRead)
        let span = scope.caller.grants[.auditRead]
        if span.contains(.company) { return "" }
        guard let user = scope.caller.user else { return "AND 1 = 0" }
        guard span.contains(.team) else { return "AND person_id = \(user)" }
        return "AND person_id IN (\(Teams.managedUsers(of: user, in: scope.tenant)))"
    }
}

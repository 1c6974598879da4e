import Storage
import Tenancy
import Web

/// The people of the caller's company who are the caller's to see, a page at a time.
struct UserList {
    let scope: Scope

    static let listing = Listing(
        [
            .init("id", .id, "id", sort: "id"), .init("name", .text, "name", sort: "lower(name)"),
            .init(
                "email", .text, "email", sort: "email",
                equals: { text, _ in "email = \(text.lowercased())" }),
            .init("role", .choice(Role.allCases.map(\.rawValue)), "role"),
            .init("team", .id, "team_id"), .init("territory", .text, "territory"),
            .init("active", .choice(["true", "false"]), "deactivated_at", equals: byActivity),
            .init("created_at", .instant, "created_at", sort: "created_at"),
        ], defaultSort: "name")

    @Sendable private static func byActivity(_ text: String, _ scope: Scope) throws -> SQL {
        switch text {
        case "true": "deactivated_at IS NULL"
        case "false": "deactivated_at IS NOT NULL"
        default: throw Problem.invalid("filter[active]", "Give true or false.")
        }
    }

    /// - Throws: `Problem.forbidden`
    func page(
        _ request: ListRequest, _ cursors: Cursors
    ) async throws -> (elements: [User], next: String?) {
        try scope.caller.must(.peopleRead)
        let rows = try await scope.tx.rows(
            """
            SELECT \(User.columns), \(request.sortColumns) FROM users
            WHERE tenant_id = \(scope.tenant) \(Colleagues(scope).sql())
                \(try request.conditions(in: scope))
                \(try request.behind(cursors))
            ORDER BY \(request.order) LIMIT \(request.limit + 1)
            """
        ) { row in (element: try User(row: &row), place: try request.place(&row)) }
        return request.page(rows, cursors)
    }

    /// Who has yet to choose a password.
    func withoutPassword() async throws -> Set<ID<User>> {
        Set(
            try await scope.tx.rows(
                """
                SELECT id FROM users
                WHERE tenant_id = \(scope.tenant) AND password_hash IS NULL
                """
            ) { try $0.next(ID<User>.self) })
    }

    /// By person, from the feed: sessions that were ended are gone from their table.
    func lastSignIns() async throws -> [ID<User>: Instant] {
        let rows = try await scope.tx.rows(
            """
            SELECT u.id,
                (SELECT e.at FROM events e
                WHERE e.tenant_id = u.tenant_id AND e.subject_id = u.id
                    AND e.name IN ('session.started', 'token.issued')
                ORDER BY e.seq DESC LIMIT 1)
            FROM users u WHERE u.tenant_id = \(scope.tenant)
            """
        ) { row in (try row.next(ID<User>.self), try row.next(Instant?.self)) }
        return Dictionary(uniqueKeysWithValues: rows).compactMapValues { $0 }
    }
}

import Storage
import Tenancy
import Web

/// The first leads of an order: lists, the board's columns, search.
extension Leads {
    /// One page of a list as the caller may see it, and the place it ends at when there is more.
    package func page(
        _ request: ListRequest, _ cursors: Cursors
    ) async throws -> (elements: [Lead], next: String?) {
        let page = try await whole(request, cursors)
        return (try await masked(page.elements), page.next)
    }

    /// The same, with which sensitive fields the caller sees of any of them.
    func page(
        at request: ListRequest, _ cursors: Cursors
    ) async throws -> (elements: [Lead], next: String?, sensitive: [String]) {
        let page = try await whole(request, cursors)
        let (leads, sensitive) = try await look(at: page.elements)
        return (leads, page.next, sensitive)
    }

    private func whole(
        _ request: ListRequest, _ cursors: Cursors
    ) async throws -> (elements: [Lead], next: String?) {
        let conditions = try request.conditions(in: scope) + request.behind(cursors)
        let first = Self.first(
            request.limit + 1, where: conditions, by: request.order,
            arms: try await Reach(scope.caller).arms(in: scope), in: scope)
        let rows = try await scope.tx.rows(
            "SELECT \(Lead.columns), \(request.sortColumns) \(first)"
        ) { row in
            (element: try Lead(row: &row), place: try request.place(&row))
        }
        return request.page(rows, cursors)
    }

    /// How many there are and what they are worth, by currency.
    package func count(
        _ request: ListRequest
    ) async throws -> (count: Int, valueMinor: [(currency: String, minor: Int64)]) {
        let rows = try await scope.tx.rows(
            """
            SELECT l.currency, COUNT(*), SUM(l.value_minor) FROM leads l
            WHERE l.tenant_id = \(scope.tenant) \(reach) \(try request.conditions(in: scope))
            GROUP BY l.currency ORDER BY l.currency
            """
        ) { row in
            try (row.next(String.self), row.next(Int.self), row.next(Int64?.self))
        }
        return (
            rows.reduce(0) { $0 + $1.1 }, rows.compactMap { row in row.2.map { (row.0, $0) } }
        )
    }

    /// The newest leads with every word of `text` somewhere.
    func search(_ text: String, limit: Int) async throws -> [Lead] {
        try await scope.tx.all(
            """
            SELECT \(Lead.columns) \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant) \(reach) AND \(Leads.bySearch(text, scope))
            ORDER BY l.updated_at DESC, l.id LIMIT \(limit)
            """
        ).masked(for: scope.caller)
    }

    /// What is due first stands first; what has no next step, last.
    private static let boardOrder: SQL = "l.due_at, l.id"

    /// The first leads of several columns of the board, in one statement.
    func tops(
        of stages: [String], _ request: ListRequest, limit: Int
    ) async throws -> [String: [Lead]] {
        let conditions = try request.conditions(in: scope)
        let arms = try await Reach(scope.caller).arms(in: scope)
        let columns: [SQL] = stages.map { stage in
            let first = Self.first(
                limit, where: "AND l.stage = \(stage) \(conditions)", by: Self.boardOrder,
                arms: arms, in: scope)
            return "SELECT * FROM (SELECT \(Lead.columns) \(first)) AS top"
        }
        let leads: [Lead] = try await scope.tx.all(SQL.joined(columns, by: " UNION ALL "))
        return Dictionary(grouping: leads.masked(for: scope.caller), by: \.stage)
    }

    /// The leads of one column behind a place on the board.
    func top(
        of stage: String, _ request: ListRequest, limit: Int, after: [JSON]
    ) async throws -> [Lead] {
        var behind: SQL = ""
        if after.count == 2, let moment = after[0].integer,
            let id = after[1].string.flatMap(ID<Lead>.init)
        {
            behind = """
                AND (l.due_at, l.id) > (\(moment), \(id))
                """
        }
        let first = Self.first(
            limit, where: "AND l.stage = \(stage) \(try request.conditions(in: scope)) \(behind)",
            by: Self.boardOrder, arms: try await Reach(scope.caller).arms(in: scope), in: scope)
        return try await scope.tx.all("SELECT \(Lead.columns) \(first)").masked(for: scope.caller)
    }

    /// `FROM … leads l … LIMIT` of the first reachable leads. Each arm gives its own first ones,
    /// and the first of these are the first of all: they are looked up, not looked for. Nothing
    /// is joined before: an index that has the order, ids and owners has all that a walk asks for.
    private static func first(
        _ limit: Int, where conditions: SQL, by order: SQL, arms: [Reach.Arm], in scope: Scope
    ) -> SQL {
        func first(of arm: Reach.Arm, joins: SQL = "") -> SQL {
            """
            \(arm.from) \(joins)
            WHERE l.tenant_id = \(scope.tenant) \(arm.condition) \(conditions)
            ORDER BY \(order) LIMIT \(limit)
            """
        }
        if arms.count == 1, arms[0].isWhole { return first(of: arms[0], joins: Lead.joins) }
        let firsts: [SQL] = arms.map { arm in
            "SELECT id FROM (SELECT l.id \(first(of: arm))) AS arm"
        }
        return """
            FROM (\(SQL.joined(firsts, by: " UNION "))) AS found
            CROSS JOIN leads l \(Lead.joins)
            WHERE l.tenant_id = \(scope.tenant) AND l.id = found.id
            ORDER BY \(order) LIMIT \(limit)
            """
    }
}

/// Words that a tenant's leads use, for menus, in order.
struct LeadWords: Sendable {
    var sources: [String] = []
    var products: [String] = []
    var territories: [String] = []
}

extension Leads {
    /// The words of the newest leads, at most `max` of each kind: of those of the company for
    /// who is of it, whoever may see these, else of those that the caller reaches.
    func words(ofNewest count: Int, max: Int) async throws -> LeadWords {
        let isOfCompany = scope.caller.grants[.peopleRead].contains(.company)
        let rows = try await scope.tx.rows(
            """
            SELECT DISTINCT source, product, territory FROM (
                SELECT l.source, l.product, l.territory FROM leads l
                WHERE l.tenant_id = \(scope.tenant) \(isOfCompany ? "" : reach)
                ORDER BY l.created_at DESC LIMIT \(count)) AS newest
            """
        ) { row in
            try (
                source: row.next(String.self), product: row.next(String?.self),
                territory: row.next(String?.self)
            )
        }
        func menu(_ words: [String]) -> [String] { Array(Set(words).sorted().prefix(max)) }
        return LeadWords(
            sources: menu(rows.map(\.source)), products: menu(rows.compactMap(\.product)),
            territories: menu(rows.compactMap(\.territory)))
    }
}

import Storage
import Tenancy
import Web

/// A filtered and sorted list that a person has given a name: it stands in their sidebar.
package struct PersonalView: Sendable, Equatable {
    /// Where it is shown.
    package enum Place: String, Sendable, CaseIterable, SQLConvertible {
        case leads, pipeline
    }

    package let id: ID<PersonalView>
    package let name: String
    package let place: Place
    /// The query of the page's address: filters and sort, nothing else.
    package let query: String

    package var url: String { LeadFilters.url("/\(place.rawValue)", query) }
}

extension PersonalView: RowDecodable {
    static let columns: SQL = "id, name, place, query"

    package init(row: inout Row) throws {
        id = try row.next()
        name = try row.next()
        place = try row.next()
        query = try row.next()
    }
}

/// The views of the person who calls. Nobody sees another's.
package struct PersonalViews: Sendable {
    let scope: Scope

    static let max = 30

    package init(_ scope: Scope) {
        self.scope = scope
    }

    package func list() async throws -> [PersonalView] {
        try await scope.tx.all(
            """
            SELECT \(PersonalView.columns) FROM personal_views
            WHERE tenant_id = \(scope.tenant) AND user_id = \(scope.caller.user)
            ORDER BY name, id LIMIT \(Self.max)
            """)
    }

    /// Keeps a view; one of the same name is replaced.
    ///
    /// - Throws: `Problem.invalid` when the query is none of the list's, `conflict` past `max`.
    package func save(
        name: String, place: PersonalView.Place, query: String
    ) async throws -> PersonalView {
        guard let user = scope.caller.user else {
            throw Problem.forbidden("A view belongs to a person. Sign in to save one.")
        }
        var faults: [Problem.Fault] = []
        let name = faults.name("name", name)
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        let kept = Query(query).encoded(without: "cursor", "part", "stage", "after", "limit")
        // What the list would refuse is not kept.
        let request = try ListRequest(Query(kept), Leads.listing)
        _ = try request.conditions(in: scope)
        guard !kept.isEmpty else {
            throw Problem.invalid("query", "Filter or sort the list first.")
        }
        let others = try await list().filter { $0.name != name }
        guard others.count < Self.max else {
            throw Problem.conflict("Keep at most \(Self.max) views; remove one first.")
        }
        let id: ID<PersonalView>? = try await scope.tx.value(
            """
            INSERT INTO personal_views (tenant_id, id, user_id, name, place, query, created_at)
            VALUES (\(scope.tenant), \(ID<PersonalView>()), \(user), \(name), \(place), \(kept),
                \(scope.now))
            ON CONFLICT (tenant_id, user_id, name)
            DO UPDATE SET place = excluded.place, query = excluded.query
            RETURNING id
            """)
        guard let id else { throw Problem.busy }
        try await scope.record(Event("view.saved", id.uuid) { $0.member("name", name) })
        return PersonalView(id: id, name: name, place: place, query: kept)
    }

    package func remove(_ id: ID<PersonalView>) async throws {
        let name: String? = try await scope.tx.value(
            """
            DELETE FROM personal_views
            WHERE tenant_id = \(scope.tenant) AND user_id = \(scope.caller.user) AND id = \(id)
            RETURNING name
            """)
        guard let name else { throw Problem.notFound("view") }
        try await scope.record(Event("view.removed", id.uuid) { $0.member("name", name) })
    }
}

import Storage
import Tenancy
import Web

extension Inbox {
    /// The newest entry first, always: ids are in the order of arrival.
    static let listing = Listing(
        [
            .init("id", .id, "i.id", sort: "i.id"),
            .init("outcome", .choice(Outcome.allCases.map(\.rawValue)), "i.outcome"),
            .init("channel", .choice(Arrived.Channel.allCases.map(\.rawValue)), "i.channel"),
            .init("source", .text, "i.source"), .init("form", .id, "i.form_id"),
            .init("received_at", .instant, "i.received_at"),
        ], defaultSort: "-id")

    func page(
        _ request: ListRequest, _ cursors: Cursors
    ) async throws -> (elements: [Entry], next: String?) {
        try checkMaySee()
        let rows = try await scope.tx.rows(
            """
            SELECT \(Entry.columns), \(request.sortColumns) FROM inbox i
            WHERE i.tenant_id = \(scope.tenant) \(try request.conditions(in: scope))
                \(try request.behind(cursors))
            ORDER BY \(request.order) LIMIT \(request.limit + 1)
            """
        ) { row in (element: try Entry(row: &row), place: try request.place(&row)) }
        let page = request.page(rows, cursors)
        return (try await masked(page.elements), page.next)
    }
}

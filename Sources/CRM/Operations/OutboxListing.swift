import Mail
import Storage
import Tenancy
import Web

extension Outbox {
    /// What changed last comes first.
    static let listing = Listing(
        [
            .init("id", .id, "id", sort: "id"),
            .init("state", .choice(OutboxMessage.State.allCases.map(\.rawValue)), "state"),
            .init("kind", .text, "kind"), .init("recipient", .text, "recipient"),
            .init("changed_at", .instant, "changed_at", sort: "changed_at"),
        ], defaultSort: "-changed_at,-id")

    func page(
        _ request: ListRequest, _ cursors: Cursors
    ) async throws -> (elements: [OutboxMessage], next: String?) {
        try scope.caller.must(.operationsManage)
        let rows = try await scope.tx.rows(
            """
            SELECT \(OutboxMessage.columns), \(request.sortColumns) FROM outbox
            WHERE tenant_id = \(scope.tenant) \(try request.conditions(in: scope))
                \(try request.behind(cursors))
            ORDER BY \(request.order) LIMIT \(request.limit + 1)
            """
        ) { row in (element: try OutboxMessage(row: &row), place: try request.place(&row)) }
        return request.page(rows, cursors)
    }
}

import Storage
import Tenancy

/// A company or person that was won. Its history is the lead's.
package struct Customer: Sendable, RowDecodable {
    package let id: ID<Customer>
    package let lead: ID<Lead>
    package let name: String
    package let wonAt: Instant

    package init(row: inout Row) throws {
        id = try row.next()
        lead = try row.next()
        name = try row.next()
        wonAt = try row.next()
    }
}

package struct Customers: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// Makes a won lead a customer.
    func welcome(_ lead: Lead) async throws {
        try await scope.tx.execute(
            """
            INSERT INTO customers (tenant_id, id, lead_id, name, won_at)
            VALUES (\(scope.tenant), \(ID<Customer>()), \(lead.id), \(lead.title), \(scope.now))
            ON CONFLICT (tenant_id, lead_id) DO UPDATE SET won_at = excluded.won_at
            """)
    }

    /// Takes a win back: for undo.
    func forget(_ lead: ID<Lead>) async throws {
        try await scope.tx.execute(
            "DELETE FROM customers WHERE tenant_id = \(scope.tenant) AND lead_id = \(lead)")
    }
}

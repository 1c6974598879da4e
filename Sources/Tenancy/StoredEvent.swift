import Foundation
import Storage

/// An event as readers of the feed get it.
package struct StoredEvent: Sendable, RowDecodable {
    package let place: FeedPlace
    package let tenant: ID<Tenant>
    package let at: Instant
    package let name: String
    package let subject: UUID?
    package let actor: Actor.Kind
    package let actorID: UUID?
    package let change: ID<Change>
    package let imported: Bool
    /// An object.
    package let data: JSON

    static let columns: SQL = """
        tenant_id, at, name, subject_id, actor_kind, actor_id, change_id, imported, data
        """

    package init(row: inout Row) throws {
        place = try FeedPlace(row: &row)
        tenant = try row.next()
        at = try row.next()
        name = try row.next()
        subject = try row.next()
        actor = try row.next()
        actorID = try row.next()
        change = try row.next()
        imported = try row.next()
        data = try JSON(parsing: row.next(String.self))
    }
}

extension Feed {
    /// What happened to some subjects of a tenant behind a number, under some names.
    package static func events(
        about subjects: [UUID], after number: Int64, of tenant: ID<Tenant>, named names: [String],
        in tx: any Transaction
    ) async throws -> [StoredEvent] {
        guard !subjects.isEmpty else { return [] }
        return try await tx.all(
            """
            SELECT \(tx.dialect.feed.place), \(StoredEvent.columns) FROM events
            WHERE tenant_id = \(tenant) AND subject_id IN \(SQL.list(subjects))
                AND seq > \(number) AND name IN \(SQL.list(names))
            ORDER BY \(tx.dialect.feed.order) LIMIT 10000
            """)
    }

    /// The events behind a place, of one tenant or of all.
    package static func events(
        after place: FeedPlace, of tenant: ID<Tenant>? = nil, limit: Int, in tx: any Transaction
    ) async throws -> [StoredEvent] {
        let only: SQL = if let tenant { "AND tenant_id = \(tenant)" } else { "" }
        // tenant: a reader serves all tenants, and keeps them apart.
        return try await tx.all(
            """
            SELECT \(tx.dialect.feed.place), \(StoredEvent.columns) FROM events
            WHERE \(tx.dialect.feed.after(place)) \(only)
            ORDER BY \(tx.dialect.feed.order) LIMIT \(limit)
            """)
    }
}

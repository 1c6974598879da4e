import Background
import Foundation
import Storage
import Tenancy

/// Counts what happens: how many events of each name a company had on each day, UTC. Reports
/// read it instead of the events.
///
/// Each count knows the last event that is in it, and an event is added only to a count whose
/// last one comes before it in the feed. So a replay changes nothing: what is counted already is
/// passed over. To count some days anew, pause the reader, delete their rows, replay since the
/// first of them and resume: a row that is gone begins again, all others stay as they are.
package struct EventDays: FeedReader {
    package let name = "event-days"
    package let batchMax: Int
    package let beginning = FeedBeginning.firstEvent

    package init(batchMax: Int = 500) {
        self.batchMax = batchMax
    }

    /// What one row counts.
    private struct Key: Hashable {
        let tenant: ID<Tenant>
        let day: Day
        let name: String
    }

    package func take(_ events: [StoredEvent], in tx: any Transaction) async throws {
        let keyed = Dictionary(grouping: events) { event in
            Key(tenant: event.tenant, day: event.at.day(), name: event.name)
        }
        var additions: [SQL] = []
        for (key, events) in keyed {
            let last = try await lastCounted(key, in: tx)
            let new = events.filter { event in last.map { $0 < event.place } ?? true }
            guard let newest = new.last else { continue }
            additions.append(
                """
                INSERT INTO event_days AS d (tenant_id, day, name, events, last_seq)
                VALUES (\(key.tenant), \(key.day), \(key.name), \(new.count),
                    \(newest.place.number))
                ON CONFLICT (tenant_id, day, name) DO UPDATE SET
                    events = d.events + excluded.events, last_seq = excluded.last_seq
                """)
        }
        try await tx.executeAll(additions)
    }

    /// The place of the last event in a count. Only its number is kept: what else makes a place
    /// is the event's own, and another one once it was moved to another engine.
    private func lastCounted(_ key: Key, in tx: any Transaction) async throws -> FeedPlace? {
        try await tx.first(
            """
            SELECT \(tx.dialect.feed.place) FROM events WHERE seq = (SELECT last_seq
                FROM event_days WHERE tenant_id = \(key.tenant) AND day = \(key.day)
                    AND name = \(key.name))
            """)
    }
}

import Background
import Storage
import Tenancy

/// Seals what happens into each company's audit log, in the order of the feed.
///
/// A reader of the feed, so that nobody who writes waits for the end of a chain.
package struct AuditSealer: FeedReader {
    package let name = "audit"
    package let batchMax: Int
    package let beginning = FeedBeginning.firstEvent

    package init(batchMax: Int = 500) {
        self.batchMax = batchMax
    }

    package func take(_ events: [StoredEvent], in tx: any Transaction) async throws {
        for (tenant, events) in Dictionary(grouping: events, by: \.tenant) {
            try await AuditChain(of: tenant, in: tx).append(events)
        }
    }
}

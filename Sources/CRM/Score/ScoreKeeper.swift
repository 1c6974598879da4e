import Background
import Storage
import Tenancy

/// Counts each outcome as it happens, and scores leads as they come in: a reader of the feed.
///
/// An event only says which lead to look at again, so a replay changes nothing.
package struct ScoreKeeper: FeedReader {
    package let name = "scores"
    package let batchMax: Int
    package let beginning = FeedBeginning.firstEvent

    package init(batchMax: Int = 500) {
        self.batchMax = batchMax
    }

    /// What may change how a lead counts. A move from one open stage to another does not.
    private static let names: Set<String> = [
        "lead.created", "lead.touched", "lead.changed", "lead.won", "lead.lost",
        "lead.reactivated", "lead.restored", "lead.merged", "lead.removed", "clock.stopped",
        "clock.breached",
    ]

    package func take(_ events: [StoredEvent], in tx: any Transaction) async throws {
        let some = events.filter { Self.names.contains($0.name) && $0.subject != nil }
        for (tenant, events) in Dictionary(grouping: some, by: \.tenant) {
            guard let last = events.last else { continue }
            let scope = Scope(caller: .system(tenant), tx: tx, now: last.at)
            let leads = events.compactMap { $0.subject.map(ID<Lead>.init) }
            let merged = events.compactMap { event in
                event.name == "lead.merged"
                    ? event.data["merged"]?.string.flatMap(ID<Lead>.init) : nil
            }
            try await Scores(scope).settle(Set(leads + merged).sorted())
        }
    }
}

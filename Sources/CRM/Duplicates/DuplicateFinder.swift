import Background
import Storage
import Tenancy

/// Looks for duplicates of each lead that comes or changes, behind the feed: nobody who makes a
/// lead waits for it.
package struct DuplicateFinder: FeedReader {
    package let name = "duplicates"
    package let batchMax: Int
    /// What was there before is for the scan, which is quicker at it.
    package let beginning = FeedBeginning.now

    /// After these a lead may be like others that it was not like before, or be gone.
    private static let names: Set<String> = [
        "lead.created", "lead.changed", "lead.touched", "lead.restored", "lead.merged",
        "lead.unmerged", "lead.removed",
    ]

    /// - Parameter batchMax: Few enough for those who write meanwhile.
    package init(batchMax: Int = 200) {
        self.batchMax = batchMax
    }

    package func take(_ events: [StoredEvent], in tx: any Transaction) async throws {
        let asked = events.filter { Self.names.contains($0.name) }
        for (tenant, events) in Dictionary(grouping: asked, by: \.tenant) {
            guard let last = events.last else { continue }
            let scope = Scope(caller: .system(tenant), tx: tx, now: last.at)
            let leads = Set(events.compactMap { $0.subject.map(ID<Lead>.init) })
            try await DuplicateSearch(scope).look(at: leads.sorted())
        }
    }
}

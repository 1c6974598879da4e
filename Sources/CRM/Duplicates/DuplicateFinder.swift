import Background
import Storage
import Tenancy

/// Has each lead that comes or changes looked at for duplicates, behind the feed: nobody who makes
/// a lead waits for it.
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

    package init(batchMax: Int = 200) {
        self.batchMax = batchMax
    }

    package func take(_ events: [StoredEvent], in tx: any Transaction) async throws {
        let asked = events.filter { Self.names.contains($0.name) }
        for (tenant, events) in Dictionary(grouping: asked, by: \.tenant) {
            guard let last = events.last else { continue }
            let scope = Scope(caller: .system(tenant), tx: tx, now: last.at)
            let leads = Set(events.compactMap { $0.subject.map(ID<Lead>.init) })
            try await Jobs(scope).add(CompareLeads(leads: leads.sorted()))
        }
    }
}

/// Compares some leads with all that they may be.
///
/// One at a time in a process, so that of two leads that come together the later one meets the
/// earlier one's keys; what two processes miss of each other, the night's scan finds.
struct CompareLeads: Job {
    static let kind = JobKind("duplicates.compare", urgency: .bulk, atOnce: 1)

    let leads: [ID<Lead>]

    static func handler(_ database: Database) -> JobHandler {
        JobHandler(CompareLeads.self) { job, run in
            let differences = try await run.read { scope in
                try await DuplicateSearch(scope).differences(of: job.leads)
            }
            try await run.finish(isolation: .readCommitted) { scope in
                try await DuplicateSearch(scope).apply(differences)
            }
        }
    }
}

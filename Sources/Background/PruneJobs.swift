import Storage
import Tenancy

/// Deletes jobs that have been dead or cancelled for a month, and figures older than that.
package struct PruneJobs: Job {
    package static let kind = JobKind("jobs.prune", urgency: .bulk, atOnce: 1)

    private static let keptDays = 30
    private static let batch = 1000

    package init() {}

    package static func handler(_ database: Database) -> JobHandler {
        JobHandler(PruneJobs.self) { _, _ in
            var isMore = true
            while isMore {
                isMore = try await database.write(isolation: .readCommitted) { tx in
                    let queue = JobQueue(tx)
                    let pruned = try await queue.prune(olderThanDays: keptDays, limit: batch)
                    try await queue.forgetCounts(olderThanDays: keptDays)
                    return pruned == batch
                }
            }
        }
    }
}

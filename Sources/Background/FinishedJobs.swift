import Logging
import Storage
import Synchronization
import Tenancy

/// Takes away what is done, many at once: an empty job costs less to run than to delete alone.
final class FinishedJobs: Sendable {
    private let database: Database
    private let log: Logger
    private let state = Mutex(State())
    private let (signals, signal) = AsyncStream<Void>.makeStream(
        bufferingPolicy: .bufferingNewest(1))

    private struct State {
        var jobs: [StoredJob] = []
        var counts: [JobQueue.Line: JobCounts] = [:]
        var countedAt = ContinuousClock.now
    }

    /// The least time between two additions to the hourly figures.
    private static let countPause = Duration.seconds(2)
    private static let batchMax = 500

    init(database: Database, log: Logger) {
        self.database = database
        self.log = log
    }

    func add(_ job: StoredJob) {
        state.withLock { $0.jobs.append(job) }
        signal.yield()
    }

    func count(_ job: StoredJob, failed: Bool, _ microseconds: Int64) {
        state.withLock { state in
            var counts = state.counts[.init(kind: job.kind, tenant: job.tenant)] ?? JobCounts()
            counts.done += failed ? 0 : 1
            counts.failed += failed ? 1 : 0
            counts.runMicroseconds += microseconds
            state.counts[.init(kind: job.kind, tenant: job.tenant)] = counts
        }
        signal.yield()
    }

    /// Ends `run` once everything is written.
    func stop() {
        signal.finish()
    }

    /// In a task that is not cancelled before `stop`: what is done must be kept.
    func run() async {
        await Task {
            for await _ in signals { await write(counting: false) }
            await write(counting: true)
        }.value
    }

    private func write(counting isLast: Bool) async {
        while true {
            let (jobs, counts) = state.withLock { state in
                let jobs = Array(state.jobs.prefix(Self.batchMax))
                state.jobs.removeFirst(jobs.count)
                guard isLast || state.countedAt.duration(to: .now) > Self.countPause else {
                    return (jobs, [JobQueue.Line: JobCounts]())
                }
                state.countedAt = .now
                defer { state.counts = [:] }
                return (jobs, state.counts)
            }
            if jobs.isEmpty && counts.isEmpty { return }
            do {
                try await database.queue { queue in
                    try await queue.finish(jobs)
                    try await queue.count(counts)
                }
            } catch {
                // Their leases run out and they are run again, which they must bear.
                log.error("Done jobs were not taken away", metadata: ["error": "\(error)"])
            }
        }
    }
}

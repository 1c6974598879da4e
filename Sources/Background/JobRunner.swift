import Foundation
import Logging
import Storage
import Synchronization
import Tenancy

/// Runs jobs in this process: takes what is due, a few of each tenant in turn, and keeps their
/// leases as long as they run.
///
/// Woken by commits, by the next timer and by work that ends; it never looks more often than
/// every few milliseconds.
package struct JobRunner: Sendable {
    let database: Database
    let log: Logger
    let bench: Workbench
    private let settings: Settings
    private let worker = ID<Worker>()

    package struct Settings: Sendable {
        /// Jobs at the same time in this process.
        package var atOnce = 128
        /// Of one tenant, as long as others may come.
        package var atOnceOfTenant = 96
        package var leaseSeconds = 15
        /// The least time between two looks for work.
        package var lookPause = Duration.milliseconds(4)
        /// The longest: timers that no commit announced.
        package var tick = Duration.seconds(1)
        package var clock: @Sendable () -> Instant = { .now }

        package init() {}
    }

    /// - Parameter handlers: Of the jobs that this process can run; others are left to those
    ///   that can.
    package init(
        _ database: Database, _ handlers: [JobHandler], _ settings: Settings = Settings(),
        log: Logger
    ) {
        self.database = database
        self.settings = settings
        self.log = log
        bench = Workbench(handlers, atOnce: settings.atOnce, ofTenant: settings.atOnceOfTenant)
    }

    /// Works until the task is cancelled; then gives back what it has not begun to finish.
    package func run() async {
        let (wakes, wake) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        database.engine.onCommit { wake.yield() }
        let finished = FinishedJobs(database: database, log: log)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await finished.run() }
            group.addTask { await keepLeases() }
            group.addTask { await tick(wake) }
            group.addTask {
                await work(wakes, wake, finished)
                finished.stop()
            }
            wake.yield()
            await withTaskCancellationHandler {
                await group.waitForAll()
            } onCancel: {
                wake.finish()
            }
        }
        await release()
    }

    /// Runs this one job, if it may be run now and nobody runs it; all others are left alone. For
    /// a runner that does nothing else.
    ///
    /// - Returns: Whether it was taken.
    /// - Throws: Why it failed. It is tried again later all the same, by whoever is there.
    package func run(_ id: ID<StoredJob>, of tenant: ID<Tenant>) async throws -> Bool {
        guard let job = try await take(id, of: tenant) else { return false }
        let finished = FinishedJobs(database: database, log: log)
        let failure = await withTaskGroup(of: Void.self) { group in
            group.addTask { await finished.run() }
            group.addTask { await keepLeases() }
            let failure = await run(job, finished)
            finished.stop()
            group.cancelAll()
            return failure
        }
        await release()
        if let failure { throw failure }
        return true
    }

    private func take(_ id: ID<StoredJob>, of tenant: ID<Tenant>) async throws -> StoredJob? {
        // A look costs little; a write takes a turn at the writer and a sync of the disk.
        guard try await database.read({ try await JobQueue($0).canTake(id, of: tenant) }) else {
            return nil
        }
        let (worker, seconds) = (worker, settings.leaseSeconds)
        let job = try await database.write(isolation: .readCommitted) { tx in
            try await JobQueue(tx).take(id, of: tenant, for: worker, leaseSeconds: seconds)
        }
        if let job { bench.add([job]) }
        return job
    }

    private func work(
        _ wakes: AsyncStream<Void>, _ wake: AsyncStream<Void>.Continuation,
        _ finished: FinishedJobs
    ) async {
        await withDiscardingTaskGroup { jobs in
            await takeTurns(wakes, wake) { job in
                jobs.addTask {
                    await run(job, finished)
                    wake.yield()
                }
            }
            jobs.cancelAll()
        }
    }

    private func takeTurns(
        _ wakes: AsyncStream<Void>, _ wake: AsyncStream<Void>.Continuation,
        _ start: (StoredJob) -> Void
    ) async {
        for await _ in wakes {
            do {
                var isMore = true
                while isMore, !Task.isCancelled {
                    let taken = try await take()
                    taken.forEach(start)
                    isMore = !taken.isEmpty && bench.free > 0
                }
                try await setAlarm(wake)
            } catch {
                log.error("Looking for jobs failed", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: settings.lookPause)
        }
    }

    /// Wakes once more for the next timer, when it is due before the next tick.
    private func setAlarm(_ wake: AsyncStream<Void>.Continuation) async throws {
        guard let wait = try await database.lookAtQueue({ try await $0.untilNext() }),
            .microseconds(wait) < settings.tick
        else { return }
        Task {
            try? await Task.sleep(for: .microseconds(max(0, wait)))
            wake.yield()
        }
    }

    /// Lets wait what is due and takes as many jobs as there is room for.
    func take() async throws -> [StoredJob] {
        let (last, free) = (bench.last, bench.free)
        let (lines, isDue) = try await database.lookAtQueue { queue in
            var lines = try await queue.lines(after: last, limit: Self.linesMax)
            if last != nil, lines.count < Self.linesMax {
                lines += try await queue.lines(after: nil, limit: Self.linesMax - lines.count)
            }
            return (lines, (try await queue.untilNext() ?? 1) <= 0)
        }
        guard free > 0 || isDue else { return [] }
        let shares = bench.shares(of: lines)
        guard !shares.isEmpty || isDue else { return [] }
        let (worker, seconds) = (worker, settings.leaseSeconds)
        let (taken, promoted) = try await database.queue { queue in
            let promoted = isDue ? try await queue.promote(limit: Self.promotedMax) : 0
            var taken: [StoredJob] = []
            for (line, share) in shares {
                taken += try await queue.take(
                    line, limit: share, for: worker, leaseSeconds: seconds)
            }
            return (taken, promoted)
        }
        bench.add(taken)
        // What has just become due is taken in the next turn. Where another worker holds all
        // that is due, nothing has, and the next look comes after a pause.
        return taken.isEmpty && promoted > 0 ? try await take() : taken
    }

    private static let linesMax = 64
    private static let promotedMax = 2000

    /// - Returns: Why it failed.
    @discardableResult
    private func run(_ job: StoredJob, _ finished: FinishedJobs) async -> (any Error)? {
        defer { bench.remove(job) }
        let start = ContinuousClock.now
        let work = JobRun(job, database, clock: settings.clock)
        do {
            guard let handler = bench.handlers[job.kind] else { return nil }
            try await bench.running(job) { try await handler.run(job.payload, work) }
            if !work.isFinished { finished.add(job) }
            finished.count(job, failed: false, start.microsecondsAgo)
        } catch is LeaseLost {
            log.notice("A job was taken over", metadata: ["job": "\(job.id)"])
        } catch is Workbench.Stopped {
            // Somebody else has the job, or gets it.
        } catch {
            finished.count(job, failed: true, start.microsecondsAgo)
            await failed(job, error)
            return error
        }
        return nil
    }

    private func failed(_ job: StoredJob, _ error: any Error) async {
        guard let kind = bench.handlers[job.kind]?.kind else { return }
        let words = Self.words(error)
        let failures = job.failures + 1
        let clock = settings.clock
        do {
            try await database.queue { queue in
                if let postponed = error as? Postponed {
                    let wait = max(0, postponed.until.microseconds - clock().microseconds)
                    try await queue.putBack(
                        job, afterMicroseconds: wait, failures: job.failures, error: job.error)
                } else if error is GivenUp || failures >= kind.failuresMax {
                    try await queue.bury(job, failures: failures, error: words)
                } else {
                    let wait = kind.pause.microseconds(
                        after: failures, chance: Double.random(in: 0...1))
                    try await queue.putBack(
                        job, afterMicroseconds: wait, failures: failures, error: words)
                }
            }
        } catch {
            // Its lease runs out, and it is tried again then.
            log.error("A job's failure was not kept", metadata: ["error": "\(error)"])
        }
        if !(error is Postponed) {
            log.warning("A job failed", metadata: ["job": "\(job.id)", "error": "\(words)"])
        }
    }

    /// What a person may read of a failure, cut to what the database keeps.
    private static func words(_ error: any Error) -> String {
        String(((error as? Problem)?.detail ?? "\(error)").prefix(1000))
    }

    /// Renews the leases of what runs here, stops what somebody else has taken, and gives back
    /// what workers that have gone held, at once after a restart.
    private func keepLeases() async {
        let (worker, seconds) = (worker, settings.leaseSeconds)
        while !Task.isCancelled {
            do {
                let running = bench.runningIDs
                if !running.isEmpty {
                    let kept = try await database.queue {
                        try await $0.renew(running, of: worker, leaseSeconds: seconds)
                    }
                    bench.stop(running.subtracting(kept))
                }
                _ = try await database.queue { try await $0.sweep() }
            } catch {
                log.error("Leases were not renewed", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .milliseconds(seconds * 1000 / 3))
        }
    }

    private func tick(_ wake: AsyncStream<Void>.Continuation) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: settings.tick)
            wake.yield()
        }
    }

    private func release() async {
        let worker = worker
        do {
            // In a task of its own: this one is cancelled.
            try await Task { [database] in
                try await database.queue { try await $0.release(worker) }
            }.value
        } catch {
            log.warning("Jobs were not given back", metadata: ["error": "\(error)"])
        }
    }
}

extension ContinuousClock.Instant {
    fileprivate var microsecondsAgo: Int64 {
        let past = (ContinuousClock.now - self).components
        return past.seconds * 1_000_000 + past.attoseconds / 1_000_000_000_000
    }
}

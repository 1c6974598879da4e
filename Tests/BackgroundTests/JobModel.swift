import Background
import Storage
import Tenancy

/// The life of jobs as it ought to be, in memory: what the statements are held against.
struct JobModel: Equatable {
    struct Entry: Equatable {
        let id: ID<StoredJob>
        let tenant: ID<Tenant>
        let key: String?
        let priority: Int
        var state: StoredJob.State = .waiting
        var runAt: Int64
        var failures = 0
        var worker: ID<Worker>?
        var leaseUntil: Int64?
        var claims = 0

        var isOpen: Bool { state == .scheduled || state == .waiting }
    }

    var jobs: [Entry] = []
    var now: Int64
    /// Jobs whose run was kept.
    var done: [ID<StoredJob>: Int] = [:]

    /// The place of a job that this run of it still holds.
    private func held(_ run: Entry) -> Int? {
        jobs.firstIndex {
            $0.id == run.id && $0.state == .running && $0.worker == run.worker
                && $0.claims == run.claims
        }
    }

    private func rival(of job: Entry) -> Int? {
        guard let key = job.key else { return nil }
        return jobs.firstIndex {
            $0.id != job.id && $0.tenant == job.tenant && $0.key == key && $0.isOpen
        }
    }

    mutating func add(_ job: Entry, makesWay: Bool) {
        guard let rival = rival(of: job) else { return jobs.append(job) }
        if makesWay { (jobs[rival].runAt, jobs[rival].state) = (job.runAt, job.state) }
    }

    mutating func promote() {
        for index in jobs.indices where jobs[index].state == .scheduled && jobs[index].runAt <= now
        {
            jobs[index].state = .waiting
        }
    }

    mutating func take(
        of tenant: ID<Tenant>, limit: Int, for worker: ID<Worker>, lease: Int64
    ) -> [Entry] {
        let next = jobs.indices
            .filter { jobs[$0].state == .waiting && jobs[$0].tenant == tenant }
            .sorted { left, right in
                let (left, right) = (jobs[left], jobs[right])
                return (left.priority, left.runAt, left.id) < (
                    right.priority, right.runAt, right.id
                )
            }.prefix(limit)
        for index in next {
            jobs[index].state = .running
            jobs[index].worker = worker
            jobs[index].leaseUntil = now + lease
            jobs[index].claims += 1
        }
        return next.map { jobs[$0] }
    }

    mutating func renew(_ worker: ID<Worker>, lease: Int64) {
        for index in jobs.indices where jobs[index].worker == worker {
            jobs[index].leaseUntil = now + lease
        }
    }

    mutating func letGo(_ isGone: (Entry) -> Bool) {
        let gone = jobs.indices.filter { jobs[$0].state == .running && isGone(jobs[$0]) }
        let before = self
        for index in gone {
            let job = before.jobs[index]
            let isOlder = gone.contains { other in
                let other = before.jobs[other]
                return other.key != nil && other.key == job.key && other.tenant == job.tenant
                    && other.id > job.id
            }
            leave(index, before.rival(of: job) != nil || isOlder ? .cancelled : .waiting)
        }
    }

    mutating func finish(_ run: Entry) {
        guard let index = held(run) else { return }
        jobs.remove(at: index)
        done[run.id, default: 0] += 1
    }

    mutating func putBack(_ run: Entry, pause: Int64) {
        guard let index = held(run) else { return }
        let isReplaced = rival(of: jobs[index]) != nil
        leave(index, isReplaced ? .cancelled : .scheduled)
        jobs[index].runAt = now + pause
        jobs[index].failures = run.failures + 1
    }

    mutating func bury(_ run: Entry) {
        guard let index = held(run) else { return }
        leave(index, .dead)
        jobs[index].failures = run.failures + 1
    }

    private mutating func leave(_ index: Int, _ state: StoredJob.State) {
        jobs[index].state = state
        jobs[index].worker = nil
        jobs[index].leaseUntil = nil
    }
}

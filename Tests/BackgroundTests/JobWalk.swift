import DatabaseSupport
import Storage
import Tenancy

@testable import Background

/// One thing that may happen to jobs.
enum JobStep {
    case add(JobModel.Entry, makesWay: Bool)
    case pass(Int64)
    case promote
    case take(ID<Tenant>, Int, ID<Worker>)
    case renew(ID<Worker>, Set<ID<StoredJob>>)
    case sweep
    case release(ID<Worker>)
    case finish(JobModel.Entry)
    case putBack(JobModel.Entry)
    case bury(JobModel.Entry)
}

/// A random course of things: workers that take, pause, die and come back late, clocks that
/// move on, companies that add and move timers. The same seed gives the same course.
struct JobWalk {
    static let lease: Int64 = 10_000_000
    static let pause: Int64 = 3_000_000

    var dice: Dice
    var model: JobModel
    private let tenants = [ID<Tenant>(), ID<Tenant>()]
    private var workers = [ID<Worker>(), ID<Worker>(), ID<Worker>()]
    /// Runs that a worker believes to have, also long after its lease has gone.
    private(set) var runs: [JobModel.Entry] = []
    private(set) var added: [ID<StoredJob>] = []
    private var serial: Int64 = 0

    init(seed: UInt64) {
        dice = Dice(seed: seed)
        model = JobModel(now: 1_800_000_000_000_000)
    }

    /// Chooses what happens next and lets it happen in the model.
    mutating func step() -> JobStep {
        let step = choose()
        apply(step)
        return step
    }

    private mutating func choose() -> JobStep {
        switch Int.random(in: 0..<100, using: &dice) {
        case 0..<25: return newJob()
        case 25..<35: return .pass(Int64.random(in: 1...6_000_000, using: &dice))
        case 35..<45: return .promote
        case 45..<65:
            return .take(
                dice.pick(tenants), Int.random(in: 1...3, using: &dice), dice.pick(workers))
        case 65..<69:
            let worker = dice.pick(workers)
            return .renew(worker, Set(model.jobs.filter { $0.worker == worker }.map(\.id)))
        case 69..<73: return .sweep
        case 73..<75: return .release(dice.pick(workers))
        default: return end() ?? .promote
        }
    }

    private mutating func newJob() -> JobStep {
        serial += 1
        let isTimer = dice.chance(40)
        let runAt =
            isTimer ? model.now + Int64.random(in: -1_000_000...9_000_000, using: &dice) : model.now
        // Ids in the order in which they are made, as UUIDv7 are.
        let id = ID<StoredJob>(UUIDv7.next(at: Instant(microseconds: model.now + serial)))
        return .add(
            JobModel.Entry(
                id: id, tenant: dice.pick(tenants),
                key: dice.chance(30) ? dice.pick(["a", "b"]) : nil,
                priority: Int.random(in: 0...2, using: &dice),
                state: isTimer ? .scheduled : .waiting, runAt: runAt),
            makesWay: dice.chance(50))
    }

    private mutating func end() -> JobStep? {
        guard !runs.isEmpty else { return nil }
        let run = dice.pick(runs)
        switch Int.random(in: 0..<10, using: &dice) {
        case 0: return .bury(run)
        case 1...3: return .putBack(run)
        default: return .finish(run)
        }
    }

    private mutating func apply(_ step: JobStep) {
        switch step {
        case .add(let job, let makesWay):
            added.append(job.id)
            model.add(job, makesWay: makesWay)
        case .pass(let time): model.now += time
        case .promote: model.promote()
        case .take(let tenant, let limit, let worker):
            runs += model.take(of: tenant, limit: limit, for: worker, lease: Self.lease)
        case .renew(let worker, _): model.renew(worker, lease: Self.lease)
        case .sweep:
            let now = model.now
            model.letGo { ($0.leaseUntil ?? .max) < now }
        case .release(let worker): model.letGo { $0.worker == worker }
        case .finish(let run):
            model.finish(run)
            // It may be done again by mistake: a worker that woke up twice.
            if dice.chance(80) { forget(run) }
        case .putBack(let run):
            model.putBack(run, pause: Self.pause)
            forget(run)
        case .bury(let run):
            model.bury(run)
            forget(run)
        }
    }

    private mutating func forget(_ run: JobModel.Entry) {
        runs.removeAll { $0.id == run.id && $0.claims == run.claims }
    }

    /// Whatever has happened: workers that do their work bring everything to an end.
    mutating func bringToAnEnd() {
        var rounds = 0
        while model.jobs.contains(where: { $0.isOpen || $0.state == .running }), rounds < 1000 {
            rounds += 1
            model.now += Self.lease + 1
            apply(.sweep)
            apply(.promote)
            for tenant in tenants {
                let taken = model.take(of: tenant, limit: 100, for: workers[0], lease: Self.lease)
                for run in taken { model.finish(run) }
            }
        }
    }
}

extension JobStep {
    /// Lets it happen in the database.
    func apply(in yard: Yard, at now: Int64) async throws {
        let moment = Instant(microseconds: now)
        switch self {
        case .add(let job, let makesWay): try await add(job, makesWay, in: yard, at: moment)
        case .pass: break
        default:
            try await yard.database.write(isolation: .readCommitted) { tx in
                try await apply(to: JobQueue(tx, at: moment))
            }
        }
    }

    private func apply(to queue: JobQueue) async throws {
        let seconds = Int(JobWalk.lease / 1_000_000)
        switch self {
        case .promote: _ = try await queue.promote(limit: 1000)
        case .take(let tenant, let limit, let worker):
            _ = try await queue.take(
                .init(kind: Note.kind.name, tenant: tenant), limit: limit, for: worker,
                leaseSeconds: seconds)
        case .renew(let worker, let jobs):
            _ = try await queue.renew(jobs, of: worker, leaseSeconds: seconds)
        case .sweep: _ = try await queue.sweep()
        case .release(let worker): try await queue.release(worker)
        case .finish(let run): try await queue.finish([run.stored])
        case .putBack(let run):
            try await queue.putBack(
                run.stored, afterMicroseconds: JobWalk.pause, failures: run.failures + 1,
                error: "failed")
        case .bury(let run):
            try await queue.bury(run.stored, failures: run.failures + 1, error: "failed")
        case .add, .pass: break
        }
    }

    /// As `Jobs.add` does, with the model's id.
    private func add(
        _ job: JobModel.Entry, _ makesWay: Bool, in yard: Yard, at moment: Instant
    ) async throws {
        try await yard.database.write(as: .system(job.tenant), at: moment) { scope in
            try await Jobs(scope).add(
                Note(board: 0, text: ""), id: job.id,
                at: job.state == .scheduled ? Instant(microseconds: job.runAt) : nil,
                key: job.key, rival: makesWay ? .makesWay : .stays, priority: job.priority)
        }
    }
}

extension JobModel.Entry {
    var stored: StoredJob {
        StoredJob(
            tenant: tenant, id: id, kind: Note.kind.name, payload: "{}", state: state,
            runAt: Instant(microseconds: runAt), failures: failures, error: nil, worker: worker,
            leaseUntil: leaseUntil.map { Instant(microseconds: $0) }, claims: claims,
            createdAt: Instant(microseconds: runAt), changedAt: Instant(microseconds: runAt))
    }
}

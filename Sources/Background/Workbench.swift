import Foundation
import Storage
import Synchronization
import Tenancy

/// What runs in this process now, and what may be taken next.
final class Workbench: Sendable {
    let handlers: [String: JobHandler]
    private let atOnce: Int
    private let ofTenant: Int
    private let state = Mutex(State())

    private struct State {
        var running: [ID<StoredJob>: Running] = [:]
        var ofKind: [String: Int] = [:]
        var ofTenant: [ID<Tenant>: Int] = [:]
        var last: JobQueue.Line?
    }

    private struct Running {
        let job: StoredJob
        var task: Task<Void, any Error>?
    }

    init(_ handlers: [JobHandler], atOnce: Int, ofTenant: Int) {
        self.handlers = Dictionary(uniqueKeysWithValues: handlers.map { ($0.kind.name, $0) })
        self.atOnce = atOnce
        self.ofTenant = ofTenant
    }

    var free: Int { state.withLock { max(0, atOnce - $0.running.count) } }
    var last: JobQueue.Line? { state.withLock { $0.last } }
    var runningIDs: Set<ID<StoredJob>> { state.withLock { Set($0.running.keys) } }

    /// How many jobs of each line to take: one of each in turn, the prompt kinds first, until
    /// there is no more room in the process, for the kind or for the tenant.
    func shares(of lines: [JobQueue.Line]) -> [(line: JobQueue.Line, share: Int)] {
        let known = lines.filter { handlers[$0.kind] != nil }
        var room = state.withLock { state -> Room in
            state.last = lines.last
            return Room(
                all: max(0, atOnce - state.running.count), ofKind: state.ofKind,
                ofTenant: state.ofTenant)
        }
        var shares: [JobQueue.Line: Int] = [:]
        let urgencies = Set(known.compactMap { handlers[$0.kind]?.kind.urgency }).sorted()
        for urgency in urgencies {
            var open = known.filter { handlers[$0.kind]?.kind.urgency == urgency }
            while room.all > 0, !open.isEmpty {
                open = open.filter { line in
                    guard let kind = handlers[line.kind]?.kind,
                        room.take(line, ofKindMax: kind.atOnce, ofTenantMax: ofTenant)
                    else { return false }
                    shares[line, default: 0] += 1
                    return true
                }
            }
        }
        return known.compactMap { line in shares[line].map { (line, $0) } }
    }

    private struct Room {
        var all: Int
        var ofKind: [String: Int]
        var ofTenant: [ID<Tenant>: Int]

        mutating func take(_ line: JobQueue.Line, ofKindMax: Int, ofTenantMax: Int) -> Bool {
            guard all > 0, ofKind[line.kind, default: 0] < ofKindMax,
                ofTenant[line.tenant, default: 0] < ofTenantMax
            else { return false }
            all -= 1
            ofKind[line.kind, default: 0] += 1
            ofTenant[line.tenant, default: 0] += 1
            return true
        }
    }

    func add(_ jobs: [StoredJob]) {
        state.withLock { state in
            for job in jobs {
                state.running[job.id] = Running(job: job)
                state.ofKind[job.kind, default: 0] += 1
                state.ofTenant[job.tenant, default: 0] += 1
            }
        }
    }

    func remove(_ job: StoredJob) {
        state.withLock { state in
            guard state.running.removeValue(forKey: job.id) != nil else { return }
            state.ofKind[job.kind, default: 0] -= 1
            state.ofTenant[job.tenant, default: 0] -= 1
            if state.ofTenant[job.tenant] == 0 { state.ofTenant[job.tenant] = nil }
        }
    }

    /// Runs a job's body so that `stop` ends it.
    ///
    /// - Throws: `Stopped` when it was ended from outside; what the body throws by itself is its
    ///   own failure, a `CancellationError` too.
    func running(_ job: StoredJob, _ body: @escaping @Sendable () async throws -> Void) async throws
    {
        let task = Task {
            do { try await body() } catch is CancellationError where Task.isCancelled {
                throw Stopped()
            }
        }
        state.withLock { $0.running[job.id]?.task = task }
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// The process ends, or the lease was lost: the job is given back, or has been.
    struct Stopped: Error {}

    /// Ends the runs of jobs that somebody else has taken.
    func stop(_ lost: Set<ID<StoredJob>>) {
        let tasks = state.withLock { state in lost.compactMap { state.running[$0]?.task } }
        for task in tasks { task.cancel() }
    }
}

import Storage
import Synchronization
import Tenancy

/// One run of a job: what it may touch, and how it ends.
package struct JobRun: Sendable {
    package let job: StoredJob
    private let database: Database
    private let clock: @Sendable () -> Instant
    private let ended = Ended()

    /// Whether the run has ended with a transaction of its own.
    private final class Ended: Sendable {
        let flag = Atomic<Bool>(false)
    }

    init(_ job: StoredJob, _ database: Database, clock: @escaping @Sendable () -> Instant) {
        self.job = job
        self.database = database
        self.clock = clock
    }

    /// The product itself, in the job's tenant. A job that acts for a person carries their id
    /// and asks what they may do now.
    package var caller: Caller { .system(job.tenant) }
    package var now: Instant { clock() }

    package func read<Value: Sendable>(
        _ body: @Sendable (Scope) async throws -> Value
    ) async throws -> Value {
        try await database.read(as: caller, at: now, body)
    }

    /// A transaction in the middle of the run.
    ///
    /// - Parameters:
    ///   - actor: Who acts; the product itself unless said.
    ///   - moment: Of the transaction; now unless said.
    /// - Throws: `LeaseLost` when somebody else runs the job by now: nothing is kept.
    package func write<Value: Sendable>(
        as actor: Caller? = nil, at moment: Instant? = nil, isolation: Isolation = .serializable,
        _ body: @escaping @Sendable (Scope) async throws -> Value
    ) async throws -> Value {
        let job = job
        // Held from the beginning, a long transaction would hold up the renewal of all leases of
        // this worker. One that sees what others commit meanwhile can ask at its end.
        let holdsLate = isolation == .readCommitted
        return try await database.write(
            as: actor ?? caller, at: moment ?? now, isolation: isolation
        ) { scope in
            if !holdsLate { try await JobQueue(scope.tx).hold(job) }
            let value = try await body(scope)
            if holdsLate { try await JobQueue(scope.tx).hold(job) }
            return value
        }
    }

    /// The last transaction of the run: the job is done with it, so what it writes is written
    /// once, whatever happens.
    ///
    /// - Parameter actor: Who acts; the product itself unless said.
    /// - Throws: `LeaseLost`, as `write`.
    package func finish(
        as actor: Caller? = nil, isolation: Isolation = .serializable,
        _ body: @escaping @Sendable (Scope) async throws -> Void
    ) async throws {
        let job = job
        try await database.write(
            as: actor ?? caller, at: now, isolation: isolation
        ) { scope in
            let queue = JobQueue(scope.tx)
            try await queue.hold(job)
            try await body(scope)
            try await queue.finish([job])
        }
        ended.flag.store(true, ordering: .releasing)
    }

    /// Whether `finish` has been committed.
    var isFinished: Bool { ended.flag.load(ordering: .acquiring) }
}

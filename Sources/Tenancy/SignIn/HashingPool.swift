import Foundation

/// The threads that hash passwords, and those who wait for them.
///
/// Hashing is slow on purpose. On threads of its own it takes neither the event loop nor the
/// threads that tasks share.
///
/// `@unchecked`: `jobs` and `stopped` are only touched under `condition`.
final class HashingPool: @unchecked Sendable {
    private let condition = NSCondition()
    private var jobs: [@Sendable () -> Void] = []
    private var stopped = false

    private static let threads = 2
    /// Jobs that may wait, about a second's work; one more is refused.
    private static let waitingMax = 64

    init() {
        for number in 1...Self.threads {
            let thread = Thread { [self] in work() }
            thread.name = "hashing-\(number)"
            thread.start()
        }
    }

    /// Runs `job` on a thread of the pool.
    ///
    /// - Throws: `Problem.busy` when too many wait already, else what `job` throws.
    func run<Value: Sendable>(_ job: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { caller in
            let accepted = condition.withLock {
                guard !stopped, jobs.count < Self.waitingMax else { return false }
                jobs.append { caller.resume(with: Result(catching: job)) }
                condition.signal()
                return true
            }
            if !accepted { caller.resume(throwing: Problem.busy) }
        }
    }

    /// Ends the threads once the jobs queued so far are done.
    func stop() {
        condition.withLock {
            stopped = true
            condition.broadcast()
        }
    }

    private func work() {
        while let job = next() { job() }
    }

    private func next() -> (@Sendable () -> Void)? {
        condition.withLock {
            while jobs.isEmpty && !stopped { condition.wait() }
            return jobs.isEmpty ? nil : jobs.removeFirst()
        }
    }
}

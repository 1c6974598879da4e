import DatabaseSupport
import Dispatch
import Storage
import Testing

/// Requests prefer the executor of their event loop, also while they are in a transaction.
@Suite struct PreferredExecutorTests {
    private static let tasks = 16
    private static let transactions = 100

    @Test(.timeLimit(.minutes(1)), arguments: EngineKind.allCases)
    func `an answer that comes before anybody waits for it is not lost`(on kind: EngineKind)
        async throws
    {
        try await kind.with { engine in
            let database = Database(engine)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<Self.tasks {
                    group.addTask(executorPreference: Preferred.queue) {
                        for number in 0..<Self.transactions {
                            let read = try await database.read { tx in
                                let one: Int? = try await tx.value("SELECT 1")
                                let same: Int? = try await tx.value(
                                    "SELECT CAST(\(number) AS bigint)")
                                return one == 1 && same == number
                            }
                            #expect(read)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}

private final class Preferred: TaskExecutor {
    static let queue = Preferred()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        DispatchQueue.global().async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

import DatabaseSupport
import Dispatch
import Storage
import Testing

/// Requests prefer the executor of their event loop, also while they are in a transaction.
@Suite struct PreferredExecutorTests {
    private static let tasks = 16
    private static let transactions = 100

    @Test(.timeLimit(.minutes(15)), arguments: EngineKind.allCases)
    func `an answer that comes before anybody waits for it is not lost`(on kind: EngineKind)
        async throws
    {
        try await kind.with { engine in
            let database = Database(engine)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<Self.tasks {
                    group.addTask(executorPreference: Preferred.queue) {
                        try await Self.ask(database)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// Transactions of two statements each.
    private static func ask(_ database: Database) async throws {
        for number in 0..<transactions {
            let answers: [Int?] = try await database.read { tx in
                [
                    try await tx.value("SELECT 1"),
                    try await tx.value("SELECT CAST(\(number) AS bigint)"),
                ]
            }
            #expect(answers == [1, number])
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

import Background
import DatabaseSupport
import Foundation
import Storage
import Synchronization
import Testing

/// These tests once more as another process, in which nothing is run but jobs.
final class WorkerProcess: Sendable {
    private let process: Mutex<Process>
    /// The worker ends when this does, so none outlives the tests.
    private let lifeline = Pipe()

    static let engine = "IPERFORM_TEST_WORKER_ENGINE"
    static let place = "IPERFORM_TEST_WORKER_PLACE"

    /// Starts a worker on the database at a place.
    init(_ engine: EngineKind, at place: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "--testing-library", "swift-testing", "--filter", "WorkerProcessTests",
        ]
        process.environment = ProcessInfo.processInfo.environment
            .merging([Self.engine: engine.rawValue, Self.place: place]) { $1 }
        process.standardInput = lifeline
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = Mutex(process)
    }

    /// Ends it without a word.
    func kill() {
        process.withLock { process in
            _ = Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }
}

/// What a `WorkerProcess` runs. It never ends by itself.
@Suite(.enabled(if: ProcessInfo.processInfo.environment[WorkerProcess.place] != nil))
struct WorkerProcessTests {
    @Test func `jobs are run until somebody kills this process`() async throws {
        Thread.detachNewThread {
            _ = FileHandle.standardInput.readDataToEndOfFile()
            exit(1)
        }
        let environment = ProcessInfo.processInfo.environment
        let engine = try #require(EngineKind(rawValue: environment[WorkerProcess.engine] ?? ""))
        let place = try #require(environment[WorkerProcess.place])
        var settings = JobRunner.Settings()
        settings.leaseSeconds = 1
        let database = Database(try await engine.open(place))
        await JobRunner(database, Labour.handlers, settings, log: Yard.log).run()
    }
}

import Foundation
import Storage
import Tenancy

/// Work that outlives the process that asked for it: a small value that is stored with the
/// change that causes it, and run later, at least once.
///
/// A job carries ids, not records; it loads them, decides anew and acts through an operation.
/// It may be run again after a crash, so doing it twice must do no more than doing it once.
package protocol Job: Codable, Sendable {
    static var kind: JobKind { get }
}

/// How the jobs of a kind are run.
package struct JobHandler: Sendable {
    package let kind: JobKind
    /// Takes the stored payload.
    let run: @Sendable (_ payload: String, JobRun) async throws -> Void

    /// - Parameter run: Throws whatever went wrong: the job is tried again later. `Postponed` and
    ///   `GivenUp` say what else to do.
    package init<Some: Job>(
        _ type: Some.Type, _ run: @escaping @Sendable (Some, JobRun) async throws -> Void
    ) {
        kind = Some.kind
        self.run = { payload, work in
            let job: Some
            do {
                job = try JSONDecoder().decode(Some.self, from: Data(payload.utf8))
            } catch {
                throw GivenUp("What the job is about cannot be read: \(error)")
            }
            try await run(job, work)
        }
    }
}

/// What is common to all jobs of a kind.
package struct JobKind: Sendable {
    /// Stored with each job, so it never changes: `follow-ups.remind`.
    package let name: String
    package let urgency: Urgency
    /// How many of them one process runs at the same time.
    package let atOnce: Int
    /// After so many failures it is dead, and waits for a person.
    package let failuresMax: Int
    package let pause: Pause

    /// Kinds of the first sort are taken before those of the second.
    package enum Urgency: Int, Sendable, Comparable {
        /// Somebody waits for it: a reminder, a push, a new lead.
        case prompt
        /// It may take its time: a campaign, a sync, an export.
        case bulk

        package static func < (left: Urgency, right: Urgency) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    package init(
        _ name: String, urgency: Urgency = .prompt, atOnce: Int = 16, failuresMax: Int = 12,
        pause: Pause = Pause()
    ) {
        self.name = name
        self.urgency = urgency
        self.atOnce = atOnce
        self.failuresMax = failuresMax
        self.pause = pause
    }
}

/// How long to wait after a failure: twice as long each time, up to a limit, and somewhere in
/// the second half of that, so that what failed together does not come back together.
package struct Pause: Sendable, Equatable {
    package var firstSeconds = 2.0
    package var mostSeconds = 3600.0

    package init(firstSeconds: Double = 2, mostSeconds: Double = 3600) {
        self.firstSeconds = firstSeconds
        self.mostSeconds = mostSeconds
    }

    /// - Parameter chance: 0 to 1.
    package func microseconds(after failures: Int, chance: Double) -> Int64 {
        let most = min(mostSeconds, firstSeconds * pow(2, Double(max(0, failures - 1))))
        return Int64(most * (0.5 + chance / 2) * 1_000_000)
    }
}

/// Thrown by a job that is not to be run yet: no failure, it comes back then.
package struct Postponed: Error {
    package let until: Instant

    package init(until: Instant) {
        self.until = until
    }
}

/// Thrown by a job that no further try can help: it is dead at once.
package struct GivenUp: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// Somebody else runs the job now: nothing of this run is kept.
package struct LeaseLost: Error {
    package init() {}
}

import Background
import CRM
import Logging
import ServiceLifecycle
import Storage
import Tenancy
import Web

/// What is done for an installation that no page waits for: jobs, imports among them, timers and
/// the schedule; and readers of the feed.
///
/// Any number of processes may do it at once: a job is worked on under a lease, and a reader of
/// the feed gets each batch in one of them.
package struct Work: Sendable {
    private let files: ImportFiles
    private let jobs: JobRunner
    private let scheduler: Scheduler
    private let follower: FeedFollower
    private let log: Logger

    /// Puts everything together; nothing runs yet.
    package init(_ installation: Installation) async throws {
        let database = installation.database
        log = installation.log
        files = installation.imports
        let intake = FormIntake(
            database: database, cursors: Cursors(key: try await installation.key("cursors")),
            mailing: installation.mailing, files: installation.formFiles)
        let authenticator = Authenticator(
            database: database, passwords: Passwords(), masterKeys: installation.masterKeys)
        let imports = ImportRunner(database, files, log: log).handler()
        jobs = JobRunner(
            database,
            [imports] + mailHandlers(installation.mailing) + followUpHandlers()
                + clockHandlers()
                + scoreHandlers(database)
                + assignmentHandlers(database)
                + duplicateHandlers(database)
                + metaHandlers(
                    database, installation.graph, installation.masterKeys, installation.mailing)
                + housekeeping(installation, intake, authenticator), log: log)
        scheduler = Scheduler(database, schedule())
        follower = FeedFollower(database, feedReaders(), log: log)
    }

    package var services: [any Service] {
        [
            Worker {
                await clearUp()
                await jobs.run()
            },
            Worker { await follower.run() },
            Worker {
                await scheduler.run {
                    log.error("The schedule was not kept", metadata: ["error": "\($0)"])
                }
            },
        ]
    }

    /// Removes what this machine was receiving or reading for processes that have gone.
    private func clearUp() async {
        do { try await files.removeLeftovers(at: .now) } catch {
            log.warning("Old files were not removed", metadata: ["error": "\(error)"])
        }
    }
}

/// All that follows the feed with a place of its own.
func feedReaders() -> [any FeedReader] {
    [EventDays(), AuditSealer(), ClockKeeper(), ScoreKeeper(), DuplicateFinder()]
}

/// A loop that ends with the process.
struct Worker: Service {
    let body: @Sendable () async throws -> Void
    var stop: @Sendable () -> Void = {}

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await cancelWhenGracefulShutdown { try await body() }
        } onGracefulShutdown: {
            stop()
        }
    }
}

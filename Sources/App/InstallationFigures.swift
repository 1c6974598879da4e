import Background
import Logging
import Storage
import Web

/// What `/metrics` says of the whole installation: its readers of the feed, and its jobs.
///
/// Read from the database at most every few seconds, once for all who ask meanwhile.
actor InstallationFigures {
    private let database: Database
    private let log: Logger
    private let now: @Sendable () -> Instant
    private var latest: (read: Task<[Metrics.Family], Never>, at: Instant)?

    private static let keptSeconds = 3

    init(_ database: Database, log: Logger, now: @escaping @Sendable () -> Instant) {
        self.database = database
        self.log = log
        self.now = now
    }

    /// None while the database does not answer: `/readyz` says so.
    func families() async -> [Metrics.Family] {
        let moment = now()
        if let latest, moment.seconds(since: latest.at) < Self.keptSeconds {
            return await latest.read.value
        }
        let read = Task { [database, log] in
            do {
                return try await database.read { tx in
                    let readers = try await FeedReaders(tx).standings()
                    let jobs = try await JobQueue(tx).figures()
                    return Self.families(readers, at: moment) + Self.families(jobs)
                }
            } catch {
                log.warning("Figures were not read", metadata: ["error": "\(error)"])
                return []
            }
        }
        latest = (read, moment)
        return await read.value
    }

    private static func families(
        _ readers: [FeedStanding], at now: Instant
    ) -> [Metrics.Family] {
        func family(
            _ name: String, _ help: String, _ value: (FeedStanding) -> Double
        ) -> Metrics.Family {
            let values = readers.map { ($0.name, value($0)) }
            return Metrics.Family(
                "iperform_feed_reader_\(name)", help, by: "reader",
                Dictionary(uniqueKeysWithValues: values))
        }
        return [
            family("lag_events", "Events behind, counted up to \(FeedStanding.lagMax).") {
                Double($0.lag)
            },
            family("oldest_event_age_seconds", "Age of the first event behind.") {
                $0.oldestAt.map { seconds(now.microseconds - $0.microseconds) } ?? 0
            },
            family("paused", "Whether somebody has paused it.") { $0.pausedAt == nil ? 0 : 1 },
            family("failures", "Failures in a row.") { Double($0.failures) },
        ]
    }

    private static func families(_ jobs: [String: JobFigures]) -> [Metrics.Family] {
        func family(
            _ name: String, _ help: String, _ value: (JobFigures) -> Double
        ) -> Metrics.Family {
            Metrics.Family("iperform_jobs_\(name)", help, by: "kind", jobs.mapValues(value))
        }
        let most = JobQueue.countedMax
        return [
            family("waiting", "Jobs that may be run, counted up to \(most).") {
                Double($0.waiting)
            },
            family("oldest_waiting_age_seconds", "How long the first has waited.") {
                seconds($0.oldestMicroseconds)
            },
            family("running", "Jobs that a worker has.") { Double($0.running) },
            family("dead", "Jobs that wait for a person, counted up to \(most).") {
                Double($0.dead)
            },
        ]
    }

    private static func seconds(_ microseconds: Int64) -> Double {
        Double(max(0, microseconds)) / 1e6
    }
}

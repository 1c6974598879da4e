import Background
import Meta
import Storage
import Tenancy

/// Fetches one lead's answers and makes a lead of them.
struct FetchMetaLead: Job {
    static let kind = JobKind(
        "meta.fetch", atOnce: 24, failuresMax: 8, pause: Pause(firstSeconds: 4, mostSeconds: 900))

    let entry: ID<Entry>

    static func key(_ entry: ID<Entry>) -> String { "meta-fetch:\(entry)" }
}

/// Reads Facebook's own lists of leads: what the webhook did not tell is taken up.
struct ReadMetaForms: Job {
    static let kind = JobKind("meta.read", urgency: .bulk, atOnce: 2)
    static let key = "meta-read"

    /// One form, else all.
    var form: String?
    /// So many whole days as well, today the last, counted for the comparison.
    var days: Int?
    /// Whether what is new is taken, else counted alone.
    var takes = true
}

/// Looks after the connection: whether the token is alive, whether the page tells us of its
/// leads, and which forms it has.
struct CheckMeta: Job {
    static let kind = JobKind("meta.check", atOnce: 2)
    static let key = "meta-check"
}

/// Gives each company that is connected what is due.
struct GoRoundMeta: Job {
    static let kind = JobKind("meta.round", atOnce: 1)

    enum Step: String, Codable, Sendable { case read, sweep, check }

    let step: Step
}

/// What the schedule has for companies that are connected to Facebook.
package func metaSchedule() -> [ScheduleEntry] {
    [
        ScheduleEntry("meta.read", .every(seconds: 600), GoRoundMeta(step: .read)),
        ScheduleEntry("meta.check", .every(seconds: 3600), GoRoundMeta(step: .check)),
        ScheduleEntry("meta.sweep", .daily(hour: 2, minute: 10), GoRoundMeta(step: .sweep)),
    ]
}

/// How Facebook's jobs are run.
package func metaHandlers(
    _ database: Database, _ graph: MetaGraph, _ keys: MasterKeys, _ mailing: Mailing
) -> [JobHandler] {
    let worker = MetaWorker(graph: graph, keys: keys, mailing: mailing)
    return [
        JobHandler(FetchMetaLead.self) { try await worker.fetch($0.entry, $1) },
        JobHandler(ReadMetaForms.self) { try await worker.read($0, $1) },
        JobHandler(CheckMeta.self) { try await worker.check($1) },
        JobHandler(GoRoundMeta.self) { try await goRound($0.step, database, at: $1.now) },
    ]
}

private func goRound(
    _ step: GoRoundMeta.Step, _ database: Database, at now: Instant
) async throws {
    // tenant: those of all companies; each gets a job of its own.
    let tenants: [ID<Tenant>] = try await database.read {
        try await $0.column("SELECT tenant_id FROM meta_connections ORDER BY tenant_id")
    }
    for tenant in tenants {
        try await database.write(as: .system(tenant), at: now, isolation: .readCommitted) { scope in
            let jobs = Jobs(scope)
            switch step {
            case .read:
                try await MetaLeads(scope).takeUp()
                try await jobs.add(ReadMetaForms(), key: ReadMetaForms.key)
            case .sweep: try await jobs.add(ReadMetaForms(days: 2), key: "meta-sweep")
            case .check: try await jobs.add(CheckMeta(), key: CheckMeta.key)
            }
        }
    }
}

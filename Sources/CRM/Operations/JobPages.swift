import Background
import Storage
import Tenancy
import Views
import Web

/// The page of what is done in the background, for admins.
struct JobPages {
    let shells: Shells
    let cursors: Cursors

    var routes: [Route] {
        [.page("/jobs", "What is done in the background", handle: show)]
    }

    private func show(_ call: Call) async throws -> Reply {
        let filter = call.query["state"].flatMap(JobLine.State.init(rawValue:))
        let request = try ListRequest(
            Jobs.listing, "state", filter?.rawValue, cursor: call.query["cursor"])
        return .html(
            try await call.read { scope in
                let frame = try await shells.frame("Jobs", .jobs, for: call, in: scope)
                let time = frame.faces.time
                let (queues, isMore) = try await Jobs(scope).queues()
                let (jobs, next) = try await Jobs(scope).page(request, cursors)
                let state = filter.map { "state=\($0.rawValue)" }
                let page = JobsPage(
                    queues: queues.map { Self.line($0, time) },
                    jobs: jobs.map { Self.line($0, time) }, filter: filter,
                    olderURL: next.map {
                        LeadFilters.url("/jobs", state, "cursor=\(Query.encoded($0))")
                    }, isMore: isMore)
                return call.wantsFragment ? jobsBody(page) : jobsPage(frame.shell, page)
            })
    }

    private static func line(_ queue: JobQueueStanding, _ time: LocalTime) -> JobQueueLine {
        var line = JobQueueLine(name: name(of: queue.kind))
        line.waiting = queue[.waiting]
        line.scheduled = queue[.scheduled]
        line.running = queue[.running]
        line.dead = queue[.dead]
        line.oldest = queue.oldestAt.map(time.ago) ?? ""
        line.doneLately = queue.doneLately
        line.failedLately = queue.failedLately
        line.mean = queue.meanMilliseconds.map(duration) ?? ""
        return line
    }

    private static func line(_ job: StoredJob, _ time: LocalTime) -> JobLine {
        var line = JobLine(
            id: job.id.description, name: name(of: job.kind),
            state: JobLine.State(rawValue: job.state.rawValue) ?? .waiting, when: when(job, time))
        line.failures = job.failures
        line.error = job.error ?? ""
        line.payload = job.payload
        return line
    }

    private static func when(_ job: StoredJob, _ time: LocalTime) -> String {
        switch job.state {
        case .scheduled:
            "Planned for \(time.short(time.day(of: job.runAt))), \(time.clock(job.runAt))"
        case .waiting: "Ready \(time.ago(job.changedAt))"
        case .running: "Started \(time.ago(job.changedAt))"
        case .dead: "Given up \(time.ago(job.changedAt))"
        case .cancelled: "Cancelled \(time.ago(job.changedAt))"
        }
    }

    /// `imports.run` is Imports: run.
    private static func name(of kind: String) -> String {
        let parts = kind.split(separator: ".", maxSplits: 1).map {
            $0.replacing("-", with: " ").replacing("_", with: " ")
        }
        guard parts.count == 2 else { return kind }
        return parts[0].prefix(1).uppercased() + parts[0].dropFirst() + ": " + parts[1]
    }

    private static func duration(_ milliseconds: Double) -> String {
        milliseconds < 1000
            ? "\(Int(milliseconds.rounded(.up))) ms"
            : "\(Int((milliseconds / 1000).rounded())) s"
    }
}

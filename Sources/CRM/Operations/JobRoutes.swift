import Background
import HTTPTypes
import Storage
import Tenancy
import Web

/// Jobs in the API: what is to be done, what failed, and what to do about it.
struct JobRoutes {
    let cursors: Cursors

    var routes: [Route] {
        [
            .api(
                .get, "/jobs", "Lists jobs that are not done", query: Jobs.listing.parameters,
                answers: [.init(200, "One page.", .page(of: StoredJob.schema))], handle: list),
            .api(
                .get, "/jobs/queues", "Counts jobs by kind, with what was done in a day",
                answers: [.init(200, "Every kind.", JobQueueStanding.listSchema)],
                handle: queues),
            .api(
                .post, "/jobs/{id}/retry", "Runs a job again, or at once",
                answers: [.init(200, "As it is now.", StoredJob.schema)]
            ) { call in
                try await change(call) { try await Jobs($0).retry($1) }
            },
            .api(
                .post, "/jobs/{id}/cancellation", "Gives up a job that does not run",
                answers: [.init(200, "As it is now.", StoredJob.schema)]
            ) { call in
                try await change(call) { scope, id in
                    let job = try await Jobs(scope).cancel(id)
                    try await Imports(scope).stop(becauseOf: job)
                    return job
                }
            },
        ].grouped("Jobs")
    }

    private func list(_ call: Call) async throws -> Reply {
        let request = try ListRequest(call.query, Jobs.listing)
        let page = try await call.read { try await Jobs($0).page(request, cursors) }
        return .page(page.elements, next: page.next) { $1.write(to: &$0) }
    }

    private func queues(_ call: Call) async throws -> Reply {
        let (queues, isMore) = try await call.read { try await Jobs($0).queues() }
        return .json { writer in
            writer.object { body in
                body.member("data") { $0.array(queues) { $1.write(to: &$0) } }
                body.member("is_more", isMore)
            }
        }
    }

    private func change(
        _ call: Call,
        _ operation: @escaping @Sendable (Scope, ID<StoredJob>) async throws -> StoredJob
    ) async throws -> Reply {
        let id: ID<StoredJob> = try call.id(of: "job")
        return try await call.write { scope in
            let job = try await operation(scope, id)
            return .json { job.write(to: &$0) }
        }
    }
}

extension StoredJob {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("id", id)
            body.member("kind", kind)
            body.member("state", state.rawValue)
            body.member("run_at", runAt)
            body.member("failures", failures)
            body.member("error", error)
            body.member("payload") { $0.raw(payload) }
            body.member("created_at", createdAt)
            body.member("changed_at", changedAt)
        }
    }

    fileprivate static let schema = Schema.named(
        "Job",
        .object([
            .init("id", .id, required: true), .init("kind", .text(max: 100), required: true),
            .init("state", .choice(State.allCases.map(\.rawValue)), required: true),
            .init("run_at", .instant, required: true, "Not before."),
            .init("failures", .integer(0...Int64.max), required: true, "In a row."),
            .init("error", .optional(.text(max: 1000)), required: true, "Of the last one."),
            .init("payload", .any, required: true, "What it is about."),
            .init("created_at", .instant, required: true),
            .init("changed_at", .instant, required: true),
        ]))
}

extension JobQueueStanding {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("kind", kind)
            for state in StoredJob.State.allCases { body.member(state.rawValue, self[state]) }
            body.member("oldest_waiting_at", oldestAt)
            body.member("done_in_a_day", doneLately)
            body.member("failed_in_a_day", failedLately)
        }
    }

    private static let count = Schema.integer(0...Int64.max)

    fileprivate static let listSchema = Schema.object([
        .init(
            "data",
            .list(
                .named(
                    "JobQueue",
                    .object(
                        [.init("kind", .text(max: 100), required: true)]
                            + StoredJob.State.allCases.map {
                                .init($0.rawValue, count, required: true)
                            } + [
                                .init("oldest_waiting_at", .optional(.instant), required: true),
                                .init("done_in_a_day", count, required: true),
                                .init("failed_in_a_day", count, required: true),
                            ])), max: 1000), required: true),
        .init("is_more", .boolean, required: true, "There are at least so many, not just so many."),
    ])
}

import Background
import Foundation
import Storage
import Tenancy

/// Jobs that take a while and write down, as events, what has come of them.
enum Labour {
    static let handlers = [
        JobHandler(AtOnce.self) { job, run in
            try await run.begin(job.id)
            try await run.finish { try await $0.note("labour.done", job.id) }
        },
        JobHandler(ByAndBy.self) { job, run in
            try await run.begin(job.id)
            // It goes on where an earlier run stopped.
            var step = try await run.read { try await $0.count("labour.step", job.id) }
            while step < ByAndBy.steps {
                try await run.write { try await $0.note("labour.step", job.id) }
                try await Task.sleep(for: .milliseconds(5))
                step += 1
            }
            try await run.finish { try await $0.note("labour.done", job.id) }
        },
        JobHandler(Heir.self) { job, run in
            try await run.begin(job.id)
            try await run.finish { scope in
                try await scope.note("labour.done", job.id)
                try await Jobs(scope).add(AtOnce(id: job.heir))
            }
        },
        JobHandler(Careful.self) { job, run in
            try await run.begin(job.id)
            // It does not end with its effect, so it looks whether there has been one.
            try await run.write(isolation: .readCommitted) { scope in
                if try await scope.count("labour.done", job.id) == 0 {
                    try await scope.note("labour.done", job.id)
                }
            }
            try await Task.sleep(for: .milliseconds(5))
        },
    ]
}

/// Its effect and its end are one transaction.
struct AtOnce: Job {
    static let kind = JobKind("test.at-once", atOnce: 8)
    let id: UUID
}

/// Its effect is made of several steps.
struct ByAndBy: Job {
    static let kind = JobKind("test.by-and-by", urgency: .bulk, atOnce: 8)
    static let steps = 8
    let id: UUID
}

/// Its effect is another job as well.
struct Heir: Job {
    static let kind = JobKind("test.heir", atOnce: 8)
    let id: UUID
    let heir: UUID
}

/// Done twice, it does no more than done once.
struct Careful: Job {
    static let kind = JobKind("test.careful", atOnce: 8)
    let id: UUID
}

extension JobRun {
    /// Says that a run has begun, and lets it take a while.
    fileprivate func begin(_ id: UUID) async throws {
        try await write(isolation: .readCommitted) { try await $0.note("labour.begun", id) }
        try await Task.sleep(for: .milliseconds(200))
    }
}

extension Scope {
    fileprivate func note(_ name: String, _ id: UUID) async throws {
        try await record(Event(name, id))
    }

    fileprivate func count(_ name: String, _ id: UUID) async throws -> Int {
        try await tx.value(
            """
            SELECT COUNT(*) FROM events
            WHERE tenant_id = \(tenant) AND name = \(name) AND subject_id = \(id)
            """) ?? 0
    }
}

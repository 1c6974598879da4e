import Background
import CRM
import Mail
import Storage
import Tenancy
import Web

/// Takes up what was journalled in the inbox and then left: after a crash, or a moment of
/// trouble.
struct SweepInbox: Job {
    static let kind = JobKind("inbox.sweep", atOnce: 1)
}

/// Deletes sessions, refresh tokens and failed sign-ins that are past.
struct TidySignIn: Job {
    static let kind = JobKind("sign-in.tidy", urgency: .bulk, atOnce: 1)
}

/// Deletes answers that are kept no longer.
struct TidyIdempotencyKeys: Job {
    static let kind = JobKind("idempotency.tidy", urgency: .bulk, atOnce: 1)
}

/// Deletes imported files that have been kept for long enough.
struct RemoveExpiredFiles: Job {
    static let kind = JobKind("files.expire", urgency: .bulk, atOnce: 1)
}

/// Removes the entries of audit logs that companies keep no longer.
struct TrimAudit: Job {
    static let kind = JobKind("audit.trim", urgency: .bulk, atOnce: 1)
}

/// How the installation's own jobs are run.
func housekeeping(
    _ installation: Installation, _ intake: FormIntake, _ authenticator: Authenticator
) -> [JobHandler] {
    let database = installation.database
    return [
        JobHandler(SweepInbox.self) { _, _ in try await intake.sweep() },
        JobHandler(TidySignIn.self) { _, _ in try await authenticator.deleteExpired() },
        JobHandler(TidyIdempotencyKeys.self) { _, run in
            let now = run.now
            while try await database.write(
                isolation: .readCommitted,
                { tx in
                    try await Idempotency.deleteExpired(in: tx, at: now)
                })
            {}
        },
        JobHandler(RemoveExpiredFiles.self) { _, run in
            try await installation.imports.removeExpired(at: run.now)
        },
        JobHandler(TrimAudit.self) { _, run in
            try await AuditRetention.removeExpired(in: database, at: run.now)
        },
        PruneJobs.handler(database), TidyOutbox.handler(database),
    ]
}

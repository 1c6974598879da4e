import Background
import CRM
import Mail

/// All that is done again and again, on one page. Each slot is given out once, however many
/// processes there are.
func schedule() -> [ScheduleEntry] {
    [
        ScheduleEntry("inbox.sweep", .every(seconds: 30), missed: .skip, SweepInbox()),
        ScheduleEntry("assignment.offer", .every(seconds: 30), missed: .skip, OfferHeldLeads()),
        ScheduleEntry("sign-in.tidy", .every(seconds: 600), TidySignIn()),
        ScheduleEntry("idempotency.tidy", .every(seconds: 600), TidyIdempotencyKeys()),
        ScheduleEntry("files.expire", .every(seconds: 600), RemoveExpiredFiles()),
        ScheduleEntry("audit.trim", .daily(hour: 3, minute: 45), TrimAudit()),
        ScheduleEntry(
            "duplicates.scan", .daily(hour: 2, minute: 15), missed: .skip, ScanAllDuplicates()),
        ScheduleEntry("outbox.tidy", .every(seconds: 3600), TidyOutbox()),
        ScheduleEntry("scores.rebuild", .daily(hour: 2, minute: 15), RebuildScores()),
        ScheduleEntry("jobs.prune", .daily(hour: 3, minute: 30), PruneJobs()),
    ] + metaSchedule()
}

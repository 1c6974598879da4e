import Background
import Foundation
import Storage
import Tenancy

/// Leads whose new owners have some time to act; else the next of their team gets them.
struct Reoffers: Sendable {
    let scope: Scope

    /// So often a lead goes on to the next; then it stays.
    static let most = 3

    /// What shows that somebody works on a lead.
    private static let acts = [
        "activity.logged", "follow_up.scheduled", "follow_up.done", "follow_up.rescheduled",
        "lead.moved", "lead.held", "lead.resumed", "lead.won", "lead.lost", "lead.reactivated",
        "lead.shared",
    ]

    init(_ scope: Scope) {
        self.scope = scope
    }

    /// Looks again when the owner's time is over, if the rule says so.
    ///
    /// - Parameter tried: Those who had it before.
    func await(
        _ choice: Assignment.Choice, on lead: ID<Lead>, tried: [ID<User>] = []
    ) async throws {
        guard let rule = choice.rule, let minutes = choice.reofferMinutes else { return }
        let calendar = try await Calendars(scope).ofCompany()
        guard let due = calendar.adding(workingSeconds: minutes * 60, to: scope.now) else { return }
        let job = ReofferLead(
            lead: lead, owner: choice.owner, rule: rule, minutes: minutes,
            since: scope.now.microseconds, tried: tried)
        try await Jobs(scope).add(job, at: due, key: ReofferLead.key(lead), rival: .makesWay)
    }

    /// Gives a lead to the next, unless it is worked on or with somebody else by now.
    func settle(_ job: ReofferLead) async throws {
        let found: Lead? = try await scope.tx.first(
            """
            SELECT \(Lead.columns) \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant) AND l.id = \(job.lead)
            \(scope.tx.dialect.locking("l"))
            """)
        guard let lead = found, lead.owner == job.owner, lead.status == .open,
            try await !isWorkedOn(job)
        else { return }
        let tried = job.tried + [job.owner]
        let question = Rota.Question(
            draft: try LeadDraft(lead), tried: Set(tried), rules: .only(job.rule), mayWait: false)
        // When nobody else can take it, who has it keeps it.
        guard case .given(let choice) = try await Assignment(scope).decide(question) else { return }
        let reason = """
            \(lead.ownerName ?? "Its owner") did not act within \(job.minutes) working minutes. \
            \(choice.reason)
            """
        _ = try await Owners(scope).give(lead, to: choice.owner, reason, as: "lead.reoffered") {
            $0.member("from_owner", job.owner)
            $0.member("minutes", job.minutes)
        }
        guard tried.count < Self.most else { return }
        try await self.await(choice, on: lead.id, tried: tried)
    }

    private func isWorkedOn(_ job: ReofferLead) async throws -> Bool {
        try await scope.tx.value(
            """
            SELECT 1 FROM events
            WHERE tenant_id = \(scope.tenant) AND subject_id = \(job.lead)
                AND at >= \(Instant(microseconds: job.since))
                AND actor_kind IN ('user', 'api_key') AND name IN \(SQL.list(Self.acts))
            LIMIT 1
            """, as: Int.self) != nil
    }
}

/// Looks whether somebody who got a lead by a rule has acted on it.
struct ReofferLead: Job {
    static let kind = JobKind("assignment.reoffer")

    let lead: ID<Lead>
    let owner: ID<User>
    let rule: ID<AssignmentRule>
    let minutes: Int
    /// Microseconds since 1970.
    let since: Int64
    let tried: [ID<User>]

    /// At most one waits for a lead.
    static func key(_ lead: ID<Lead>) -> String { "assignment.reoffer:\(lead)" }
}

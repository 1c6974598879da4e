import Storage
import Tenancy

/// Something that was done with a lead.
package struct Activity: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable, SQLConvertible {
        case call, email, whatsapp, meeting, note

        package var label: String {
            switch self {
            case .call: "call"
            case .email: "e-mail"
            case .whatsapp: "WhatsApp message"
            case .meeting: "meeting"
            case .note: "note"
            }
        }
    }

    package let id: ID<Activity>
    package var kind: Kind
    /// `connected`, `no_answer`, `left_message`, … or words of one's own.
    package var outcome: String?
    package var notes: String?
    package var durationMinutes: Int?
    package var at: Instant

    package init(
        kind: Kind, outcome: String? = nil, notes: String? = nil, durationMinutes: Int? = nil,
        at: Instant
    ) {
        id = ID()
        self.kind = kind
        self.outcome = outcome
        self.notes = notes
        self.durationMinutes = durationMinutes
        self.at = at
    }
}

/// What is to be done next with a lead.
package struct NextStep: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable, SQLConvertible {
        case call, email, whatsapp, meeting
    }

    package var kind: Kind
    package var at: Instant
    package var notes: String?

    package init(kind: Kind, at: Instant, notes: String? = nil) {
        self.kind = kind
        self.at = at
        self.notes = notes
    }
}

/// The activities of leads, in this transaction.
package struct Activities: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// What was done counts for the follow-ups that were due within this time.
    private static let dueWithinSeconds = 12 * 3600

    /// Logs what was done, schedules what is next and moves the stage: one operation, because
    /// it is one thing to the person who does it.
    package func log(
        _ activity: Activity, on id: ID<Lead>, next: NextStep? = nil, move: Move? = nil
    ) async throws -> Lead {
        let leads = Leads(scope)
        var lead = try await leads.find(id, to: .leadsWork)
        lead = try await add(activity, to: lead)
        let followUps = FollowUps(scope)
        let due =
            activity.kind == .note
            ? []
            : try await followUps.due(
                by: scope.now.adding(seconds: Self.dueWithinSeconds), of: id)
        if let next { lead = try await followUps.schedule(next, for: lead) }
        if let move, move.to != lead.stage {
            lead = try await leads.move(id, move, prefix: "transition.")
        }
        // The last thing: with a task that was handed on goes the lead.
        for followUp in due {
            lead = try await followUps.close(followUp, outcome: activity.outcome, for: lead)
        }
        return try await leads.load(id)
    }

    /// Adds what was done to a lead that the caller may work on.
    func add(_ activity: Activity, to lead: Lead) async throws -> Lead {
        try await insert(activity, lead.id)
        var after = lead
        if activity.at > lead.lastActivityAt ?? Instant(microseconds: 0) {
            after.lastActivityAt = activity.at
        }
        return try await Leads(scope).save(lead, after, as: "activity.logged") { body in
            body.member("activity", activity.id)
            body.member("kind", activity.kind.rawValue)
            body.member("outcome", activity.outcome)
            body.member("notes", activity.notes)
            body.member("duration_minutes", activity.durationMinutes)
            body.member("at", activity.at)
        }
    }

    private func insert(_ activity: Activity, _ lead: ID<Lead>) async throws {
        try await scope.tx.execute(
            """
            INSERT INTO activities (tenant_id, id, lead_id, kind, outcome, notes, duration_minutes,
                at, user_id, created_at)
            VALUES (\(scope.tenant), \(activity.id), \(lead), \(activity.kind),
                \(activity.outcome), \(activity.notes), \(activity.durationMinutes),
                \(activity.at), \(scope.caller.user), \(scope.now))
            """)
    }

    /// Takes a logged activity back: for undo.
    func withdraw(_ id: ID<Activity>) async throws {
        try await scope.tx.execute(
            "DELETE FROM activities WHERE tenant_id = \(scope.tenant) AND id = \(id)")
    }
}

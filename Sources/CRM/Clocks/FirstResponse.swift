import Storage
import Tenancy

/// What a company asks of first responses.
package struct FirstResponse: Sendable, Equatable {
    /// Working minutes.
    package var targetMinutes: Int
    package var isActive: Bool

    static let usual = FirstResponse(targetMinutes: 60, isActive: true)
    static let minutesMax = 10_000

    package init(targetMinutes: Int, isActive: Bool) {
        self.targetMinutes = targetMinutes
        self.isActive = isActive
    }
}

extension StoredEvent {
    /// What an event does to the first-response clock of the lead that it is about; the rule
    /// stands here and nowhere else.
    ///
    /// | event | clock |
    /// |---|---|
    /// | a lead is created, and not as imported history | starts |
    /// | a person logs a call, e-mail, WhatsApp message or meeting | stops |
    /// | a person moves it forward | stops |
    /// | it is won or lost | stops |
    /// | it is put on hold · taken up again | pauses · resumes |
    ///
    /// A note is no response. What a person's own program does by API key, they do. When it was
    /// logged counts, and not when the log says that it was.
    var firstResponseAct: Clock.Act? {
        let isByPerson = actor == .user || actor == .apiKey
        switch name {
        case "activity.logged":
            return isByPerson && data["kind"]?.string != Activity.Kind.note.rawValue ? .stop : nil
        case "lead.moved":
            return isByPerson && data["kind"]?.string == Pipeline.Kind.forward.rawValue
                ? .stop : nil
        case "lead.won", "lead.lost": return .stop
        case "lead.held": return .pause
        case "lead.resumed": return .resume
        default: return nil
        }
    }

    /// Whether it begins a lead's first-response clock.
    var startsFirstResponse: Bool { name == "lead.created" && !imported }

    /// Names of all that `firstResponseAct` asks about.
    static let firstResponseNames = [
        "activity.logged", "lead.moved", "lead.won", "lead.lost", "lead.held", "lead.resumed",
    ]
}

/// Companies' policies for clocks, in this transaction.
struct ClockPolicies: Sendable {
    let scope: Scope

    init(_ scope: Scope) {
        self.scope = scope
    }

    func firstResponse() async throws -> FirstResponse {
        try await Self.firstResponse(of: [scope.tenant], in: scope.tx)[scope.tenant] ?? .usual
    }

    /// Those of several companies; one that said nothing is left out.
    static func firstResponse(
        of tenants: [ID<Tenant>], in tx: any Transaction
    ) async throws -> [ID<Tenant>: FirstResponse] {
        let rows = try await tx.rows(
            """
            SELECT tenant_id, target_seconds, active FROM clock_policies
            WHERE tenant_id IN \(SQL.list(tenants)) AND kind = \(Clock.Kind.firstResponse)
            """
        ) { row in
            let tenant: ID<Tenant> = try row.next()
            let seconds: Int = try row.next()
            return (
                tenant, FirstResponse(targetMinutes: seconds / 60, isActive: try row.next())
            )
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// From now on. Clocks that run keep their target, unless they are retargeted.
    ///
    /// - Throws: `Problem.invalid` on the minutes.
    func set(_ policy: FirstResponse) async throws {
        try scope.caller.must(.settingsEdit)
        guard (1...FirstResponse.minutesMax).contains(policy.targetMinutes) else {
            throw Problem.invalid(
                "target_minutes", "Give 1 to \(FirstResponse.minutesMax) working minutes.")
        }
        try await scope.tx.execute(
            """
            INSERT INTO clock_policies (tenant_id, kind, target_seconds, active)
            VALUES (\(scope.tenant), \(Clock.Kind.firstResponse), \(policy.targetMinutes * 60),
                \(policy.isActive))
            ON CONFLICT (tenant_id, kind) DO UPDATE SET
                target_seconds = excluded.target_seconds, active = excluded.active
            """)
        try await scope.record(
            Event("first_response.changed", nil) { body in
                body.member("target_minutes", policy.targetMinutes)
                body.member("active", policy.isActive)
            })
    }
}

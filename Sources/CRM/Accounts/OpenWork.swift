import Storage
import Tenancy

/// What a person has in hand: what somebody else must take up when they leave.
struct OpenWork: Sendable, Equatable {
    /// Leads they own, by stage class. Won and lost ones stay theirs, as history.
    var leads: [Stage.Status: Int] = [:]
    var followUps = 0
    /// Leads of others, open or on hold, that they have too.
    var shares = 0
    /// Teams they manage, and people who report to them: their superior's when they leave.
    var teams = 0
    var reports = 0
    /// Whom they report to, who is active.
    var superior: User?

    var openLeads: Int { leads[.open, default: 0] + leads[.onHold, default: 0] }

    /// Whether something would be nobody's.
    var needsHandOver: Bool { openLeads + followUps + shares > 0 }

    init(of user: User, in scope: Scope) async throws {
        leads = try await Self.leads(of: user.id, in: scope)
        followUps =
            try await scope.tx.value(
                """
                SELECT COUNT(*) FROM follow_ups
                WHERE tenant_id = \(scope.tenant) AND owner_id = \(user.id) AND state = 'open'
                """) ?? 0
        shares =
            try await scope.tx.value(
                """
                SELECT COUNT(*) FROM lead_shares c \(Self.onOpenLeads)
                WHERE c.tenant_id = \(scope.tenant) AND \(Self.shared(with: user.id, in: scope))
                """) ?? 0
        let succession = Succession(scope)
        (teams, reports) = try await succession.counts(of: user.id)
        superior = try await succession.superior(of: user)
    }

    private static func leads(
        of user: ID<User>, in scope: Scope
    ) async throws -> [Stage.Status: Int] {
        let rows: [(Stage.Status, Int)] = try await scope.tx.rows(
            """
            SELECT s.class, COUNT(*) FROM leads l
            JOIN stages s ON s.tenant_id = l.tenant_id AND s.key = l.stage
            WHERE l.tenant_id = \(scope.tenant) AND l.owner_id = \(user)
            GROUP BY s.class
            """
        ) { row in try (row.next(), row.next()) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// What joins `lead_shares c` with leads that are still worked on.
    static let onOpenLeads: SQL = """
        JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id
        JOIN stages s ON s.tenant_id = l.tenant_id AND s.key = l.stage
            AND s.class IN ('open', 'on_hold')
        """

    /// On `lead_shares c`: those of a person that have not ended. What was handed on with one
    /// follow-up is that follow-up's.
    static func shared(with user: ID<User>, in scope: Scope) -> SQL {
        """
        c.user_id = \(user) AND c.follow_up_id IS NULL
            AND (c.ends_at IS NULL OR c.ends_at > \(scope.now))
        """
    }
}

extension OpenWork {
    /// `3 open leads, 1 follow-up and 2 shared leads`
    var words: String {
        let parts = [
            (openLeads, "open lead", "open leads"), (followUps, "follow-up", "follow-ups"),
            (shares, "shared lead", "shared leads"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? $0.1 : $0.2)" }
        guard let last = parts.last else { return "nothing" }
        return parts.count == 1 ? last : parts.dropLast().joined(separator: ", ") + " and " + last
    }
}

import Storage
import Tenancy

/// The lists of what there is to do today.
enum Agenda: String, Sendable {
    case overdue, due
    case new
    /// Follow-ups of others' leads that were handed to the caller.
    case handed
    /// Overdue with people whose leads the caller reaches.
    case team
    case unassigned

    /// Sorted by when it is due; the others come newest first.
    var isByDue: Bool { self != .new && self != .unassigned }

    struct Item: Sendable {
        let lead: Lead
        /// The next step, when one is planned.
        let followUp: ID<FollowUp>?
        var notes: String?
    }
}

extension Leads {
    /// The first leads of a list, and how many are on it. `today` is from midnight to midnight.
    func agenda(
        _ list: Agenda, today: Range<Instant>, _ pipeline: Pipeline, limit: Int
    ) async throws -> (items: [Agenda.Item], count: Int) {
        // What is on hold is due again on the day it was put off to.
        let stages =
            switch list {
            case .handed: pipeline.stages.map(\.key)
            case _ where list.isByDue: pipeline.pending.map(\.key)
            default: pipeline.open.map(\.key)
            }
        let conditions: SQL = """
            AND l.stage IN \(SQL.list(stages)) \(condition(list, today)) \(reach)
            """
        let order: SQL = list.isByDue ? "l.due_at, l.id" : "l.created_at DESC, l.id"
        let items = try await scope.tx.rows(
            """
            SELECT \(Lead.columns), \(next("id", list)), \(next("notes", list)) \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant) \(conditions)
            ORDER BY \(order) LIMIT \(limit)
            """
        ) { row in
            let lead = try Lead(row: &row)
            let (followUp, notes): (ID<FollowUp>?, String?) = try (row.next(), row.next())
            let seesNotes =
                !scope.caller.grants.masks.contains(.internalNotes)
                || lead.owner == scope.caller.user
            return Agenda.Item(
                lead: lead.masked(for: scope.caller), followUp: followUp,
                notes: seesNotes ? notes : nil)
        }
        guard items.count == limit else { return (items, items.count) }
        let count: Int? = try await scope.tx.value(
            "SELECT COUNT(*) FROM leads l WHERE l.tenant_id = \(scope.tenant) \(conditions)")
        return (items, count ?? items.count)
    }

    /// How many of the caller's own leads are due before a moment.
    func countDue(before moment: Instant, _ pipeline: Pipeline) async throws -> Int {
        try await scope.tx.value(
            """
            SELECT COUNT(*) FROM leads l
            WHERE l.tenant_id = \(scope.tenant) AND l.owner_id = \(scope.caller.user)
                AND l.stage IN \(SQL.list(pipeline.pending.map(\.key))) AND l.due_at < \(moment)
            """) ?? 0
    }

    private func condition(_ list: Agenda, _ today: Range<Instant>) -> SQL {
        let me = scope.caller.user
        return switch list {
        case .overdue: "AND l.owner_id = \(me) AND l.due_at < \(today.lowerBound)"
        case .due:
            """
            AND l.owner_id = \(me)
            AND l.due_at >= \(today.lowerBound) AND l.due_at < \(today.upperBound)
            """
        case .new:
            """
            AND l.owner_id = \(me) AND l.stage = \(Stage.first) AND l.last_activity_at IS NULL
                AND l.next_follow_up_at IS NULL
            """
        case .handed:
            // tenant: the caller's, by `handed`.
            "AND l.id IN (SELECT h.lead_id FROM lead_shares h WHERE \(Self.handed(to: me, scope)))"
        case .team: "AND l.owner_id <> \(me) AND l.due_at < \(today.lowerBound)"
        case .unassigned: "AND l.owner_id IS NULL"
        }
    }

    /// A column of the lead's next open follow-up: of those that a list is about.
    private func next(_ column: SQL, _ list: Agenda) -> SQL {
        // tenant: the caller's, by `handed`.
        let handed: SQL = """
            AND f.id IN (SELECT h.follow_up_id FROM lead_shares h
                WHERE \(Self.handed(to: scope.caller.user, scope)))
            """
        return """
            (SELECT f.\(column) FROM follow_ups f
                WHERE f.tenant_id = l.tenant_id AND f.lead_id = l.id AND f.state = 'open'
                    \(list == .handed ? handed : "")
                ORDER BY f.due_at, f.id LIMIT 1)
            """
    }

    /// Of `lead_shares h`: the follow-ups that somebody was handed and still has.
    private static func handed(to user: ID<User>?, _ scope: Scope) -> SQL {
        """
        h.tenant_id = \(scope.tenant) AND h.user_id = \(user) AND h.follow_up_id IS NOT NULL
            AND (h.ends_at IS NULL OR h.ends_at > \(scope.now))
        """
    }
}

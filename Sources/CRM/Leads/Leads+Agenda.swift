import Storage
import Tenancy

/// The lists of what there is to do today.
enum Agenda: String, Sendable {
    case overdue, due
    case new
    /// Overdue with people whose leads the caller reaches.
    case team
    case unassigned

    /// Sorted by when it is due; the others come newest first.
    var isByDue: Bool { self == .overdue || self == .due || self == .team }

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
        let stages = (list.isByDue ? pipeline.pending : pipeline.open).map(\.key)
        let conditions: SQL = """
            AND l.stage IN \(SQL.list(stages)) \(condition(list, today)) \(reach)
            """
        let order: SQL = list.isByDue ? "\(Self.due), l.id" : "l.created_at DESC, l.id"
        let items = try await scope.tx.rows(
            """
            SELECT \(Lead.columns), \(Self.next("id")), \(Self.next("notes")) \(Lead.from)
            WHERE l.tenant_id = \(scope.tenant) \(conditions)
            ORDER BY \(order) LIMIT \(limit)
            """
        ) { row in
            var item = Agenda.Item(
                lead: try Lead(row: &row).masked(for: scope.caller), followUp: try row.next(),
                notes: try row.next())
            if scope.caller.role == .partner { item.notes = nil }
            return item
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
                AND l.stage IN \(SQL.list(pipeline.pending.map(\.key))) AND \(Self.due) < \(moment)
            """) ?? 0
    }

    private func condition(_ list: Agenda, _ today: Range<Instant>) -> SQL {
        let (me, due) = (scope.caller.user, Self.due)
        return switch list {
        case .overdue: "AND l.owner_id = \(me) AND \(due) < \(today.lowerBound)"
        case .due:
            """
            AND l.owner_id = \(me) AND \(due) >= \(today.lowerBound) AND \(due) < \(today.upperBound)
            """
        case .new:
            """
            AND l.owner_id = \(me) AND l.stage = \(Stage.first) AND l.last_activity_at IS NULL
                AND l.next_follow_up_at IS NULL
            """
        case .team: "AND l.owner_id <> \(me) AND \(due) < \(today.lowerBound)"
        case .unassigned: "AND l.owner_id IS NULL"
        }
    }

    /// A column of the lead's next open follow-up.
    private static func next(_ column: SQL) -> SQL {
        """
        (SELECT f.\(column) FROM follow_ups f
            WHERE f.tenant_id = l.tenant_id AND f.lead_id = l.id AND f.state = 'open'
            ORDER BY f.due_at, f.id LIMIT 1)
        """
    }
}

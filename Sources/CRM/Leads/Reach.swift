import Storage
import Tenancy

/// Which leads a caller reaches with a right: the row predicate of every statement on leads.
///
/// It has two halves. A lead is reached because of its owner, or because it was handed on in
/// some way, whoever owns it.
package struct Reach: Sendable, Hashable {
    let span: Span
    /// Nil for what acts without a person; then only `company` reaches anything.
    let user: ID<User>?

    package init(_ caller: Caller, _ right: Right = .leadsRead) {
        user = caller.user
        let span = caller.grants[right]
        self.span = span.contains(.company) ? .company : user == nil ? .none : span
    }

    /// With one span instead of those of a right.
    init(_ caller: Caller, spanning span: Span) {
        user = caller.user
        self.span = span
    }

    var isAll: Bool { span == .company }
    var isNothing: Bool { span.isEmpty }

    /// `AND …` on `leads l`.
    package func sql(in scope: Scope) -> SQL {
        if isAll { return "" }
        var halves: [SQL] = []
        if let managed = managed(in: scope) {
            halves.append("l.owner_id IN (\(managed))")
        } else if span.contains(.own), let user {
            halves.append("l.owner_id = \(user)")
        }
        if let handed = handed(in: scope) { halves.append("l.id IN (\(handed))") }
        return Self.any(of: halves)
    }

    private static func any(of conditions: [SQL]) -> SQL {
        conditions.isEmpty ? "AND 1 = 0" : "AND (\(SQL.joined(conditions, by: " OR ")))"
    }

    /// Selects the people whose work the caller answers for; nil when that is not asked.
    private func managed(in scope: Scope) -> SQL? {
        guard let user, span.contains(.team) else { return nil }
        return Teams.managedUsers(of: user, in: scope.tenant)
    }

    /// People that have an arm each: of more of them, a walk in the list's order meets their
    /// leads sooner than so many lists are put together.
    private static let armsMax = 16

    /// A part of a reach that gives the first leads in an order by itself.
    struct Arm {
        /// `FROM …` that has `leads l` in it; what is looked at first stands first.
        let from: SQL
        /// `AND …`
        var condition: SQL = ""
        /// Whether it takes every lead of the company.
        var isWhole = false
    }

    /// Arms that together are this reach; a lead may be in several.
    ///
    /// For the first leads in an order: “owned or handed” in one would, for few leads, read all
    /// of the company's in that order. An owner's come in order from an index, and those that
    /// were handed on are looked up one by one.
    func arms(in scope: Scope) async throws -> [Arm] {
        // tenant: the statement that it is part of says which.
        let leads: SQL = "FROM leads l"
        if isAll { return [Arm(from: leads, isWhole: true)] }
        var arms: [Arm] = []
        if let managed = managed(in: scope) {
            let users = try await scope.tx.column(
                "\(managed) LIMIT \(Self.armsMax + 1)", as: ID<User>.self)
            if users.count > Self.armsMax { return [walk(managed, in: scope)] }
            arms = users.map { Arm(from: leads, condition: "AND l.owner_id = \($0)") }
        } else if span.contains(.own), let user {
            arms = [Arm(from: leads, condition: "AND l.owner_id = \(user)")]
        }
        if let handed = handed(in: scope) {
            // tenant: the statement that it is part of says which.
            let from: SQL = """
                FROM (SELECT DISTINCT lead_id FROM (\(handed)) AS given) AS handed
                CROSS JOIN leads l
                """
            arms.append(Arm(from: from, condition: "AND l.id = handed.lead_id"))
        }
        return arms.isEmpty ? [Arm(from: leads, condition: Self.any(of: []))] : arms
    }

    /// The whole reach in one arm. To whom a lead was handed is asked of each that the walk meets:
    /// those of the whole company are too many.
    private func walk(_ managed: SQL, in scope: Scope) -> Arm {
        var conditions: [SQL] = [
            "l.owner_id IN (\(managed))",
            """
            l.was_shared AND EXISTS (SELECT 1 FROM lead_shares c CROSS JOIN managed_users m
                WHERE c.tenant_id = \(scope.tenant) AND c.lead_id = l.id
                    AND m.tenant_id = c.tenant_id AND m.manager_id = \(user)
                    AND m.user_id = c.user_id AND \(Self.isPresent(in: scope)))
            """,
        ]
        if let local = local(in: scope) { conditions.append("l.id IN (\(local))") }
        // tenant: the statement that it is part of says which.
        return Arm(from: "FROM leads l", condition: Self.any(of: conditions))
    }

    /// Selects the people whose leads are reached because they own them; nil for nobody's.
    func owners(in scope: Scope) -> SQL? {
        if let managed = managed(in: scope) { return managed }
        guard let user, span.contains(.own) else { return nil }
        return "SELECT id FROM users WHERE tenant_id = \(scope.tenant) AND id = \(user)"
    }

    /// Selects the leads that are reached whoever owns them, as `lead_id`; nil for none.
    func handed(in scope: Scope) -> SQL? {
        var selections: [SQL] = []
        let relations = Share.Relation.allCases.filter { span.contains($0.span) }
        if let managed = managed(in: scope) {
            selections.append(Self.shared("c.user_id IN (\(managed))", in: scope))
        } else if !relations.isEmpty, let user {
            selections.append(
                Self.shared(
                    "c.user_id = \(user) AND c.relation IN \(SQL.list(relations))", in: scope))
        }
        if let local = local(in: scope) { selections.append(local) }
        return selections.isEmpty ? nil : SQL.joined(selections, by: " UNION ")
    }

    /// Selects the leads of the caller's partner and territory; nil when neither is asked.
    private func local(in scope: Scope) -> SQL? {
        guard let user else { return nil }
        var selections: [SQL] = []
        if span.contains(.partner) {
            selections.append(
                Self.shared(
                    """
                    c.partner_id = (SELECT partner_id FROM users
                        WHERE tenant_id = \(scope.tenant) AND id = \(user))
                    """, in: scope))
        }
        if span.contains(.territory) { selections.append(Self.around(user, in: scope)) }
        return selections.isEmpty ? nil : SQL.joined(selections, by: " UNION ")
    }

    /// The leads that somebody has for now.
    private static func shared(_ who: SQL, in scope: Scope) -> SQL {
        """
        SELECT c.lead_id FROM lead_shares c
        WHERE c.tenant_id = \(scope.tenant) AND \(who) AND \(isPresent(in: scope))
        """
    }

    private static func isPresent(in scope: Scope) -> SQL {
        "(c.ends_at IS NULL OR c.ends_at > \(scope.now))"
    }

    /// The leads of somebody's territory: “North” holds “North/Delhi”.
    private static func around(_ user: ID<User>, in scope: Scope) -> SQL {
        """
        SELECT t.id AS lead_id FROM leads t JOIN users me ON me.tenant_id = t.tenant_id
        WHERE t.tenant_id = \(scope.tenant) AND me.id = \(user)
            AND (t.territory = me.territory
                OR substr(t.territory, 1, length(me.territory) + 1) = me.territory || '/')
        """
    }
}

/// What the in-memory twin of `Reach` must know of a viewer.
struct Circle: Sendable {
    /// The people of the viewer's teams, the viewer included.
    var managed: Set<ID<User>> = []
    var partner: ID<Partner>?
    var territory: String?

    init() {}

    init(of caller: Caller, in scope: Scope) async throws {
        guard let user = caller.user else { return }
        managed = Set(
            try await scope.tx.column(
                Teams.managedUsers(of: user, in: scope.tenant), as: ID<User>.self))
        let own: [(ID<Partner>?, String?)] = try await scope.tx.rows(
            """
            SELECT partner_id, territory FROM users
            WHERE tenant_id = \(scope.tenant) AND id = \(user)
            """
        ) { row in try (row.next(), row.next()) }
        (partner, territory) = own.first ?? (nil, nil)
    }
}

extension Reach {
    /// The in-memory twin of `sql`, for pushes.
    func includes(
        owner: ID<User>?, territory: String?, shares: [Share], _ circle: Circle, at now: Instant
    ) -> Bool {
        if isAll { return true }
        guard let user else { return false }
        let present = shares.filter { $0.endsAt.map { $0 > now } ?? true }
        if span.contains(.team) {
            if let owner, circle.managed.contains(owner) { return true }
            if present.contains(where: { $0.user.map(circle.managed.contains) ?? false }) {
                return true
            }
        }
        if span.contains(.own), owner == user { return true }
        if present.contains(where: { $0.user == user && span.contains($0.relation.span) }) {
            return true
        }
        if span.contains(.partner), let partner = circle.partner,
            present.contains(where: { $0.partner == partner })
        {
            return true
        }
        guard span.contains(.territory), let mine = circle.territory, let territory else {
            return false
        }
        return territory == mine || territory.hasPrefix(mine + "/")
    }
}

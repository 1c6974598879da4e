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
        let halves = [
            owners(in: scope.tenant).map { "l.owner_id IN (\($0))" as SQL },
            handed(in: scope).map { "l.id IN (\($0))" },
        ].compactMap { $0 }
        return halves.isEmpty ? "AND 1 = 0" : "AND (\(SQL.joined(halves, by: " OR ")))"
    }

    /// People of a team that have an arm each; of a larger one they share one.
    private static let armsMax = 40

    /// Predicates (`AND …` on `leads l`) that together are this reach; a lead may meet several.
    ///
    /// For the first leads in an order: each of them has its order from an index, where
    /// “owned or handed” in one would read and sort all that a person has.
    package func arms(in scope: Scope) async throws -> [SQL] {
        guard !isAll, !isNothing else { return [sql(in: scope)] }
        var arms: [SQL] = []
        if let owners = owners(in: scope.tenant) {
            let users = try await scope.tx.column(owners, as: ID<User>.self)
            arms =
                users.count <= Self.armsMax
                ? users.map { "AND l.owner_id = \($0)" } : ["AND l.owner_id IN \(SQL.list(users))"]
        }
        if let handed = handed(in: scope) { arms.append("AND l.id IN (\(handed))") }
        return arms.isEmpty ? [sql(in: scope)] : arms
    }

    /// Selects the people whose leads are reached because they own them; nil for nobody's.
    func owners(in tenant: ID<Tenant>) -> SQL? {
        guard let user else { return nil }
        if span.contains(.team) { return Teams.managedUsers(of: user, in: tenant) }
        guard span.contains(.own) else { return nil }
        return "SELECT id FROM users WHERE tenant_id = \(tenant) AND id = \(user)"
    }

    /// Selects the leads that are reached whoever owns them; nil for none.
    func handed(in scope: Scope) -> SQL? {
        guard let user else { return nil }
        let tenant = scope.tenant
        var selections: [SQL] = []
        let relations = Share.Relation.allCases.filter { span.contains($0.span) }
        if span.contains(.team) {
            selections.append(
                Self.shared(
                    "c.user_id IN (\(Teams.managedUsers(of: user, in: tenant)))", in: scope))
        } else if !relations.isEmpty {
            selections.append(
                Self.shared(
                    "c.user_id = \(user) AND c.relation IN \(SQL.list(relations))",
                    in: scope))
        }
        if span.contains(.partner) {
            selections.append(
                Self.shared(
                    """
                    c.partner_id = (SELECT partner_id FROM users
                        WHERE tenant_id = \(tenant) AND id = \(user))
                    """, in: scope))
        }
        if span.contains(.territory) { selections.append(Self.local(to: user, in: scope)) }
        return selections.isEmpty ? nil : SQL.joined(selections, by: " UNION ")
    }

    /// The leads that somebody has for now.
    private static func shared(_ who: SQL, in scope: Scope) -> SQL {
        """
        SELECT c.lead_id FROM lead_shares c
        WHERE c.tenant_id = \(scope.tenant) AND \(who)
            AND (c.ends_at IS NULL OR c.ends_at > \(scope.now))
        """
    }

    /// The leads of somebody's territory: “North” holds “North/Delhi”.
    private static func local(to user: ID<User>, in scope: Scope) -> SQL {
        """
        SELECT t.id FROM leads t JOIN users me ON me.tenant_id = t.tenant_id
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

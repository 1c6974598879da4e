import Storage

/// A person of a tenant.
package struct User: Sendable, Equatable {
    package let id: ID<User>
    package var email: String
    package var name: String
    package var role: Role
    /// What the company made of the role, if the person has that.
    package var customRole: ID<CustomRole>?
    package var team: ID<Team>?
    /// Whom the person reports to, besides the managers of the teams above.
    package var manager: ID<User>?
    /// The company of somebody in the role partner.
    package var partner: ID<Partner>?
    package var territory: String?
    /// Gets no leads by rule until then.
    package var awayUntil: Instant?
    package var deactivatedAt: Instant?
    package var version: Int
    package let createdAt: Instant
}

extension User: RowDecodable {
    package static let columns: SQL = """
        id, email, name, role, custom_role_id, team_id, manager_id, partner_id, territory,
        away_until, deactivated_at, version, created_at
        """

    package init(row: inout Row) throws {
        id = try row.next()
        email = try row.next()
        name = try row.next()
        role = try row.next()
        customRole = try row.next()
        team = try row.next()
        manager = try row.next()
        partner = try row.next()
        territory = try row.next()
        awayUntil = try row.next()
        deactivatedAt = try row.next()
        version = try row.next()
        createdAt = try row.next()
    }

    package var isActive: Bool { deactivatedAt == nil }

    package func isAway(at now: Instant) -> Bool { awayUntil.map { $0 > now } ?? false }
}

/// A team of users. Teams form a tree; a manager sees all of theirs.
package struct Team: Sendable, Equatable {
    package let id: ID<Team>
    package var name: String
    package var parent: ID<Team>?
    package var manager: ID<User>?
    package var version: Int
}

extension Team: RowDecodable {
    package static let columns: SQL = "id, name, parent_id, manager_id, version"

    package init(row: inout Row) throws {
        id = try row.next()
        name = try row.next()
        parent = try row.next()
        manager = try row.next()
        version = try row.next()
    }
}

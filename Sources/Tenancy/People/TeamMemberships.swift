import Storage

/// A time of a person in a team.
package struct TeamMembership: Sendable, Equatable, RowDecodable {
    package let team: ID<Team>
    /// Also of a team that is gone.
    package let teamName: String
    package let from: Instant
    /// Exclusive; nil for the team they are in.
    package let until: Instant?

    package init(row: inout Row) throws {
        team = try row.next()
        teamName = try row.next()
        from = try row.next()
        until = try row.next()
    }
}

/// Who was in which team, and when: what is reported of the past belongs to the team of then.
///
/// The times of a person never overlap, and one follows the other without a gap while the person
/// is in a team. Being given the team one is in changes nothing.
package struct TeamMemberships: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    private static let listMax = 1000

    /// Of a person, the newest first.
    ///
    /// - Parameter moment: Only the one of then; all unless told.
    /// - Throws: `Problem.notFound`
    package func list(of user: ID<User>, at moment: Instant? = nil) async throws -> [TeamMembership]
    {
        _ = try await Users(scope).find(user)
        let then: SQL = moment.map { "AND \(Self.holds(at: "\($0)"))" } ?? ""
        return try await scope.tx.all(
            """
            SELECT m.team_id, COALESCE(t.name, m.team_name, ''), m.from_at, m.until_at
            FROM team_memberships m
            LEFT JOIN teams t ON t.tenant_id = m.tenant_id AND t.id = m.team_id
            WHERE m.tenant_id = \(scope.tenant) AND m.user_id = \(user) \(then)
            ORDER BY m.from_at DESC
            LIMIT \(Self.listMax)
            """)
    }

    /// The team a person was in at a moment; nil for none.
    package func team(of user: ID<User>, at moment: Instant) async throws -> ID<Team>? {
        try await scope.tx.value(
            // tenant: `team` in the fragment holds it to the scope's.
            "SELECT \(Self.team(of: "\(user)", at: "\(moment)", in: scope.tenant))")
    }

    /// The same as an expression for a report: `user` and `moment` are columns or values of its.
    package static func team(of user: SQL, at moment: SQL, in tenant: ID<Tenant>) -> SQL {
        """
        (SELECT m.team_id FROM team_memberships m
            WHERE m.tenant_id = \(tenant) AND m.user_id = \(user) AND \(holds(at: moment)))
        """
    }

    /// Of `team_memberships m`.
    private static func holds(at moment: SQL) -> SQL {
        "m.from_at <= \(moment) AND (m.until_at IS NULL OR m.until_at > \(moment))"
    }
}

extension TeamMemberships {
    /// From now on the person is in `team`, or in none.
    func move(_ user: ID<User>, to team: ID<Team>?) async throws {
        // What began at this very moment did not last.
        try await scope.tx.execute(
            """
            DELETE FROM team_memberships
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user) AND from_at >= \(scope.now)
            """)
        try await scope.tx.execute(
            """
            UPDATE team_memberships SET until_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user)
                AND (until_at IS NULL OR until_at > \(scope.now))
            """)
        guard let team else { return }
        // Back where they were until this moment.
        let isBack = try await scope.tx.execute(
            """
            UPDATE team_memberships SET until_at = NULL
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user) AND team_id = \(team)
                AND until_at = \(scope.now)
            """)
        guard isBack == 0 else { return }
        try await scope.tx.execute(
            """
            INSERT INTO team_memberships (tenant_id, user_id, team_id, from_at)
            VALUES (\(scope.tenant), \(user), \(team), \(scope.now))
            """)
    }

    /// A team goes; its name stays with the times of its people.
    func keepName(of team: Team) async throws {
        try await scope.tx.execute(
            """
            UPDATE team_memberships SET team_name = \(team.name)
            WHERE tenant_id = \(scope.tenant) AND team_id = \(team.id)
            """)
    }
}

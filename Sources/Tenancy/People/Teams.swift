import Storage

/// The teams of the caller's company. Who reads about all of its people sees them; company
/// admins change them.
package struct Teams: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    private static let listMax = 10_000

    /// The tree from its top, every team right before those below it, siblings by name; empty
    /// for who reads about nobody else.
    package func list() async throws -> [TeamNode] {
        guard isOpen else { return [] }
        let teams = try await scope.tx.rows(
            """
            SELECT \(Team.columns),
                (SELECT count(*)
                FROM users
                WHERE users.tenant_id = teams.tenant_id AND users.team_id = teams.id
                    AND users.deactivated_at IS NULL)
            FROM teams
            WHERE tenant_id = \(scope.tenant)
            ORDER BY lower(name), id
            LIMIT \(Self.listMax)
            """
        ) { row in (team: try Team(row: &row), members: try row.next(Int.self)) }
        return TeamTree.ordered(teams)
    }

    private var isOpen: Bool { scope.caller.grants[.peopleRead].contains(.company) }

    /// - Throws: `Problem.notFound`, also for a team of another company.
    package func find(_ id: ID<Team>) async throws -> Team {
        guard isOpen, let team = try await first(id) else { throw Problem.notFound("team") }
        return team
    }

    /// - Throws: `Problem.invalid` on the name, the parent or the manager.
    package func create(_ new: NewTeam) async throws -> Team {
        try scope.caller.must(.peopleEdit)
        var faults: [Problem.Fault] = []
        let team = Team(
            id: ID<Team>(), name: faults.name("name", new.name), parent: new.parent,
            manager: new.manager, version: 1)
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        try await parentMustBeOurs(team.parent)
        try await managerMustBeOurs(team.manager)
        try await refusingTakenName {
            try await scope.tx.execute(
                """
                INSERT INTO teams (tenant_id, id, name, parent_id, manager_id, created_at)
                VALUES (\(scope.tenant), \(team.id), \(team.name), \(team.parent),
                    \(team.manager), \(scope.now))
                """)
        }
        try await TeamClosure(scope: scope).insert(team.id, below: team.parent)
        try await scope.record(
            Event("team.created", team.id.uuid) {
                $0.member("name", team.name)
                $0.member("parent", team.parent)
                $0.member("manager", team.manager)
            })
        return team
    }

    /// Renames, moves (with all below it) or gives another manager.
    ///
    /// - Parameter version: The version the caller has seen; nil when that does not matter.
    /// - Throws: `Problem.invalid` on a field, a parent below the team itself included, and
    ///   `Problem.stale` when it was changed since.
    @discardableResult
    package func change(
        _ id: ID<Team>, _ change: TeamChange, version: Int? = nil
    ) async throws -> Team {
        let old = try await find(id)
        try scope.caller.must(.peopleEdit)
        guard version == nil || version == old.version else { throw Self.changedMeanwhile }
        var new = try change.applied(to: old)
        let changes = old.changes(to: new)
        guard !changes.isEmpty else { return old }
        if new.manager != old.manager { try await managerMustBeOurs(new.manager) }
        if new.parent != old.parent {
            try await parentMustBeOurs(new.parent)
            try await mustNotBeBelowItself(new)
        }
        new.version = old.version + 1
        try await write(new, over: old.version)
        if new.parent != old.parent {
            try await TeamClosure(scope: scope).move(id, below: new.parent)
        }
        if (new.parent, new.manager) != (old.parent, old.manager) {
            try await ManagedUsers(scope: scope).renewAsAsked([], membersOf: [id])
        }
        try await scope.record(Event("team.changed", id.uuid) { changes.write(to: &$0) })
        return new
    }

    /// Deletes a team that nothing refers to any more.
    ///
    /// - Throws: `Problem.conflict` with what does.
    package func delete(_ id: ID<Team>, version: Int? = nil) async throws {
        let team = try await find(id)
        try scope.caller.must(.peopleEdit)
        guard version == nil || version == team.version else { throw Self.changedMeanwhile }
        try await mustBeEmpty(id)
        try await TeamMemberships(scope).keepName(of: team)
        try await TeamClosure(scope: scope).delete(id)
        do {
            try await scope.tx.execute(
                """
                DELETE FROM teams
                WHERE tenant_id = \(scope.tenant) AND id = \(id)
                """)
        } catch StorageError.foreignKey {
            throw Problem.conflict("An assignment rule gives leads to this team. Change it first.")
        }
        try await scope.record(Event("team.deleted", id.uuid) { $0.member("name", team.name) })
    }

    func exists(_ id: ID<Team>) async throws -> Bool { try await first(id) != nil }
}

extension Teams {
    private static let changedMeanwhile = Problem.stale(
        "Somebody else changed this team meanwhile. Look at it again.")

    private func first(_ id: ID<Team>) async throws -> Team? {
        try await scope.tx.first(
            """
            SELECT \(Team.columns)
            FROM teams
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
    }

    private func write(_ team: Team, over version: Int) async throws {
        let written = try await refusingTakenName {
            try await scope.tx.execute(
                """
                UPDATE teams
                SET name = \(team.name), parent_id = \(team.parent),
                    manager_id = \(team.manager), version = \(team.version)
                WHERE tenant_id = \(scope.tenant) AND id = \(team.id) AND version = \(version)
                """)
        }
        guard written == 1 else { throw Self.changedMeanwhile }
    }

    private func parentMustBeOurs(_ parent: ID<Team>?) async throws {
        guard let parent else { return }
        guard try await exists(parent) else {
            throw Problem.invalid("parent", "There is no such team.")
        }
    }

    private func mustNotBeBelowItself(_ team: Team) async throws {
        guard let parent = team.parent else { return }
        if try await TeamClosure(scope: scope).holds(parent, below: team.id) {
            throw Problem.invalid(
                "parent",
                "“\(team.name)” cannot stand below itself. Choose a team outside it.")
        }
    }

    private func managerMustBeOurs(_ manager: ID<User>?) async throws {
        guard let manager else { return }
        let found: ID<User>? = try await scope.tx.value(
            """
            SELECT id
            FROM users
            WHERE tenant_id = \(scope.tenant) AND id = \(manager) AND deactivated_at IS NULL
            """)
        guard found != nil else {
            throw Problem.invalid("manager", "There is no such active person.")
        }
    }

    private func mustBeEmpty(_ id: ID<Team>) async throws {
        let children: Int? = try await scope.tx.value(
            """
            SELECT count(*)
            FROM teams
            WHERE tenant_id = \(scope.tenant) AND parent_id = \(id)
            """)
        guard children == 0 else {
            throw Problem.conflict("There are teams below this one. Move them first.")
        }
        let people: Int? = try await scope.tx.value(
            """
            SELECT count(*)
            FROM users
            WHERE tenant_id = \(scope.tenant) AND team_id = \(id)
            """)
        guard people == 0 else {
            throw Problem.conflict(
                "There are people in this team, active or not. Move them first.")
        }
    }

    @discardableResult
    private func refusingTakenName(_ statement: () async throws -> Int) async throws -> Int {
        do {
            return try await statement()
        } catch StorageError.unique(let detail) where detail.contains("name") {
            throw Problem.invalid("name", "There is a team of this name already.")
        }
    }
}

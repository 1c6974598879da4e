import Storage

/// The people of the caller's company.
///
/// | operation | who |
/// |---|---|
/// | list, find | everybody of the company; whom they see, `Colleagues` says |
/// | create, change | who manages people, for whom may no more than they |
/// | change name and absence | also the person |
/// | setPassword | the same, and the person |
package struct Users: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    private static let listMax = 10_000

    /// All of them by name, those who left included.
    ///
    /// - Parameter condition: `AND …`, for some of them.
    package func list(where condition: SQL = "") async throws -> [User] {
        try await scope.tx.all(
            """
            SELECT \(User.columns)
            FROM users
            WHERE tenant_id = \(scope.tenant) \(condition)
            ORDER BY lower(name), id
            LIMIT \(Self.listMax)
            """)
    }

    /// - Throws: `Problem.notFound`, also for a person of another company.
    package func find(_ id: ID<User>) async throws -> User {
        let user: User? = try await scope.tx.first(
            """
            SELECT \(User.columns)
            FROM users
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
        guard let user else { throw Problem.notFound("user") }
        return user
    }

    /// Nil when there is nobody with this id.
    package func name(of id: ID<User>) async throws -> String? {
        try await scope.tx.value(
            "SELECT name FROM users WHERE tenant_id = \(scope.tenant) AND id = \(id)")
    }

    /// - Throws: `Problem.invalid` with every field that is wrong, a taken e-mail and a team of
    ///   another company included.
    package func create(_ new: NewUser) async throws -> User {
        try scope.caller.must(.peopleEdit)
        let user = try await placed(made(new), role: new.role)
        try await mustBeGrantable(user)
        try await check(user)
        try await refusingTakenEmail {
            try await scope.tx.execute(
                """
                INSERT INTO users (tenant_id, id, email, name, role, custom_role_id,
                    password_hash, team_id, manager_id, partner_id, territory, created_at)
                VALUES (\(scope.tenant), \(user.id), \(user.email), \(user.name), \(user.role),
                    \(user.customRole), \(new.passwordHash), \(user.team), \(user.manager),
                    \(user.partner), \(user.territory), \(scope.now))
                """)
        }
        try await ManagedUsers(scope: scope).renew([user.id])
        if let team = user.team { try await TeamMemberships(scope).move(user.id, to: team) }
        try await scope.record(
            Event("user.created", user.id.uuid) {
                $0.member("email", user.email)
                $0.member("name", user.name)
                $0.member("role", user.role.rawValue)
                $0.member("custom_role", user.customRole)
                $0.member("team", user.team)
                $0.member("manager", user.manager)
                $0.member("partner", user.partner)
                $0.member("territory", user.territory)
            })
        return user
    }

    /// Changes a person. Who is deactivated is signed out everywhere, API keys included, and
    /// their superior answers for their teams and people. Their leads are `Departure`'s.
    ///
    /// - Parameter version: The version the caller has seen; nil when that does not matter.
    /// - Throws: `Problem.stale` when it was changed since, `Problem.conflict` when the company
    ///   would be left without an active admin, `Problem.invalid` on a field.
    @discardableResult
    package func change(
        _ id: ID<User>, _ change: UserChange, version: Int? = nil
    ) async throws -> User {
        let old = try await find(id)
        if scope.caller.user != id || !change.isPersonal { try scope.caller.must(.peopleEdit) }
        if !change.isOnlyLeaving { try mustNotTakeOver(old) }
        guard version == nil || version == old.version else { throw Self.changedMeanwhile }
        var new = try await placed(
            change.applied(to: old, at: scope.now), role: change.role, over: old)
        let changes = old.changes(to: new)
        guard !changes.isEmpty else { return old }
        if !change.isPersonal { try await mustCover(id) }
        if (new.role, new.customRole) != (old.role, old.customRole) {
            try await mustBeGrantable(new)
        }
        try await check(new)
        if old.isActiveAdmin && !new.isActiveAdmin { try await mustLeaveAnAdmin(without: id) }
        new.version = old.version + 1
        try await write(new, over: old.version)
        if new.team != old.team { try await TeamMemberships(scope).move(id, to: new.team) }
        if (new.team, new.manager) != (old.team, old.manager) {
            try await ManagedUsers(scope: scope).renewAsAsked([id])
        }
        let isLeaving = old.isActive && !new.isActive
        if isLeaving {
            try await shutOut(id)
            try await Succession(scope).pass(from: new)
        }
        if isLeaving || new.email != old.email { try await AccessLinks(scope).revokeAll(of: id) }
        let name = isLeaving ? "user.deactivated" : "user.changed"
        try await scope.record(Event(name, id.uuid) { changes.write(to: &$0) })
        return new
    }

    /// Gives a person another password and ends every sign-in of theirs. API keys stay.
    package func setPassword(_ id: ID<User>, hash: String) async throws {
        let user = try await find(id)
        if scope.caller.user != id {
            try scope.caller.must(.peopleEdit)
            try await mustCover(id)
        }
        try mustNotTakeOver(user)
        try await scope.tx.execute(
            """
            UPDATE users
            SET password_hash = \(hash)
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
        try await Sessions(scope).endAll(of: id)
        try await RefreshTokens(scope).revokeAll(of: id)
        try await AccessLinks(scope).revokeAll(of: id)
        try await scope.record(Event("user.password_set", id.uuid))
    }

    /// Whether a person has a password, or has yet to choose one.
    package func hasPassword(_ id: ID<User>) async throws -> Bool {
        try await scope.tx.value(
            """
            SELECT 1 FROM users
            WHERE tenant_id = \(scope.tenant) AND id = \(id) AND password_hash IS NOT NULL
            """, as: Int.self) != nil
    }

    /// The active person with this e-mail who has a password; nil when there is none.
    package func withPassword(email: String) async throws -> User? {
        guard let email = EmailAddress.normalised(email) else { return nil }
        return try await scope.tx.first(
            """
            SELECT \(User.columns)
            FROM users
            WHERE tenant_id = \(scope.tenant) AND email = \(email)
                AND password_hash IS NOT NULL AND deactivated_at IS NULL
            """)
    }
}

extension Users {
    /// A platform operator stands above companies: who manages people may let one go, but not
    /// become one by giving them another e-mail, password or second step.
    func mustNotTakeOver(_ user: User) throws {
        guard
            user.role != .platformOperator || scope.caller.user == user.id
                || scope.caller.actor.kind == .system
        else { throw Problem.forbidden("Platform operators are changed on the command line.") }
    }
}

extension Users {
    private func made(_ new: NewUser) throws -> User {
        var faults: [Problem.Fault] = []
        let user = User(
            id: ID<User>(), email: faults.email("email", new.email),
            name: faults.name("name", new.name), role: new.role,
            customRole: new.customRole, team: new.team,
            manager: new.manager, partner: new.partner,
            territory: faults.territory(new.territory), awayUntil: nil, deactivatedAt: nil,
            version: 1, createdAt: scope.now)
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        return user
    }

    private func write(_ user: User, over version: Int) async throws {
        let written = try await refusingTakenEmail {
            try await scope.tx.execute(
                """
                UPDATE users
                SET email = \(user.email), name = \(user.name), role = \(user.role),
                    custom_role_id = \(user.customRole), team_id = \(user.team),
                    manager_id = \(user.manager), partner_id = \(user.partner), territory = \(user.territory),
                    away_until = \(user.awayUntil), deactivated_at = \(user.deactivatedAt),
                    version = \(user.version)
                WHERE tenant_id = \(scope.tenant) AND id = \(user.id) AND version = \(version)
                """)
        }
        guard written == 1 else { throw Self.changedMeanwhile }
    }

    private static let changedMeanwhile = Problem.stale(
        "Somebody else changed this person meanwhile. Look at it again.")

    /// Whether what a person is part of is there and fits.
    private func check(_ user: User) async throws {
        var faults: [Problem.Fault] = []
        if let team = user.team, try await !Teams(scope).exists(team) {
            faults.append(.init("team", "There is no such team."))
        }
        if let manager = user.manager {
            if try await name(of: manager) == nil {
                faults.append(.init("manager", "There is nobody with this id."))
            } else if try await reports(manager, to: user.id) {
                faults.append(.init("manager", "Nobody reports to themselves, by whatever way."))
            }
        }
        if user.partner != nil, user.role != .partner {
            faults.append(.init("partner", "Only people in the role partner have one."))
        } else if let partner = user.partner, try await !Partners(scope).exists(partner) {
            faults.append(.init("partner", "There is no such partner company."))
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
    }

    /// Whether somebody is, or reports to, another.
    func reports(_ user: ID<User>, to manager: ID<User>) async throws -> Bool {
        if user == manager { return true }
        return try await scope.tx.value(
            """
            SELECT 1
            FROM (
                WITH RECURSIVE above (id) AS (
                    SELECT manager_id FROM users
                    WHERE tenant_id = \(scope.tenant) AND id = \(user)
                    UNION
                    SELECT users.manager_id
                    FROM users
                    JOIN above ON users.id = above.id
                    WHERE users.tenant_id = \(scope.tenant)
                )
                SELECT id FROM above) AS chain
            WHERE id = \(manager)
            """, as: Int.self) != nil
    }

    private func shutOut(_ id: ID<User>) async throws {
        try await Sessions(scope).endAll(of: id)
        try await RefreshTokens(scope).revokeAll(of: id)
        try await APIKeys(scope).revokeAll(of: id)
    }

    private func mustLeaveAnAdmin(without id: ID<User>) async throws {
        let others: Int? = try await scope.tx.value(
            """
            SELECT count(*)
            FROM users
            WHERE tenant_id = \(scope.tenant) AND role = \(Role.companyAdmin)
                AND custom_role_id IS NULL AND deactivated_at IS NULL AND id <> \(id)
            """)
        guard let others, others > 0 else {
            throw Problem.conflict(
                "This is the last active company admin. Make somebody else one first.")
        }
    }

    @discardableResult
    private func refusingTakenEmail(_ statement: () async throws -> Int) async throws -> Int {
        do {
            return try await statement()
        } catch StorageError.unique(let detail) where detail.contains("email") {
            throw Problem.invalid("email", "Somebody in your company has this e-mail already.")
        }
    }
}

extension User {
    /// One whose role the company narrowed may lack what an admin is needed for.
    fileprivate var isActiveAdmin: Bool {
        role == .companyAdmin && customRole == nil && isActive
    }
}

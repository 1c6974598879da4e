import Storage

/// A person to be.
package struct NewUser: Sendable {
    package var email: String
    package var name: String
    package var role: Role
    /// One that is made of `role`.
    package var customRole: ID<CustomRole>?
    /// Nil for somebody who cannot sign in yet.
    package var passwordHash: String?
    package var team: ID<Team>?
    package var manager: ID<User>?
    /// For the role partner only; without one the person reaches no lead.
    package var partner: ID<Partner>?
    package var territory: String?

    package init(
        email: String, name: String, role: Role, passwordHash: String? = nil,
        team: ID<Team>? = nil, territory: String? = nil
    ) {
        self.email = email
        self.name = name
        self.role = role
        self.passwordHash = passwordHash
        self.team = team
        self.territory = territory
    }
}

/// What to change of a person. Nil leaves a field as it is; `.some(nil)` empties it.
package struct UserChange: Sendable, Equatable {
    package var email: String?
    package var name: String?
    package var role: Role?
    /// One that is made of `role`, which need not be given then; without it, a change of `role`
    /// ends the one before.
    package var customRole: ID<CustomRole>??
    package var team: ID<Team>??
    package var manager: ID<User>??
    package var partner: ID<Partner>??
    package var territory: String??
    package var awayUntil: Instant??
    package var active: Bool?

    package init(
        email: String? = nil, name: String? = nil, role: Role? = nil, team: ID<Team>?? = nil,
        territory: String?? = nil, awayUntil: Instant?? = nil, active: Bool? = nil
    ) {
        self.email = email
        self.name = name
        self.role = role
        self.team = team
        self.territory = territory
        self.awayUntil = awayUntil
        self.active = active
    }

    /// Whether it touches nothing but what people may change of themselves.
    var isPersonal: Bool {
        email == nil && role == nil && customRole == nil && team == nil && manager == nil
            && partner == nil
            && territory == nil && active == nil
    }

    /// Whether it does nothing but deactivate.
    var isOnlyLeaving: Bool { self == UserChange(active: false) }

    func applied(to user: User, at now: Instant) throws -> User {
        var user = user
        var faults: [Problem.Fault] = []
        if let email { user.email = faults.email("email", email) }
        if let name { user.name = faults.name("name", name) }
        if let role, role != user.role { (user.role, user.customRole) = (role, nil) }
        if let customRole { user.customRole = customRole }
        if let team { user.team = team }
        if let manager { user.manager = manager }
        if let partner { user.partner = partner }
        if let territory { user.territory = faults.territory(territory) }
        if let awayUntil { user.awayUntil = awayUntil }
        if let active { user.deactivatedAt = active ? nil : user.deactivatedAt ?? now }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        return user
    }
}

extension [Problem.Fault] {
    /// Empty text is none.
    mutating func territory(_ text: String?) -> String? {
        let territory = text?.trimmingWhitespace() ?? ""
        return territory.isEmpty ? nil : name("territory", territory)
    }
}

extension User {
    /// What differs, in the words of an event.
    func changes(to other: User) -> FieldChanges {
        var changes = FieldChanges()
        changes.note("email", email, other.email)
        changes.note("name", name, other.name)
        changes.note("role", role.rawValue, other.role.rawValue)
        changes.note("custom_role", customRole, other.customRole)
        changes.note("team", team, other.team)
        changes.note("manager", manager, other.manager)
        changes.note("partner", partner, other.partner)
        changes.note("territory", territory, other.territory)
        changes.note("away_until", awayUntil?.text, other.awayUntil?.text)
        changes.note("active", .bool(isActive), .bool(other.isActive))
        return changes
    }
}

import Storage
import Tenancy
import Views
import Web

// Page values of the sections about people: users, teams, API keys.

extension UsersPage {
    init(
        _ frame: Shells.Frame, _ call: Call, in scope: Scope, _ keys: MasterKeys
    ) async throws {
        let own = try call.user()
        let secured = try await SecondSteps(scope, keys).people()
        let seen = try await UserList(scope: scope).lastSignIns()
        let invitations = try await AccessLinks(scope).invitations()
        let without = try await UserList(scope: scope).withoutPassword()
        let rows = try await Users(scope).list().map { user in
            var row = UserRow(user, frame.faces.time)
            if without.contains(user.id) { row.invite(invitations[user.id], frame.faces.time) }
            row.lastSeen = seen[user.id].map(frame.faces.time.ago) ?? ""
            row.isYou = user.id == own
            row.hasSecondStep = secured.contains(user.id)
            if row.isYou { row.lastSeen = "Now" }
            return row
        }
        self.init(
            users: rows, roles: Role.grantable.map { Choice($0.rawValue, $0.label) },
            teams: try await Teams(scope).list().choices, territories: frame.words.territories)
        ownRoles = try await Roles(scope).list().map { role in
            (Choice(role.id.description, role.name), base: role.base.rawValue)
        }
    }
}

extension UserRow {
    init(_ user: User, _ time: LocalTime) {
        self.init(
            Faces.person(user.id, user.name), version: user.version, email: user.email,
            role: user.customRole?.description ?? user.role.rawValue)
        team = user.team?.description
        territory = user.territory ?? ""
        if user.isAway(at: time.now), let end = user.awayUntil {
            let day = time.lastDay(ofAbsenceUntil: end)
            (awayUntil, awayShown) = (day.text, time.short(day))
        }
        isActive = user.isActive
        mayOwnLeads = Heirs.mayOwnLeads(user.role)
    }
}

extension UserRow {
    /// Says how the invitation stands of who has no password.
    mutating func invite(_ link: AccessLink?, _ time: LocalTime) {
        guard let link else { return invitation = "Not invited" }
        isInvited = link.expiresAt > time.now
        let day = time.short(time.day(of: link.expiresAt))
        invitation = isInvited ? "Invited until \(day)" : "Invitation ran out"
    }
}

extension TeamsPage {
    init(_ frame: Shells.Frame, in scope: Scope) async throws {
        let nodes = try await Teams(scope).list()
        let people = try await Users(scope).list()
        let members = Dictionary(grouping: people.filter(\.isActive), by: \.team)
        let managing = Set(nodes.compactMap(\.team.manager))
        self.init(
            teams: nodes.map { node in
                var row = TeamRow(
                    id: node.team.id.description, version: node.team.version,
                    name: node.team.name, depth: node.depth,
                    parent: node.team.parent?.description,
                    members: (members[node.team.id] ?? []).map { Faces.person($0.id, $0.name) })
                row.manager = node.team.manager?.description
                row.managerName = people.first { $0.id == node.team.manager }?.name
                return row
            },
            users: people.filter { Self.mayManage($0) || managing.contains($0.id) }.choices)
    }

    /// Whom it would give something: a salesperson who manages a team sees no more by it.
    private static func mayManage(_ user: User) -> Bool {
        user.isActive && [.manager, .executive, .companyAdmin].contains(user.role)
    }
}

extension KeysPage {
    init(_ frame: Shells.Frame, in scope: Scope) async throws {
        let people = try await Users(scope).list()
        let time = frame.faces.time
        let keys = try await APIKeys(scope).list().filter { $0.revokedAt == nil }
        self.init(
            keys: keys.map { key in
                var row = APIKeyRow(
                    id: key.id.description, name: key.name,
                    prefix: "\(APIKeys.prefix)…\(key.hint)",
                    created: time.short(time.day(of: key.createdAt)),
                    createdBy: people.first { $0.id == key.maker }?.name ?? "")
                row.rights = key.rights.map(Self.words)
                row.lastUsed = key.lastUsedAt.map(time.ago) ?? ""
                return row
            })
        rights = Self.rights(of: scope.caller.grants)
    }
}

extension SignInPolicyPage {
    init(_ frame: Shells.Frame, in scope: Scope, _ keys: MasterKeys) async throws {
        let steps = SecondSteps(scope, keys)
        let secured = try await steps.people()
        self.init(
            isSecondStepRequired: try await steps.isRequired(), people: frame.people.count,
            peopleWithSecondStep: frame.people.filter { secured.contains($0.id) }.count)
    }
}

extension [TeamNode] {
    var choices: [Choice] { map { Choice($0.team.id.description, $0.team.name) } }
}

extension [User] {
    /// Who has left says so: their name may still stand in a rule or on a team.
    var choices: [Choice] {
        map { Choice($0.id.description, $0.isActive ? $0.name : "\($0.name) (deactivated)") }
    }
}

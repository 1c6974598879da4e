import DatabaseSupport
import Storage
import Testing

@testable import Tenancy

@Suite struct RolesTests {
    private let now = Ground.now
    private static let narrow = RoleInput(
        name: "Junior", changes: ["leads.read": ["own"], "exports.run": []],
        masks: ["contacts"])

    private func role(
        in ground: Ground, _ base: Role = .salesperson, _ input: RoleInput = narrow,
        by caller: Caller? = nil
    ) async throws -> CustomRole {
        try await ground.write(as: caller ?? ground.ada) {
            try await Roles($0).create(base, input)
        }
    }

    private func give(
        _ role: ID<CustomRole>?, to user: Caller, in ground: Ground, by caller: Caller? = nil
    ) async throws {
        let id = try #require(user.user)
        var change = UserChange()
        change.customRole = .some(role)
        let made = change
        try await ground.write(as: caller ?? ground.ada) { try await Users($0).change(id, made) }
    }

    @Test(arguments: EngineKind.allCases)
    func `by session, token, refresh and key somebody may what the own role says`(
        on engine: EngineKind
    ) async throws {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let role = try await role(in: ground)
            let credentials = Credentials(
                tenant: ground.acme.slug, email: "sam@acme.example", password: Ground.password)
            let origin = Origin(remote: "192.0.2.1")
            let session = try await door.signIn(credentials, from: origin, at: now).session.token
            let tokens = try await door.issueTokens(credentials, from: origin, at: now)
            try await door.write(as: ground.ada, at: now) { scope in
                var change = UserChange()
                change.customRole = .some(role.id)
                _ = try await Users(scope).change(try #require(ground.sam.user), change)
            }
            let refreshed = try await door.refresh(token: tokens.refreshToken, at: now)
            let callers = [
                try await door.session(token: session, at: now)?.caller,
                try await door.bearer(token: tokens.accessToken, at: now).caller,
                try await door.bearer(token: refreshed.accessToken, at: now).caller,
                try await ground.read(as: ground.ada) { scope in
                    let user = try #require(ground.sam.user)
                    return Caller(
                        tenant: scope.tenant, actor: .user(user),
                        as: try await Roles(scope).held(by: user))
                },
            ]
            for caller in callers {
                #expect(caller?.grants == role.grants)
                #expect(caller?.role == .salesperson)
                #expect(caller?.held.label == "Junior")
                #expect(caller?.grants[.leadsRead] == .own)
                #expect(caller?.may(.exportsRun) == false)
                #expect(caller?.grants.masks == .contacts)
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a key of a narrowed admin has no more than that, at once when the role changes`(
        on engine: EngineKind
    ) async throws {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let boss = Caller(
                tenant: ground.acme.id, actor: .user(try await ground.hire("bo", .companyAdmin).id),
                role: .companyAdmin)
            let key = try await ground.write(as: boss) { try await APIKeys($0).create(name: "X") }
            let role = try await role(
                in: ground, .companyAdmin, RoleInput(name: "Keeper", changes: ["exports.run": []]))
            try await give(role.id, to: boss, in: ground)
            let before = try await door.bearer(token: key.token, at: now).caller
            #expect(before.grants == role.grants)
            let changed = try await door.write(as: ground.ada, at: now) {
                try await Roles($0).change(
                    role.id, RoleInput(changes: ["leads.read": ["territory"]]), version: 1)
            }
            let after = try await door.bearer(token: key.token, at: now).caller
            #expect(after.grants == changed.grants)
            #expect(after.grants[.leadsRead] == .territory && after.may(.exportsRun))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `each wrong field is named, and nothing is wider than the base`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let wide = RoleInput(
                name: "Salesperson",
                changes: [
                    "leads.read": ["company"], "leads.assign": ["own"], "leads.fly": [],
                    "leads.share": ["somebody"], "leads.create": ["shared"],
                ], masks: ["face"])
            let refused = await problem { try await role(in: ground, .salesperson, wide) }
            #expect(
                refused?.fields == [
                    "name", "changes.leads.assign", "changes.leads.create", "changes.leads.fly",
                    "changes.leads.read", "changes.leads.share", "masks",
                ])
            let half = RoleInput(name: "Half", changes: ["people.edit": ["own"]])
            let part = await problem { try await role(in: ground, .companyAdmin, half) }
            #expect(part?.fields == ["changes.people.edit"])
            let operating = await problem { try await role(in: ground, .platformOperator) }
            #expect(operating?.fields == ["base"])
            _ = try await role(in: ground)
            let again = await problem { try await role(in: ground) }
            #expect(again?.fields == ["name"])
            let others = await problem { try await role(in: ground, by: ground.max) }
            #expect(others?.isForbidden == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a role that somebody has stays, and each change is told with what it was`(
        on engine: EngineKind
    ) async throws {
        try await Ground.with(engine) { ground in
            let role = try await role(in: ground)
            try await give(role.id, to: ground.sam, in: ground)
            let held = await problem {
                try await ground.write(as: ground.ada) { try await Roles($0).delete(role.id) }
            }
            #expect(held?.isConflict == true)
            let foreign = await problem {
                try await ground.write(as: ground.eve) { try await Roles($0).delete(role.id) }
            }
            #expect(foreign == .notFound("role"))
            let stale = await problem {
                try await ground.write(as: ground.ada) {
                    try await Roles($0).change(role.id, RoleInput(name: "New"), version: 7)
                }
            }
            #expect(stale?.isStale == true)
            _ = try await ground.write(as: ground.ada) {
                try await Roles($0).change(
                    role.id, RoleInput(name: "Trainee", changes: ["leads.read": ["own"]]),
                    version: 1)
            }
            try await give(nil, to: ground.sam, in: ground)
            try await ground.write(as: ground.ada) { try await Roles($0).delete(role.id) }
            let events = try await ground.events(of: ground.acme.id, named: "role.changed")
            #expect(events.first?["before"] == ["name": "Junior", "exports.run": []])
            #expect(events.first?["after"] == ["name": "Trainee", "exports.run": ["own"]])
            let deleted = try await ground.events(of: ground.acme.id, named: "role.deleted")
            #expect(deleted == [["name": "Trainee", "base": "salesperson"]])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a role comes with its base, and goes with it`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let role = try await role(in: ground)
            let id = try #require(ground.max.user)
            var change = UserChange(role: .manager)
            change.customRole = .some(role.id)
            let unfit = change
            let refused = await problem {
                try await ground.write(as: ground.ada) { try await Users($0).change(id, unfit) }
            }
            #expect(refused?.fields == ["custom_role"])
            try await give(role.id, to: ground.max, in: ground)
            let max = try await ground.read(as: ground.ada) { try await Users($0).find(id) }
            #expect(max.role == .salesperson && max.customRole == role.id)
            let back = try await ground.write(as: ground.ada) {
                try await Users($0).change(id, UserChange(role: .manager))
            }
            #expect(back.role == .manager && back.customRole == nil)
            let theirs = try await ground.write(as: ground.eve) {
                try await Roles($0).create(.manager, RoleInput(name: "Theirs"))
            }
            let foreign = await problem { try await give(theirs.id, to: ground.max, in: ground) }
            #expect(foreign?.fields == ["custom_role"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a narrowed admin widens nobody, least of all themselves`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let office = try await role(
                in: ground, .companyAdmin, RoleInput(name: "Office", changes: ["leads.read": []]))
            let id = try await ground.hire("bo", .companyAdmin).id
            let full = Caller(tenant: ground.acme.id, actor: .user(id), role: .companyAdmin)
            try await give(office.id, to: full, in: ground)
            let held = try await ground.read(as: ground.ada) { try await Roles($0).held(by: id) }
            let bo = Caller(tenant: ground.acme.id, actor: .user(id), as: held)
            let sam = try #require(ground.sam.user)
            let widened = await problem {
                try await ground.write(as: bo) {
                    try await Roles($0).change(office.id, RoleInput(changes: [:]), version: 1)
                }
            }
            #expect(widened?.isForbidden == true)
            let promoted = await problem { try await give(nil, to: bo, in: ground, by: bo) }
            #expect(promoted?.fields == ["role"])
            let helper = await problem {
                try await ground.write(as: bo) {
                    try await Users($0).create(
                        NewUser(email: "n@acme.example", name: "N", role: .salesperson))
                }
            }
            #expect(helper?.fields == ["role"])
            let taken = await problem {
                try await ground.write(as: bo) {
                    try await Users($0).change(sam, UserChange(email: "bo2@acme.example"))
                }
            }
            #expect(taken?.isForbidden == true)
            let password = await problem {
                try await ground.write(as: bo) {
                    try await Users($0).setPassword(ground.acme.admin, hash: "x")
                }
            }
            #expect(password?.isForbidden == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a company keeps an admin whom nothing was taken from`(on engine: EngineKind) async throws
    {
        try await Ground.with(engine) { ground in
            let office = try await role(
                in: ground, .companyAdmin, RoleInput(name: "Office", changes: ["people.edit": []]))
            let last = await problem { try await give(office.id, to: ground.ada, in: ground) }
            #expect(last?.isConflict == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a narrowed admin puts nobody below themselves whose leads they do not see`(
        on engine: EngineKind
    ) async throws {
        try await Ground.with(engine) { ground in
            let office = try await role(
                in: ground, .companyAdmin,
                RoleInput(name: "Office", changes: ["leads.read": ["team"]]))
            let id = try await ground.hire("bo", .companyAdmin).id
            let full = Caller(tenant: ground.acme.id, actor: .user(id), role: .companyAdmin)
            try await give(office.id, to: full, in: ground)
            let held = try await ground.read(as: ground.ada) { try await Roles($0).held(by: id) }
            let bo = Caller(tenant: ground.acme.id, actor: .user(id), as: held)
            let (own, other) = (
                try await ground.team("Own", manager: id), try await ground.team("Other")
            )
            _ = try await ground.hire("member", team: other.id)
            for change in [
                TeamChange(manager: .some(id)), TeamChange(parent: .some(own.id)),
            ] {
                let refused = await problem {
                    try await ground.write(as: bo) { try await Teams($0).change(other.id, change) }
                }
                #expect(refused?.isForbidden == true)
                let managed = try await ground.read(as: ground.ada) { scope in
                    try await scope.tx.column(
                        Teams.managedUsers(of: id, in: scope.tenant), as: ID<User>.self)
                }
                #expect(managed == [id])
            }
            try await ground.write(as: bo) {
                try await Teams($0).change(other.id, TeamChange(name: "Others"))
            }
            try await ground.write(as: ground.ada) {
                try await Teams($0).change(other.id, TeamChange(manager: .some(id)))
            }
        }
    }
}

import DatabaseSupport
import Storage
import Testing

@testable import Tenancy

@Suite struct UsersTests {
    @Test(arguments: EngineKind.allCases)
    func `the list is by name and of one company`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            _ = try await ground.hire("bob")
            let acme = try await ground.read(as: ground.sam) { try await Users($0).list() }
            #expect(acme.map(\.name) == ["Admin", "bob", "Max", "Sam"])
            let rival = try await ground.read(as: ground.eve) { try await Users($0).list() }
            #expect(rival.map(\.email) == ["eve@rival.example"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a person is created with team and territory, and says so in an event`(
        on engine: EngineKind
    )
        async throws
    {
        try await Ground.with(engine) { ground in
            let north = try await ground.team("North")
            let user = try await ground.write(as: ground.ada) {
                try await Users($0).create(
                    NewUser(
                        email: " Tom@Acme.example", name: " Tom ", role: .warrior,
                        team: north.id, territory: "  "))
            }
            #expect(user.email == "tom@acme.example")
            #expect(user.name == "Tom")
            #expect(user.territory == nil)
            let found = try await ground.read(as: ground.ada) { try await Users($0).find(user.id) }
            #expect(found == user)
            let event = try await ground.events(of: ground.acme.id, named: "user.created").last
            #expect(event?["email"] == "tom@acme.example")
            #expect(event?["team"]?.string == north.id.description)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `wrong fields are all named`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let problem = await problem {
                try await ground.write(as: ground.ada) {
                    try await Users($0).create(NewUser(email: "x", name: "", role: .warrior))
                }
            }
            #expect(problem?.fields == ["email", "name"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an e-mail is unique in a company, not across companies`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let taken = NewUser(email: "SAM@acme.example", name: "Sam II", role: .warrior)
            let refused = await problem {
                try await ground.write(as: ground.ada) { try await Users($0).create(taken) }
            }
            #expect(refused?.fields == ["email"])
            let elsewhere = try await ground.write(as: ground.eve) {
                try await Users($0).create(taken)
            }
            #expect(elsewhere.email == "sam@acme.example")
            let other = try await ground.hire("other")
            let changed = await problem {
                try await ground.write(as: ground.ada) {
                    try await Users($0).change(other.id, UserChange(email: "sam@acme.example"))
                }
            }
            #expect(changed?.fields == ["email"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `another company's person is not found`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let sam = try #require(ground.sam.user)
            let read = await problem {
                try await ground.read(as: ground.eve) { try await Users($0).find(sam) }
            }
            #expect(read == .notFound("user"))
            let changed = await problem {
                try await ground.write(as: ground.eve) {
                    try await Users($0).change(sam, UserChange(name: "Mine"))
                }
            }
            #expect(changed == .notFound("user"))
            let password = await problem {
                try await ground.write(as: ground.eve) {
                    try await Users($0).setPassword(sam, hash: "x")
                }
            }
            #expect(password == .notFound("user"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `nobody is put in a team of another company`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let foreign = try await ground.write(as: ground.eve) {
                try await Teams($0).create(NewTeam(name: "Theirs"))
            }
            let sam = try #require(ground.sam.user)
            let changed = await problem {
                try await ground.write(as: ground.ada) {
                    try await Users($0).change(sam, UserChange(team: .some(foreign.id)))
                }
            }
            #expect(changed?.fields == ["team"])
            let created = await problem { try await ground.hire("new", team: foreign.id) }
            #expect(created?.fields == ["team"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a change writes what changed, once, and raises the version`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let sam = try #require(ground.sam.user)
            let back = Ground.now.adding(days: 7)
            let changed = try await ground.write(as: ground.ada) {
                try await Users($0).change(
                    sam,
                    UserChange(
                        name: "Samuel", role: .warrior, territory: "North", awayUntil: .some(back)),
                    version: 1)
            }
            #expect(changed.version == 2)
            #expect(changed.isAway(at: Ground.now))
            #expect(!changed.isAway(at: back))
            let found = try await ground.read(as: ground.ada) { try await Users($0).find(sam) }
            #expect(found == changed)
            let events = try await ground.events(of: ground.acme.id, named: "user.changed")
            #expect(
                events == [
                    [
                        "before": [
                            "name": "Sam", "role": "salesperson", "territory": nil,
                            "away_until": nil,
                        ],
                        "after": [
                            "name": "Samuel", "role": "warrior", "territory": "North",
                            "away_until": .string(back.text),
                        ],
                    ]
                ])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a change to the same values writes nothing`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let sam = try #require(ground.sam.user)
            let same = try await ground.write(as: ground.ada) {
                try await Users($0).change(sam, UserChange(name: "Sam ", active: true))
            }
            #expect(same.version == 1)
            #expect(try await ground.events(of: ground.acme.id, named: "user.changed").isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a change over somebody else's is stale`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let sam = try #require(ground.sam.user)
            try await ground.write(as: ground.ada) {
                try await Users($0).change(sam, UserChange(name: "Samuel"), version: 1)
            }
            let problem = await problem {
                try await ground.write(as: ground.ada) {
                    try await Users($0).change(sam, UserChange(name: "Sammy"), version: 1)
                }
            }
            #expect(problem?.isStale == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `people change their own name and absence and nothing else`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let (sam, max) = (try #require(ground.sam.user), try #require(ground.max.user))
            let own = UserChange(name: "Samuel", awayUntil: .some(Ground.now.adding(days: 1)))
            let changed = try await ground.write(as: ground.sam) {
                try await Users($0).change(sam, own)
            }
            #expect(changed.name == "Samuel")
            let role = await problem {
                try await ground.write(as: ground.sam) {
                    try await Users($0).change(sam, UserChange(role: .companyAdmin))
                }
            }
            #expect(role?.isForbidden == true)
            let other = await problem {
                try await ground.write(as: ground.sam) { try await Users($0).change(max, own) }
            }
            #expect(other?.isForbidden == true)
            let made = await problem {
                try await ground.write(as: ground.max) {
                    try await Users($0).create(
                        NewUser(email: "x@acme.example", name: "X", role: .companyAdmin))
                }
            }
            #expect(made?.isForbidden == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `no company makes a platform operator`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let sam = try #require(ground.sam.user)
            let changed = await problem {
                try await ground.write(as: ground.ada) {
                    try await Users($0).change(sam, UserChange(role: .platformOperator))
                }
            }
            #expect(changed?.fields == ["role"])
            let made = await problem { try await ground.hire("op", .platformOperator) }
            #expect(made?.fields == ["role"])
            let bySystem = try await ground.write(as: .system(ground.acme.id)) {
                try await Users($0).change(sam, UserChange(role: .platformOperator))
            }
            #expect(bySystem.role == .platformOperator)
        }
    }

    @Test(
        arguments: EngineKind.allCases, [UserChange(active: false), UserChange(role: .executive)])
    func `the last active admin stays`(on engine: EngineKind, change: UserChange) async throws {
        try await Ground.with(engine) { ground in
            let refused = await problem {
                try await ground.write(as: ground.ada) {
                    try await Users($0).change(ground.acme.admin, change)
                }
            }
            #expect(refused?.isConflict == true)
            let second = try await ground.hire("second", .companyAdmin)
            try await ground.write(as: ground.ada) {
                try await Users($0).change(second.id, UserChange(active: false))
            }
            // An admin who left is none.
            let again = await problem {
                try await ground.write(as: ground.ada) {
                    try await Users($0).change(ground.acme.admin, change)
                }
            }
            #expect(again?.isConflict == true)
            try await ground.write(as: ground.ada) {
                try await Users($0).change(second.id, UserChange(active: true))
                return try await Users($0).change(ground.acme.admin, change)
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who is deactivated loses sessions, refresh tokens and keys`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let second = try await ground.hire("second", .companyAdmin)
            let theirs = Caller(
                tenant: ground.acme.id, actor: .user(second.id), role: .companyAdmin)
            for caller in [theirs, ground.ada] {
                try await ground.write(as: caller) { scope in
                    _ = try await Sessions(scope).start()
                    _ = try await RefreshTokens(scope).issue()
                    _ = try await APIKeys(scope).create(name: "Sync")
                }
            }
            try await ground.write(as: ground.ada) {
                try await Users($0).change(second.id, UserChange(active: false))
            }
            // One each is left: the admin's own.
            #expect(try await ground.count("SELECT count(*) FROM sessions") == 1)
            #expect(
                try await ground.count(
                    "SELECT count(*) FROM refresh_tokens WHERE revoked_at IS NULL") == 1)
            #expect(
                try await ground.count("SELECT count(*) FROM api_keys WHERE revoked_at IS NULL")
                    == 1)
            let events = try await ground.events(of: ground.acme.id, named: "user.deactivated")
            #expect(events == [["before": ["active": true], "after": ["active": false]]])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a new password ends the sign-ins made with the old one`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let sam = try #require(ground.sam.user)
            try await ground.write(as: ground.sam) { scope in
                _ = try await Sessions(scope).start()
                try await Users(scope).setPassword(sam, hash: "new")
            }
            #expect(try await ground.count("SELECT count(*) FROM sessions") == 0)
            let byOther = await problem {
                try await ground.write(as: ground.max) {
                    try await Users($0).setPassword(sam, hash: "taken over")
                }
            }
            #expect(byOther?.isForbidden == true)
            let hash: String? = try await ground.database.read {
                try await $0.value("SELECT password_hash FROM users WHERE id = \(sam)")
            }
            #expect(hash == "new")
        }
    }
}

import DatabaseSupport
import Storage
import Testing

@testable import Tenancy

@Suite struct APIKeysTests {
    private let now = Ground.now

    private func key(
        _ name: String = "Sync", in ground: Ground, by caller: Caller? = nil
    ) async throws -> (key: APIKey, token: String) {
        try await ground.write(as: caller ?? ground.ada) {
            try await APIKeys($0).create(name: name)
        }
    }

    private func door(_ ground: Ground) -> Authenticator {
        ground.door()
    }

    @Test(arguments: EngineKind.allCases)
    func `a key acts as its maker and says so`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let made = try await key(in: ground)
            #expect(made.token.hasPrefix("ipk_"))
            #expect(made.token.hasSuffix(made.key.hint))
            let caller = try await door(ground).bearer(token: made.token, at: now).caller
            #expect(
                caller
                    == Caller(
                        tenant: ground.acme.id,
                        actor: Actor(
                            kind: .apiKey, id: made.key.id.uuid, user: ground.acme.admin),
                        role: .companyAdmin))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the list has no tokens and is of one company`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let first = try await key("First", in: ground)
            let second = try await key("Second", in: ground)
            _ = try await key("Theirs", in: ground, by: ground.eve)
            let list = try await ground.read(as: ground.ada) { try await APIKeys($0).list() }
            #expect(Set(list.map(\.id)) == [first.key.id, second.key.id])
            let events = try await ground.events(of: ground.acme.id, named: "api_key.created")
            #expect(events.first == ["name": "First", "hint": .string(first.key.hint)])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `only company admins make, see and revoke keys`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let made = try await key(in: ground)
            let create = await problem { try await key(in: ground, by: ground.max) }
            #expect(create?.isForbidden == true)
            let list = await problem {
                try await ground.read(as: ground.max) { try await APIKeys($0).list() }
            }
            #expect(list?.isForbidden == true)
            let revoke = await problem {
                try await ground.write(as: ground.max) { try await APIKeys($0).revoke(made.key.id) }
            }
            #expect(revoke?.isForbidden == true)
            let foreign = await problem {
                try await ground.write(as: ground.eve) { try await APIKeys($0).revoke(made.key.id) }
            }
            #expect(foreign == .notFound("API key"))
            let nameless = await problem { try await key(" ", in: ground) }
            #expect(nameless?.fields == ["name"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a revoked key is refused at once here, in five seconds elsewhere`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let made = try await key(in: ground)
            let (here, elsewhere) = (door(ground), door(ground))
            for door in [here, elsewhere] { _ = try await door.bearer(token: made.token, at: now) }
            for _ in 0..<2 {
                try await here.write(as: ground.ada, at: now) {
                    try await APIKeys($0).revoke(made.key.id)
                }
            }
            let atOnce = await problem { try await here.bearer(token: made.token, at: now) }
            #expect(atOnce?.isUnauthenticated == true)
            _ = try await elsewhere.bearer(token: made.token, at: now)
            let later = await problem {
                try await elsewhere.bearer(token: made.token, at: now.adding(seconds: 5))
            }
            #expect(later?.isUnauthenticated == true)
            let events = try await ground.events(of: ground.acme.id, named: "api_key.revoked")
            #expect(events.count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a key that is known costs no statement, and notes its use once a minute`(
        on engine: EngineKind
    )
        async throws
    {
        try await Ground.with(engine) { ground in
            let made = try await key(in: ground)
            let door = door(ground)
            func lastUsed() async throws -> Instant? {
                try await ground.read(as: ground.ada) { try await APIKeys($0).list() }
                    .first?.lastUsedAt
            }
            _ = try await door.bearer(token: made.token, at: now)
            #expect(try await lastUsed() == now)
            let before = ground.database.engine.statementsRun
            _ = try await door.bearer(token: made.token, at: now.adding(seconds: 4))
            #expect(ground.database.engine.statementsRun == before)
            _ = try await door.bearer(token: made.token, at: now.adding(seconds: 59))
            #expect(try await lastUsed() == now)
            _ = try await door.bearer(token: made.token, at: now.adding(seconds: 65))
            #expect(try await lastUsed() == now.adding(seconds: 65))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a key loses what its maker loses`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let second = try await ground.hire("second", .companyAdmin)
            let maker = Caller(
                tenant: ground.acme.id, actor: .user(second.id), role: .companyAdmin)
            let made = try await key(in: ground, by: maker)
            let door = door(ground)
            try await door.write(as: ground.ada, at: now) {
                try await Users($0).change(second.id, UserChange(role: .warrior))
            }
            #expect(try await door.bearer(token: made.token, at: now).caller.role == .warrior)
            try await door.write(as: ground.ada, at: now) {
                try await Users($0).change(second.id, UserChange(active: false))
            }
            let problem = await problem { try await door.bearer(token: made.token, at: now) }
            #expect(problem?.isUnauthenticated == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a key that is none is refused`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let made = try await key(in: ground)
            for token in ["ipk_", "ipk_x", made.token + "x"] {
                let problem = await problem { try await door(ground).bearer(token: token, at: now) }
                #expect(problem?.isUnauthenticated == true)
            }
        }
    }
}

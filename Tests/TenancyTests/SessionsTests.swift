import DatabaseSupport
import Storage
import Testing

@testable import Tenancy

@Suite struct SessionsTests {
    private let now = Ground.now

    private func signedIn(
        as caller: Caller, in ground: Ground
    ) async throws -> (door: Authenticator, token: String) {
        let door = ground.door()
        let session = try await ground.write(as: caller) { try await Sessions($0).start() }
        return (door, session.token)
    }

    @Test(arguments: EngineKind.allCases)
    func `a session that is known costs no statement`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let (door, token) = try await signedIn(as: ground.sam, in: ground)
            #expect(try await door.session(token: token, at: now)?.caller == ground.sam)
            let before = ground.database.engine.statementsRun
            for second in 0..<5 {
                let found = try await door.session(token: token, at: now.adding(seconds: second))
                #expect(found?.caller == ground.sam)
            }
            #expect(ground.database.engine.statementsRun == before)
            _ = try await door.session(token: token, at: now.adding(seconds: 5))
            #expect(ground.database.engine.statementsRun > before)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a token that is none opens nothing`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let (door, token) = try await signedIn(as: ground.sam, in: ground)
            for wrong in ["", "x", token + "x", SecretToken.random()] {
                let found = try await door.session(token: wrong, at: now)
                #expect(found == nil)
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `signing out ends that session at once, and no other`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let (door, token) = try await signedIn(as: ground.sam, in: ground)
            let other = try await ground.write(as: ground.sam) { try await Sessions($0).start() }
            #expect(try await door.session(token: token, at: now) != nil)
            try await door.signOut(token: token, at: now)
            #expect(try await door.session(token: token, at: now) == nil)
            #expect(try await door.session(token: other.token, at: now) != nil)
            try await door.signOut(token: token, at: now)
            let events = try await ground.events(of: ground.acme.id, named: "session.ended")
            #expect(events.count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `nobody ends a session of another company`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let (door, token) = try await signedIn(as: ground.sam, in: ground)
            try await ground.write(as: ground.eve) { try await Sessions($0).end(token) }
            #expect(try await door.session(token: token, at: now) != nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `deactivation and a new role take hold at once here, in five seconds elsewhere`(
        on engine: EngineKind
    )
        async throws
    {
        try await Ground.with(engine) { ground in
            let (door, token) = try await signedIn(as: ground.sam, in: ground)
            let elsewhere = ground.door()
            func role(_ door: Authenticator, at moment: Instant) async throws -> Role? {
                try await door.session(token: token, at: moment)?.caller.role
            }
            #expect(try await role(door, at: now) == .salesperson)
            #expect(try await role(elsewhere, at: now) == .salesperson)
            let sam = try #require(ground.sam.user)
            try await door.write(as: ground.ada, at: now) {
                try await Users($0).change(sam, UserChange(role: .manager))
            }
            #expect(try await role(door, at: now) == .manager)
            #expect(try await role(elsewhere, at: now) == .salesperson)
            let later = now.adding(seconds: 5)
            #expect(try await role(elsewhere, at: later) == .manager)
            try await door.write(as: ground.ada, at: later) {
                try await Users($0).change(sam, UserChange(active: false))
            }
            #expect(try await role(door, at: later) == nil)
            #expect(try await role(elsewhere, at: later.adding(seconds: 5)) == nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a write in one company forgets nobody of another`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let (door, token) = try await signedIn(as: ground.sam, in: ground)
            _ = try await door.session(token: token, at: now)
            try await door.write(as: ground.eve, at: now) {
                try await Teams($0).create(NewTeam(name: "Theirs"))
            }
            let before = ground.database.engine.statementsRun
            _ = try await door.session(token: token, at: now)
            #expect(ground.database.engine.statementsRun == before)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a session lasts fourteen days, and is renewed when half are over`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let (door, token) = try await signedIn(as: ground.sam, in: ground)
            func isThere(after days: Int) async throws -> Bool {
                try await door.session(token: token, at: now.adding(days: days)) != nil
            }
            #expect(try await isThere(after: 6))
            // Not renewed yet, so it would end after fourteen days. The eighth renews it.
            #expect(try await isThere(after: 8))
            #expect(try await isThere(after: 21))
            #expect(try await !isThere(after: 36))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a session that was not used for fourteen days is over`(on engine: EngineKind) async throws
    {
        try await Ground.with(engine) { ground in
            let (door, token) = try await signedIn(as: ground.sam, in: ground)
            #expect(try await door.session(token: token, at: now.adding(days: 6)) != nil)
            #expect(try await door.session(token: token, at: now.adding(days: 14)) == nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `after ninety days a session ends however much it is used`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let (door, token) = try await signedIn(as: ground.sam, in: ground)
            for day in stride(from: 0, to: 90, by: 5) {
                #expect(try await door.session(token: token, at: now.adding(days: day)) != nil)
            }
            #expect(try await door.session(token: token, at: now.adding(days: 90)) == nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `only people get sessions`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let problem = await problem {
                try await ground.write(as: .system(ground.acme.id)) {
                    try await Sessions($0).start()
                }
            }
            #expect(problem?.isForbidden == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what has expired is deleted, and nothing else`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let (door, _) = try await signedIn(as: ground.sam, in: ground)
            let later = now.adding(days: 31)
            for moment in [now, later] {
                try await ground.write(as: ground.sam, at: moment) { scope in
                    _ = try await Sessions(scope).start()
                    _ = try await RefreshTokens(scope).issue()
                }
                _ = await problem {
                    try await door.signIn(
                        Credentials(tenant: "acme", email: "\(moment)", password: "x"),
                        from: Origin(remote: "x"), at: moment)
                }
            }
            try await door.deleteExpired(at: later)
            #expect(try await ground.count("SELECT count(*) FROM sessions") == 1)
            #expect(try await ground.count("SELECT count(*) FROM refresh_tokens") == 1)
            #expect(try await ground.count("SELECT count(*) FROM sign_in_failures") == 1)
        }
    }
}

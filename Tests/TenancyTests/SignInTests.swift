import DatabaseSupport
import Storage
import Testing

@testable import Tenancy

@Suite struct SignInTests {
    private let now = Ground.now

    private func credentials(
        _ email: String = "sam@acme.example", _ password: String = Ground.password,
        tenant: String = "acme"
    ) -> Credentials {
        Credentials(tenant: tenant, email: email, password: password)
    }

    @Test(arguments: EngineKind.allCases)
    func `the right password opens a session that knows its person`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let result = try await door.signIn(
                credentials(" Sam@Acme.example "), from: Origin(remote: "192.0.2.1"), at: now)
            let found = try #require(
                try await door.session(token: result.session.token, at: now))
            #expect(found == result.signedIn)
            #expect(found.caller == ground.sam)
            #expect(found.name == "Sam")
            #expect(found.email == "sam@acme.example")
            #expect(found.csrf == result.session.csrf)
            #expect(found.tenant.slug == "acme")
            #expect(result.session.expiresAt == now.adding(days: 14))
            let events = try await ground.events(of: ground.acme.id, named: "session.started")
            #expect(events == [["remote": "192.0.2.1"]])
            // Only a hash of the token is stored.
            let hash = SecretToken.hash(result.session.token)
            #expect(
                try await ground.count(
                    "SELECT count(*) FROM sessions WHERE token_hash = \(hash)") == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `whatever is wrong, the answer is the same`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let gone = try await ground.hire("gone")
            try await ground.write(as: ground.ada) { scope in
                try await Users(scope).setPassword(
                    gone.id, hash: try await hash(of: ground.acme.admin, in: scope))
                try await Users(scope).change(gone.id, UserChange(active: false))
            }
            _ = try await ground.hire("passwordless")
            let wrong = [
                credentials(tenant: "nobody"), credentials("nobody@acme.example"),
                credentials("not an address"), credentials("sam@acme.example", "wrong password"),
                credentials("gone@acme.example"), credentials("passwordless@acme.example", ""),
                credentials("eve@rival.example"), credentials("sam@acme.example", ""),
                credentials("sam@acme.example", String(repeating: "x", count: 5000)),
            ]
            for credentials in wrong {
                let problem = await problem {
                    try await door.signIn(credentials, from: Origin(remote: "192.0.2.1"), at: now)
                }
                #expect(
                    problem == .unauthenticated("The company, e-mail or password is wrong."))
            }
            #expect(try await ground.count("SELECT count(*) FROM sessions") == 0)
        }
    }

    private func hash(of user: ID<User>, in scope: Scope) async throws -> String {
        try #require(
            try await scope.tx.value(
                "SELECT password_hash FROM users WHERE id = \(user)", as: String.self))
    }

    @Test(arguments: EngineKind.allCases, ["sam@acme.example", "nobody@acme.example"])
    func `five failures lock an account, there or not, and each further one for longer`(
        on engine: EngineKind,
        email: String
    ) async throws {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            func fail(at moment: Instant, times: Int = 1) async {
                for number in 0..<times {
                    let problem = await problem {
                        try await door.signIn(
                            credentials(email, "wrong password"), from: Origin(remote: "\(number)"),
                            at: moment)
                    }
                    #expect(problem?.isUnauthenticated == true)
                }
            }
            func secondsLocked(at moment: Instant) async -> Int? {
                await problem {
                    try await door.signIn(credentials(email), from: Origin(remote: "x"), at: moment)
                }?.retryAfterSeconds
            }
            await fail(at: now, times: 5)
            // Now even the right password waits.
            let wait = try #require(await secondsLocked(at: now))
            #expect(wait == 15 * 60 + 1)
            let second = now.adding(seconds: 15 * 60)
            await fail(at: second)
            #expect(await secondsLocked(at: second) == 30 * 60 + 1)
            // A day later all is forgotten: four more failures lock nothing.
            let later = now.adding(days: 2)
            await fail(at: later, times: 4)
            if email == "sam@acme.example" {
                _ = try await door.signIn(credentials(email), from: Origin(remote: "x"), at: later)
                #expect(try await ground.count("SELECT count(*) FROM sign_in_failures") == 0)
            }
            let locks = try await ground.events(of: ground.acme.id, named: "user.locked_out")
            #expect(locks.count == (email == "sam@acme.example" ? 2 : 0))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a company that does not exist locks like one that does`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            for number in 0..<6 {
                let problem = await problem {
                    try await door.signIn(
                        credentials(tenant: "nobody"), from: Origin(remote: "\(number)"), at: now)
                }
                #expect((problem?.retryAfterSeconds != nil) == (number == 5))
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a lock in one company is none in another`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            try await ground.write(as: ground.eve) {
                try await Users($0).create(
                    NewUser(email: "sam@acme.example", name: "Sam", role: .warrior))
            }
            for number in 0..<5 {
                _ = await problem {
                    try await door.signIn(
                        credentials(tenant: "rival"), from: Origin(remote: "\(number)"), at: now)
                }
            }
            _ = try await door.signIn(credentials(), from: Origin(remote: "x"), at: now)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a success among guesses that locked the account meanwhile does not count`(
        on engine: EngineKind
    )
        async throws
    {
        try await Ground.with(engine) { ground in
            let check = PasswordCheck(database: ground.database, passwords: ground.passwords)
            let checked = try await check.check(credentials(), remote: "x", at: now)
            for number in 0..<5 {
                _ = await problem {
                    try await check.check(
                        credentials("sam@acme.example", "wrong password"), remote: "\(number)",
                        at: now)
                }
            }
            let problem = await problem {
                try await ground.write(as: checked.caller) { try await checked.settle(in: $0) }
            }
            #expect(problem?.retryAfterSeconds != nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `failures that arrive while an account is locked do not lengthen the lock`(
        on engine: EngineKind
    )
        async throws
    {
        try await Ground.with(engine) { ground in
            let account = SignInFailures.Account(credentials(), tenant: ground.acme.id)
            try await ground.write(as: ground.sam) { scope in
                let failures = SignInFailures(tx: scope.tx, now: scope.now)
                for number in 1...8 {
                    let isLocking = try await failures.record(account)
                    #expect(isLocking == (number == 5))
                }
                let seconds = try await failures.secondsLocked(account)
                #expect(seconds == 15 * 60 + 1)
            }
        }
    }

    @Test func `locks grow to four hours and no further`() {
        let seconds = (4...12).map(SignInFailures.lockSeconds)
        #expect(
            seconds == [nil, 900, 1800, 3600, 7200, 14_400, 14_400, 14_400, 14_400])
        #expect(SignInFailures.lockSeconds(after: .max) == 14_400)
    }

    @Test(arguments: EngineKind.allCases)
    func `one address may fail twenty times a minute, and succeed as it likes`(
        on engine: EngineKind
    )
        async throws
    {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            for _ in 0..<22 {
                _ = try await door.signIn(credentials(), from: Origin(remote: "192.0.2.1"), at: now)
            }
            for number in 0..<20 {
                let problem = await problem {
                    try await door.signIn(
                        credentials("\(number)@acme.example"), from: Origin(remote: "192.0.2.1"),
                        at: now)
                }
                #expect(problem?.isUnauthenticated == true)
            }
            let held = await problem {
                try await door.signIn(credentials(), from: Origin(remote: "192.0.2.1"), at: now)
            }
            #expect(held?.retryAfterSeconds == 3)
            _ = try await door.signIn(credentials(), from: Origin(remote: "192.0.2.2"), at: now)
            _ = try await door.signIn(
                credentials(), from: Origin(remote: "192.0.2.1"), at: now.adding(seconds: 3))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an older hash is renewed at sign-in`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let sam = try #require(ground.sam.user)
            let older =
                "$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHRzb21lc2FsdA"
                + "$acbZCckOfABB/s2U/eE8vrM+V9HWTIj4syKxzIwhax8"
            try await ground.write(as: ground.ada) {
                try await Users($0).setPassword(sam, hash: older)
            }
            for _ in 0..<2 {
                _ = try await door.signIn(
                    credentials("sam@acme.example", "correct horse"), from: Origin(remote: "x"),
                    at: now)
            }
            let renewed = try await ground.read(as: ground.ada) {
                try await self.hash(of: sam, in: $0)
            }
            #expect(!Passwords.needsRehash(renewed))
        }
    }
}

import DatabaseSupport
import Storage
import Testing

@testable import Tenancy

@Suite struct SecondStepsTests {
    private let now = Ground.now

    private func credentials(_ code: String? = nil) -> Credentials {
        Credentials(
            tenant: "acme", email: "sam@acme.example", password: Ground.password, code: code)
    }

    private let origin = Origin(remote: "192.0.2.1")

    /// Sets up somebody's second step five minutes ago, so that codes of now are fresh.
    private func enrol(
        _ caller: Caller, on ground: Ground
    ) async throws -> (code: OneTimeCode, recovery: [String]) {
        let before = now.adding(seconds: -300)
        let code = try await ground.write(as: caller, at: before) {
            try await SecondSteps($0, ground.masterKeys).begin()
        }
        let recovery = try await ground.write(as: caller, at: before) {
            try await SecondSteps($0, ground.masterKeys).confirm(code.code(at: before))
        }
        return (code, recovery)
    }

    @Test(arguments: EngineKind.allCases)
    func `the sign-in asks for the code, takes it once, and keeps no seed in the clear`(
        on engine: EngineKind
    ) async throws {
        try await Ground.with(engine) { ground in
            let (door, (code, recovery)) = (ground.door(), try await enrol(ground.sam, on: ground))
            #expect(recovery.count == 10)
            func refused(_ code: String?) async -> Bool {
                let problem = await problem {
                    try await door.signIn(credentials(code), from: origin, at: now)
                }
                if case .codeNeeded = problem { return true }
                return false
            }
            #expect(await refused(nil))
            #expect(await refused("  "))
            #expect(await refused("000000") || code.code(at: now) == "000000")
            let good = code.code(at: now)
            _ = try await door.signIn(
                credentials("\(good.prefix(3)) \(good.suffix(3))"), from: origin, at: now)
            #expect(await refused(good), "A code is good once.")
            // The step before is older than the one that was used.
            #expect(await refused(code.code(at: now.adding(seconds: -30))))
            let pair = try await door.issueTokens(
                credentials(code.code(at: now.adding(seconds: 30))), from: origin, at: now)
            #expect(!pair.accessToken.isEmpty)
            let sealed: [UInt8]? = try await ground.database.read {
                try await $0.value("SELECT sealed FROM secrets")
            }
            let text = (sealed ?? []).map { String($0) }.joined(separator: ",")
            #expect(!text.contains(code.seed.map { String($0) }.joined(separator: ",")))
            #expect(
                try await ground.events(of: ground.acme.id, named: "user.totp_enabled").count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `wrong codes lock the account as wrong passwords do, and no password unlocks it`(
        on engine: EngineKind
    ) async throws {
        try await Ground.with(engine) { ground in
            let (door, (code, _)) = (ground.door(), try await enrol(ground.sam, on: ground))
            for number in 0..<5 {
                _ = await problem {
                    try await door.signIn(
                        credentials("wrong \(number)"), from: Origin(remote: "\(number)"), at: now)
                }
                // The right password alone forgives nothing.
                let asked = await problem {
                    try await door.signIn(
                        credentials(), from: Origin(remote: "\(number)"), at: now)
                }
                #expect((asked?.retryAfterSeconds != nil) == (number == 4))
            }
            let locked = await problem {
                try await door.signIn(credentials(code.code(at: now)), from: origin, at: now)
            }
            #expect(locked?.retryAfterSeconds == 15 * 60 + 1)
            #expect(
                try await ground.events(of: ground.acme.id, named: "user.locked_out").count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `wrong codes spend the address's tries`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            _ = try await enrol(ground.sam, on: ground)
            var problems: [Problem?] = []
            for _ in 0..<21 {
                problems.append(
                    await problem {
                        try await door.signIn(credentials("wrong"), from: origin, at: now)
                    })
                // So that it is not the account that is locked.
                try await ground.database.write { tx in
                    try await SignInFailures(tx: tx, now: now.adding(days: 2)).deleteForgotten()
                }
            }
            #expect(problems.last??.retryAfterSeconds != nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a recovery code lets in once, in place of a code`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let (door, (_, recovery)) = (ground.door(), try await enrol(ground.sam, on: ground))
            _ = try await door.signIn(
                credentials(recovery[3].uppercased()), from: origin, at: now)
            let again = await problem {
                try await door.signIn(credentials(recovery[3]), from: origin, at: now)
            }
            #expect(again?.type == "/developers#code-needed")
            let own = try await ground.read(as: ground.sam) {
                try await SecondSteps($0, ground.masterKeys).own()
            }
            #expect(own?.recoveryCodesLeft == 9)
            let used = try await ground.events(of: ground.acme.id, named: "user.recovery_code_used")
            #expect(used == [["left": 9]])
            let hashes: [[UInt8]] = try await ground.database.read {
                try await $0.column("SELECT code_hash FROM recovery_codes")
            }
            #expect(hashes.count == 10 && hashes.allSatisfy { $0.count == 32 })
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `only a right code turns it on, and what was begun before is forgotten`(
        on engine: EngineKind
    ) async throws {
        try await Ground.with(engine) { ground in
            let keys = ground.masterKeys
            let first = try await ground.write(as: ground.sam) {
                try await SecondSteps($0, keys).begin()
            }
            let second = try await ground.write(as: ground.sam) {
                try await SecondSteps($0, keys).begin()
            }
            #expect(first.seed != second.seed)
            for wrong in ["", "12345", first.code(at: now)] where wrong != second.code(at: now) {
                let refused = await problem {
                    try await ground.write(as: ground.sam) {
                        try await SecondSteps($0, keys).confirm(wrong)
                    }
                }
                #expect(refused?.fields == ["code"])
            }
            // Begun is not on: the sign-in asks for nothing.
            _ = try await ground.door().signIn(credentials(), from: origin, at: now)
            try await ground.write(as: ground.sam) {
                _ = try await SecondSteps($0, keys).confirm(second.code(at: now))
            }
            let again = await problem {
                try await ground.write(as: ground.sam) { try await SecondSteps($0, keys).begin() }
            }
            #expect(again?.isConflict == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `password and code together turn it off, and neither alone`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let (door, (code, recovery)) = (ground.door(), try await enrol(ground.sam, on: ground))
            func end(_ password: String, _ code: String?) async throws {
                try await door.endSecondStep(
                    of: ground.sam, password: password, code: code, from: origin, at: now)
            }
            let wrong = await problem { try await end("not it", code.code(at: now)) }
            #expect(wrong?.fields == ["password"])
            #expect(await problem { try await end(Ground.password, nil) }?.fields == ["code"])
            #expect(await problem { try await end(Ground.password, "1") }?.fields == ["code"])
            try await end(Ground.password, recovery[0])
            _ = try await door.signIn(credentials(), from: origin, at: now)
            #expect(try await ground.count("SELECT count(*) FROM secrets") == 0)
            #expect(try await ground.count("SELECT count(*) FROM recovery_codes") == 0)
            #expect(
                try await ground.events(of: ground.acme.id, named: "user.totp_disabled").count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an API key sees and changes nothing of it`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let key = Caller(
                tenant: ground.acme.id,
                actor: Actor(kind: .apiKey, id: ID<APIKey>().uuid, user: ground.ada.user),
                role: .companyAdmin)
            let begun = await problem {
                try await ground.write(as: key) {
                    try await SecondSteps($0, ground.masterKeys).begin()
                }
            }
            #expect(begun?.isForbidden == true)
            let listed = await problem {
                try await ground.read(as: key) { try await SignIns($0).list() }
            }
            #expect(listed?.isForbidden == true)
        }
    }
}

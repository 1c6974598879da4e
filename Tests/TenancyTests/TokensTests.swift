import Crypto
import DatabaseSupport
import Foundation
import JWTKit
import Storage
import Testing

@testable import Tenancy

@Suite struct TokensTests {
    private let now = Ground.now

    private func pair(
        _ door: Authenticator, at moment: Instant = Ground.now
    ) async throws -> TokenPair {
        try await door.issueTokens(
            Credentials(
                tenant: "acme", email: "sam@acme.example", password: Ground.password),
            from: Origin(remote: "192.0.2.1"), at: moment)
    }

    private func bytes(_ base64url: some StringProtocol) -> [UInt8] {
        let plain = String(base64url).replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - plain.count % 4) % 4)
        return Array(Data(base64Encoded: plain + padding) ?? Data())
    }

    @Test(arguments: EngineKind.allCases)
    func `an access token is good for fifteen minutes`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let pair = try await pair(door)
            #expect(pair.expiresInSeconds == 900)
            #expect(try await door.bearer(token: pair.accessToken, at: now).caller == ground.sam)
            let last = now.adding(seconds: 899)
            #expect(try await door.bearer(token: pair.accessToken, at: last).caller == ground.sam)
            let late = await problem {
                try await door.bearer(token: pair.accessToken, at: now.adding(seconds: 900))
            }
            #expect(late?.isUnauthenticated == true)
            // Also where it was never seen before.
            let fresh = ground.door()
            let lateElsewhere = await problem {
                try await fresh.bearer(token: pair.accessToken, at: now.adding(seconds: 900))
            }
            #expect(lateElsewhere?.isUnauthenticated == true)
        }
    }

    /// Reads the token with nothing but the specification and the published key.
    @Test(arguments: EngineKind.allCases)
    func `others can verify an access token with the published keys`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let parts = try await pair(door).accessToken.split(separator: ".")
            try #require(parts.count == 3)
            let header = try JSON(parsing: bytes(parts[0]))
            let claims = try JSON(parsing: bytes(parts[1]))
            #expect(header["alg"] == "ES256")
            #expect(header["typ"] == "JWT")
            #expect(claims["iss"] == "iperform")
            #expect(claims["sub"]?.string == ground.sam.user?.description)
            #expect(claims["tid"]?.string == ground.acme.id.description)
            #expect(claims["role"] == "salesperson")
            #expect(claims["iat"]?.integer == now.microseconds / 1_000_000)
            #expect(claims["exp"]?.integer == now.microseconds / 1_000_000 + 900)
            let keys = try JSON(parsing: try await door.jwks(at: now))["keys"]?.array ?? []
            try #require(keys.count == 1)
            #expect(keys[0]["kid"] == header["kid"])
            #expect(keys[0]["d"] == nil)
            let point = bytes(keys[0]["x"]?.string ?? "") + bytes(keys[0]["y"]?.string ?? "")
            let key = try P256.Signing.PublicKey(rawRepresentation: point)
            let signature = try P256.Signing.ECDSASignature(rawRepresentation: bytes(parts[2]))
            #expect(key.isValidSignature(signature, for: Data("\(parts[0]).\(parts[1])".utf8)))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a token that is known costs no statement`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let pair = try await pair(door)
            _ = try await door.bearer(token: pair.accessToken, at: now)
            let before = ground.database.engine.statementsRun
            for second in 0..<5 {
                _ = try await door.bearer(
                    token: pair.accessToken, at: now.adding(seconds: second))
            }
            #expect(ground.database.engine.statementsRun == before)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a token that was changed, or signed by another key, is refused`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let good = try await pair(door).accessToken
            let parts = good.split(separator: ".").map(String.init)
            let claims = String(decoding: bytes(parts[1]), as: UTF8.self)
            let raised = Base64URL.text(
                claims.replacing("salesperson", with: "company_admin").utf8)
            let unsigned = Base64URL.text(#"{"alg":"none","typ":"JWT"}"#.utf8)
            let other = JWTKeyCollection()
            await other.add(ecdsa: ES256PrivateKey(), kid: "other")
            let payload = AccessClaims(
                caller: ground.sam, user: try #require(ground.sam.user),
                family: ID<TokenFamily>(), at: now, seconds: 900)
            let wrong = [
                "", "a.b.c", "\(parts[0]).\(raised).\(parts[2])", "\(unsigned).\(parts[1]).",
                "\(parts[0]).\(parts[1]).", String(good.dropLast(4)),
                try await other.sign(payload, kid: "other"),
                String(repeating: "x", count: 100_000),
            ]
            for token in wrong {
                // Also later, when the keys are looked up anew.
                for moment in [now, now.adding(seconds: 60)] {
                    let problem = await problem { try await door.bearer(token: token, at: moment) }
                    #expect(problem?.isUnauthenticated == true)
                }
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a token of another issuer is refused though our key signed it`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let keys = try await SigningKeys.load(from: ground.database, at: now)
            let family = try await ground.write(as: ground.sam) {
                try await RefreshTokens($0).issue().family
            }
            var claims = AccessClaims(
                caller: ground.sam, user: try #require(ground.sam.user), family: family, at: now,
                seconds: 900)
            let ours = try await keys.collection.sign(claims, kid: keys.signing)
            #expect(try await door.bearer(token: ours, at: now).caller == ground.sam)
            claims.iss = "somebody"
            let theirs = try await keys.collection.sign(claims, kid: keys.signing)
            let problem = await problem { try await door.bearer(token: theirs, at: now) }
            #expect(problem?.isUnauthenticated == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a key that another process adds is found`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let (door, other) = (
                ground.door(),
                ground.door()
            )
            let old = try await pair(door)
            let key = P256.Signing.PrivateKey()
            try await ground.database.write { tx in
                _ = try await InstallationKeys.findOrMake(
                    "jwt.es256.next", in: tx, at: now.adding(seconds: 1)
                ) { Array(key.pemRepresentation.utf8) }
            }
            let new = try await pair(other)
            #expect(try await other.bearer(token: old.accessToken, at: now).caller == ground.sam)
            // Not to be asked at every wrong token: five seconds later it is looked up.
            let soon = await problem { try await door.bearer(token: new.accessToken, at: now) }
            #expect(soon?.isUnauthenticated == true)
            let later = now.adding(seconds: 5)
            #expect(try await door.bearer(token: new.accessToken, at: later).caller == ground.sam)
            #expect(try await door.bearer(token: old.accessToken, at: later).caller == ground.sam)
            let published = try JSON(parsing: try await door.jwks(at: later))
            #expect(published["keys"]?.array?.count == 2)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the role is today's, and who is deactivated is out`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let elsewhere = ground.door()
            let token = try await pair(door).accessToken
            let sam = try #require(ground.sam.user)
            _ = try await elsewhere.bearer(token: token, at: now)
            try await door.write(as: ground.ada, at: now) {
                try await Users($0).change(sam, UserChange(role: .warrior))
            }
            #expect(try await door.bearer(token: token, at: now).caller.role == .warrior)
            try await door.write(as: ground.ada, at: now) {
                try await Users($0).change(sam, UserChange(active: false))
            }
            let here = await problem { try await door.bearer(token: token, at: now) }
            #expect(here?.isUnauthenticated == true)
            #expect(try await elsewhere.bearer(token: token, at: now).caller.role == .salesperson)
            let there = await problem {
                try await elsewhere.bearer(token: token, at: now.adding(seconds: 5))
            }
            #expect(there?.isUnauthenticated == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a refresh token is exchanged once for the next`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            var pair = try await pair(door)
            var moment = now
            for _ in 0..<3 {
                moment = moment.adding(days: 29)
                let next = try await door.refresh(token: pair.refreshToken, at: moment)
                #expect(next.refreshToken != pair.refreshToken)
                #expect(
                    try await door.bearer(token: next.accessToken, at: moment).caller == ground.sam)
                pair = next
            }
            let late = await problem {
                try await door.refresh(token: pair.refreshToken, at: moment.adding(days: 30))
            }
            #expect(late?.isUnauthenticated == true)
            let unknown = await problem { try await door.refresh(token: "x", at: now) }
            #expect(unknown?.isUnauthenticated == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a refresh token used twice revokes its family, and only that`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let (first, other) = (try await pair(door), try await pair(door))
            let second = try await door.refresh(token: first.refreshToken, at: now)
            let reuse = await problem { try await door.refresh(token: first.refreshToken, at: now) }
            #expect(reuse?.isUnauthenticated == true)
            let next = await problem { try await door.refresh(token: second.refreshToken, at: now) }
            #expect(next?.isUnauthenticated == true)
            _ = try await door.refresh(token: other.refreshToken, at: now)
            // Tried again and again, it is told once.
            _ = await problem { try await door.refresh(token: first.refreshToken, at: now) }
            let events = try await ground.events(of: ground.acme.id, named: "token.reuse_detected")
            #expect(events.count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `of two who exchange a token at the same time, one gets the next`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let token = try await pair(door).refreshToken
            let pairs = await withTaskGroup(of: TokenPair?.self) { group in
                for _ in 0..<8 {
                    group.addTask { try? await door.refresh(token: token, at: now) }
                }
                return await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
            }
            #expect(pairs.count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a client that signs out cannot refresh`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let pair = try await pair(door)
            try await door.revoke(refreshToken: pair.refreshToken, at: now)
            try await door.revoke(refreshToken: "unknown", at: now)
            let problem = await problem {
                try await door.refresh(token: pair.refreshToken, at: now)
            }
            #expect(problem?.isUnauthenticated == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who was deactivated cannot refresh, nor again when back`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let pair = try await pair(door)
            let sam = try #require(ground.sam.user)
            for active in [false, true] {
                try await door.write(as: ground.ada, at: now) {
                    try await Users($0).change(sam, UserChange(active: active))
                }
                let problem = await problem {
                    try await door.refresh(token: pair.refreshToken, at: now)
                }
                #expect(problem?.isUnauthenticated == true)
            }
        }
    }
}

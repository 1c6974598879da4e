import DatabaseSupport
import Foundation
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

@Suite struct TokenRoutesTests {
    private static let path = "/api/v1/tokens"

    private static func bearer(_ answer: Answer, in world: World) -> Client {
        world.nobody.bearing(answer.json["access_token"]?.string ?? "")
    }

    @Test(arguments: EngineKind.allCases)
    func `a program trades the password for tokens and acts as the person`(on engine: EngineKind)
        async throws
    {
        try await Password.world(engine) { world, credentials in
            let tokens = try await world.nobody.send(.post, Self.path, credentials)
            #expect(tokens.status == 200)
            #expect(tokens.json["token_type"] == "Bearer")
            #expect(tokens.json["expires_in"] == 900)
            #expect(tokens.headers[.cacheControl] == "no-store")
            let client = Self.bearer(tokens, in: world)
            let me = try await client.send(.get, "/api/v1/me")
            #expect(me.json["email"] == "nia@vantage.example")
            // It has no session to end.
            let out = try await client.send(.delete, "/api/v1/sessions/current")
            #expect(out.status == 404)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a refresh token is good once; used again it takes its family with it`(
        on engine: EngineKind
    )
        async throws
    {
        try await Password.world(engine) { world, credentials in
            func refresh(_ answer: Answer) async throws -> Answer {
                let token = answer.json["refresh_token"] ?? .null
                return try await world.nobody.send(
                    .post, Self.path + "/refresh", ["refresh_token": token])
            }
            let first = try await world.nobody.send(.post, Self.path, credentials)
            let second = try await refresh(first)
            #expect(second.status == 200)
            #expect(second.json["refresh_token"] != first.json["refresh_token"])
            let me = try await Self.bearer(second, in: world).send(.get, "/api/v1/me")
            #expect(me.status == 200)
            #expect(try await refresh(first).status == 401)
            #expect(try await refresh(second).status == 401)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the public key of a token is published, and nothing private`(on engine: EngineKind)
        async throws
    {
        try await Password.world(engine) { world, credentials in
            let tokens = try await world.nobody.send(.post, Self.path, credentials)
            let set = try await world.nobody.send(.get, "/.well-known/jwks.json")
            #expect(set.status == 200)
            let keys = set.json["keys"]?.array ?? []
            #expect(keys.count == 1)
            let head = tokens.json["access_token"]?.string?.split(separator: ".").first ?? ""
            let header = try JSON(parsing: try #require(Data(base64URL: String(head))))
            #expect(header["kid"] == keys.first?["kid"])
            #expect(keys.first?["d"] == nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an API key is told once, acts as its maker and dies when revoked`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let made = try await world.ada.post("/api/v1/api-keys", ["name": "Web shop"])
            #expect(made.status == 201)
            let token = try #require(made.json["token"]?.string)
            #expect(made.json["hint"] == .string(String(token.suffix(4))))
            let listed = try await world.ada.get("/api/v1/api-keys")
            #expect(listed.data.map { $0["name"] } == ["Web shop"])
            #expect(!listed.text.contains(token))
            let shop = world.nobody.bearing(token)
            let me = try await shop.send(.get, "/api/v1/me")
            #expect(me.json["email"] == "ada@vantage.example")
            let id = try #require(made.json["id"]?.string)
            #expect(try await world.ada.delete("/api/v1/api-keys/\(id)").status == 204)
            #expect(try await shop.send(.get, "/api/v1/me").status == 401)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the token of a new key is stored nowhere, not even to be given again`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            let once = HTTPField.Name("Idempotency-Key")!
            let made = try await world.ada.post(
                "/api/v1/api-keys", ["name": "Web shop"], headers: [once: "once"])
            #expect(made.status == 201)
            let token = try #require(made.json["token"]?.string)
            let kept = try await world.asking(world.ada) { scope in
                try await scope.tx.column(
                    "SELECT body FROM idempotency_keys WHERE tenant_id = \(scope.tenant)",
                    as: [UInt8].self)
            }
            #expect(!kept.contains { String(decoding: $0, as: UTF8.self).contains(token) })
            let again = try await world.ada.post(
                "/api/v1/api-keys", ["name": "Web shop"], headers: [once: "once"])
            #expect(again.status == 409)
            #expect(try await world.ada.get("/api/v1/api-keys").data.count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `API keys are for admins, and another company has none of them`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let made = try await world.ada.post("/api/v1/api-keys", ["name": "Web shop"])
            let id = try #require(made.json["id"]?.string)
            for person in [world.max, world.sam, world.eva] {
                let refused = try await person.post("/api/v1/api-keys", ["name": "Mine"])
                #expect(refused.status == 403)
                #expect(try await person.get("/api/v1/api-keys").status == 403)
                #expect(try await person.delete("/api/v1/api-keys/\(id)").status == 403)
            }
            #expect(try await world.eve.get("/api/v1/api-keys").data.isEmpty)
            #expect(try await world.eve.delete("/api/v1/api-keys/\(id)").status == 404)
        }
    }
}

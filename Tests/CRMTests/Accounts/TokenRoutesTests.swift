import Foundation
import HTTPTypes
import Storage
import Testing
import Web

@Suite struct TokenRoutesTests {
    private static let credentials: JSON = [
        "tenant": "acme", "email": "ada@acme.example", "password": .string(Office.password),
    ]

    private static func bearer(_ answer: Answer) -> HTTPFields {
        [.authorization: "Bearer \(answer.json["access_token"]?.string ?? "")"]
    }

    @Test func `a program trades the password for tokens and acts as the person`() async throws {
        try await World.with { world in
            let tokens = try await office.post("/api/v1/tokens", Self.credentials)
            #expect(tokens.status == 200)
            #expect(tokens.json["token_type"] == "Bearer")
            #expect(tokens.json["expires_in"] == 900)
            #expect(tokens.headers[.cacheControl] == "no-store")
            let me = try await office.send(.get, "/api/v1/me", nil, Self.bearer(tokens))
            #expect(me.json["id"] == .string(office.acme.admin.description))
            // It has no session to end.
            let out = try await office.delete("/api/v1/sessions/current", nil, Self.bearer(tokens))
            #expect(out.status == 404)
        }
    }

    @Test func `a refresh token is good once; used again it takes its family with it`()
        async throws
    {
        try await World.with { world in
            let first = try await office.post("/api/v1/tokens", Self.credentials)
            let old: JSON = ["refresh_token": first.json["refresh_token"] ?? .null]
            let second = try await office.post("/api/v1/tokens/refresh", old)
            #expect(second.status == 200)
            #expect(second.json["refresh_token"] != first.json["refresh_token"])
            #expect(try await office.post("/api/v1/tokens/refresh", old).status == 401)
            let new: JSON = ["refresh_token": second.json["refresh_token"] ?? .null]
            #expect(try await office.post("/api/v1/tokens/refresh", new).status == 401)
        }
    }

    @Test func `the public key of a token is published`() async throws {
        try await World.with { world in
            let tokens = try await office.post("/api/v1/tokens", Self.credentials)
            let set = try await office.send(.get, "/.well-known/jwks.json")
            #expect(set.status == 200)
            let keys = set.json["keys"]?.array ?? []
            #expect(keys.count == 1)
            let head = tokens.json["access_token"]?.string?.split(separator: ".").first ?? ""
            let header = try JSON(parsing: try #require(Data(base64URL: String(head))))
            #expect(header.json["kid"] == keys.first?["kid"])
            #expect(keys.first?["d"] == nil)
        }
    }

    @Test func `an API key is told once, acts as its maker and dies when revoked`() async throws {
        try await World.with { world in
            let ada = world.ada
            let made = try await ada.post("/api/v1/api-keys", ["name": "Web shop"])
            #expect(made.status == 201)
            let token = try #require(made.json["token"]?.string)
            #expect(token.hasSuffix(made.json["hint"]?.string ?? "?"))
            let listed = try await ada.get("/api/v1/api-keys")
            #expect(listed.data.map { $0["name"] } == ["Web shop"])
            #expect(!listed.text.contains(token))
            let bearer: HTTPFields = [.authorization: "Bearer \(token)"]
            #expect(
                try await office.send(.get, "/api/v1/me", nil, bearer)["email"]
                    == "ada@acme.example")
            let revoked = try await ada.delete("/api/v1/api-keys/\(made.id)")
            #expect(revoked.status == 204)
            #expect(try await office.send(.get, "/api/v1/me", nil, bearer).status == 401)
        }
    }

    @Test func `the token of a new key is stored nowhere, not even to be given again`()
        async throws
    {
        try await World.with { world in
            let ada = world.ada
            let headers: HTTPFields = [
                .cookie: ada.cookie, .csrf: ada.session.csrf,
                HTTPField.Name("Idempotency-Key")!: "once",
            ]
            let made = try await office.post("/api/v1/api-keys", ["name": "Web shop"], headers)
            #expect(made.status == 201)
            let kept: Int? = try await office.write { scope in
                try await scope.tx.value(
                    "SELECT COUNT(*) FROM idempotency_keys WHERE tenant_id = \(scope.tenant)")
            }
            #expect(kept == 0)
        }
    }

    @Test func `API keys are for admins, and another company has none of them`() async throws {
        try await World.with { world in
            let (ada, eve) = (world.ada, world.eve)
            let sam = world.sam
            let made = try await ada.post("/api/v1/api-keys", ["name": "Web shop"])
            let refused = try await sam.post("/api/v1/api-keys", ["name": "Mine"])
            #expect(refused.status == 403)
            #expect(try await sam.get("/api/v1/api-keys").status == 403)
            #expect(try await eve.get("/api/v1/api-keys").data.isEmpty)
            let foreign = try await eve.delete("/api/v1/api-keys/\(made.id)")
            #expect(foreign.status == 404)
        }
    }
}

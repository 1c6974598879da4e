import Crypto
import DatabaseSupport
import Foundation
import JWTKit
import Storage
import Testing

@testable import Tenancy

/// Access tokens that somebody else has made, one kind a line.
@Suite struct TokenAttackTests {
    private struct Forgery: Sendable {
        let name: String
        let token: String
    }

    /// What an attacker has: a good token of their own, and the published key.
    private struct Workshop: Sendable {
        let token: String
        let jwk: JSON
        let claims: [String: JSON]

        var kid: JSON { jwk["kid"] ?? .null }
        var parts: [String] {
            token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        }

        /// The public key in each form in which somebody may have it lie about.
        var publicKeys: [(name: String, bytes: Data)] {
            get throws {
                let point = try bytes("x") + bytes("y")
                let key = try P256.Signing.PublicKey(rawRepresentation: point)
                return [
                    ("PEM", Data(key.pemRepresentation.utf8)), ("DER", key.derRepresentation),
                    ("X9.63", key.x963Representation), ("raw", key.rawRepresentation),
                    ("JWK", Data(jwk.text.utf8)), ("x", Data((jwk["x"]?.string ?? "").utf8)),
                ]
            }
        }

        private func bytes(_ name: String) throws -> Data {
            let text = (jwk[name]?.string ?? "").replacing("-", with: "+").replacing("_", with: "/")
            return try #require(Data(base64Encoded: text + "="))
        }

        /// Without a signature.
        func forge(_ header: [String: JSON], _ changes: [String: JSON] = [:]) -> String {
            forge(header, changes) { _ in Data() }
        }

        func forge(
            _ header: [String: JSON], _ changes: [String: JSON] = [:],
            sign: (Data) throws -> Data
        ) rethrows -> String {
            let claims = claims.merging(changes) { $1 }
            let head = Base64URL.text(JSON.object(header).text.utf8)
            let text = "\(head).\(Base64URL.text(JSON.object(claims).text.utf8))"
            return "\(text).\(Base64URL.text(try sign(Data(text.utf8))))"
        }
    }

    private static func hmac(_ key: Data) -> (Data) -> Data {
        { Data(HMAC<SHA256>.authenticationCode(for: $0, using: SymmetricKey(data: key))) }
    }

    private static func unsigned(_ shop: Workshop) -> [Forgery] {
        ["none", "None", "NONE", "nOnE", "", "null"].flatMap { name in
            let header: [String: JSON] = ["alg": .string(name), "typ": "JWT", "kid": shop.kid]
            return [
                Forgery(name: "alg \(name)", token: shop.forge(header)),
                Forgery(
                    name: "alg \(name), with our signature",
                    token: shop.forge(header) + shop.parts[2]),
            ]
        } + [
            Forgery(name: "no alg", token: shop.forge(["typ": "JWT", "kid": shop.kid])),
            Forgery(name: "no signature", token: "\(shop.parts[0]).\(shop.parts[1])."),
            Forgery(name: "two parts", token: "\(shop.parts[0]).\(shop.parts[1])"),
            Forgery(name: "four parts", token: "\(shop.token).\(shop.parts[2])"),
        ]
    }

    /// The public key taken for a shared secret.
    private static func confused(_ shop: Workshop) throws -> [Forgery] {
        try shop.publicKeys.flatMap { name, key in
            ["HS256", "hs256"].map { algorithm in
                let header: [String: JSON] = ["alg": .string(algorithm), "kid": shop.kid]
                return Forgery(
                    name: "\(algorithm) by the public key as \(name)",
                    token: shop.forge(header, sign: hmac(key)))
            }
        }
    }

    /// A key that the token brings along, or names a place for.
    private static func ownKeys(_ shop: Workshop) throws -> [Forgery] {
        let (key, longer) = (P256.Signing.PrivateKey(), P384.Signing.PrivateKey())
        let point = key.publicKey.rawRepresentation
        let jwk: JSON = [
            "kty": "EC", "crv": "P-256", "alg": "ES256", "kid": shop.kid,
            "x": .string(Base64URL.text(point.prefix(32))),
            "y": .string(Base64URL.text(point.suffix(32))),
        ]
        let headers: [(String, [String: JSON])] = [
            ("another key under our kid", [:]), ("its own key", ["jwk": jwk]),
            ("its own key, by its own kid", ["jwk": jwk, "kid": "mine"]),
            ("a set of keys elsewhere", ["jku": "https://evil.example/jwks.json"]),
            ("a certificate elsewhere", ["x5u": "https://evil.example/c.pem"]),
            ("a certificate", ["x5c": [.string(Data(point).base64EncodedString())]]),
            ("no kid", ["kid": .null]), ("kid, a path", ["kid": "../../../../dev/null"]),
            ("kid, a statement", ["kid": "x' UNION SELECT 'key' --"]),
            ("kid, a list", ["kid": [shop.kid]]), ("crit", ["crit": ["exp"], "exp": 0]),
        ]
        let signed = try headers.map { name, more in
            let header = ["alg": "ES256", "typ": "JWT", "kid": shop.kid].merging(more) { $1 }
            return Forgery(
                name: name,
                token: try shop.forge(header) {
                    try key.signature(for: $0).rawRepresentation
                })
        }
        let header: [String: JSON] = ["alg": "ES256", "kid": shop.kid]
        return try signed + [
            Forgery(
                name: "kid, a path, and an empty secret",
                token: shop.forge(
                    ["alg": "HS256", "kid": "../../../../dev/null"], sign: hmac(Data()))),
            Forgery(
                name: "a longer curve",
                token: shop.forge(["alg": "ES384", "kid": shop.kid]) {
                    try longer.signature(for: $0).rawRepresentation
                }),
            Forgery(
                name: "zeros for a signature",
                token: shop.forge(header) { _ in Data(repeating: 0, count: 64) }),
            Forgery(
                name: "a signature in DER",
                token: shop.forge(header) { try key.signature(for: $0).derRepresentation }),
        ]
    }

    /// Our signature under other words.
    private static func tampered(_ shop: Workshop, _ rival: Ground.Company) -> [Forgery] {
        let changes: [(String, [String: JSON])] = [
            ("another company", ["tid": .string(rival.id.description)]),
            ("another person", ["sub": .string(rival.admin.description)]),
            ("another role", ["role": "company_admin"]),
            ("a later end", ["exp": .integer(9_000_000_000)]),
            ("another sign-in", ["sid": .string(ID<TokenFamily>().description)]),
            ("one more claim", ["admin": true]),
        ]
        return changes.map { name, change in
            let forged = shop.forge(["alg": "ES256", "kid": shop.kid], change)
            let claims = forged.split(separator: ".")[1]
            return Forgery(name: name, token: "\(shop.parts[0]).\(claims).\(shop.parts[2])")
        } + [
            Forgery(name: "white space", token: shop.token + "\n\(shop.token)"),
            Forgery(name: "NUL", token: shop.token + "\0"),
            Forgery(name: "a cut signature", token: String(shop.token.dropLast(4))),
        ]
    }

    @Test(arguments: EngineKind.allCases)
    func `no token that somebody else has made is taken`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let door = ground.door()
            let token = try await door.issueTokens(
                Credentials(
                    tenant: "acme", email: "sam@acme.example", password: Ground.password),
                from: Origin(remote: "192.0.2.1"), at: Ground.now
            ).accessToken
            let published = try JSON(parsing: try await door.jwks(at: Ground.now))
            let shop = Workshop(
                token: token, jwk: try #require(published["keys"]?.array?.first),
                claims: try Self.claims(of: token))
            let forgeries =
                try Self.unsigned(shop) + Self.confused(shop) + Self.ownKeys(shop)
                + Self.tampered(shop, ground.rival)
            // Also at a door that has never seen the good one.
            for door in [door, ground.door()] {
                for forgery in forgeries {
                    let problem = await problem {
                        try await door.bearer(token: forgery.token, at: Ground.now)
                    }
                    #expect(problem?.isUnauthenticated == true, "\(forgery.name)")
                }
                #expect(try await door.bearer(token: token, at: Ground.now).caller == ground.sam)
            }
        }
    }

    /// Even a signature of ours does not carry a person into a company that is not theirs.
    @Test(arguments: EngineKind.allCases)
    func `a token of ours with what does not belong together is refused`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let keys = try await SigningKeys.load(from: ground.database, at: Ground.now)
            let family = try await ground.write(as: ground.sam) {
                try await RefreshTokens($0).issue().family
            }
            let (sam, eve) = (try #require(ground.sam.user), ground.rival.admin)
            let mixed: [(Caller, ID<User>, ID<TokenFamily>)] = [
                (ground.eve, sam, family), (ground.eve, eve, family), (ground.sam, eve, family),
                (ground.sam, sam, ID()),
            ]
            for (index, (caller, user, family)) in mixed.enumerated() {
                let claims = AccessClaims(
                    caller: caller, user: user, family: family, at: Ground.now, seconds: 900)
                let token = try await keys.collection.sign(claims, kid: keys.signing)
                let problem = await problem {
                    try await ground.door().bearer(token: token, at: Ground.now)
                }
                #expect(problem?.isUnauthenticated == true, "\(index)")
            }
        }
    }

    private static func claims(of token: String) throws -> [String: JSON] {
        let text = token.split(separator: ".")[1].replacing("-", with: "+")
            .replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - text.count % 4) % 4)
        let bytes = try #require(Data(base64Encoded: text + padding))
        return try #require(try JSON(parsing: Array(bytes)).object)
    }
}

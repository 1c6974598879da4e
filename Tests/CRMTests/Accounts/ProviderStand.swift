import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Storage
import Synchronization
import Web

/// An identity provider on loopback that keeps to the standard, and checks what we send it.
final class ProviderStand: Sendable {
    static let client = "iperform & friends"
    static let secret = "s3cret/+ %"

    let issuer: String
    private let now: @Sendable () -> Instant
    private let state: Mutex<State>

    /// Somebody's account there.
    struct Account: Sendable {
        var subject = "s-1"
        var email: JSON = "nia@vantage.example"
        var isVerified: JSON = true
        /// What the token says instead.
        var claims: [String: JSON] = [:]
        /// Whether it tells the address at its `userinfo` alone.
        var isTerse = false
    }

    private struct State: Sendable {
        var key = P256.Signing.PrivateKey()
        var keyID = "k1"
        /// What is published; nil for the key that signs.
        var published: P256.Signing.PrivateKey?
        var keyReads = 0
        /// What waits to be fetched, by code.
        var given: [String: (account: Account, asked: [String: String])] = [:]
        var told: [String: Account] = [:]
    }

    private init(port: Int, now: @escaping @Sendable () -> Instant) {
        issuer = "http://127.0.0.1:\(port)/realm"
        self.now = now
        state = Mutex(State())
    }

    static func with(
        now: @escaping @Sendable () -> Instant,
        _ body: @escaping @Sendable (ProviderStand) async throws -> Void
    ) async throws {
        let holder = Holder()
        let router = Router()
        router.on("/**", method: .get) { request, _ in try await holder.stand().get(request) }
        router.on("/**", method: .post) { request, _ in try await holder.stand().post(request) }
        let log = Logger(label: "stand", factory: { _ in SwiftLogNoOpLogHandler() })
        try await Application(router: router, logger: log).test(.live) { client in
            let stand = ProviderStand(port: client.port ?? 0, now: now)
            holder.put(stand)
            try await body(stand)
        }
    }

    private final class Holder: Sendable {
        private let held = Mutex<ProviderStand?>(nil)

        func put(_ stand: ProviderStand) { held.withLock { $0 = stand } }
        func stand() throws -> ProviderStand {
            guard let stand = held.withLock({ $0 }) else { throw HTTPError(.notFound) }
            return stand
        }
    }

    var keyReads: Int { state.withLock { $0.keyReads } }

    /// Signs by another key from now on.
    func turnKey(publishing: Bool = true) {
        state.withLock { state in
            if !publishing { state.published = state.key }
            state.key = P256.Signing.PrivateKey()
            state.keyID = "k2"
        }
    }

    /// Lets somebody sign in who was sent here, and answers with what the browser comes back with.
    func signIn(_ address: String, as account: Account = Account()) throws -> (
        path: String, query: String
    ) {
        let asked = Self.pairs(String(address.split(separator: "?", maxSplits: 1).last ?? ""))
        guard address.hasPrefix("\(issuer)/authorize?"), asked["response_type"] == "code",
            asked["client_id"] == Self.client, asked["code_challenge_method"] == "S256",
            asked["scope"]?.contains("openid") == true, let state = asked["state"],
            let back = asked["redirect_uri"], asked["nonce"] != nil
        else { throw StandRefused(words: address) }
        let code = "c-\(UUID())"
        self.state.withLock { $0.given[code] = (account, asked) }
        let path = back.replacing("http://127.0.0.1:8080", with: "")
        return (path, "code=\(code)&state=\(state)&iss=\(Query.encoded(issuer))")
    }

    private func get(_ request: Request) async throws -> Response {
        switch request.uri.path {
        case "/realm/.well-known/openid-configuration":
            return Self.json([
                "issuer": .string(issuer), "authorization_endpoint": .string("\(issuer)/authorize"),
                "token_endpoint": .string("\(issuer)/token"), "jwks_uri": .string("\(issuer)/keys"),
                "userinfo_endpoint": .string("\(issuer)/userinfo"),
            ])
        case "/realm/keys": return Self.json(keys())
        case "/realm/userinfo":
            let token = request.headers[.authorization]?.replacing("Bearer ", with: "") ?? ""
            guard let account = state.withLock({ $0.told[token] }) else {
                throw HTTPError(.unauthorized)
            }
            return Self.json([
                "sub": .string(account.subject), "email": account.email,
                "email_verified": account.isVerified,
            ])
        default: throw HTTPError(.notFound)
        }
    }

    private func post(_ request: Request) async throws -> Response {
        var body = ByteBuffer()
        for try await piece in request.body { body.writeImmutableBuffer(piece) }
        let form = Self.pairs(String(buffer: body))
        let pair = "\(Query.encoded(Self.client)):\(Query.encoded(Self.secret))"
        let basic = "Basic \(Data(pair.utf8).base64EncodedString())"
        guard request.uri.path == "/realm/token", request.headers[.authorization] == basic else {
            return Self.json(["error": "invalid_client"], .unauthorized)
        }
        let found = state.withLock { $0.given.removeValue(forKey: form["code"] ?? "") }
        let proof = Self.text(SHA256.hash(data: Data((form["code_verifier"] ?? "").utf8)))
        guard let (account, asked) = found, asked["code_challenge"] == proof,
            form["grant_type"] == "authorization_code",
            form["redirect_uri"] == asked["redirect_uri"]
        else { return Self.json(["error": "invalid_grant"], .badRequest) }
        let access = "a-\(UUID())"
        state.withLock { $0.told[access] = account }
        return Self.json([
            "id_token": .string(try token(account, nonce: asked["nonce"] ?? "")),
            "access_token": .string(access), "token_type": "Bearer",
        ])
    }

    private func token(_ account: Account, nonce: String) throws -> String {
        let seconds = now().microseconds / 1_000_000
        var claims: [String: JSON] = [
            "iss": .string(issuer), "aud": [.string(Self.client)], "sub": .string(account.subject),
            "nonce": .string(nonce), "iat": .integer(seconds), "exp": .integer(seconds + 60),
        ]
        if !account.isTerse {
            claims["email"] = account.email
            claims["email_verified"] = account.isVerified
        }
        claims.merge(account.claims) { $1 }
        let (key, id) = state.withLock { ($0.key, $0.keyID) }
        let header: JSON = ["alg": "ES256", "kid": .string(id)]
        let text = Self.text(header.text.utf8) + "." + Self.text(JSON.object(claims).text.utf8)
        return text + "."
            + Self.text(try key.signature(for: Data(text.utf8)).rawRepresentation)
    }

    private func keys() -> JSON {
        let (key, id) = state.withLock { state in
            state.keyReads += 1
            return (state.published ?? state.key, state.published == nil ? state.keyID : "k1")
        }
        let point = key.publicKey.rawRepresentation
        return [
            "keys": [
                [
                    "kty": "EC", "crv": "P-256", "use": "sig", "kid": .string(id),
                    "x": .string(Self.text(point.prefix(32))),
                    "y": .string(Self.text(point.suffix(32))),
                ]
            ]
        ]
    }

    private static func pairs(_ text: String) -> [String: String] {
        Dictionary(Query(text).pairs.map { ($0.name, $0.value) }) { _, last in last }
    }

    private static func text(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func json(
        _ json: JSON, _ status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: json.text)))
    }
}

/// What the stand does not take.
struct StandRefused: Error {
    let words: String
}

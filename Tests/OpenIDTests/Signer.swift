import Crypto
import CryptoExtras
import Foundation
import JWTKit
import Storage
import Testing

@testable import OpenID

/// A provider's keys, and tokens that are signed with them, or as somebody would who has none.
struct Signer: Sendable {
    static let now = Instant("2026-11-18T09:30:00Z")!
    static let purpose = IDToken.Purpose(
        issuer: "https://id.example", clientID: "iperform", nonce: "n-1")

    let ec = ES256PrivateKey()
    let rsa: JWTKit.Insecure.RSA.PrivateKey

    init() throws {
        rsa = try Self.rsaKey.get()
    }

    /// Made once: it takes its time.
    private static let rsaKey = Result {
        try JWTKit.Insecure.RSA.PrivateKey(backing: .init(keySize: .bits2048))
    }

    /// What a good token says.
    static var claims: [String: JSON] {
        let seconds = now.microseconds / 1_000_000
        return [
            "iss": "https://id.example", "aud": "iperform", "sub": "s-1", "nonce": "n-1",
            "iat": .integer(seconds), "exp": .integer(seconds + 300),
            "email": "mia@vantage.example", "email_verified": true,
        ]
    }

    func keys(_ extra: [String: JSON] = [:]) async throws -> ProviderKeys {
        let point = try #require(ec.parameters)
        let primitives = try rsa.publicKey.getKeyPrimitives()
        let curve: [String: JSON] = [
            "kty": "EC", "crv": "P-256", "kid": "e1", "x": .string(Self.url(point.x)),
            "y": .string(Self.url(point.y)),
        ]
        let modulus: [String: JSON] = [
            "kty": "RSA", "kid": "r1", "n": .string(Self.text(primitives.modulus)),
            "e": .string(Self.text(primitives.publicExponent)),
        ]
        return await ProviderKeys([
            "keys": [
                .object(curve.merging(extra) { $1 }), .object(modulus.merging(extra) { $1 }),
            ]
        ])
    }

    /// Signed by the key of the algorithm; of no known one with an empty signature.
    func token(
        _ claims: [String: JSON] = claims, alg: String = "ES256", kid: JSON? = nil,
        header extra: [String: JSON] = [:]
    ) async throws -> String {
        var header: [String: JSON] = ["alg": .string(alg), "typ": "JWT"]
        header["kid"] = kid ?? (alg == "RS256" ? "r1" : "e1")
        if kid == .null { header["kid"] = nil }
        let body =
            Self.text(JSON.object(header.merging(extra) { $1 }).text.utf8) + "."
            + Self.text(JSON.object(claims).text.utf8)
        let bytes = Data(body.utf8)
        switch alg {
        case "ES256":
            let key = try P256.Signing.PrivateKey(pemRepresentation: ec.pemRepresentation)
            return body + "." + Self.text(try key.signature(for: bytes).rawRepresentation)
        case "RS256":
            let collection = JWTKeyCollection()
            await collection.add(rsa: rsa, digestAlgorithm: .sha256)
            let signature = try await collection.getKey().sign(bytes)
            return body + "." + Self.text(signature)
        case "HS256":
            // With what everybody knows as the shared key.
            let key = SymmetricKey(data: Data(rsa.publicKey.pemRepresentation.utf8))
            return body + "." + Self.text(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
        default: return body + "."
        }
    }

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        url(Data(bytes).base64EncodedString())
    }

    private static func url(_ base64: String) -> String {
        base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

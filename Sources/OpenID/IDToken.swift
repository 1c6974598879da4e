import Foundation
import JWTKit
import Storage

/// Who signed in, as the provider's signature says.
struct IDToken: Sendable, Equatable {
    let subject: String
    /// Nil when it tells that only at its `userinfo`.
    let email: String?
    let isEmailVerified: Bool

    /// What the token must be for.
    struct Purpose: Sendable {
        let issuer: String
        let clientID: String
        let nonce: String
    }

    /// The token's key is not among those that are known: perhaps there are newer ones.
    struct UnknownKey: Error {}

    /// Of other clocks.
    private static let skewSeconds: Double = 60
    private static let bytesMax = 64 * 1024

    /// Checks it as OpenID Connect Core 1.0 §3.1.3.7 says.
    ///
    /// - Throws: `ProviderFault` naming what is wrong, `UnknownKey`.
    init(
        verifying text: String, for purpose: Purpose, with keys: ProviderKeys, at now: Instant
    ) async throws {
        guard text.utf8.count <= Self.bytesMax else { throw ProviderFault.token("it is too long.") }
        let header = try Self.header(of: text)
        // Before anything else: what is not one of these is not looked at, so that neither “none”
        // nor a public key that is taken for a shared one gets anywhere.
        guard let name = header["alg"]?.string,
            let algorithm = ProviderKeys.Algorithm(rawValue: name)
        else { throw ProviderFault.token("it is not signed with RS256 or ES256.") }
        guard header["crit"] == nil else {
            throw ProviderFault.token("it asks for what is not known here.")
        }
        guard let key = keys.key(header["kid"]?.string, algorithm) else { throw UnknownKey() }
        guard let claims = try? await key.collection.verify(text, as: Claims.self) else {
            throw ProviderFault.token("its signature is wrong.")
        }
        try Self.check(claims, for: purpose, at: now)
        subject = claims.sub
        email = claims.email
        isEmailVerified = claims.emailVerified?.value ?? false
    }

    private static func header(of text: String) throws -> JSON {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Self.decoded(parts[0]),
            let header = try? JSON(parsing: bytes)
        else { throw ProviderFault.token("it is no token.") }
        return header
    }

    private static func check(_ claims: Claims, for purpose: Purpose, at now: Instant) throws {
        let seconds = Double(now.microseconds) / 1_000_000
        guard claims.iss == purpose.issuer else {
            throw ProviderFault.token("its issuer is another.")
        }
        guard claims.aud.all.contains(purpose.clientID) else {
            throw ProviderFault.token("it is for another program.")
        }
        guard claims.aud.all.count == 1 || claims.azp != nil,
            claims.azp == nil || claims.azp == purpose.clientID
        else { throw ProviderFault.token("it was given to another program.") }
        guard claims.exp > seconds - skewSeconds else {
            throw ProviderFault.token("it has expired.")
        }
        guard claims.iat <= seconds + skewSeconds else {
            throw ProviderFault.token("it is of the future. One of the two clocks is wrong.")
        }
        guard claims.nonce == purpose.nonce else {
            throw ProviderFault.token("it is of another sign-in.")
        }
        guard (1...255).contains(claims.sub.utf8.count) else {
            throw ProviderFault.token("it names nobody.")
        }
    }

    private static func decoded(_ part: Substring) -> [UInt8]? {
        let text = part.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).map(Array.init)
    }
}

private struct Claims: JWTPayload {
    let iss: String
    let sub: String
    let aud: Audience
    let azp: String?
    let exp: Double
    let iat: Double
    let nonce: String?
    let email: String?
    let emailVerified: Truth?

    /// The names are those of the standard.
    private enum CodingKeys: String, CodingKey {
        case iss, sub, aud, azp, exp, iat, nonce, email
        case emailVerified = "email_verified"
    }

    /// What it must be is asked by who knows what for, and when.
    func verify(using _: some JWTAlgorithm) {}

    /// One text, or a list of them.
    struct Audience: Codable, Sendable {
        let all: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            all = try (try? [container.decode(String.self)]) ?? container.decode([String].self)
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(all)
        }
    }

    /// Some providers write it as text.
    struct Truth: Codable, Sendable {
        let value: Bool

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            value =
                (try? container.decode(Bool.self)) ?? (try? container.decode(String.self) == "true")
                ?? false
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(value)
        }
    }
}

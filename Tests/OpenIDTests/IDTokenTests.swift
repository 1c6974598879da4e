import Foundation
import Storage
import Testing

@testable import OpenID

/// What of a token is believed (OpenID Connect Core 1.0 §3.1.3.7, RFC 8725).
@Suite struct IDTokenTests {
    private let signer: Signer

    init() throws {
        signer = try Signer()
    }

    private func verify(
        _ token: String, keys: ProviderKeys? = nil, at now: Instant = Signer.now
    ) async throws -> IDToken {
        let own = try await signer.keys()
        return try await IDToken(
            verifying: token, for: Signer.purpose, with: keys ?? own, at: now)
    }

    private func refused(
        _ token: String, keys: ProviderKeys? = nil, because words: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        do {
            _ = try await verify(token, keys: keys)
            Issue.record("it was taken", sourceLocation: sourceLocation)
        } catch {
            #expect(
                "\(error)".contains(words), "\(error)", sourceLocation: sourceLocation)
        }
    }

    private func refused(
        with changes: [String: JSON?], because words: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        var claims = Signer.claims
        for (name, value) in changes { claims[name] = value }
        await refused(
            try await signer.token(claims), because: words, sourceLocation: sourceLocation)
    }

    @Test(arguments: ["ES256", "RS256"])
    func `a token that is right names its person`(algorithm: String) async throws {
        let token = try await verify(try await signer.token(alg: algorithm))
        #expect(token.subject == "s-1")
        #expect(token.email == "mia@vantage.example")
        #expect(token.isEmailVerified)
    }

    @Test func `without a key's id the only key of its kind is meant`() async throws {
        let token = try await verify(try await signer.token(kid: .null))
        #expect(token.subject == "s-1")
    }

    @Test func `whose it is not it is not for`() async throws {
        try await refused(with: ["iss": "https://id.example/"], because: "issuer")
        try await refused(with: ["iss": "https://evil.example"], because: "issuer")
        try await refused(with: ["aud": "another"], because: "another program")
        try await refused(with: ["aud": []], because: "another program")
        try await refused(with: ["aud": ["another", "third"]], because: "another program")
        try await refused(with: ["aud": ["iperform", "another"]], because: "another program")
        try await refused(with: ["azp": "another"], because: "another program")
        try await refused(with: ["nonce": "n-2"], because: "another sign-in")
        try await refused(with: ["nonce": .some(nil)], because: "another sign-in")
        try await refused(with: ["sub": ""], because: "nobody")
    }

    @Test func `of several audiences it must be given to us`() async throws {
        var claims = Signer.claims
        claims["aud"] = ["iperform", "another"]
        claims["azp"] = "iperform"
        #expect(try await verify(try await signer.token(claims)).subject == "s-1")
    }

    @Test func `it is good for its time, and a minute of another clock`() async throws {
        let token = try await signer.token()
        let (end, start) = (300, 0)
        for second in [start - 60, start, end, end + 59] {
            let moment = Signer.now.adding(seconds: second)
            #expect(try await verify(token, at: moment).subject == "s-1")
        }
        let late = Signer.now.adding(seconds: end + 60)
        let early = Signer.now.adding(seconds: start - 61)
        await #expect(throws: ProviderFault.self) { try await verify(token, at: late) }
        await #expect(throws: ProviderFault.self) { try await verify(token, at: early) }
        try await refused(with: ["exp": .some(nil)], because: "signature")
        try await refused(with: ["iat": .some(nil)], because: "signature")
    }

    @Test(arguments: ["none", "None", "NONE", "HS256", "RS512", "PS256", "ES384", "EdDSA", ""])
    func `no other algorithm is looked at`(algorithm: String) async throws {
        await refused(
            try await signer.token(alg: algorithm, kid: "r1"), because: "RS256 or ES256")
    }

    @Test func `a public key is no shared one, whatever the header says`() async throws {
        // Signed with the public key as a secret, and called what it is not.
        let parts = try await signer.token(alg: "HS256", kid: "r1").split(separator: ".")
        let header = Signer.text(#"{"alg":"RS256","kid":"r1"}"#.utf8)
        await refused("\(header).\(parts[1]).\(parts[2])", because: "signature")
    }

    @Test func `what was changed, or signed by another, is refused`() async throws {
        let other = try await Signer().token()
        await refused(other, because: "signature")
        var parts = try await signer.token().split(separator: ".").map(String.init)
        var claims = Signer.claims
        claims["email"] = "boss@vantage.example"
        parts[1] = Signer.text(JSON.object(claims).text.utf8)
        await refused(parts.joined(separator: "."), because: "signature")
        parts[2] = ""
        await refused(parts.joined(separator: "."), because: "signature")
        for junk in ["", ".", "..", "a.b.c", "a.b.c.d", String(repeating: "x", count: 70_000)] {
            await refused(junk, because: "cannot be trusted")
        }
    }

    @Test func `a key is good for what it is for alone`() async throws {
        let token = try await signer.token()
        await refused(try await signer.token(kid: "e2"), because: "UnknownKey")
        await refused(try await signer.token(kid: "r1"), because: "UnknownKey")
        for extra in [["use": "enc"], ["alg": "ES512"], ["crv": "P-384", "kty": "EC"]]
            as [[String: JSON]]
        {
            let keys = try await signer.keys(extra)
            await refused(token, keys: keys, because: "UnknownKey")
        }
        let critical = try await signer.token(header: ["crit": ["b64"], "b64": false])
        await refused(critical, because: "not known here")
    }

    @Test(arguments: [false, "false", "yes", 1, nil] as [JSON?])
    func `an address counts as verified only when the provider says so`(said: JSON?) async throws {
        var claims = Signer.claims
        claims["email_verified"] = said
        #expect(try await !verify(try await signer.token(claims)).isEmailVerified)
    }
}

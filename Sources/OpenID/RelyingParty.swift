import Foundation
import Storage
import Synchronization

/// Us, as a provider knows us.
package struct ProviderClient: Sendable {
    package let issuer: String
    package let id: String
    package let secret: String
    /// Where the provider sends people back to.
    package let redirectURL: String

    package init(issuer: String, id: String, secret: String, redirectURL: String) {
        self.issuer = issuer
        self.id = id
        self.secret = secret
        self.redirectURL = redirectURL
    }
}

/// What came back through the browser, and what was kept of the sign-in meanwhile.
package struct ProviderAnswer: Sendable {
    package let code: String
    package let nonce: String
    package let verifier: String

    package init(code: String, nonce: String, verifier: String) {
        self.code = code
        self.nonce = nonce
        self.verifier = verifier
    }
}

/// An account at a provider, with an address that the provider has verified.
package struct ProviderAccount: Sendable, Equatable {
    package let subject: String
    package let email: String
}

/// Signs people in by OpenID Connect: the authorization code flow with PKCE. One for the process:
/// it remembers what providers say of themselves, and their keys.
package final class RelyingParty: Sendable {
    private let neighbourhood: Neighbourhood
    private let exchange: Exchange
    private let known = Mutex<[String: Known]>([:])

    private struct Known: Sendable {
        let metadata: ProviderMetadata
        let readAt: Instant
        var keys: (set: ProviderKeys, readAt: Instant)?
    }

    /// How long what a provider says is believed.
    private static let rememberSeconds = 600
    /// How often at most a token of an unknown key makes us look for new ones.
    private static let lookSeconds = 60
    /// More than there are companies with a provider of their own in one installation.
    private static let knownMax = 1000

    package init(_ neighbourhood: Neighbourhood) {
        self.neighbourhood = neighbourhood
        exchange = Exchange(neighbourhood: neighbourhood)
    }

    /// Whether people could sign in by this issuer; it is asked now.
    ///
    /// - Throws: `ProviderFault`.
    package func check(_ issuer: String, at now: Instant) async throws {
        let known = try await read(issuer, at: now)
        _ = try await keys(of: known.metadata, at: now)
    }

    /// Where the browser goes to sign in.
    ///
    /// - Throws: `ProviderFault`.
    package func authorization(
        by client: ProviderClient, state: String, nonce: String, challenge: String,
        at now: Instant
    ) async throws -> String {
        let url = try await metadata(of: client.issuer, at: now).authorization.text
        let query = FormText.encoded([
            ("response_type", "code"), ("client_id", client.id),
            ("redirect_uri", client.redirectURL), ("scope", "openid email profile"),
            ("state", state), ("nonce", nonce), ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ])
        return url + (url.contains("?") ? "&" : "?") + query
    }

    /// Who it is that came back.
    ///
    /// - Throws: `ProviderFault`.
    package func account(
        of answer: ProviderAnswer, by client: ProviderClient, at now: Instant
    ) async throws -> ProviderAccount {
        let metadata = try await metadata(of: client.issuer, at: now)
        let tokens = try await tokens(for: answer, by: client, from: metadata)
        let purpose = IDToken.Purpose(
            issuer: client.issuer, clientID: client.id, nonce: answer.nonce)
        let token = try await verified(tokens.id, for: purpose, of: metadata, at: now)
        var (email, isVerified) = (token.email, token.isEmailVerified)
        if email == nil, let access = tokens.access {
            (email, isVerified) = try await info(of: token.subject, access, from: metadata)
        }
        guard let email else { throw ProviderFault("The provider does not tell your address.") }
        guard isVerified else {
            throw ProviderFault("The provider has not verified your address \(email).")
        }
        return ProviderAccount(subject: token.subject, email: email)
    }
}

extension RelyingParty {
    private func metadata(of issuer: String, at now: Instant) async throws -> ProviderMetadata {
        if let known = known.withLock({ $0[issuer] }), Self.isFresh(known.readAt, at: now) {
            return known.metadata
        }
        return try await read(issuer, at: now).metadata
    }

    private func read(_ issuer: String, at now: Instant) async throws -> Known {
        let url = try ProviderMetadata.url(
            of: ProviderURL(issuer, in: neighbourhood), in: neighbourhood)
        let (status, json) = try await exchange.send(ProviderRequest(url: url))
        guard status == 200 else {
            throw ProviderFault("\(url.text) answers \(status), not a description.")
        }
        let known = Known(
            metadata: try ProviderMetadata(json, of: issuer, in: neighbourhood), readAt: now)
        self.known.withLock {
            if $0.count >= Self.knownMax { $0 = [:] }
            $0[issuer] = known
        }
        return known
    }

    private func keys(of metadata: ProviderMetadata, at now: Instant) async throws -> ProviderKeys {
        let (status, json) = try await exchange.send(ProviderRequest(url: metadata.keys))
        guard status == 200 else {
            throw ProviderFault("\(metadata.keys.text) answers \(status), not its keys.")
        }
        let keys = await ProviderKeys(json)
        known.withLock { $0[metadata.issuer]?.keys = (keys, now) }
        return keys
    }

    /// By the keys that are known, else by newer ones.
    private func verified(
        _ token: String, for purpose: IDToken.Purpose, of metadata: ProviderMetadata,
        at now: Instant
    ) async throws -> IDToken {
        let known = known.withLock { $0[metadata.issuer]?.keys }
        if let known, Self.isFresh(known.readAt, at: now) {
            do {
                return try await IDToken(
                    verifying: token, for: purpose, with: known.set, at: now)
            } catch is IDToken.UnknownKey {
                guard now.seconds(since: known.readAt) >= Self.lookSeconds else {
                    throw ProviderFault.token("its key is not known.")
                }
            }
        }
        let newer = try await keys(of: metadata, at: now)
        do {
            return try await IDToken(verifying: token, for: purpose, with: newer, at: now)
        } catch is IDToken.UnknownKey {
            throw ProviderFault.token("its key is not known.")
        }
    }

    private func tokens(
        for answer: ProviderAnswer, by client: ProviderClient, from metadata: ProviderMetadata
    ) async throws -> (id: String, access: String?) {
        var request = ProviderRequest(url: metadata.token)
        var form = [
            ("grant_type", "authorization_code"), ("code", answer.code),
            ("redirect_uri", client.redirectURL), ("code_verifier", answer.verifier),
        ]
        if metadata.takesSecretInForm {
            form += [("client_id", client.id), ("client_secret", client.secret)]
        } else {
            let pair = "\(FormText.encoded(client.id)):\(FormText.encoded(client.secret))"
            let basic = Data(pair.utf8).base64EncodedString()
            request.headers = [("authorization", "Basic \(basic)")]
        }
        request.form = form.map { (name: $0.0, value: $0.1) }
        let (status, json) = try await exchange.send(request)
        guard status == 200, let id = json["id_token"]?.string else {
            throw ProviderFault(
                "The provider does not say who you are: "
                    + "\((json["error"]?.string ?? "it answers \(status)").prefix(100)).")
        }
        return (id, json["access_token"]?.string)
    }

    /// What the provider tells of somebody besides; only of who the token is about.
    private func info(
        of subject: String, _ access: String, from metadata: ProviderMetadata
    ) async throws -> (email: String?, isVerified: Bool) {
        guard let url = metadata.userInfo else { return (nil, false) }
        let (status, json) = try await exchange.send(
            ProviderRequest(url: url, headers: [("authorization", "Bearer \(access)")]))
        guard status == 200 else { return (nil, false) }
        guard json["sub"]?.string == subject else {
            throw ProviderFault.token("it tells of somebody else.")
        }
        let verified = json["email_verified"]
        return (json["email"]?.string, verified == true || verified == "true")
    }

    private static func isFresh(_ readAt: Instant, at now: Instant) -> Bool {
        (0..<rememberSeconds).contains(now.seconds(since: readAt))
    }
}

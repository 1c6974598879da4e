import JWTKit
import Storage
import Synchronization

/// Issues and verifies access tokens: JWTs signed with ES256, good for 15 minutes.
final class AccessTokens: Sendable {
    private let database: Database
    private let keys = Mutex<LoadedKeys?>(nil)
    /// ES256 costs about as much as the rest of a request, so a token is verified once.
    private let verified = Cache<String, AccessToken>(
        capacity: 10_000, secondsToLive: lifetimeSeconds)

    static let lifetimeSeconds = 15 * 60
    /// Longer than any of ours; a longer text is not looked at.
    private static let charactersMax = 2048
    /// How often at most unknown signatures make us look for new keys of another process.
    private static let reloadSeconds = 5

    private struct LoadedKeys: Sendable {
        let keys: SigningKeys
        let at: Instant
    }

    init(database: Database) {
        self.database = database
    }

    func issue(
        to caller: Caller, family: ID<TokenFamily>, at now: Instant
    ) async throws -> String {
        guard let user = caller.user else {
            throw Problem.forbidden("Only a person can sign in.")
        }
        let keys = try await loadedKeys(at: now).keys
        let claims = AccessClaims(
            caller: caller, user: user, family: family, at: now, seconds: Self.lifetimeSeconds)
        return try await keys.collection.sign(claims, kid: keys.signing)
    }

    /// The token's claims; nil when it is not ours, was tampered with or has expired.
    func verify(_ token: String, at now: Instant) async throws -> AccessToken? {
        guard token.utf8.count <= Self.charactersMax else { return nil }
        let access = try await verified.value(for: token, at: now) {
            try await signed(token, at: now)
        }
        guard let access, access.expiresAt > now else { return nil }
        return access
    }

    /// The public keys, for `/.well-known/jwks.json`.
    func jwks(at now: Instant) async throws -> [UInt8] {
        try await loadedKeys(at: now).keys.jwks
    }

    private func signed(_ token: String, at now: Instant) async throws -> AccessToken? {
        let loaded = try await loadedKeys(at: now)
        if let claims = await claims(of: token, with: loaded.keys) { return AccessToken(claims) }
        // The key may be one that another process made after we looked.
        let age = now.seconds(since: loaded.at)
        guard age < 0 || age >= Self.reloadSeconds else { return nil }
        let reloaded = try await load(at: now)
        guard reloaded.keys.kids != loaded.keys.kids else { return nil }
        return await claims(of: token, with: reloaded.keys).flatMap(AccessToken.init)
    }

    /// Nil whatever is wrong with it: the caller is told no more than that it is not good.
    private func claims(of token: String, with keys: SigningKeys) async -> AccessClaims? {
        try? await keys.collection.verify(token, as: AccessClaims.self)
    }

    private func loadedKeys(at now: Instant) async throws -> LoadedKeys {
        if let loaded = keys.withLock({ $0 }) { return loaded }
        return try await load(at: now)
    }

    private func load(at now: Instant) async throws -> LoadedKeys {
        let loaded = LoadedKeys(keys: try await .load(from: database, at: now), at: now)
        keys.withLock { $0 = loaded }
        return loaded
    }
}

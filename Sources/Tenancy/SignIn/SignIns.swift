import Foundation
import Storage

/// A sign-in that has not ended: of a browser, or of a program that exchanges tokens.
package struct SignIn: Sendable, Equatable {
    package let id: UUID
    package let isBrowser: Bool
    package let remote: String?
    package let agent: String?
    package let startedAt: Instant
    /// Of a browser to five minutes; of a program when it last exchanged its token.
    package let lastUsedAt: Instant
    /// Whether it is the one that asks.
    package let isCurrent: Bool
}

/// The one that asks, by what it shows.
package enum Presented: Sendable {
    case session(token: String)
    case family(ID<TokenFamily>)
    case neither

    var sessionHash: [UInt8]? {
        if case .session(let token) = self { SecretToken.hash(token) } else { nil }
    }

    var family: ID<TokenFamily>? {
        if case .family(let family) = self { family } else { nil }
    }
}

/// Where the caller is signed in.
///
/// | operation | who |
/// |---|---|
/// | list, end, endOthers | the person |
/// | endAll | company admins |
package struct SignIns: Sendable {
    let scope: Scope
    let presented: Presented

    private static let listMax = 200

    package init(_ scope: Scope, _ presented: Presented = .neither) {
        self.scope = scope
        self.presented = presented
    }

    /// The one that asks first, then those last used.
    package func list() async throws -> [SignIn] {
        let user = try scope.caller.person()
        let all = try await sessions(user) + families(user)
        return all.sorted {
            ($0.isCurrent ? 1 : 0, $0.lastUsedAt) > ($1.isCurrent ? 1 : 0, $1.lastUsedAt)
        }
    }

    /// - Throws: `Problem.notFound`, also for one of somebody else.
    package func end(_ id: UUID) async throws {
        let user = try scope.caller.person()
        guard let found = try await list().first(where: { $0.id == id }) else {
            throw Problem.notFound("session")
        }
        if found.isBrowser {
            try await scope.tx.execute(
                """
                DELETE FROM sessions
                WHERE tenant_id = \(scope.tenant) AND user_id = \(user) AND id = \(id)
                """)
        } else {
            try await RefreshTokens(scope).revoke(ID<TokenFamily>(id))
        }
        try await scope.record(
            Event("session.ended", user.uuid) { $0.member("remote", found.remote) })
    }

    /// Ends all but the one that asks.
    ///
    /// - Returns: How many.
    @discardableResult
    package func endOthers() async throws -> Int {
        let others = try await list().filter { !$0.isCurrent }
        for other in others { try await end(other.id) }
        return others.count
    }

    /// Ends all of somebody's. API keys stay.
    package func endAll(of user: ID<User>) async throws {
        try scope.caller.must(.peopleEdit)
        _ = try await Users(scope).find(user)
        try await Sessions(scope).endAll(of: user)
        try await RefreshTokens(scope).revokeAll(of: user)
        try await scope.record(Event("user.signed_out", user.uuid))
    }

    private func sessions(_ user: ID<User>) async throws -> [SignIn] {
        try await scope.tx.rows(
            """
            SELECT id, token_hash, remote, user_agent, created_at, last_used_at
            FROM sessions
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user) AND expires_at > \(scope.now)
            ORDER BY last_used_at DESC, id
            LIMIT \(Self.listMax)
            """
        ) { row in
            let (id, hash): (UUID, [UInt8]) = (try row.next(), try row.next())
            return SignIn(
                id: id, isBrowser: true, remote: try row.next(), agent: try row.next(),
                startedAt: try row.next(), lastUsedAt: try row.next(),
                isCurrent: hash == presented.sessionHash)
        }
    }

    private func families(_ user: ID<User>) async throws -> [SignIn] {
        try await scope.tx.rows(
            """
            SELECT family_id, MAX(remote), MAX(user_agent), MIN(created_at), MAX(created_at)
            FROM refresh_tokens
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user) AND revoked_at IS NULL
            GROUP BY family_id
            HAVING MAX(expires_at) > \(scope.now)
            ORDER BY MAX(created_at) DESC, family_id
            LIMIT \(Self.listMax)
            """
        ) { row in
            let family: ID<TokenFamily> = try row.next()
            return SignIn(
                id: family.uuid, isBrowser: false, remote: try row.next(), agent: try row.next(),
                startedAt: try row.next(), lastUsedAt: try row.next(),
                isCurrent: family == presented.family)
        }
    }
}

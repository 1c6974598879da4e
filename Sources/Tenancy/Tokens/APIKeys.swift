import Storage

/// A key by which another program acts as the person who made it.
package struct APIKey: Sendable, Equatable {
    package let id: ID<APIKey>
    package let name: String
    /// The last characters of the token, to tell keys apart.
    package let hint: String
    package let maker: ID<User>
    /// What it may of what its maker may, in the order of the rights; nil for all of it.
    package let rights: [Right]?
    package let createdAt: Instant
    /// To the minute.
    package let lastUsedAt: Instant?
    package let revokedAt: Instant?
}

extension APIKey: RowDecodable {
    static let columns: SQL =
        "id, name, hint, user_id, rights, created_at, last_used_at, revoked_at"

    package init(row: inout Row) throws {
        id = try row.next()
        name = try row.next()
        hint = try row.next()
        maker = try row.next()
        rights = try row.next(String?.self).map(Self.rights)
        createdAt = try row.next()
        lastUsedAt = try row.next()
        revokedAt = try row.next()
    }

    /// Of what is stored: a right that is no longer there is passed over.
    fileprivate static func rights(stored text: String) throws -> [Right] {
        try JSON(parsing: text).array?.compactMap { $0.string.flatMap(Right.init) } ?? []
    }
}

/// The API keys of the caller's company, for company admins.
package struct APIKeys: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// What every token begins with, so that one found in a log or a repository is recognised.
    package static let prefix = "ipk_"
    private static let hintCharacters = 4
    private static let listMax = 1000

    /// Makes a key. Its token is shown once and cannot be had again.
    ///
    /// - Parameter rights: Their names; nil for all that the maker may, today and later.
    /// - Throws: `Problem.invalid` on the name, and on each right that there is not or that the
    ///   maker does not have.
    package func create(
        name: String, rights: [String]? = nil
    ) async throws -> (key: APIKey, token: String) {
        try scope.caller.must(.keysEdit)
        guard let maker = scope.caller.user else {
            throw Problem.forbidden("A key belongs to a person. Sign in to make one.")
        }
        var faults: [Problem.Fault] = []
        let name = faults.name("name", name)
        let rights = faults.rights(rights, of: scope.caller)
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        let token = Self.prefix + SecretToken.random()
        let key = APIKey(
            id: ID<APIKey>(), name: name, hint: String(token.suffix(Self.hintCharacters)),
            maker: maker, rights: rights, createdAt: scope.now, lastUsedAt: nil, revokedAt: nil)
        try await scope.tx.execute(
            """
            INSERT INTO api_keys (tenant_id, id, name, token_hash, hint, user_id, rights,
                created_at)
            VALUES (\(scope.tenant), \(key.id), \(key.name), \(SecretToken.hash(token)),
                \(key.hint), \(key.maker), \(rights?.json.text), \(key.createdAt))
            """)
        try await scope.record(
            Event("api_key.created", key.id.uuid) {
                $0.member("name", key.name)
                $0.member("hint", key.hint)
                if let rights { $0.member("rights", rights.json) }
            })
        return (key, token)
    }

    /// All of them, the newest first, the revoked ones included.
    package func list() async throws -> [APIKey] {
        try scope.caller.must(.keysEdit)
        return try await scope.tx.all(
            """
            SELECT \(APIKey.columns)
            FROM api_keys
            WHERE tenant_id = \(scope.tenant)
            ORDER BY created_at DESC, id DESC
            LIMIT \(Self.listMax)
            """)
    }

    /// Makes a key void for good. One that is void already stays so.
    package func revoke(_ id: ID<APIKey>) async throws {
        try scope.caller.must(.keysEdit)
        let key: APIKey? = try await scope.tx.first(
            """
            SELECT \(APIKey.columns)
            FROM api_keys
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
        guard let key else { throw Problem.notFound("API key") }
        guard key.revokedAt == nil else { return }
        try await scope.tx.execute(
            """
            UPDATE api_keys
            SET revoked_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
        try await scope.record(
            Event("api_key.revoked", id.uuid) { $0.member("name", key.name) })
    }

    /// Revokes every key of a person. The operation that needs it records why.
    func revokeAll(of user: ID<User>) async throws {
        try await scope.tx.execute(
            """
            UPDATE api_keys
            SET revoked_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND user_id = \(user) AND revoked_at IS NULL
            """)
    }
}

extension APIKeys {
    /// A key that was presented and is good.
    package struct Presented: Sendable, Equatable {
        package let id: ID<APIKey>
        package let caller: Caller
        let lastUsedAt: Instant?
        let addresses: AllowedAddresses

        private static let noteSeconds = 60

        /// Whether its use is to be noted: once a minute is often enough.
        func isUseUnnoted(at now: Instant) -> Bool {
            lastUsedAt.map { now.seconds(since: $0) >= Self.noteSeconds } ?? true
        }
    }

    /// The key of a token, which may what it is limited to of what its maker may today; nil when
    /// it was revoked or its maker deactivated.
    package static func authenticate(
        _ token: String, in tx: any Transaction
    ) async throws -> Presented? {
        // tenant: found by the token's hash, which is unique across tenants.
        try await tx.first(
            """
            SELECT api_keys.tenant_id, api_keys.id, api_keys.last_used_at, users.id,
                api_keys.rights, \(HeldRole.columns), tenants.allowed_addresses
            FROM api_keys
            JOIN users ON users.tenant_id = api_keys.tenant_id AND users.id = api_keys.user_id
            \(HeldRole.join)
            JOIN tenants ON tenants.id = api_keys.tenant_id
            WHERE api_keys.token_hash = \(SecretToken.hash(token))
                AND api_keys.revoked_at IS NULL AND users.deactivated_at IS NULL
            """)
    }

    /// What a key may today that started something which goes on without it.
    ///
    /// - Throws: `Problem.conflict` when it was revoked.
    package func limits(of id: ID<APIKey>) async throws -> Set<Right>? {
        let key: APIKey? = try await scope.tx.first(
            """
            SELECT \(APIKey.columns)
            FROM api_keys
            WHERE tenant_id = \(scope.tenant) AND id = \(id) AND revoked_at IS NULL
            """)
        guard let key else { throw Problem.conflict("The API key that started this was revoked.") }
        return key.rights.map(Set.init)
    }

    package func noteUse(of key: ID<APIKey>) async throws {
        try await scope.tx.execute(
            """
            UPDATE api_keys
            SET last_used_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND id = \(key)
            """)
    }
}

extension APIKeys.Presented: RowDecodable {
    package init(row: inout Row) throws {
        let tenant: ID<Tenant> = try row.next()
        id = try row.next()
        lastUsedAt = try row.next()
        let maker: ID<User> = try row.next()
        let rights = try row.next(String?.self).map(APIKey.rights)
        caller = Caller(
            tenant: tenant, actor: Actor(kind: .apiKey, id: id.uuid, user: maker),
            as: try HeldRole(row: &row), limitedTo: rights.map(Set.init))
        addresses = try row.next() ?? .anywhere
    }
}

extension [Problem.Fault] {
    /// What a key is limited to; nil for nothing. A key makes none that may more than itself.
    fileprivate mutating func rights(_ names: [String]?, of maker: Caller) -> [Right]? {
        guard let names else {
            return maker.actor.kind == .apiKey ? maker.grants.rights : nil
        }
        if names.isEmpty { append(.init("rights", "Give at least one, or leave this out.")) }
        var rights: Set<Right> = []
        for (place, name) in names.enumerated() {
            let field = "rights[\(place)]"
            guard let right = Right(rawValue: name) else {
                append(.init(field, "There is no right “\(name)”. GET /access/rights lists yours."))
                continue
            }
            if !maker.may(right) {
                append(.init(field, "You have no right to \(right.words), so a key cannot either."))
            }
            rights.insert(right)
        }
        return Right.allCases.filter(rights.contains)
    }
}

extension [Right] {
    fileprivate var json: JSON { .array(map { .string($0.rawValue) }) }
}

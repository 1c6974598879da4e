import Storage

/// The identity provider of the caller's company, at most one.
///
/// | operation | who |
/// |---|---|
/// | find, set, remove | company admins |
package struct OpenIDProviders: Sendable {
    let scope: Scope
    let keys: MasterKeys

    package init(_ scope: Scope, _ keys: MasterKeys) {
        self.scope = scope
        self.keys = keys
    }

    private var secrets: Secrets { Secrets(scope, keys) }

    /// Nil when there is none.
    package func find() async throws -> OpenIDProvider? {
        try scope.caller.must(.settingsEdit)
        return try await Self.current(in: scope)
    }

    /// Sets it; whether it can be reached was asked before.
    ///
    /// - Parameter secret: The client's; nil for the one that is there.
    /// - Throws: `Problem.invalid` with every field that is wrong.
    @discardableResult
    package func set(_ provider: OpenIDProvider, secret: String?) async throws -> OpenIDProvider {
        try scope.caller.must(.settingsEdit)
        let provider = try provider.normalised()
        let before = try await Self.current(in: scope)
        if let secret {
            try await secrets.set(Array(secret.utf8), .openIDClient, of: scope.tenant.uuid)
        } else if before?.issuer != provider.issuer || before?.clientID != provider.clientID {
            // A secret is told to nobody but the provider that gave it.
            throw Problem.invalid("client_secret", "Give the client's secret.")
        }
        try await put(provider)
        if provider.secondStep == .here { try await weaken() }
        try await scope.record(
            Event("openid.changed", scope.tenant.uuid) {
                if let before { $0.member("before") { before.write(to: &$0) } }
                $0.member("after") { provider.write(to: &$0) }
                $0.member("secret_changed", secret != nil)
            })
        return provider
    }

    /// Lets nobody in by it any more. Who is signed in stays so; whose account is whose there
    /// is remembered.
    package func remove() async throws {
        try scope.caller.must(.settingsEdit)
        guard let before = try await Self.current(in: scope) else {
            throw Problem.notFound("provider")
        }
        try await scope.tx.execute(
            "DELETE FROM openid_providers WHERE tenant_id = \(scope.tenant)")
        try await secrets.remove(.openIDClient, of: scope.tenant.uuid)
        try await weaken()
        try await scope.record(
            Event("openid.removed", scope.tenant.uuid) {
                $0.member("before") { before.write(to: &$0) }
            })
    }

    /// The secret of the client, for the provider alone.
    func clientSecret() async throws -> String? {
        let secret = try await secrets.find(.openIDClient, of: scope.tenant.uuid)
        return secret.map { String(decoding: $0, as: UTF8.self) }
    }

    private func put(_ provider: OpenIDProvider) async throws {
        try await scope.tx.execute(
            """
            INSERT INTO openid_providers (tenant_id, issuer, client_id, label, passwords,
                second_step, changed_at)
            VALUES (\(scope.tenant), \(provider.issuer), \(provider.clientID),
                \(provider.label), \(provider.passwords), \(provider.secondStep), \(scope.now))
            ON CONFLICT (tenant_id) DO UPDATE
            SET issuer = excluded.issuer, client_id = excluded.client_id,
                label = excluded.label, passwords = excluded.passwords,
                second_step = excluded.second_step, changed_at = excluded.changed_at
            """)
    }

    /// Sessions that had their second step at the provider have none any more.
    private func weaken() async throws {
        try await scope.tx.execute(
            """
            UPDATE sessions
            SET is_strong = 0
            WHERE tenant_id = \(scope.tenant) AND is_strong = 1
            """)
    }
}

extension OpenIDProviders {
    /// For who is asked nothing yet, on the way in.
    package static func current(in scope: Scope) async throws -> OpenIDProvider? {
        try await scope.tx.first(
            """
            SELECT issuer, client_id, label, passwords, second_step
            FROM openid_providers
            WHERE tenant_id = \(scope.tenant)
            """)
    }

    /// - Throws: `RefusedCaller` when the caller's company keeps passwords for its admins.
    package static func mustAllowPassword(in scope: Scope) async throws {
        guard let provider = try await current(in: scope), provider.passwords == .admins,
            scope.caller.role != .companyAdmin
        else { return }
        throw RefusedCaller(
            scope.caller,
            "Your company keeps passwords for its admins. Continue with \(provider.label).")
    }
}

extension OpenIDProvider {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("issuer", issuer)
            $0.member("client_id", clientID)
            $0.member("label", label)
            $0.member("passwords", passwords.rawValue)
            $0.member("second_step", secondStep.rawValue)
        }
    }
}

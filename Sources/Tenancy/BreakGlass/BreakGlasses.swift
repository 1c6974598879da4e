import Storage

/// Who got into companies by break-glass.
///
/// | operation | who |
/// |---|---|
/// | begin, own | platform operators |
/// | list, forbid | company admins |
/// | end | company admins, and the operator whose it is |
///
/// Two companies are concerned, so what changes something runs in a transaction that sees all.
package struct BreakGlasses: Sendable {
    let scope: Scope

    private static let listMax = 200

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// Of the caller's company, the newest first.
    package func list() async throws -> [BreakGlass] {
        try scope.caller.must(.peopleEdit)
        return try await scope.tx.all(
            """
            SELECT \(BreakGlass.columns)
            FROM break_glass g
            JOIN tenants t ON t.id = g.tenant_id
            WHERE g.tenant_id = \(scope.tenant)
            ORDER BY g.began_at DESC, g.id
            LIMIT \(Self.listMax)
            """)
    }

    /// The calling operator's, in whatever company.
    func own() async throws -> [BreakGlass] {
        try scope.caller.mustBePlatformOperator()
        // tenant: the operator's own ways in, wherever they lead.
        return try await scope.tx.all(
            """
            SELECT \(BreakGlass.columns)
            FROM break_glass g
            JOIN tenants t ON t.id = g.tenant_id
            WHERE g.operator_tenant_id = \(scope.tenant) AND g.operator_id = \(scope.caller.user)
            ORDER BY g.began_at DESC, g.id
            LIMIT \(Self.listMax)
            """)
    }

    /// The names of operators, for what they did in the caller's company.
    package func names() async throws -> [ID<BreakGlass>: String] {
        let rows = try await scope.tx.rows(
            """
            SELECT id, operator_name
            FROM break_glass
            WHERE tenant_id = \(scope.tenant)
            ORDER BY began_at DESC
            LIMIT \(Self.listMax)
            """
        ) { row in (try row.next(ID<BreakGlass>.self), try row.next(String.self)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// Since when the company lets no operator in; nil when it does.
    package func forbiddenSince() async throws -> Instant? {
        // tenant: the company itself.
        try await scope.tx.value(
            "SELECT break_glass_forbidden_at FROM tenants WHERE id = \(scope.tenant)")
    }
}

extension BreakGlasses {
    /// Lets the calling operator into a company. The password has been asked for.
    ///
    /// - Returns: Also the token, which is known only now.
    /// - Throws: `Problem.invalid` on a field, `forbidden` where the company lets nobody in.
    func begin(
        _ new: NewBreakGlass, from origin: Origin
    ) async throws -> (glass: BreakGlass, token: String) {
        let person = try await Users(scope).find(scope.caller.person())
        guard let company = try await Tenants.find(slug: new.slug, in: scope.tx) else {
            throw Problem.invalid("tenant", "There is no company with this short name.")
        }
        let inside = BreakGlasses(scope.acting(as: .system(company.id)))
        guard try await inside.forbiddenSince() == nil else {
            throw Problem.forbidden(
                "\(company.name) lets no platform operator in. Ask one of its admins.")
        }
        let token = BreakGlass.prefix + SecretToken.random()
        let glass = BreakGlass(
            id: ID(UUIDv7.next(at: scope.now)), tenant: company.id, company: company.name,
            operatorTenant: scope.tenant, operatorUser: person.id, operatorName: person.name,
            operatorEmail: person.email, reason: new.reason, beganAt: scope.now,
            endsAt: scope.now.adding(seconds: Int(new.minutes) * 60))
        try await scope.tx.execute(
            """
            INSERT INTO break_glass (tenant_id, id, operator_tenant_id, operator_id, operator_name,
                operator_email, reason, token_hash, began_at, ends_at)
            VALUES (\(glass.tenant), \(glass.id), \(glass.operatorTenant), \(glass.operatorUser),
                \(glass.operatorName), \(glass.operatorEmail), \(glass.reason),
                \(SecretToken.hash(token)), \(glass.beganAt), \(glass.endsAt))
            """)
        try await record("break_glass.began", glass, by: glass.caller, from: origin.remote)
        return (glass, token)
    }

    /// Ends one at once. One that is over stays as it is.
    ///
    /// - Throws: `Problem.notFound`, also for one that is not the caller's to know.
    func end(_ id: ID<BreakGlass>) async throws {
        // tenant: whose it is, is asked below.
        let found: BreakGlass? = try await scope.tx.first(
            """
            SELECT \(BreakGlass.columns)
            FROM break_glass g
            JOIN tenants t ON t.id = g.tenant_id
            WHERE g.id = \(id)
            """)
        guard let glass = found, glass.tenant == scope.tenant || isOwn(glass) else {
            throw Problem.notFound("break-glass access")
        }
        if !isOwn(glass) { try scope.caller.must(.peopleEdit) }
        if glass.isOpen(at: scope.now) { try await end(glass) }
    }

    /// Lets no operator into the company, or again. Who is inside is put out.
    func forbid(_ isForbidden: Bool) async throws {
        try scope.caller.must(.settingsEdit)
        guard try await (forbiddenSince() != nil) != isForbidden else { return }
        let since = isForbidden ? scope.now : nil
        // tenant: the company itself.
        try await scope.tx.execute(
            "UPDATE tenants SET break_glass_forbidden_at = \(since) WHERE id = \(scope.tenant)")
        try await scope.record(
            Event("tenant.break_glass_changed", scope.tenant.uuid) {
                $0.member("forbidden", isForbidden)
            })
        guard isForbidden else { return }
        for glass in try await list() where glass.isOpen(at: scope.now) { try await end(glass) }
    }

    private func end(_ glass: BreakGlass) async throws {
        try await scope.tx.execute(
            """
            UPDATE break_glass SET ended_at = \(scope.now)
            WHERE tenant_id = \(glass.tenant) AND id = \(glass.id)
            """)
        let who = isOwn(glass) ? glass.caller : scope.caller
        try await record("break_glass.ended", glass, by: who, from: nil)
    }

    private func isOwn(_ glass: BreakGlass) -> Bool {
        let caller = scope.caller
        if caller.actor.kind == .operator { return caller.actor.id == glass.id.uuid }
        return caller.isPlatformOperator && caller.tenant == glass.operatorTenant
            && caller.user == glass.operatorUser
    }

    /// In the logs of both companies, which may be one.
    private func record(
        _ name: String, _ glass: BreakGlass, by caller: Caller, from remote: String?
    ) async throws {
        let event = Event(name, glass.id.uuid) { body in
            body.member("remote", remote)
            body.member("name", "\(glass.operatorName) in \(glass.company)")
            body.member("email", glass.operatorEmail)
            body.member("reason", glass.reason)
            body.member("ends_at", glass.endsAt)
        }
        try await scope.acting(as: caller).record(event)
        guard glass.tenant != glass.operatorTenant else { return }
        let home = scope.tenant == glass.operatorTenant
        try await scope.acting(as: home ? scope.caller : .system(glass.operatorTenant))
            .record(event)
    }
}

extension BreakGlasses {
    /// The way in that a token stands for; nil when it is over, or the operator is none any more.
    static func find(
        _ token: String, in tx: any Transaction, at now: Instant
    ) async throws -> BreakGlass? {
        // tenant: found by the token's hash, which is unique across tenants.
        try await tx.first(
            """
            SELECT \(BreakGlass.columns)
            FROM break_glass g
            JOIN tenants t ON t.id = g.tenant_id
            JOIN users u ON u.tenant_id = g.operator_tenant_id AND u.id = g.operator_id
            WHERE g.token_hash = \(SecretToken.hash(token)) AND g.ends_at > \(now)
                AND g.ended_at IS NULL AND u.deactivated_at IS NULL
                AND u.role = \(Role.platformOperator)
            """)
    }
}

import Background
import Mail
import Meta
import Storage
import Tenancy
import Views

/// The connection of the caller's company to Facebook, at most one.
///
/// | operation | who |
/// |---|---|
/// | find, set, map, check, remove | who may manage connections |
/// | what comes of asking Facebook | the product |
package struct MetaConnections: Sendable {
    let scope: Scope
    let keys: MasterKeys

    package init(_ scope: Scope, _ keys: MasterKeys) {
        self.scope = scope
        self.keys = keys
    }

    private var secrets: Secrets { Secrets(scope, keys) }

    static func current(in scope: Scope) async throws -> MetaConnection? {
        try await scope.tx.first(
            """
            SELECT \(MetaConnection.columns) FROM meta_connections
            WHERE tenant_id = \(scope.tenant)
            """)
    }

    /// - Throws: `Problem.notFound` when there is none.
    func find() async throws -> MetaConnection {
        try scope.caller.must(.connectionsEdit)
        guard let connection = try await Self.current(in: scope) else {
            throw Problem.notFound("connection")
        }
        return connection
    }

    /// Connects, or changes what is given. With another token, what waited for one goes on.
    ///
    /// - Throws: `Problem.invalid` with every field that is wrong.
    func set(_ change: MetaChange) async throws -> MetaConnection {
        try scope.caller.must(.connectionsEdit)
        let before = try await Self.current(in: scope)
        try change.check(isNew: before == nil)
        let id = before?.id ?? ID()
        try await keep(change, of: id)
        if let token = change.pageToken {
            try await secrets.set(Array(token.utf8), .metaPage, of: id.uuid)
            try await put(change, id, isNew: before == nil)
        }
        if let mapping = change.mapping { try await write(mapping) }
        try await scope.record(
            Event("meta.changed", id.uuid) {
                $0.member("is_new", before == nil)
                $0.member("app_secret_changed", change.appSecret != nil)
                $0.member("verify_token_changed", change.verifyToken != nil)
                $0.member("page_token_changed", change.pageToken != nil)
                if let mapping = change.mapping { $0.member("mapping", mapping.json) }
            })
        return try await find()
    }

    private func keep(_ change: MetaChange, of id: ID<MetaConnection>) async throws {
        if let secret = change.appSecret {
            try await secrets.set(Array(secret.utf8), .metaApp, of: id.uuid)
        }
        if let words = change.verifyToken {
            try await secrets.set(Array(words.utf8), .metaVerify, of: id.uuid)
        }
    }

    private func put(_ change: MetaChange, _ id: ID<MetaConnection>, isNew: Bool) async throws {
        try await scope.tx.execute(
            """
            INSERT INTO meta_connections (tenant_id, id, state, token_at, token_hint, created_at)
            VALUES (\(scope.tenant), \(id), 'ready', \(scope.now), \(change.tokenHint),
                \(scope.now))
            ON CONFLICT (tenant_id) DO UPDATE SET state = 'ready', fault = NULL,
                token_at = excluded.token_at, token_hint = excluded.token_hint, page_id = NULL,
                page_name = NULL, is_subscribed = NULL, checked_at = NULL, failures = 0,
                paused_until = NULL
            """)
        if isNew {
            try await scope.tx.execute(
                "UPDATE meta_forms SET read_to = NULL WHERE tenant_id = \(scope.tenant)")
        }
        try await goOn()
    }

    /// Says where one question goes.
    func map(_ question: String, to target: String) async throws -> MetaConnection {
        var mapping = try await find().mapping
        try mapping.set(question, target, try await CustomFields(scope).list())
        return try await set(MetaChange(mapping: mapping))
    }

    private func write(_ mapping: MetaMapping) async throws {
        try await scope.tx.execute(
            """
            UPDATE meta_connections SET mapping = \(mapping.json.text)
            WHERE tenant_id = \(scope.tenant)
            """)
    }

    /// Asks Facebook again, as if nothing had gone wrong: for who has put something right there.
    func check() async throws -> MetaConnection {
        let connection = try await find()
        try await scope.tx.execute(
            """
            UPDATE meta_connections SET state = 'ready', fault = NULL, failures = 0,
                paused_until = NULL
            WHERE tenant_id = \(scope.tenant)
            """)
        try await goOn()
        try await scope.record(Event("meta.check_asked", connection.id.uuid))
        return try await find()
    }

    /// What waited for a token is asked for now, and what came meanwhile.
    private func goOn() async throws {
        let jobs = Jobs(scope)
        try await jobs.hasten(FetchMetaLead.self)
        try await jobs.add(CheckMeta(), key: CheckMeta.key, rival: .makesWay)
    }

    /// Ends it. What still waits is refused; it can be processed again once there is another.
    func remove() async throws {
        let connection = try await find()
        try await MetaLeads(scope).refuseWaiting()
        for purpose in [SecretPlace.Purpose.metaApp, .metaVerify, .metaPage] {
            try await secrets.remove(purpose, of: connection.id.uuid)
        }
        try await scope.tx.execute(
            "DELETE FROM meta_connections WHERE tenant_id = \(scope.tenant)")
        try await scope.record(Event("meta.removed", connection.id.uuid))
    }

    /// What leads are read with, for Facebook alone.
    func token(of connection: MetaConnection) async throws -> String {
        let token = try await secrets.find(.metaPage, of: connection.id.uuid) ?? []
        return String(decoding: token, as: UTF8.self)
    }
}

extension MetaConnections {
    private static let restSecondsFirst = 5
    private static let restSecondsMax = 600

    /// Nothing is asked for a while, longer each time: Facebook does not answer, or asks for rest.
    ///
    /// Of many that fail together one makes the pause.
    ///
    /// - Parameter seconds: What Facebook asks for; nil when it does not answer.
    /// - Returns: When it is asked again.
    func rest(_ connection: MetaConnection, seconds: Int? = nil) async throws -> Instant {
        let doubled = min(
            Self.restSecondsMax, Self.restSecondsFirst << min(connection.failures, 7))
        let until = scope.now.adding(seconds: seconds ?? doubled)
        let failures = seconds == nil ? 1 : 0
        try await scope.tx.execute(
            """
            UPDATE meta_connections
            SET failures = failures + \(failures), paused_until = \(until)
            WHERE tenant_id = \(scope.tenant)
                AND (paused_until IS NULL OR paused_until <= \(scope.now))
            """)
        return until
    }

    /// Facebook answers again: what waited for that goes on at once.
    func noteAnswer(_ connection: MetaConnection) async throws {
        guard connection.failures > 0 else { return }
        try await scope.tx.execute(
            """
            UPDATE meta_connections SET failures = 0, paused_until = NULL
            WHERE tenant_id = \(scope.tenant)
            """)
        try await Jobs(scope).hasten(FetchMetaLead.self)
    }

    /// The token is of no use any more: leads wait, and admins are told, once.
    func stop(
        _ connection: MetaConnection, _ fault: GraphFault, _ mailing: Mailing
    ) async throws {
        let changed = try await scope.tx.execute(
            """
            UPDATE meta_connections SET state = 'reconnect_needed', fault = \(fault.description)
            WHERE tenant_id = \(scope.tenant) AND state = 'ready'
                AND token_at = \(connection.tokenAt)
            """)
        guard changed == 1 else { return }
        try await scope.record(
            Event("meta.reconnect_needed", connection.id.uuid) {
                $0.member("fault", fault.description)
            })
        let company = try await Tenants.find(scope.tenant, in: scope.tx).name
        let admins = try await Users(scope).list().filter {
            $0.isActive && $0.role == .companyAdmin
        }
        for admin in admins {
            let letter = Letter.metaStopped(
                to: admin.name, company: company, words: fault.words,
                url: "\(mailing.site)\(MetaPanel.path)")
            try await Outbox(scope).add(
                NewMessage("meta_reconnect", to: (admin.id, admin.email), letter))
        }
    }

    /// What a look at the page has shown.
    func noteCheck(page: (id: String, name: String)?, isSubscribed: Bool?) async throws {
        try await scope.tx.execute(
            """
            UPDATE meta_connections SET page_id = COALESCE(\(page?.id), page_id),
                page_name = COALESCE(\(page?.name), page_name), is_subscribed = \(isSubscribed),
                checked_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant)
            """)
    }

    /// A test lead was asked for.
    func noteTest(_ leadgen: String, of form: String) async throws {
        let connection = try await find()
        try await scope.tx.execute(
            """
            UPDATE meta_connections SET test_leadgen_id = \(leadgen), test_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant)
            """)
        try await scope.record(
            Event("meta.test_lead_asked", connection.id.uuid) {
                $0.member("leadgen_id", leadgen)
                $0.member("form_id", form)
            })
    }
}

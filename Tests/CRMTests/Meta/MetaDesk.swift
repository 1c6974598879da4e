import App
import Background
import DatabaseSupport
import HTTPTypes
import Logging
import Meta
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

/// A world beside a stand-in for Facebook, connected to it, and the steps of both.
struct MetaDesk: Sendable {
    static let secret = "test_app_secret"
    static let setting = "/api/v1/connections/meta"
    static let hook = "/hooks/meta/vantage-retail"
    static let connection: JSON = [
        "app_secret": .string(secret), "verify_token": "our-words",
        "page_token": .string(GraphStand.token),
    ]

    let world: World
    let stand: GraphStand

    static func with(
        _ engine: EngineKind, isConnected: Bool = true,
        _ body: @escaping @Sendable (MetaDesk) async throws -> Void
    ) async throws {
        try await GraphStand.with { stand in
            let beside: @Sendable (inout Settings) -> Void = { $0.metaGraphURL = stand.base }
            try await World.with(engine, setting: beside) { world in
                let desk = MetaDesk(world: world, stand: stand)
                if isConnected {
                    let answer = try await world.ada.put(setting, connection)
                    try #require(answer.status == 200, "\(answer.text)")
                    try await desk.work()
                }
                try await body(desk)
            }
        }
    }

    /// A call of the webhook with these changes.
    @discardableResult
    func tell(
        _ changes: [JSON], secret: String = secret, path: String = hook
    ) async throws -> Answer {
        try await call(
            [
                "object": "page",
                "entry": [
                    [
                        "id": .string(GraphStand.page), "time": 1_438_292_065,
                        "changes": .array(changes),
                    ]
                ],
            ], secret: secret, path: path)
    }

    func call(_ body: JSON, secret: String = secret, path: String = hook) async throws -> Answer {
        let bytes = Array(body.text.utf8)
        let signature = WebhookProof.signature(of: bytes, secret: Array(secret.utf8))
        return try await world.nobody.send(
            .post, path, bytes: bytes,
            headers: [
                .contentType: "application/json",
                HTTPField.Name("X-Hub-Signature-256")!: signature,
            ])
    }

    /// Somebody sends a form, and the webhook tells of it.
    @discardableResult
    func arrive(_ id: String, _ answers: [String: String]? = nil) async throws -> Answer {
        try await tell([stand.send(id, at: world.clock.now, answers)])
    }

    /// Runs what waits, some at the same time, until nothing does.
    ///
    /// - Parameter isLater: Also what is planned, as if its time had come.
    func work(isLater: Bool = false) async throws {
        var settings = JobRunner.Settings()
        settings.clock = { [clock = world.clock] in clock.now }
        let handlers = metaHandlers(
            world.database, world.server.installation.graph,
            world.server.installation.masterKeys, world.server.installation.mailing)
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        if isLater {
            try await world.database.write { tx in
                // tenant: the tests' jobs are all there are.
                _ = try await tx.execute(
                    "UPDATE jobs SET state = 'waiting', run_at = 0 WHERE state = 'scheduled'")
            }
        }
        while true {
            let jobs: [StoredJob] = try await world.database.read { tx in
                // tenant: the tests' jobs are all there are.
                try await tx.all(
                    """
                    SELECT \(StoredJob.columns) FROM jobs j
                    WHERE state = 'waiting' AND kind LIKE 'meta.%' ORDER BY id LIMIT 8
                    """)
            }
            if jobs.isEmpty { return }
            await withTaskGroup(of: Void.self) { group in
                for job in jobs {
                    // One each: a runner that ends gives back all that it has.
                    let runner = JobRunner(world.database, handlers, settings, log: log)
                    group.addTask { _ = try? await runner.run(job.id, of: job.tenant) }
                }
            }
        }
    }

    func leads() async throws -> [JSON] {
        try await world.ada.get("/api/v1/leads?limit=200").data
    }

    func ledger() async throws -> JSON {
        let all = try await world.ada.get("/api/v1/inbox/ledger").json["by_channel"]?.array ?? []
        return all.first { $0["channel"] == "facebook" } ?? [:]
    }

    func connection() async throws -> JSON { try await world.ada.get(Self.setting).json }

    func entries() async throws -> [JSON] {
        try await world.ada.get("/api/v1/inbox?filter%5Bchannel%5D=facebook&limit=200").data
    }

    func messages() async throws -> [JSON] {
        try await world.ada.get("/api/v1/outbox").data.filter { $0["kind"] == "meta_reconnect" }
    }

    /// Every lead that Facebook has is one lead here, none twice, none left, and the books agree.
    func expectAll(_ place: SourceLocation = #_sourceLocation) async throws {
        let (tenant, ids) = (world.vantage, stand.turn { Set($0.leads.keys) })
        let (taken, leads) = try await world.database.read { tx in
            let taken: [String] = try await tx.column(
                """
                SELECT i.external_id FROM inbox i
                JOIN leads l ON l.tenant_id = i.tenant_id AND l.id = i.lead_id
                WHERE i.tenant_id = \(tenant) AND i.channel = 'facebook'
                """)
            let leads: Int? = try await tx.value(
                "SELECT COUNT(*) FROM leads WHERE tenant_id = \(tenant)")
            return (taken, leads)
        }
        #expect(taken.count == ids.count, sourceLocation: place)
        #expect(Set(taken) == ids, sourceLocation: place)
        #expect(leads == ids.count, sourceLocation: place)
        #expect(try await ledger()["balanced"] == true, sourceLocation: place)
        #expect(try await ledger()["waiting"] == 0, sourceLocation: place)
        try await Books.check(world, place)
    }
}

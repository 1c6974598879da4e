import App
import CRM
import DatabaseSupport
import Files
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import ServiceLifecycle
import Storage
import Synchronization
import Tenancy
import Web

/// A small company, a rival, and a server over a fresh database: what most tests start from.
///
/// Vantage: ada (admin), eva (executive), max (manager of East, with its subteam North), sam
/// and sia (salespeople of East), nik (of North), wes (of West, which nobody manages), pat (a
/// partner). Rival: eve (admin) and roy (a salesperson).
package struct World: Sendable {
    package let server: Server
    package let directory: URL
    package let clock: TestClock
    package let vantage: ID<Tenant>
    package let rival: ID<Tenant>
    package let teams: [String: ID<Team>]
    private let people: [String: Person]

    package static let moment = Instant("2026-11-18T09:30:00Z")!

    package var ada: Person { people["ada"]! }
    package var eva: Person { people["eva"]! }
    package var max: Person { people["max"]! }
    package var sam: Person { people["sam"]! }
    package var sia: Person { people["sia"]! }
    package var nik: Person { people["nik"]! }
    package var wes: Person { people["wes"]! }
    package var pat: Person { people["pat"]! }
    package var eve: Person { people["eve"]! }
    package var roy: Person { people["roy"]! }
    package var everyone: [Person] { people.values.sorted { $0.name < $1.name } }

    package var settings: Settings { server.settings }
    package var database: Database { server.installation.database }

    /// A caller without a browser or a token.
    package var nobody: Client { Client(client: people["ada"]!.client, headers: [:]) }

    package static func with(
        _ engine: EngineKind, requestsAMinute: Int = 1_000_000, bucket: Bucket? = nil,
        setting: @Sendable (inout Settings) -> Void = { _ in },
        _ body: @Sendable (World) async throws -> Void
    ) async throws {
        try await TestDirectory.with { directory in
            var settings = Settings(dataDirectory: directory.path)
            settings.requestsAMinute = requestsAMinute
            settings.databaseConnections = 4
            settings.files = bucket?.address
            settings.filesCredentials = bucket?.credentials
            setting(&settings)
            switch engine {
            case .sqlite: try await open(settings, body)
            case .postgres:
                try await PostgresServer.withDatabase { [settings] address in
                    var settings = settings
                    settings.databaseAddress = address
                    try await open(settings, body)
                }
            }
        }
    }

    private static func open(
        _ settings: Settings, _ body: @Sendable (World) async throws -> Void
    ) async throws {
        try await opened(settings) { try await enter($0, settings, body) }
    }

    private static func opened(
        _ settings: Settings, _ body: (Installation) async throws -> Void
    ) async throws {
        var log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        log.logLevel = .critical
        let installation = try await Installation.open(settings, log: log)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(installation))
        } catch { result = .failure(error) }
        try await installation.close()
        try result.get()
    }

    private static func enter(
        _ installation: Installation, _ settings: Settings,
        _ body: @Sendable (World) async throws -> Void
    ) async throws {
        let clock = TestClock(moment)
        let server = try await Server(installation, settings, now: { clock.now })
        let application = Application(router: server.site.router(), logger: installation.log)
        let cast = try await Cast.enter(installation.database)
        try await application.test(.router) { client in
            let people = try await cast.seated(at: client, server.authenticator)
            let world = World(
                server: server, directory: installation.directory, clock: clock,
                vantage: cast.vantage, rival: cast.rival, teams: cast.teams, people: people)
            try await body(world)
        }
    }

    /// The same people, with their sessions, before a server over another database that holds
    /// the same records.
    package func elsewhere(
        _ settings: Settings, _ body: @Sendable (World) async throws -> Void
    ) async throws {
        try await Self.opened(settings) { installation in
            let server = try await Server(installation, settings, now: { [clock] in clock.now })
            let application = Application(
                router: server.site.router(), logger: installation.log)
            try await application.test(.router) { client in
                try await body(
                    World(
                        server: server, directory: installation.directory, clock: clock,
                        vantage: vantage, rival: rival, teams: teams,
                        people: people.mapValues { $0.before(client) }))
            }
        }
    }

    /// Runs what a process runs beside `body`: the feed's reader, imports, the sweep.
    package func working(_ body: @Sendable () async throws -> Void) async throws {
        let workers = try await [server.feedReader] + Work(server.installation).services
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in workers { group.addTask { try await worker.run() } }
            try await body()
            group.cancelAll()
        }
    }

    /// One more person of Vantage, at a browser.
    package func seat(
        _ name: String, _ role: Role, team: ID<Team>? = nil, partner: ID<Partner>? = nil
    ) async throws -> Person {
        var new = NewUser(
            email: "\(name)@vantage.example", name: name, role: role, team: team)
        new.partner = partner
        let made = new
        let user = try await database.write(as: .system(vantage), at: clock.now) {
            try await Users($0).create(made)
        }
        let caller = Caller(tenant: vantage, actor: .user(user.id), role: role)
        let session = try await server.authenticator.write(as: caller) {
            try await Sessions($0).start()
        }
        return Person(
            name: name, id: user.id, tenant: vantage, role: role, client: ada.client,
            cookie: "iperform_session=\(session.token)", csrf: session.csrf)
    }

    /// Runs an operation as somebody, past the web.
    package func asking<Value: Sendable>(
        _ person: Person, _ body: @escaping @Sendable (Scope) async throws -> Value
    ) async throws -> Value {
        let caller = Caller(tenant: person.tenant, actor: .user(person.id), role: person.role)
        return try await database.write(as: caller, at: clock.now, body)
    }
}

/// Where a world keeps its files, if not in its directory.
package struct Bucket: Sendable {
    let address: String
    let credentials: S3Credentials

    package init(address: String, credentials: S3Credentials) {
        self.address = address
        self.credentials = credentials
    }
}

/// A clock that stands until it is moved.
package final class TestClock: Sendable {
    private let moment: Mutex<Instant>

    init(_ moment: Instant) {
        self.moment = Mutex(moment)
    }

    package var now: Instant { moment.withLock { $0 } }

    package func advance(seconds: Int) {
        moment.withLock { $0 = $0.adding(seconds: seconds) }
    }
}

import CRM
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import ServiceLifecycle
import Storage
import Tenancy
import Views
import Web

/// The product as one process: web, workers and the feed's readers over one installation.
package struct Server: Sendable {
    package let installation: Installation
    package let settings: Settings
    package let authenticator: Authenticator
    package let passwords: Passwords
    package let routes: [Route]
    package let site: Site
    private let live: LiveFeed
    private let intake: FormIntake
    private let imports: ImportRunner

    /// Puts everything together; nothing runs yet.
    ///
    /// - Parameter now: The clock of requests; tests set their own.
    package init(
        _ installation: Installation, _ settings: Settings,
        now: @escaping @Sendable () -> Instant = { .now }
    ) async throws {
        self.installation = installation
        self.settings = settings
        let (database, log) = (installation.database, installation.log)
        passwords = Passwords()
        authenticator = Authenticator(database: database, passwords: passwords)
        let files = try StaticAssets()
        live = try await LiveFeed(database: database, log: log)
        let parts = CRMParts(
            database: database, authenticator: authenticator, passwords: passwords,
            cursors: Cursors(key: try await installation.key("cursors")), live: live,
            imports: installation.imports, assets: files.assets,
            formRuntime: files.formRuntime, version: OperationsRoutes.version,
            secureCookies: settings.secureCookies)
        intake = parts.intake
        imports = ImportRunner(database, installation.imports, log: log)
        let metrics = Self.metrics(live, database)
        let own = crmRoutes(parts) + files.routes
        let operations = OperationsRoutes(database: database, metrics: metrics, routes: own)
        routes = own + operations.routes
        site = Site(
            routes: routes, database: database, gate: Self.gate(authenticator, settings, now),
            metrics: metrics, log: log, trustsProxy: settings.trustsProxy, now: now,
            errorPage: ErrorPages(assets: files.assets).reply)
    }

    /// The web application, with the workers beside it.
    package func application(
        onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let application = Application(
            router: site.router(), server: .onEventLoops,
            configuration: .init(address: .hostname(settings.host, port: settings.port)),
            services: workers,
            onServerRunning: { await onReady($0.localAddress?.port ?? 0) },
            logger: installation.log)
        return application
    }

    /// What runs beside the web, in the order in which it is started.
    package var workers: [any Service] {
        [
            Worker {
                try await live.run()
            } stop: {
                live.stop()
            },
            Worker { await imports.run() },
            Worker { [intake, authenticator, log = installation.log] in
                await keepHouse(intake, authenticator, log)
            },
        ]
    }

    private static func gate(
        _ authenticator: Authenticator, _ settings: Settings,
        _ now: @escaping @Sendable () -> Instant
    ) -> Gate {
        let limiter = RateLimiter<String>(limit: settings.requestsAMinute, perSeconds: 60)
        return Gate(
            bearer: { try await authenticator.bearer(token: $0, at: now()) },
            session: { token in
                let found = try await authenticator.session(token: token, at: now())
                guard let found else { return nil }
                return Visitor(
                    caller: found.caller, name: found.name, email: found.email, csrf: found.csrf,
                    tenantName: found.tenant.name)
            },
            spend: { key in
                let standing = limiter.take(key)
                return Allowance(
                    limit: standing.limit, remaining: standing.remaining,
                    resetSeconds: standing.resetSeconds, isSpent: !standing.isAllowed)
            })
    }

    private static func metrics(_ live: LiveFeed, _ database: Database) -> Metrics {
        let metrics = Metrics()
        metrics.gauge("iperform_live_viewers", "Open pages that listen to what happens.") {
            Double(live.viewerCount)
        }
        metrics.gauge("iperform_read_statements", "Statements run by reads since the start.") {
            Double(database.engine.statementsRun)
        }
        return metrics
    }
}

/// A loop that ends with the process.
struct Worker: Service {
    let body: @Sendable () async throws -> Void
    var stop: @Sendable () -> Void = {}

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await cancelWhenGracefulShutdown { try await body() }
        } onGracefulShutdown: {
            stop()
        }
    }
}

/// What is done now and then: entries left over in the inbox, sessions that are past.
private func keepHouse(
    _ intake: FormIntake, _ authenticator: Authenticator, _ log: Logger
) async {
    while !Task.isCancelled {
        do {
            try await intake.sweep()
            try await authenticator.deleteExpired()
        } catch {
            log.error("Keeping house failed", metadata: ["error": "\(error)"])
        }
        try? await Task.sleep(for: .seconds(30))
    }
}

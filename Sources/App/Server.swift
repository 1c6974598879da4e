import CRM
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import OpenID
import ServiceLifecycle
import Storage
import Tenancy
import Views
import Web

/// The web application of one process over an installation, with the reader of the feed that its
/// open pages are told by.
package struct Server: Sendable {
    package let installation: Installation
    package let settings: Settings
    package let authenticator: Authenticator
    package let passwords: Passwords
    package let routes: [Route]
    package let site: Site
    private let live: LiveFeed

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
        authenticator = Authenticator(
            database: database, passwords: passwords, masterKeys: installation.masterKeys)
        let files = try StaticAssets()
        live = try await LiveFeed(database: database, log: log)
        let parts = CRMParts(
            database: database, authenticator: authenticator, passwords: passwords,
            masterKeys: installation.masterKeys,
            cursors: Cursors(key: try await installation.key("cursors")), live: live,
            imports: installation.imports, formFiles: installation.formFiles,
            mailing: installation.mailing,
            relyingParty: RelyingParty(settings.trustsLocalProviders ? .local : .internet),
            graph: installation.graph, assets: files.assets, formScripts: files.formScripts,
            version: OperationsRoutes.version,
            secureCookies: settings.secureCookies)
        let metrics = Self.metrics(live, installation, now)
        let own = crmRoutes(parts) + files.routes
        let operations = OperationsRoutes(database: database, metrics: metrics, routes: own)
        routes = own + operations.routes
        site = Site(
            routes: routes, database: database, gate: Self.gate(authenticator, settings, now),
            metrics: metrics, log: log, trustsProxy: settings.trustsProxy, now: now,
            errorPage: ErrorPages(assets: files.assets).reply)
    }

    /// What serving takes, in the order in which it is started; it is stopped in the reverse
    /// order. The web application ends when its connections have, and a stream ends with the
    /// reader of the feed, so that one is last. Who is refused until then is recorded by the first.
    package func services(
        beside work: [any Service] = [], onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> [any Service] {
        let application = Application(
            router: site.router(), server: .onEventLoops,
            configuration: .init(address: .hostname(settings.host, port: settings.port)),
            onServerRunning: { await onReady($0.localAddress?.port ?? 0) },
            logger: installation.log)
        return [refusalRecorder, sightingRecorder, application] + work + [feedReader]
    }

    /// Records what is looked at, the last of it when it ends.
    private var sightingRecorder: any Service {
        Worker {
            let sightings = site.sightings
            await sightings.run()
            // The task is cancelled, and what writes is not to be.
            await Task { await sightings.record() }.value
        }
    }

    /// Records refusals that were counted and not told yet, the last ones when it ends.
    private var refusalRecorder: any Service {
        Worker {
            let refusals = site.refusals
            while (try? await Task.sleep(for: Self.refusalsTick)) != nil {
                await refusals.flush(at: .now)
            }
            // The task is cancelled, and what writes is not to be.
            await Task { await refusals.flush(at: .now, all: true) }.value
        }
    }

    private static let refusalsTick = Duration.seconds(10)

    /// Tells the open pages of this process what happens, whoever does it.
    package var feedReader: any Service {
        Worker {
            try await live.run()
        } stop: {
            live.stop()
        }
    }

    private static func gate(
        _ authenticator: Authenticator, _ settings: Settings,
        _ now: @escaping @Sendable () -> Instant
    ) -> Gate {
        let limiter = RateLimiter(limit: settings.requestsAMinute, perSeconds: 60)
        return Gate(
            bearer: { try await authenticator.bearer(token: $0, at: now()) },
            session: { token in
                let found = try await authenticator.session(token: token, at: now())
                guard let found else { return nil }
                return Visitor(
                    caller: found.caller, name: found.name, email: found.email, csrf: found.csrf,
                    tenantName: found.tenant.name, mustSetUp: found.mustSetUp,
                    addresses: found.addresses)
            },
            inside: { token in
                try await authenticator.insiderIfAny(token: token, at: now()).map(Visitor.init)
            },
            spend: { actor in
                let standing = limiter.take(actor.id.map(UUIDv7.text) ?? "")
                return Allowance(
                    limit: standing.limit, remaining: standing.remaining,
                    resetSeconds: standing.resetSeconds, isSpent: !standing.isAllowed)
            })
    }

    private static func metrics(
        _ live: LiveFeed, _ installation: Installation, _ now: @escaping @Sendable () -> Instant
    ) -> Metrics {
        let metrics = Metrics()
        let database = installation.database
        metrics.gauge("iperform_live_viewers", "Open pages that listen to what happens.") {
            Double(live.viewerCount)
        }
        metrics.gauge("iperform_read_statements", "Statements run by reads since the start.") {
            Double(database.engine.statementsRun)
        }
        let figures = InstallationFigures(database, log: installation.log, now: now)
        metrics.families { await figures.families() }
        guard database.engine.replicaStanding != nil else { return metrics }
        metrics.gauge("iperform_replica_lag_seconds", "Since when the replica is not used.") {
            database.engine.replicaStanding?.lagSeconds ?? 0
        }
        metrics.gauge("iperform_replica_reads", "Reads answered by the replica since the start.") {
            Double(database.engine.replicaStanding?.reads ?? 0)
        }
        return metrics
    }
}

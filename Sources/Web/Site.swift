import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Storage
import Tenancy

/// Hummingbird's context of a request, with the peer's address.
package struct SiteContext: RequestContext, RemoteAddressRequestContext {
    package var coreContext: CoreRequestContextStorage
    package let remoteAddress: SocketAddress?

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}

/// All routes behind one front: it asks who calls, reads and checks what comes in, runs the
/// handler, and turns whatever is thrown into an answer.
package struct Site: Sendable {
    package let routes: [Route]
    let database: Database
    let gate: Gate
    let metrics: Metrics
    package let refusals: Refusals
    package let sightings: Sightings
    let log: Logger
    /// Whether `X-Forwarded-For` and `X-Forwarded-Proto` come from a proxy of ours.
    let trustsProxy: Bool
    let now: @Sendable () -> Instant
    /// Renders a problem as a page.
    let errorPage:
        @Sendable (Problem, _ incident: String?, Call.Identity?, _ nonce: String) -> Reply

    package static let sessionCookie = "iperform_session"
    /// Beside the session of a platform operator, while that is inside another company.
    package static let breakGlassCookie = "iperform_break_glass"
    /// Where the second step of the sign-in is set up by who can do nothing else yet.
    package static let setUpPage = "/account/second-step"
    private static let jsonBytesMax = 1 << 20
    static let csrfHeader = HTTPField.Name("X-CSRF-Token")!

    package init(
        routes: [Route], database: Database, gate: Gate, metrics: Metrics, log: Logger,
        trustsProxy: Bool, now: @escaping @Sendable () -> Instant = { .now },
        errorPage: @escaping @Sendable (Problem, String?, Call.Identity?, String) -> Reply
    ) {
        self.routes = routes
        self.database = database
        self.gate = gate
        self.metrics = metrics
        self.log = log
        refusals = Refusals(database) { error in
            log.error("A refusal was not recorded", metadata: ["error": "\(error)"])
        }
        sightings = Sightings(database) { error in
            log.error("What was looked at is not recorded yet", metadata: ["error": "\(error)"])
        }
        self.trustsProxy = trustsProxy
        self.now = now
        self.errorPage = errorPage
    }

    package func router() -> Router<SiteContext> {
        let router = Router(context: SiteContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: NothingHere(site: self))
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                route.staysOpen
                    ? await serveApart(route, request, context)
                    : await serve(route, request, context)
            }
        }
        return router
    }

    /// In a task of its own, which is gone with its stack before the answer goes out: a task keeps
    /// the deepest stack it had, 33 KB here, and that of an open page's connection lives for hours.
    private func serveApart(
        _ route: Route, _ request: Request, _ context: SiteContext
    ) async -> Response {
        async let response = serve(route, request, context)
        return await response
    }

    private func serve(
        _ route: Route, _ request: Request, _ context: SiteContext
    ) async -> Response {
        let arrival = Arrival(
            query: Query(request.uri.query ?? ""),
            remote: remote(of: request, context), scheme: scheme(of: request),
            nonce: nonce(for: route), now: now(), database: database, sightings: sightings,
            parameters: context.parameters)
        var identity: Call.Identity?
        var allowance: Allowance?
        var reply: Reply
        do {
            identity = try await identify(request, route, from: arrival.remote)
            try prove(identity, request, route)
            try mustOnlyRead(identity, route)
            allowance = identity.map { gate.spend($0.caller.actor) }
            if let allowance, allowance.isSpent {
                throw Problem.tooMany(
                    "You have used up your requests; wait \(allowance.resetSeconds) s.",
                    retryAfterSeconds: allowance.resetSeconds)
            }
            watch(identity, route, arrival)
            reply = try await answer(route, request, arrival, identity)
        } catch {
            await note(error, route, arrival, identity)
            let told = (error as? RefusedCaller)?.problem ?? error
            reply = failure(told, request, route, identity, arrival.nonce)
        }
        if let allowance, route.kind == .api { allowance.add(to: &reply) }
        finish(&reply, route, request, arrival)
        metrics.count(route, reply.status.code, since: arrival.now)
        return Compression.compressed(
            reply, accepting: request.headers[.acceptEncoding]
        ).response()
    }

    private func answer(
        _ route: Route, _ request: Request, _ arrival: Arrival, _ identity: Call.Identity?
    ) async throws -> Reply {
        var json = JSON.null
        var bytes: [UInt8] = []
        if case .json(let schema) = route.input {
            bytes = try await Call.body(of: request, bytesMax: Self.jsonBytesMax)
            json = try Self.parsed(bytes, request)
            let faults = schema.faults(in: json)
            guard faults.isEmpty else { throw Problem.invalid(faults) }
        }
        if route.needsVersion, request.headers[.ifMatch] == nil { throw Problem.versionRequired }
        return try await route.handle(
            Call(request, arrival, identity: identity, body: json, bytes: bytes))
    }

    private static func parsed(_ bytes: [UInt8], _ request: Request) throws -> JSON {
        guard let type = request.headers[.contentType],
            type.lowercased().hasPrefix("application/json")
        else {
            throw Problem.unsupportedMedia("Send JSON with Content-Type: application/json.")
        }
        do {
            return try JSON(parsing: bytes)
        } catch {
            throw Problem.malformed("The body is not valid JSON.")
        }
    }

    private func failure(
        _ error: any Error, _ request: Request, _ route: Route, _ identity: Call.Identity?,
        _ nonce: String
    ) -> Reply {
        let problem = error as? Problem
        if problem == nil, route.isGone(error) { return Reply(.init(code: 499)) }
        if let problem, case .unauthenticated = problem, route.kind == .page {
            let next = Query.encoded(request.uri.string)
            return .see(request.uri.path == "/" ? "/sign-in" : "/sign-in?next=\(next)")
        }
        if problem == .setUpNeeded, route.kind == .page { return .see(Self.setUpPage) }
        let incident = problem == nil ? String(UUIDv7.text(UUIDv7.next()).suffix(12)) : nil
        if let incident {
            log.error(
                "A request failed",
                metadata: [
                    "incident": "\(incident)", "route": "\(route.method) \(route.path)",
                    "error": "\(error)",
                ])
        }
        if route.kind == .page {
            return errorPage(problem ?? .busy, incident, identity, nonce)
        }
        if let problem { return problem.reply(instance: request.uri.path) }
        return Self.incident(incident ?? "", request.uri.path)
    }

    /// 500 with an id that stands in the log beside what happened.
    private static func incident(_ id: String, _ path: String) -> Reply {
        var reply = Reply.json(.internalServerError) { writer in
            writer.object {
                $0.member("type", "about:blank")
                $0.member("title", "Something broke here")
                $0.member("status", 500)
                $0.member("detail", "It was not you. Tell support the incident \(id).")
                $0.member("instance", path)
            }
        }
        reply.headers[.contentType] = "application/problem+json"
        return reply
    }

    private func nonce(for route: Route) -> String {
        guard route.kind == .page else { return "" }
        return String(UInt64.random(in: 0...UInt64.max), radix: 36)
            + String(UInt64.random(in: 0...UInt64.max), radix: 36)
    }

    private func scheme(of request: Request) -> String {
        let forwarded = trustsProxy ? request.headers[.xForwardedProto] : nil
        return forwarded == "https" ? "https" : "http"
    }

    private func remote(of request: Request, _ context: SiteContext) -> String {
        if trustsProxy, let forwarded = request.headers[.xForwardedFor],
            let last = forwarded.split(separator: ",").last
        {
            return String(last).trimmed
        }
        return context.remoteAddress?.ipAddress ?? "unknown"
    }
}

extension HTTPField.Name {
    static let xForwardedProto = HTTPField.Name("X-Forwarded-Proto")!
    static let xForwardedFor = HTTPField.Name("X-Forwarded-For")!
}

extension Route {
    /// Whether the error only says that the peer has gone.
    func isGone(_ error: any Error) -> Bool {
        error is CancellationError || error is ChannelError || error is IOError
    }
}

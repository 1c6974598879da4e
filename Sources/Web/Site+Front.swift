import Foundation
import HTTPTypes
import Hummingbird
import Storage
import Tenancy

extension Site {
    /// Who the request comes from: a bearer token, else the session cookie.
    ///
    /// - Throws: `Problem.unauthenticated` when the route needs somebody and there is nobody,
    ///   `setUpNeeded` when the person must set up the second step first; `RefusedCaller` for who
    ///   comes from where the company lets nobody in. What is open to anyone is open to them too.
    func identify(
        _ request: Request, _ route: Route, from remote: String
    ) async throws -> Call.Identity? {
        if let header = request.headers[.authorization], route.access == .signedIn {
            guard header.lowercased().hasPrefix("bearer ") else {
                throw Problem.unauthenticated("Send Authorization: Bearer and your token.")
            }
            let bearer = try await gate.bearer(String(header.dropFirst(7)).trimmed)
            guard bearer.addresses.contains(remote) else {
                throw RefusedCaller(bearer.caller, from: remote)
            }
            return .client(bearer.caller)
        }
        guard let token = request.cookies[Self.sessionCookie]?.value,
            let visitor = try await gate.session(token)
        else {
            if route.access == .anyone { return nil }
            throw Problem.unauthenticated("Sign in, or send Authorization: Bearer and a token.")
        }
        guard visitor.addresses.contains(remote) else {
            if route.access == .anyone { return nil }
            throw RefusedCaller(visitor.caller, from: remote)
        }
        guard !visitor.mustSetUp || route.access == .anyone || route.isForSetUp else {
            throw Problem.setUpNeeded
        }
        let insider = try await insider(request, route, beside: visitor)
        return .visitor(insider ?? visitor)
    }

    /// The same person inside another company, by break-glass. The cookie alone is good for
    /// nothing: it lasts no longer than the sign-in that it was made in.
    private func insider(
        _ request: Request, _ route: Route, beside visitor: Visitor
    ) async throws -> Visitor? {
        guard route.access == .signedIn, visitor.caller.isPlatformOperator,
            let token = request.cookies[Self.breakGlassCookie]?.value,
            let insider = try await gate.inside(token), let glass = insider.glass,
            glass.operatorTenant == visitor.caller.tenant,
            glass.operatorUser == visitor.caller.user
        else { return nil }
        return insider
    }

    /// - Throws: `Problem.forbidden` for a write of who is inside by break-glass, whatever it is.
    func mustOnlyRead(_ identity: Call.Identity?, _ route: Route) throws {
        guard identity?.caller.actor.kind == .operator, route.access == .signedIn,
            !route.isRead, !route.isForInsiders
        else { return }
        throw Problem.forbidden("Break-glass access only looks. Nothing can be changed by it.")
    }

    /// Notes in the audit log of a company what is looked at by break-glass.
    func watch(_ identity: Call.Identity?, _ route: Route, _ arrival: Arrival) {
        guard let caller = identity?.caller, caller.actor.kind == .operator,
            route.access == .signedIn, route.isRead
        else { return }
        let subject = subject(of: route, arrival)
        let event = Event("break_glass.read", subject?.id) { body in
            body.member("remote", arrival.remote)
            if let subject { body.member("subject_kind", subject.kind) }
            body.member("route", "\(route.method) \(route.path)")
        }
        sightings.note(
            Sighting(caller, event, seconds: Self.watchSeconds), at: arrival.now)
    }

    /// The same is noted once in that time.
    private static let watchSeconds = 60

    /// - Throws: `Problem.forbidden` when a session's write carries no proof that our page sent it.
    func prove(_ identity: Call.Identity?, _ request: Request, _ route: Route) throws {
        guard case .visitor(let visitor) = identity, route.access == .signedIn,
            route.method != .get, route.method != .head
        else { return }
        guard request.headers[Self.csrfHeader] == visitor.csrf else {
            throw Problem.forbidden(
                "This write did not come from a page of ours. Reload and try again.")
        }
    }

    /// Notes in the audit log that somebody was not let do something.
    func note(
        _ error: any Error, _ route: Route, _ arrival: Arrival, _ identity: Call.Identity?
    ) async {
        let refused = error as? RefusedCaller
        guard case Problem.forbidden(let reason) = refused?.problem ?? error,
            let caller = refused?.caller ?? identity?.caller
        else { return }
        let refusal = AccessRefusal(
            caller, remote: arrival.remote, route: "\(route.method) \(route.path)",
            subject: subject(of: route, arrival), reason: reason)
        await refusals.note(refusal, at: arrival.now)
    }

    /// The record that the path names: `/leads/{id}` is of a lead.
    private func subject(of route: Route, _ arrival: Arrival) -> (kind: String, id: UUID)? {
        guard let text = arrival.parameters.get("id"), let id = UUID(uuidString: text) else {
            return nil
        }
        let nouns = route.path.split(separator: "/").prefix { $0 != "{id}" }
        let noun = (nouns.last ?? "").replacing("-", with: "_")
        return (String(noun.hasSuffix("s") ? noun.dropLast() : noun[...]), id)
    }

    /// Headers that every answer carries.
    func finish(_ reply: inout Reply, _ route: Route, _ request: Request, _ arrival: Arrival) {
        reply.headers[.xContentTypeOptions] = "nosniff"
        if reply.headers[.referrerPolicy] == nil { reply.headers[.referrerPolicy] = "same-origin" }
        if route.kind == .page {
            reply.headers[.xFrameOptions] = "DENY"
            if reply.headers[.contentSecurityPolicy] == nil {
                reply.headers[.contentSecurityPolicy] = Self.policy(arrival.nonce)
            }
        }
        if route.kind == .api, reply.headers[.cacheControl] == nil {
            reply.headers[.cacheControl] = "no-store"
        }
    }

    /// - Parameter destinations: Other origins to which a form of the page may lead.
    package static func policy(_ nonce: String, destinations: [String] = []) -> String {
        let places = (["'self'"] + destinations).joined(separator: " ")
        return """
            default-src 'none'; script-src 'self' 'nonce-\(nonce)'; style-src 'self'; \
            style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
            connect-src 'self'; manifest-src 'self'; form-action \(places); base-uri 'none'; \
            frame-ancestors 'none'
            """
    }
}

/// Answers what no route takes: 405 with `Allow` where another method would do, else 404.
struct NothingHere: RouterMiddleware {
    let site: Site

    /// The page for what is not there is the same for everybody: a fixed nonce guards it as
    /// well as any, because nothing on it comes from outside.
    private static let nonce = "nothing"

    func handle(
        _ request: Request, context: SiteContext,
        next: @concurrent (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            var reply = reply(error, request)
            reply.headers[.xContentTypeOptions] = "nosniff"
            reply.headers[.contentSecurityPolicy] = Site.policy(Self.nonce)
            return reply.response()
        }
    }

    private func reply(_ error: HTTPError, _ request: Request) -> Reply {
        let path = request.uri.path
        let methods = site.routes.filter { $0.matches(path) }.map(\.method.rawValue)
        if !methods.isEmpty, error.status == .notFound || error.status == .methodNotAllowed {
            let allow = Set(methods).sorted().joined(separator: ", ")
            return Problem.methodNotAllowed.reply(instance: path).with(.allow, allow)
        }
        let isPage = request.headers[.accept]?.contains("text/html") ?? false
        if isPage, request.method == .get {
            return site.errorPage(.notFound("page"), nil, nil, Self.nonce)
        }
        return Problem.notFound("address").reply(instance: path)
    }
}

extension Allowance {
    func add(to reply: inout Reply) {
        reply.headers[.rateLimitLimit] = String(limit)
        reply.headers[.rateLimitRemaining] = String(remaining)
        reply.headers[.rateLimitReset] = String(resetSeconds)
    }
}

extension HTTPField.Name {
    package static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let xFrameOptions = HTTPField.Name("X-Frame-Options")!
    static let rateLimitLimit = HTTPField.Name("RateLimit-Limit")!
    static let rateLimitRemaining = HTTPField.Name("RateLimit-Remaining")!
    static let rateLimitReset = HTTPField.Name("RateLimit-Reset")!
}

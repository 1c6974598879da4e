import HTTPTypes
import Tenancy

/// One door of the product: what it is for, who may knock, what goes in and what comes out.
///
/// The router, the OpenAPI document, the API browser and the tests over all routes are made
/// from these.
package struct Route: Sendable {
    package enum Access: Sendable {
        /// Anyone: the handler must not touch a tenant's rows without proof of its own.
        case anyone
        case signedIn
    }

    package enum Kind: Sendable {
        /// JSON under `/api/v1`, in the document.
        case api
        /// HTML; without a session it leads to the sign-in page.
        case page
        /// Anything else: assets, streams, public forms.
        case other
    }

    package let method: HTTPRequest.Method
    /// With `{name}` for a parameter.
    package let path: String
    package let summary: String
    package var kind = Kind.api
    package var access = Access.signedIn
    package var group = ""
    package var query: [Parameter] = []
    package var input: Input = .none
    package var answers: [Answer] = []
    /// Whether the request must carry `If-Match`.
    package var needsVersion = false
    /// Whether it is open to who must set up the second step of the sign-in first.
    package var isForSetUp = false
    /// Whether it is open also to who is inside by break-glass, though it writes.
    package var isForInsiders = false
    /// Whether its answer goes on for as long as the page is open.
    package var staysOpen = false
    package private(set) var handle: @Sendable (Call) async throws -> Reply

    package struct Parameter: Sendable {
        package let name: String
        package let schema: Schema
        package let note: String

        package init(_ name: String, _ schema: Schema, _ note: String) {
            self.name = name
            self.schema = schema
            self.note = note
        }
    }

    package enum Input: Sendable {
        case none
        /// Read and checked before the handler runs.
        case json(Schema)
        /// The handler reads the body itself; the schema describes its parts.
        case multipart(Schema)
        /// One JSON object a line; the handler reads the body itself.
        case lines(Schema)
    }

    package struct Answer: Sendable {
        package let status: Int
        package let note: String
        package let schema: Schema?
        package let mediaType: String

        package init(
            _ status: Int, _ note: String, _ schema: Schema? = nil,
            mediaType: String = "application/json"
        ) {
            self.status = status
            self.note = note
            self.schema = schema
            self.mediaType = mediaType
        }
    }

    package init(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String,
        handle: @escaping @Sendable (Call) async throws -> Reply
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.handle = handle
    }

    /// Names of the path's parameters, in order.
    package var parameterNames: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { String($0.dropFirst().prefix { $0 != "}" }) }
    }

    /// Whether a request's path is one of this route's.
    func matches(_ path: String) -> Bool {
        let own = self.path.split(separator: "/")
        let asked = path.split(separator: "/")
        return own.count == asked.count
            && zip(own, asked).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
    }
}

extension Route {
    /// A JSON route of the API. `answers` are the successes; failures are the same everywhere.
    package static func api(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String,
        query: [Parameter] = [], input: Input = .none, answers: [Answer],
        needsVersion: Bool = false, access: Access = .signedIn,
        handle: @escaping @Sendable (Call) async throws -> Reply
    ) -> Route {
        var route = Route(method, "/api/v1" + path, summary, handle: handle)
        route.query = query
        route.input = input
        route.answers = answers
        route.needsVersion = needsVersion
        route.access = access
        return route
    }

    package static func page(
        _ path: String, _ summary: String, access: Access = .signedIn,
        handle: @escaping @Sendable (Call) async throws -> Reply
    ) -> Route {
        var route = Route(.get, path, summary, handle: handle)
        route.kind = .page
        route.access = access
        return route
    }

    package static func other(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String,
        access: Access = .anyone, handle: @escaping @Sendable (Call) async throws -> Reply
    ) -> Route {
        var route = Route(method, path, summary, handle: handle)
        route.kind = .other
        route.access = access
        return route
    }
}

extension Route {
    /// The same route, open also to who must set up the second step of the sign-in first.
    package var forSetUp: Route {
        var route = self
        route.isForSetUp = true
        return route
    }

    /// The same route, open also to who is inside by break-glass though it writes.
    package var forInsiders: Route {
        var route = self
        route.isForInsiders = true
        return route
    }

    package var isRead: Bool { method == .get || method == .head }

    /// The same route, handled by `handle`, which is given what handled it before.
    package func handled(
        by handle:
            @escaping @Sendable (Call, @Sendable (Call) async throws -> Reply) async throws
            -> Reply
    ) -> Route {
        var route = self
        let before = self.handle
        route.handle = { try await handle($0, before) }
        return route
    }
}

extension [Route] {
    /// The same routes under a heading of the document.
    package func grouped(_ name: String) -> [Route] {
        map { route in
            var route = route
            route.group = name
            return route
        }
    }
}

import HTTPTypes
import Hummingbird
import NIOCore
import Storage
import Tenancy

/// One request as a handler sees it: who calls, what was asked, what came in.
package struct Call: Sendable {
    package let request: Request
    package let path: String
    package let query: Query
    /// The JSON body, checked against the route's schema; empty for other routes.
    package let input: Fields
    /// SHA-256 of method, path and body, for `Idempotency-Key`.
    let fingerprint: [UInt8]
    /// The address the request came from; a proxy's word is taken only when so configured.
    package let remote: String
    /// Goes into the one inline script of a page (CSP).
    package let nonce: String
    package let now: Instant
    package let database: Database
    /// For what is noted when it is looked at.
    package let sightings: Sightings
    /// `https` when a proxy of ours says so, else `http`.
    package let scheme: String
    private let parameters: Parameters
    /// Parameters that stand for something else than the path says.
    private var replaced: [String: String] = [:]
    private let identity: Identity?

    /// Who a request comes from.
    package enum Identity: Sendable {
        case visitor(Visitor)
        case client(Caller)

        var caller: Caller {
            switch self {
            case .visitor(let visitor): visitor.caller
            case .client(let caller): caller
            }
        }
    }

    init(_ request: Request, _ arrival: Arrival, identity: Identity?, body: JSON, bytes: [UInt8]) {
        self.request = request
        path = request.uri.path
        query = arrival.query
        input = Fields(body)
        fingerprint = Idempotency.fingerprint(of: request, bytes)
        remote = arrival.remote
        nonce = arrival.nonce
        now = arrival.now
        database = arrival.database
        sightings = arrival.sightings
        scheme = arrival.scheme
        parameters = arrival.parameters
        self.identity = identity
    }

    /// - Throws: `Problem.unauthenticated` on a route that anyone may call.
    package func caller() throws -> Caller {
        guard let identity else { throw Problem.unauthenticated("Sign in first.") }
        return identity.caller
    }

    /// The person in front of a page.
    package func visitor() throws -> Visitor {
        guard case .visitor(let visitor) = identity else {
            throw Problem.unauthenticated("Sign in first.")
        }
        return visitor
    }

    /// The session, if there is one, on a route that anyone may call.
    package var visitorIfAny: Visitor? {
        if case .visitor(let visitor) = identity { visitor } else { nil }
    }

    /// A path parameter, decoded; empty when the route has none of the name.
    package func parameter(_ name: String) -> String {
        replaced[name] ?? parameters.get(name).map { Query.decoded($0, plusIsSpace: false) } ?? ""
    }

    /// The same call, with another value for a path parameter.
    package func replacing(_ name: String, with value: String) -> Call {
        var call = self
        call.replaced[name] = value
        return call
    }

    /// A path parameter as an id. What is no id names nothing: 404.
    package func id<Noun>(
        _ name: String = "id", of noun: String, _ type: Noun.Type = Noun.self
    ) throws -> ID<Noun> {
        guard let id = ID<Noun>(parameter(name)) else { throw Problem.notFound(noun) }
        return id
    }

    /// The version that `If-Match` names.
    ///
    /// - Throws: `Problem.versionRequired` without the header.
    package func version() throws -> Int {
        guard let header = request.headers[.ifMatch] else { throw Problem.versionRequired }
        let digits = header.trimmed.drop { $0 == "W" || $0 == "/" || $0 == "\"" }
            .prefix { $0 != "\"" }
        guard let version = Int(digits) else {
            throw Problem.stale("If-Match names no version of this record; read it again.")
        }
        return version
    }

    package func header(_ name: HTTPField.Name) -> String? { request.headers[name] }

    /// `scheme://host[:port]` by which the browser reached us.
    package var origin: String { "\(scheme)://\(request.head.authority ?? "localhost")" }

    /// Whether the browser asks for a region of the page instead of the page.
    package var wantsFragment: Bool {
        request.headers[.accept]?.contains("fragment=1") ?? false
    }

    package func read<Value: Sendable>(
        from copy: Copy = .primary, _ body: @Sendable (Scope) async throws -> Value
    ) async throws -> Value {
        try await database.read(as: caller(), at: now, from: copy, body)
    }

    /// Runs an operation and answers with what it made of itself, once per `Idempotency-Key`.
    package func write(
        isolation: Isolation = .serializable,
        _ body: @escaping @Sendable (Scope) async throws -> Reply
    ) async throws -> Reply {
        let caller = try caller()
        guard let key = try Idempotency.key(of: request, caller, fingerprint) else {
            return try await database.write(as: caller, at: now, isolation: isolation, body)
        }
        return try await database.write(as: caller, at: now, isolation: isolation) { scope in
            if let earlier = try await key.reply(in: scope) { return earlier }
            let reply = try await body(scope)
            try await key.keep(reply, in: scope)
            return reply
        }
    }

    /// The answer that this `Idempotency-Key` has had, for work that is done before `write`.
    package func earlierReply() async throws -> Reply? {
        let caller = try caller()
        guard let key = try Idempotency.key(of: request, caller, fingerprint) else { return nil }
        return try await database.write(as: caller, at: now) { try await key.reply(in: $0) }
    }

    /// Runs an operation, and writes the answer once it is durable: other writes do not wait
    /// for the JSON. With an `Idempotency-Key` they do, for the answer is kept with its effect.
    package func write<Value: Sendable>(
        isolation: Isolation = .serializable,
        _ body: @escaping @Sendable (Scope) async throws -> Value,
        answer: @escaping @Sendable (Value) -> Reply
    ) async throws -> Reply {
        guard request.headers[Idempotency.header] == nil else {
            return try await write(isolation: isolation) { answer(try await body($0)) }
        }
        return answer(
            try await database.write(as: caller(), at: now, isolation: isolation, body))
    }

    /// The whole body.
    ///
    /// - Throws: `Problem.tooLarge` past `bytesMax`.
    package func body(bytesMax: Int) async throws -> [UInt8] {
        try await Call.body(of: request, bytesMax: bytesMax)
    }

    static func body(of request: Request, bytesMax: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in request.body {
            guard bytes.count + chunk.readableBytes <= bytesMax else {
                throw Problem.tooLarge("Send at most \(bytesMax / 1024) KB here.")
            }
            bytes.append(contentsOf: chunk.readableBytesView)
        }
        return bytes
    }
}

/// What is known of a request before anybody asks who it is from.
struct Arrival: Sendable {
    let query: Query
    let remote: String
    let scheme: String
    let nonce: String
    let now: Instant
    let database: Database
    let sightings: Sightings
    let parameters: Parameters
}

import App
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Storage
import Tenancy
import Testing
import Views

@testable import CRM
@testable import Web

/// Two companies behind the real front and router, with the routes of accounts, settings and
/// inbox: Acme with three people, Rival with one. Every answer is held against its schema.
struct Office: Sendable {
    let database: Database
    let authenticator: Authenticator
    let routes: [Route]
    let client: any TestClientProtocol
    let acme: Company
    let rival: Company

    struct Company: Sendable {
        let id: ID<Tenant>
        let slug: String
        let admin: ID<User>
    }

    static let password = "correct horse battery"
    /// 22 November 2026, 09:00 UTC, unless a test says otherwise.
    static let now = Instant(microseconds: 1_795_338_000_000_000)
    private static let hash = Task { try await Passwords().hash(password) }

    static func with(
        secureCookies: Bool = false, _ body: @Sendable (Office) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "office-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        let installation = try Installation.open(folder.path, log: log)
        let (database, passwords) = (installation.database, Passwords())
        let authenticator = Authenticator(database: database, passwords: passwords)
        let routes = routes(database, authenticator, passwords, secureCookies)
        let site = Site(
            routes: routes, database: database, gate: gate(authenticator), metrics: Metrics(),
            log: log, trustsProxy: true, now: { now },
            errorPage: { problem, _, _, _ in problem.reply(instance: "") })
        let application = Application(router: site.router(), logger: log)
        let result: Result<Void, any Error>
        do {
            let acme = try await company("Acme", admin: "ada@acme.example", in: database)
            let rival = try await company("Rival", admin: "eve@rival.example", in: database)
            try await application.test(.router) { client in
                try await body(
                    Office(
                        database: database, authenticator: authenticator, routes: routes,
                        client: client, acme: acme, rival: rival))
            }
            result = .success(())
        } catch { result = .failure(error) }
        try await installation.close()
        try result.get()
    }

    private static func routes(
        _ database: Database, _ authenticator: Authenticator, _ passwords: Passwords,
        _ secureCookies: Bool
    ) -> [Route] {
        let cursors = Cursors(key: Array(repeating: 7, count: 32))
        let assets = Assets(urls: [:])
        let shells = Shells(assets: assets)
        let api =
            AccountRoutes(authenticator: authenticator, secureCookies: secureCookies).routes
            + UserRoutes(
                authenticator: authenticator, passwords: passwords, cursors: cursors
            ).routes
            + TeamRoutes().routes + APIKeyRoutes(authenticator: authenticator).routes
            + StageRoutes().routes + CustomFieldRoutes().routes + AssignmentRoutes().routes
            + InboxRoutes(cursors: cursors).routes
        return api + SignInPages(assets: assets).routes + SettingsPages(shells: shells).routes
            + InboxPages(shells: shells, cursors: cursors).routes
            + DevelopersPages(api, version: "1", shells: shells).routes
    }

    private static func gate(_ authenticator: Authenticator) -> Gate {
        Gate(
            bearer: { try await authenticator.bearer(token: $0, at: now) },
            session: { token in
                try await authenticator.session(token: token, at: now).map { found in
                    Visitor(
                        caller: found.caller, name: found.name, email: found.email,
                        csrf: found.csrf, tenantName: found.tenant.name)
                }
            },
            spend: { _ in Allowance(limit: 9, remaining: 9, resetSeconds: 0, isSpent: false) })
    }

    private static func company(
        _ name: String, admin email: String, in database: Database
    ) async throws -> Company {
        let hash = try await hash.value
        return try await database.write { tx in
            let made = try await Tenants.create(
                NewTenant(
                    name: name, admin: (name: "Ada \(name)", email: email, passwordHash: hash),
                    timeZone: "Asia/Kolkata"), in: tx, at: now)
            let scope = Scope(caller: .system(made.tenant), tx: tx, now: now)
            try await Stages(scope).install()
            return Company(id: made.tenant, slug: made.slug, admin: made.admin)
        }
    }
}

extension Office {
    /// Somebody with a browser that is signed in.
    struct Person: Sendable {
        let office: Office
        let id: ID<User>
        let session: NewSession

        var cookie: String { "iperform_session=\(session.token)" }

        func send(
            _ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil,
            version: Int? = nil
        ) async throws -> Answer {
            var headers: HTTPFields = [.cookie: cookie, .csrf: session.csrf]
            if let version { headers[.ifMatch] = "\"\(version)\"" }
            return try await office.send(method, path, body, headers)
        }

        func get(_ path: String) async throws -> Answer { try await send(.get, path) }
    }

    /// Acme's admin.
    func ada() async throws -> Person { try await person(acme.admin, .companyAdmin, acme.id) }

    /// Rival's admin.
    func eve() async throws -> Person { try await person(rival.admin, .companyAdmin, rival.id) }

    /// A new person of Acme.
    func hire(_ name: String, _ role: Role = .salesperson) async throws -> Person {
        let hash = try await Self.hash.value
        let user = try await write {
            try await Users($0).create(
                NewUser(
                    email: "\(name)@acme.example", name: name.capitalized, role: role,
                    passwordHash: hash))
        }
        return try await person(user.id, role, acme.id)
    }

    private func person(
        _ id: ID<User>, _ role: Role, _ tenant: ID<Tenant>
    ) async throws -> Person {
        let caller = Caller(tenant: tenant, actor: .user(id), role: role)
        let session = try await database.write(as: caller, at: Self.now) {
            try await Sessions($0).start()
        }
        return Person(office: self, id: id, session: session)
    }

    /// An operation of Acme's.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Scope) async throws -> Value
    ) async throws -> Value {
        try await database.write(as: .system(acme.id), at: Self.now, body)
    }

    /// Sends a request as it is; the answer must be one that its route declares.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil,
        _ headers: HTTPFields = [:], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        var headers = headers
        if body != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        let response = try await client.execute(
            uri: path, method: method, headers: headers,
            body: body.map { ByteBuffer(string: $0.text) })
        let answer = Answer(
            status: response.status.code, headers: response.headers,
            text: String(buffer: response.body))
        let bare = String(path.prefix { $0 != "?" })
        let route = routes.first { $0.method == method && $0.matches(bare) && $0.kind == .api }
        let schema = route?.answers.first { $0.status == answer.status }?.schema
        #expect(schema?.faults(in: answer.json) ?? [] == [], sourceLocation: sourceLocation)
        if let route, answer.status < 300 {
            #expect(
                route.answers.contains { $0.status == answer.status },
                sourceLocation: sourceLocation)
        }
        return answer
    }
}

/// What came back.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let text: String

    var json: JSON { (try? JSON(parsing: text)) ?? .null }
    subscript(key: String) -> JSON? { json[key] }
    var id: String { json["id"]?.string ?? "" }
    var version: Int { Int(json["version"]?.integer ?? 0) }

    /// The rows of a list.
    var data: [JSON] { json["data"]?.array ?? [] }

    /// The fields that a 422 names.
    var fields: [String] { json["errors"]?.array?.compactMap { $0["field"]?.string } ?? [] }

    /// The session token of the cookie that was set.
    var session: String? {
        headers[.setCookie]?.split(separator: ";").first?.split(separator: "=").last
            .map(String.init)
    }
}

extension HTTPField.Name {
    static let csrf = HTTPField.Name("X-CSRF-Token")!
    static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!
}

import DatabaseSupport
import Foundation
import Storage
import Testing

@testable import Tenancy

/// Two companies on a database of their own: Acme with three people, Rival with one.
struct Ground: Sendable {
    let database: Database
    let passwords = Passwords()
    let masterKeys: MasterKeys
    let acme: Company
    let rival: Company
    /// Acme's people: an admin, a manager and a salesperson.
    let ada: Caller
    let max: Caller
    let sam: Caller
    /// Rival's admin.
    let eve: Caller

    struct Company: Sendable {
        let id: ID<Tenant>
        let slug: String
        let admin: ID<User>
    }

    /// What time it is unless a test says otherwise.
    static let now = Instant(microseconds: 1_795_338_000_000_000)
    static let password = "correct horse battery"
    private static let hash = Task { try await Passwords().hash(password) }

    static func with(
        _ engine: EngineKind, _ body: @Sendable (Ground) async throws -> Void
    ) async throws {
        try await engine.with { try await body(try await Ground(Database($0))) }
    }

    private init(_ database: Database) async throws {
        self.database = database
        masterKeys = try MasterKeys(MasterKeys.random())
        let hash = try await Self.hash.value
        acme = try await Self.company("Acme", admin: "ada@acme.example", hash, in: database)
        rival = try await Self.company("Rival", admin: "eve@rival.example", hash, in: database)
        ada = Caller(tenant: acme.id, actor: .user(acme.admin), role: .companyAdmin)
        eve = Caller(tenant: rival.id, actor: .user(rival.admin), role: .companyAdmin)
        max = try await Self.person("max", .manager, hash, by: ada, in: database)
        sam = try await Self.person("sam", .salesperson, hash, by: ada, in: database)
    }

    private static func company(
        _ name: String, admin email: String, _ hash: String, in database: Database
    ) async throws -> Company {
        let made = try await database.write { tx in
            try await Tenants.create(
                NewTenant(name: name, admin: (name: "Admin", email: email, passwordHash: hash)),
                in: tx, at: now)
        }
        return Company(id: made.tenant, slug: made.slug, admin: made.admin)
    }

    private static func person(
        _ name: String, _ role: Role, _ hash: String, by admin: Caller, in database: Database
    ) async throws -> Caller {
        let user = try await database.write(as: admin, at: now) {
            try await Users($0).create(
                NewUser(
                    email: "\(name)@acme.example", name: name.capitalized, role: role,
                    passwordHash: hash))
        }
        return Caller(tenant: admin.tenant, actor: .user(user.id), role: role)
    }
}

extension Ground {
    /// A new process, which remembers nobody.
    func door() -> Authenticator {
        Authenticator(database: database, passwords: passwords, masterKeys: masterKeys)
    }

    @discardableResult
    func write<Value: Sendable>(
        as caller: Caller, at now: Instant = Ground.now,
        _ body: @escaping @Sendable (Scope) async throws -> Value
    ) async throws -> Value {
        try await database.write(as: caller, at: now, body)
    }

    func read<Value: Sendable>(
        as caller: Caller, at now: Instant = Ground.now,
        _ body: @Sendable (Scope) async throws -> Value
    ) async throws -> Value {
        try await database.read(as: caller, at: now, body)
    }

    /// A new person of Acme.
    func hire(
        _ name: String, _ role: Role = .salesperson, team: ID<Team>? = nil
    ) async throws -> User {
        try await write(as: ada) {
            try await Users($0).create(
                NewUser(email: "\(name)@acme.example", name: name, role: role, team: team))
        }
    }

    func team(
        _ name: String, below parent: ID<Team>? = nil, manager: ID<User>? = nil
    ) async throws -> Team {
        try await write(as: ada) {
            try await Teams($0).create(NewTeam(name: name, parent: parent, manager: manager))
        }
    }

    /// Names and data of a company's events, the oldest first.
    func events(of tenant: ID<Tenant>, named name: String) async throws -> [JSON] {
        let texts: [String] = try await database.read { tx in
            try await tx.column(
                """
                SELECT data
                FROM events
                WHERE tenant_id = \(tenant) AND name = \(name)
                ORDER BY seq
                """)
        }
        return try texts.map { try JSON(parsing: $0) }
    }

    func count(_ sql: SQL) async throws -> Int {
        try await database.read { try await $0.value(sql) ?? 0 }
    }
}

/// The problem that `body` ends with; nil, noted as an issue, when it ends with none.
func problem<Value>(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Value
) async -> Problem? {
    do {
        _ = try await body()
        Issue.record("no problem", sourceLocation: sourceLocation)
    } catch let problem as Problem {
        return problem
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
    return nil
}

extension Problem {
    /// The fields that are wrong, when that is the problem.
    var fields: [String] {
        if case .invalid(let faults) = self { faults.map(\.field) } else { [] }
    }

    var isUnauthenticated: Bool {
        if case .unauthenticated = self { true } else { false }
    }

    var isForbidden: Bool { if case .forbidden = self { true } else { false } }
    var isConflict: Bool { if case .conflict = self { true } else { false } }
    var isStale: Bool { if case .stale = self { true } else { false } }

    var retryAfterSeconds: Int? {
        if case .tooMany(_, let seconds) = self { seconds } else { nil }
    }
}

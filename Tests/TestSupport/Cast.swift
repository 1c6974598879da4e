import CRM
import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import Tenancy

/// The two companies and their people, entered into a database.
struct Cast: Sendable {
    let vantage: ID<Tenant>
    let rival: ID<Tenant>
    let teams: [String: ID<Team>]
    let users: [(name: String, tenant: ID<Tenant>, role: Role, id: ID<User>)]

    /// Nobody signs in with it: `SignInTests` have passwords of their own.
    private static let noHash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA"

    static func enter(_ database: Database) async throws -> Cast {
        try await database.write { tx in
            let (vantage, ada) = try await company("Vantage Retail", "ada", tx)
            let (rival, eve) = try await company("Rival Trading", "eve", tx)
            var users = [
                ("ada", vantage, Role.companyAdmin, ada), ("eve", rival, Role.companyAdmin, eve),
            ]
            let scope = Scope(caller: .system(vantage), tx: tx, now: World.moment)
            let bright = try await Partners(scope).create(name: "Bright").id
            func add(_ name: String, _ role: Role, _ team: ID<Team>? = nil) async throws -> ID<User>
            {
                var new = NewUser(
                    email: "\(name)@vantage.example", name: name.capitalized, role: role,
                    team: team)
                if role == .partner { new.partner = bright }
                let id = try await Users(scope).create(new).id
                users.append((name, vantage, role, id))
                return id
            }
            let max = try await add("max", .manager)
            let east = try await Teams(scope).create(NewTeam(name: "East", manager: max)).id
            let north = try await Teams(scope).create(NewTeam(name: "North", parent: east)).id
            let west = try await Teams(scope).create(NewTeam(name: "West")).id
            _ = try await add("eva", .executive)
            _ = try await add("sam", .salesperson, east)
            _ = try await add("sia", .salesperson, east)
            _ = try await add("nik", .salesperson, north)
            _ = try await add("wes", .salesperson, west)
            _ = try await add("pat", .partner)
            let other = Scope(caller: .system(rival), tx: tx, now: World.moment)
            let roy = try await Users(other).create(
                NewUser(email: "roy@rival.example", name: "Roy", role: .salesperson))
            users.append(("roy", rival, .salesperson, roy.id))
            return Cast(
                vantage: vantage, rival: rival,
                teams: ["East": east, "North": north, "West": west], users: users)
        }
    }

    private static func company(
        _ name: String, _ admin: String, _ tx: any Transaction
    ) async throws -> (ID<Tenant>, ID<User>) {
        let host = name.split(separator: " ")[0].lowercased()
        let new = NewTenant(
            name: name, admin: (admin.capitalized, "\(admin)@\(host).example", noHash))
        let made = try await Tenants.create(new, in: tx, at: World.moment)
        let scope = Scope(caller: .system(made.tenant), tx: tx, now: World.moment)
        try await Stages(scope).install()
        return (made.tenant, made.admin)
    }

    /// Gives everybody a browser with a session.
    func seated(
        at client: any TestClientProtocol, _ authenticator: Authenticator
    ) async throws -> [String: Person] {
        var people: [String: Person] = [:]
        for user in users {
            let caller = Caller(tenant: user.tenant, actor: .user(user.id), role: user.role)
            let session = try await authenticator.write(as: caller) {
                try await Sessions($0).start()
            }
            people[user.name] = Person(
                name: user.name, id: user.id, tenant: user.tenant, role: user.role,
                client: client, cookie: "iperform_session=\(session.token)", csrf: session.csrf)
        }
        return people
    }
}

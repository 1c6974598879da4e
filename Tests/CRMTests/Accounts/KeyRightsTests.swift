import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct KeyRightsTests {
    private static let path = "/api/v1/api-keys"

    /// A program with a key of Ada's.
    private static func program(
        _ rights: JSON?, in world: World
    ) async throws -> (client: Client, id: String) {
        var body: [String: JSON] = ["name": "Shop"]
        body["rights"] = rights
        let made = try await world.ada.post(path, .object(body))
        guard made.status == 201, let token = made.json["token"]?.string else {
            throw UnexpectedAnswer(answer: made)
        }
        return (world.nobody.bearing(token), made.json["id"]?.string ?? "")
    }

    @Test(arguments: EngineKind.allCases)
    func `a key may what it was given, and the list says what that is`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            let (reader, key) = try await Self.program(["leads.read"], in: world)
            let (whole, _) = try await Self.program(nil, in: world)
            #expect(try await reader.send(.get, "/api/v1/leads/\(id)").status == 200)
            #expect(try await reader.send(.post, "/api/v1/leads", ["company": "X"]).status == 403)
            let change = try await reader.send(
                .patch, "/api/v1/leads/\(id)", ["company": "X"], headers: [.ifMatch: "\"1\""])
            #expect(change.status == 403)
            #expect(try await reader.send(.get, "/api/v1/users").status == 403)
            #expect(try await reader.send(.get, Self.path).status == 403)
            #expect(try await whole.send(.post, "/api/v1/leads", ["company": "X"]).status == 201)
            let rights = try await reader.send(.get, "/api/v1/access/rights").data
            #expect(rights.map { $0["action"] } == ["leads.read"])
            let why = try await reader.send(.get, "/api/v1/access/explain?action=leads.edit").json
            #expect(
                why["missing"] == ["This API key has no right to edit leads, though Ada has."])
            let list = try await world.ada.get(Self.path).data
            #expect(list.first { $0["id"] == .string(key) }?["rights"] == ["leads.read"])
            #expect(list.first { $0["id"] != .string(key) }?["rights"] == JSON.null)
            let page = try await world.ada.page("/settings/keys").text
            #expect(page.contains("Read leads") && page.contains("All that its maker may"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a right that there is not, or that the maker has not, is named`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let bad: JSON = ["name": "Shop", "rights": ["leads.read", "leads.fly", ""]]
            let refused = try await world.ada.post(Self.path, bad)
            #expect(refused.status == 422 && refused.faults == ["rights[1]", "rights[2]"])
            let none = try await world.ada.post(Self.path, ["name": "Shop", "rights": []])
            #expect(none.faults == ["rights"])
            let bo = try await world.seat("bo", .companyAdmin)
            try await world.narrow(bo, "Office", .companyAdmin, ["exports.run": []])
            let wide: JSON = ["name": "Shop", "rights": ["exports.run", "leads.read"]]
            #expect(try await bo.post(Self.path, wide).faults == ["rights[0]"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a key has never more than its maker has today`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let bo = try await world.seat("bo", .companyAdmin)
            let made = try await bo.post(
                Self.path,
                ["name": "Shop", "rights": ["leads.read", "leads.create", "exports.run"]])
            let key = world.nobody.bearing(made.json["token"]?.string ?? "")
            #expect(try await key.send(.post, "/api/v1/leads", ["company": "X"]).status == 201)
            _ = try await world.sam.lead(["company": "Orchard"])
            let role = try await world.narrow(bo, "Office", .companyAdmin, ["leads.create": []])
            #expect(try await key.send(.post, "/api/v1/leads", ["company": "Y"]).status == 403)
            #expect(try await key.send(.get, "/api/v1/leads").data.count == 2)
            let less: JSON = ["changes": ["leads.create": [], "leads.read": ["own"]]]
            _ = try await world.ada.patch("/api/v1/roles/\(role)", less, version: 1)
            #expect(try await key.send(.get, "/api/v1/leads").data.isEmpty)
            let path = "/api/v1/users/\(bo.id)"
            let sales: JSON = ["role": "salesperson"]
            let version = try await world.ada.get(path).version
            #expect(try await world.ada.patch(path, sales, version: version).status == 200)
            // What a salesperson may beyond the key's rights is not the key's.
            let rights = try await key.send(.get, "/api/v1/access/rights").data
            #expect(
                rights.compactMap { $0["action"]?.string }
                    == ["leads.read", "leads.create", "exports.run"])
            #expect(rights.first?["on"] == ["own", "shared", "assigned"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a key makes no wider key, changes no role and lifts nobody`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let rights: JSON = ["keys.edit", "people.edit", "people.read"]
            let (key, id) = try await Self.program(rights, in: world)
            let wide: JSON = ["name": "Wider", "rights": ["leads.read"]]
            let refused = try await key.send(.post, Self.path, wide)
            #expect(refused.status == 422 && refused.faults == ["rights[0]"])
            let same = try await key.send(.post, Self.path, ["name": "Same"])
            #expect(same.json["rights"] == ["people.read", "people.edit", "keys.edit"])
            let heir = world.nobody.bearing(same.json["token"]?.string ?? "")
            #expect(try await heir.send(.get, "/api/v1/leads/count").json["count"] == 0)
            for method in [HTTPRequest.Method.patch, .put, .post] {
                let own = try await key.send(
                    method, "\(Self.path)/\(id)", ["rights": ["leads.read"]],
                    headers: [.ifMatch: "\"1\""])
                #expect([404, 405].contains(own.status))
            }
            let admin: JSON = [
                "name": "Evil", "email": "evil@vantage.example", "role": "company_admin",
                "password": "a long enough phrase",
            ]
            let made = try await key.send(.post, "/api/v1/users", admin)
            #expect(made.status == 422 && made.faults == ["role"])
            let maker = try await key.send(
                .patch, "/api/v1/users/\(world.ada.id)", ["email": "evil@vantage.example"],
                headers: [.ifMatch: "\"1\""])
            #expect(maker.status == 403)
            let role: JSON = ["name": "All", "base": "company_admin"]
            #expect(try await key.send(.post, "/api/v1/roles", role).status == 403)
        }
    }
}

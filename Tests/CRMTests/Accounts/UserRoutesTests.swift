import HTTPTypes
import Storage
import Testing

@testable import CRM

@Suite struct UserRoutesTests {
    @Test func `somebody who is added with a password can sign in`() async throws {
        try await World.with { world in
            let ada = world.ada
            let added = try await ada.post("/api/v1/users",
                [
                    "name": "Nia Rao", "email": "Nia@Acme.example", "role": "salesperson",
                    "password": "a long enough one", "territory": "East",
                ])
            #expect(added.status == 201)
            #expect(added.json["email"] == "nia@acme.example")
            #expect(added.headers[.location] == "/api/v1/users/\(added.id)")
            let tokens = try await office.post("/api/v1/tokens",
                ["tenant": "acme", "email": "nia@acme.example", "password": "a long enough one"])
            #expect(tokens.status == 200)
        }
    }

    @Test func `what is wrong with a new person is named field by field`() async throws {
        try await World.with { world in
            let ada = world.ada
            let wrong = try await ada.post("/api/v1/users", ["name": " ", "email": "x", "role": "salesperson"])
            #expect(wrong.status == 422)
            #expect(Set(wrong.faults) == ["name", "email"])
            let short = try await ada.post("/api/v1/users",
                ["name": "A", "email": "a@b.example", "role": "manager", "password": "short"])
            #expect(short.faults == ["password"])
            let operatorial = try await ada.post("/api/v1/users",
                ["name": "A", "email": "a@b.example", "role": "platform_operator"])
            #expect(operatorial.faults == ["role"])
        }
    }

    @Test func `people are listed by name, a page at a time, and filtered`() async throws {
        try await World.with { world in
            for name in ["cleo", "bert"] { _ = try await office.hire(name) }
            let ada = world.ada
            let first = try await ada.get("/api/v1/users?limit=2")
            #expect(first.data.map { $0["name"] } == ["Ada Acme", "Bert"])
            let next = try #require(first.json["next"]?.string)
            let second = try await ada.get("/api/v1/users?limit=2&cursor=\(next)")
            #expect(second.data.map { $0["name"] } == ["Cleo"])
            #expect(second.json["next"] == JSON.null)
            let sellers = try await ada.get(
                "/api/v1/users?filter%5Brole%5D=salesperson&sort=-name")
            #expect(sellers.data.map { $0["name"] } == ["Cleo", "Bert"])
            #expect(try await ada.get("/api/v1/users?filter%5Bactive%5D=no").status == 422)
        }
    }

    @Test func `a change needs the version that was read`() async throws {
        try await World.with { world in
            let (ada, sam) = (world.ada, world.sam)
            let path = "/api/v1/users/\(sam.id)"
            let read = try await ada.get(path)
            #expect(read.headers[.eTag] == "\"\(read.version)\"")
            let change: JSON = ["role": "manager"]
            #expect(try await ada.patch(path, change).status == 428)
            let done = try await ada.patch(path, change, version: read.version)
            #expect(done.status == 200)
            #expect(done.json["role"] == "manager")
            let late = try await ada.patch(path, ["name": "Samuel"], version: read.version)
            #expect(late.status == 412)
        }
    }

    @Test func `people are changed by admins only, and by those of their own company`()
        async throws
    {
        try await World.with { world in
            let (ada, eve) = (world.ada, world.eve)
            let sam = world.sam
            let path = "/api/v1/users/\(ada.id)"
            let promote: JSON = ["role": "salesperson"]
            #expect(try await sam.patch(path, promote, version: 1).status == 403)
            #expect(try await eve.patch(path, promote, version: 1).status == 404)
            #expect(try await eve.get(path).status == 404)
            #expect(try await ada.get("/api/v1/users/nonsense").status == 404)
            let new: JSON = [
                "name": "X", "email": "x@acme.example", "role": "manager",
                "password": "a long enough one",
            ]
            #expect(try await sam.post("/api/v1/users", new).status == 403)
        }
    }

    @Test func `who is deactivated is out at once, and the last admin stays`() async throws {
        try await World.with { world in
            let (ada, sam) = (world.ada, world.sam)
            #expect(try await sam.get("/api/v1/me").status == 200)
            let gone = try await ada.patch("/api/v1/users/\(sam.id)", ["active": false], version: 1)
            #expect(gone.json["active"] == false)
            #expect(try await sam.get("/api/v1/me").status == 401)
            let last = try await ada.patch("/api/v1/users/\(ada.id)", ["active": false], version: 1)
            #expect(last.status == 409)
        }
    }

    @Test func `a new role holds from the next request on`() async throws {
        try await World.with { world in
            let (ada, sam) = (world.ada, world.sam)
            #expect(try await sam.get("/api/v1/api-keys").status == 403)
            let done = try await ada.patch("/api/v1/users/\(sam.id)", ["role": "company_admin"], version: 1)
            #expect(done.status == 200)
            #expect(try await sam.get("/api/v1/api-keys").status == 200)
        }
    }

    @Test func `people change their own name and absence, and no more`() async throws {
        try await World.with { world in
            let sam = world.sam
            let away = try await sam.patch("/api/v1/me", ["name": "Samuel", "away_until": "2026-11-30"], version: 1)
            #expect(away.status == 200)
            #expect(away.json["name"] == "Samuel")
            // The last day of absence ends at midnight in Kolkata, five and a half hours early.
            #expect(away.json["away_until"] == "2026-11-30T18:30:00Z")
            let back = try await sam.patch("/api/v1/me", ["away_until": .null], version: away.version)
            #expect(back.json["away_until"] == JSON.null)
            #expect(back.json["name"] == "Samuel")
            let role = try await sam.patch("/api/v1/me", ["role": "company_admin"], version: back.version)
            #expect(role.faults == ["role"])
            let nameless = try await sam.patch("/api/v1/me", ["name": ""], version: back.version)
            #expect(nameless.faults == ["name"])
            #expect(try await sam.patch("/api/v1/me", ["name": "S"]).status == 428)
            #expect(
                try await sam.patch("/api/v1/me", ["name": "S"], version: 1).status == 412)
        }
    }
}

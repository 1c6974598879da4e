import HTTPTypes
import Storage
import Testing

@Suite struct TeamRoutesTests {
    private static func team(
        _ name: String, in parent: String? = nil, by person: Person
    ) async throws -> Answer {
        let body: JSON = ["name": .string(name), "parent": parent.map(JSON.string) ?? .null]
        return try await person.post("/api/v1/teams", body)
    }

    @Test func `teams are listed as a tree, each with its depth and members`() async throws {
        try await World.with { world in
            let (ada, sam) = (world.ada, world.sam)
            let sales = try await Self.team("Sales", by: ada)
            #expect(sales.status == 201)
            let east = try await Self.team("East", in: sales.id, by: ada)
            let joined = try await ada.patch("/api/v1/users/\(sam.id)", ["team": .string(east.id)], version: 1)
            #expect(joined.json["team"] == .string(east.id))
            let tree = try await sam.get("/api/v1/teams")
            #expect(tree.data.map { $0["name"] } == ["Sales", "East"])
            #expect(tree.data.map { $0["depth"] } == [0, 1])
            #expect(tree.data.map { $0["members"] } == [0, 1])
        }
    }

    @Test func `a team is renamed, moved and given a manager`() async throws {
        try await World.with { world in
            let ada = world.ada
            let sales = try await Self.team("Sales", by: ada)
            let east = try await Self.team("East", in: sales.id, by: ada)
            let path = "/api/v1/teams/\(east.id)"
            let moved = try await ada.patch(path,
                ["name": "North", "parent": .null, "manager": .string(ada.id.description)],
                version: east.version)
            #expect(moved.json["name"] == "North")
            #expect(moved.json["parent"] == JSON.null)
            #expect(moved.json["manager"] == .string(ada.id.description))
            #expect(try await ada.get(path)["version"] == 2)
            #expect(try await ada.patch(path, ["name": "W"], version: 1).status == 412)
            #expect(try await ada.patch(path, ["name": "W"]).status == 428)
            let loop = try await ada.patch("/api/v1/teams/\(sales.id)", ["parent": .string(sales.id)], version: 1)
            #expect(loop.faults == ["parent"])
        }
    }

    @Test func `a team goes only when it is empty, and as it was read`() async throws {
        try await World.with { world in
            let ada = world.ada
            let sales = try await Self.team("Sales", by: ada)
            let east = try await Self.team("East", in: sales.id, by: ada)
            let path = "/api/v1/teams/\(sales.id)"
            #expect(try await ada.delete(path).status == 409)
            #expect(try await ada.delete("/api/v1/teams/\(east.id)").status == 204)
            #expect(try await ada.delete(path, version: 7).status == 412)
            #expect(try await ada.delete(path, version: 1).status == 204)
            #expect(try await ada.get("/api/v1/teams").data.isEmpty)
        }
    }

    @Test func `teams are changed by admins, and are not there for other companies`()
        async throws
    {
        try await World.with { world in
            let (ada, eve) = (world.ada, world.eve)
            let sam = world.sam
            let sales = try await Self.team("Sales", by: ada)
            let path = "/api/v1/teams/\(sales.id)"
            #expect(try await Self.team("Mine", by: sam).status == 403)
            #expect(try await sam.patch(path, ["name": "W"], version: 1).status == 403)
            #expect(try await sam.delete(path).status == 403)
            #expect(try await eve.get(path).status == 404)
            #expect(try await eve.patch(path, ["name": "W"], version: 1).status == 404)
            #expect(try await eve.delete(path).status == 404)
            #expect(try await Self.team("Below", in: sales.id, by: eve).faults == ["parent"])
        }
    }
}

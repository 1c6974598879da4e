import DatabaseSupport
import HTTPTypes
import Storage
import TestSupport
import Testing

@Suite struct TeamRoutesTests {
    private static func path(_ name: String, in world: World) throws -> String {
        "/api/v1/teams/\(try #require(world.teams[name]))"
    }

    @Test(arguments: EngineKind.allCases)
    func `teams are listed as a tree, each with its depth and members`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let east = try #require(world.teams["East"])
            let added = try await world.ada.post(
                "/api/v1/teams", ["name": "Coast", "parent": .string(east.description)])
            #expect(added.status == 201)
            let tree = try await world.sam.get("/api/v1/teams")
            #expect(tree.data.map { $0["name"] } == ["East", "Coast", "North", "West"])
            #expect(tree.data.map { $0["depth"] } == [0, 1, 1, 0])
            #expect(tree.data.map { $0["members"] } == [2, 0, 1, 1])
            #expect(tree.data[0]["manager"] == .string(world.max.id.description))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a team is renamed, moved and given a manager`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let (ada, path) = (world.ada, try Self.path("North", in: world))
            let change: JSON = [
                "name": "Far North", "parent": .null, "manager": .string(ada.id.description),
            ]
            #expect(try await ada.browser.send(.patch, path, change).status == 428)
            let moved = try await ada.patch(path, change, version: 1)
            #expect(moved.json["name"] == "Far North")
            #expect(moved.json["parent"] == JSON.null)
            #expect(moved.json["manager"] == .string(ada.id.description))
            let read = try await ada.get(path)
            #expect(read.json == moved.json)
            #expect(read.headers[.eTag] == "\"2\"")
            #expect(try await ada.patch(path, ["name": "N"], version: 1).status == 412)
            let loop: JSON = ["parent": moved.json["id"] ?? .null]
            #expect(try await ada.patch(path, loop, version: 2).faults == ["parent"])
            #expect(try await ada.patch(path, ["name": "West"], version: 2).faults == ["name"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a team goes only when it is empty, and as it was read`(on engine: EngineKind) async throws
    {
        try await World.with(engine) { world in
            let made = try await world.ada.post("/api/v1/teams", ["name": "South"])
            let path = "/api/v1/teams/\(made.json["id"]?.string ?? "")"
            let full = try await world.ada.delete(try Self.path("West", in: world))
            #expect(full.status == 409)
            let late = try await world.ada.browser.send(
                .delete, path, headers: [.ifMatch: "\"7\""])
            #expect(late.status == 412)
            #expect(try await world.ada.delete(path).status == 204)
            #expect(try await world.ada.get(path).status == 404)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `teams are changed by admins, and are not there for other companies`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let path = try Self.path("West", in: world)
            for person in [world.eva, world.max, world.sam] {
                let added = try await person.post("/api/v1/teams", ["name": "Mine"])
                #expect(added.status == 403)
                #expect(try await person.patch(path, ["name": "W"], version: 1).status == 403)
                #expect(try await person.delete(path).status == 403)
            }
            #expect(try await world.eve.get(path).status == 404)
            #expect(try await world.eve.patch(path, ["name": "W"], version: 1).status == 404)
            #expect(try await world.eve.delete(path).status == 404)
            let west = try #require(world.teams["West"])
            let below = try await world.eve.post(
                "/api/v1/teams", ["name": "Below", "parent": .string(west.description)])
            #expect(below.faults == ["parent"])
        }
    }
}

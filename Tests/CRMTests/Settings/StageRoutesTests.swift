import HTTPTypes
import Storage
import Testing

@Suite struct StageRoutesTests {
    @Test func `a stage gets another name and other figures`() async throws {
        try await World.with { world in
            let ada = world.ada
            let stages = try await ada.get("/api/v1/stages")
            #expect(stages.data.first?["key"] == "open")
            #expect(stages.data.count == 11)
            let path = "/api/v1/stages/connected"
            let changed = try await ada.patch(path,
                ["name": "In touch", "probability": 25, "stalled_after_days": .null], version: 1)
            #expect(changed.status == 200)
            #expect(changed.json["name"] == "In touch")
            #expect(changed.json["probability"] == 25)
            #expect(changed.json["stalled_after_days"] == JSON.null)
            #expect(changed.version == 2)
            #expect(changed.headers[.eTag] == "\"2\"")
        }
    }

    @Test func `what won and lost stand for cannot be changed`() async throws {
        try await World.with { world in
            let ada = world.ada
            let path = "/api/v1/stages/won"
            let wrong = try await ada.patch(path, ["probability": 50, "stalled_after_days": 3, "name": " "],
                version: 1)
            #expect(wrong.status == 422)
            #expect(Set(wrong.faults) == ["probability", "stalled_after_days", "name"])
            let named = try await ada.patch(path, ["name": "Customer"], version: 1)
            #expect(named.json["name"] == "Customer")
        }
    }

    @Test func `a change needs an admin, the stage and its version`() async throws {
        try await World.with { world in
            let (ada, sam) = (world.ada, world.sam)
            let body: JSON = ["name": "In touch"]
            let path = "/api/v1/stages/connected"
            #expect(try await ada.patch(path, body).status == 428)
            #expect(try await ada.patch(path, body, version: 5).status == 412)
            #expect(try await sam.patch(path, body, version: 1).status == 403)
            let none = try await ada.patch("/api/v1/stages/none", body, version: 1)
            #expect(none.status == 404)
            #expect(try await sam.get("/api/v1/stages").status == 200)
        }
    }

    @Test func `another company's stages stay as they are`() async throws {
        try await World.with { world in
            let (ada, eve) = (world.ada, world.eve)
            let path = "/api/v1/stages/connected"
            _ = try await ada.patch(path, ["name": "In touch"], version: 1)
            let theirs = try await eve.get("/api/v1/stages").data
            #expect(theirs.contains { $0["name"] == "Connected" })
        }
    }
}

import DatabaseSupport
import HTTPTypes
import Storage
import TestSupport
import Testing

@Suite struct StageRoutesTests {
    private static let path = "/api/v1/stages/connected"

    @Test(arguments: EngineKind.allCases)
    func `a stage gets another name and other figures, in its own company`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let stages = try await world.sam.get("/api/v1/stages")
            #expect(stages.data.first?["key"] == "open")
            #expect(stages.data.count == 11)
            let changed = try await world.ada.patch(
                Self.path,
                ["name": "In touch", "probability": 25, "stalled_after_days": .null], version: 1)
            #expect(changed.status == 200)
            #expect(changed.json["name"] == "In touch")
            #expect(changed.json["probability"] == 25)
            #expect(changed.json["stalled_after_days"] == JSON.null)
            #expect(changed.version == 2)
            #expect(changed.headers[.eTag] == "\"2\"")
            let others = try await world.eve.get("/api/v1/stages")
            #expect(others.data.contains { $0["name"] == "Connected" })
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what won and lost stand for cannot be changed`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let path = "/api/v1/stages/won"
            let wrong = try await world.ada.patch(
                path, ["probability": 50, "stalled_after_days": 3, "name": " "], version: 1)
            #expect(wrong.status == 422)
            #expect(Set(wrong.faults) == ["probability", "stalled_after_days", "name"])
            let named = try await world.ada.patch(path, ["name": "Customer"], version: 1)
            #expect(named.json["name"] == "Customer")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a change needs an admin, the stage and its version`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let body: JSON = ["name": "In touch"]
            #expect(try await world.ada.browser.send(.patch, Self.path, body).status == 428)
            #expect(try await world.ada.patch(Self.path, body, version: 5).status == 412)
            let none = try await world.ada.patch("/api/v1/stages/none", body, version: 1)
            #expect(none.status == 404)
            for person in [world.eva, world.max, world.sam] {
                #expect(try await person.patch(Self.path, body, version: 1).status == 403)
            }
        }
    }
}

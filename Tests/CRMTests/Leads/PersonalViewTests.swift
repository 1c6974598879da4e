import DatabaseSupport
import Storage
import TestSupport
import Testing

@Suite struct PersonalViewTests {
    private static let west = "filter[territory]=West&sort=-value_minor"

    @Test(arguments: EngineKind.allCases)
    func `a view is its maker's alone, on pages as in the API`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let saved = try await world.sam.post(
                "/api/v1/views", ["name": "Hot in the West", "query": .string(Self.west)])
            #expect(saved.status == 201)
            let url = try #require(saved.json["url"]?.string)
            let page = try await world.sam.page(url)
            #expect(page.status == 200)
            #expect(page.text.contains("Hot in the West"))
            #expect(page.text.contains("data-remove-view"))
            #expect(try await world.sam.page("/today").text.contains("Hot in the West"))
            #expect(try await !world.sia.page("/today").text.contains("Hot in the West"))
            #expect(try await world.sia.get("/api/v1/views").data.isEmpty)
            let id = saved.json["id"]?.string ?? ""
            #expect(try await world.sia.delete("/api/v1/views/\(id)").status == 404)
            #expect(try await world.eve.delete("/api/v1/views/\(id)").status == 404)
            #expect(try await world.sam.delete("/api/v1/views/\(id)").status == 204)
            #expect(try await world.sam.get("/api/v1/views").data.isEmpty)
            #expect(try await world.sam.page(url).text.contains("data-save-view"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the same name replaces, and places do not mix`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for (place, query) in [("leads", Self.west), ("pipeline", "filter[owner]=me")] {
                let saved = try await world.sam.post(
                    "/api/v1/views",
                    ["name": "Mine", "place": .string(place), "query": .string(query)])
                #expect(saved.status == 201)
            }
            let views = try await world.sam.get("/api/v1/views").data
            #expect(views.map { $0["place"] } == ["pipeline"])
            #expect(views.first?["url"]?.string?.hasPrefix("/pipeline?filter") == true)
        }
    }

    @Test(
        arguments: EngineKind.allCases,
        [
            (#"{"name":" ","query":"sort=id"}"#, "name"), (#"{"name":"A","query":""}"#, "query"),
            (#"{"name":"A","query":"cursor=x"}"#, "query"),
            (#"{"name":"A","query":"filter[mood]=good"}"#, "filter[mood]"),
            (#"{"name":"A","query":"filter[created_at][gte]=soon"}"#, "filter[created_at]"),
            (#"{"name":"A","query":"sort=mood"}"#, "sort"),
            (#"{"name":"A","query":"sort=id","place":"moon"}"#, "place"),
        ])
    func `what the list would refuse is not kept`(on engine: EngineKind, _ given: (String, String))
        async throws
    {
        let (body, fault) = given
        try await World.with(engine) { world in
            let answer = try await world.sam.post("/api/v1/views", try JSON(parsing: body))
            #expect(answer.status == 422)
            #expect(answer.faults == [fault])
            #expect(try await world.sam.get("/api/v1/views").data.isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `there is an end to them`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for number in 1...30 {
                let saved = try await world.sam.post(
                    "/api/v1/views", ["name": .string("V\(number)"), "query": "sort=id"])
                #expect(saved.status == 201)
            }
            let more = try await world.sam.post(
                "/api/v1/views", ["name": "One more", "query": "sort=id"])
            #expect(more.status == 409)
            let again = try await world.sam.post(
                "/api/v1/views", ["name": "V7", "query": "sort=-id"])
            #expect(again.status == 201)
        }
    }
}

import DatabaseSupport
import Storage
import TestSupport
import Testing

@testable import CRM

@Suite struct MetaConnectionTests {
    @Test(arguments: EngineKind.allCases)
    func `secrets go in, and none comes out`(on engine: EngineKind) async throws {
        try await MetaDesk.with(engine, isConnected: false) { desk in
            let ada = desk.world.ada
            #expect(try await ada.get(MetaDesk.setting).status == 404)
            let half = try await ada.put(MetaDesk.setting, ["app_secret": "x"])
            #expect((half.status, half.faults) == (422, ["verify_token", "page_token"]))
            var bad = MetaDesk.connection.object ?? [:]
            bad["page_token"] = "two words\n"
            let spoilt = try await ada.put(MetaDesk.setting, .object(bad))
            #expect((spoilt.status, spoilt.faults) == (422, ["page_token"]))
            let made = try await ada.put(MetaDesk.setting, MetaDesk.connection)
            #expect(made.status == 200)
            #expect(made.json["callback_url"]?.string?.hasSuffix(MetaDesk.hook) == true)
            #expect(made.json["page_token_hint"] == "0001")
            try await desk.work()
            let events = try await desk.world.database.read { tx in
                // tenant: what stands anywhere in the clear.
                try await tx.column("SELECT data FROM events", as: String.self)
            }
            let told = [made.text, try await ada.get(MetaDesk.setting).text] + events
            for secret in [MetaDesk.secret, "our-words", GraphStand.token] {
                #expect(!told.contains { $0.contains(secret) })
            }
            #expect(try await desk.connection()["page_name"] == "Vantage")
            for other in [desk.world.sam, desk.world.max, desk.world.eva] {
                #expect(try await other.get(MetaDesk.setting).status == 403)
            }
            #expect(try await desk.world.eve.get(MetaDesk.setting).status == 404)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `disconnected, what waits is refused, and processed again once there is a connection`(
        on engine: EngineKind
    ) async throws {
        try await MetaDesk.with(engine) { desk in
            let ada = desk.world.ada
            try await desk.arrive("9001")
            #expect(try await ada.delete(MetaDesk.setting).status == 204)
            #expect(try await ada.get(MetaDesk.setting).status == 404)
            let entry = try #require(try await desk.entries().first)
            #expect(entry["outcome"] == "refused")
            try await desk.work()
            try await Books.check(desk.world)
            #expect(try await desk.arrive("9002").status == 403)
            let path = "/api/v1/inbox/\(entry["id"]?.string ?? "")/replay"
            #expect(try await ada.post(path).status == 409)
            #expect(try await ada.put(MetaDesk.setting, MetaDesk.connection).status == 200)
            #expect(try await ada.post(path).status == 200)
            try await desk.work()
            // What nobody was told of meanwhile is in Facebook's list.
            try await desk.expectAll()
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a test lead is asked for, and seen coming`(on engine: EngineKind) async throws {
        try await MetaDesk.with(engine) { desk in
            let ada = desk.world.ada
            let asked = try await ada.post("\(MetaDesk.setting)/test-lead", ["form_id": "77001"])
            #expect(asked.status == 201)
            let id = try #require(asked.json["leadgen_id"]?.string)
            #expect(try await desk.connection()["test_lead"]?["outcome"] == .null)
            let change = desk.stand.send(id, at: desk.world.clock.now)
            try await desk.tell([change])
            #expect(try await desk.connection()["test_lead"]?["outcome"] == "waiting")
            try await desk.work()
            let came = try await desk.connection()["test_lead"]
            #expect(came?["outcome"] == "created")
            #expect(came?["lead"] == (try await desk.leads().first?["id"]))
            desk.stand.turn { $0.isDown = true }
            let down = try await ada.post("\(MetaDesk.setting)/test-lead")
            #expect(down.status == 503)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `after something was put right at Facebook, a check goes on`(on engine: EngineKind)
        async throws
    {
        try await MetaDesk.with(engine) { desk in
            desk.stand.turn { $0.faults = [(10, 403), (10, 403)] }
            try await desk.arrive("9101")
            try await desk.work()
            #expect(try await desk.connection()["state"] == "reconnect_needed")
            #expect(try await desk.messages().count == 1)
            let answer = try await desk.world.ada.post("\(MetaDesk.setting)/check")
            #expect(answer.json["state"] == "ready")
            try await desk.work()
            try await desk.expectAll()
        }
    }
}

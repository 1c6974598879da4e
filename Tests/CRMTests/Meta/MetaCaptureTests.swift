import DatabaseSupport
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import CRM

@Suite struct MetaCaptureTests {
    @Test(arguments: EngineKind.allCases)
    func `Facebook is answered its challenge, and nobody else is`(on engine: EngineKind)
        async throws
    {
        try await MetaDesk.with(engine) { desk in
            let ask = "\(MetaDesk.hook)?hub.mode=subscribe&hub.challenge=1158201444"
            let answer = try await desk.world.nobody.send(
                .get, "\(ask)&hub.verify_token=our-words")
            #expect((answer.status, answer.text) == (200, "1158201444"))
            #expect(answer.headers[.contentType]?.hasPrefix("text/plain") == true)
            let wrong = [
                "\(ask)&hub.verify_token=others", ask,
                ask.replacing("vantage-retail", with: "rival-trading") + "&hub.verify_token=x",
                ask.replacing("vantage-retail", with: "nobody") + "&hub.verify_token=our-words",
                "\(ask)&hub.verify_token=our-words".replacing("subscribe", with: "other"),
            ]
            for path in wrong {
                #expect(try await desk.world.nobody.send(.get, path).status == 403, "\(path)")
            }
        }
    }

    @Test func `where the header counts as no token, the token goes in the address`() async throws {
        try await MetaDesk.with(.sqlite) { desk in
            desk.stand.turn { $0.ignoresHeader = true }
            _ = try await desk.arrive("12312312312312346", ["email": "a@b.example"])
            try await desk.work()
            #expect(try await desk.leads().map { $0["email"] } == ["a@b.example"])
            try await desk.expectAll()
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what the webhook tells is a lead with all that was answered and whence it came`(
        on engine: EngineKind
    ) async throws {
        try await MetaDesk.with(engine) { desk in
            desk.stand.turn { $0.hasNumbers = true }
            let answer = try await desk.arrive(
                "12312312312312345",
                [
                    "first_name": "Joe", "last_name": "Example", "email": "JOE@lead.example",
                    "phone_number": "2125550147", "company_name": "Example Ltd",
                    "car_make": "Honda",
                ])
            #expect((answer.status, answer.text) == (200, "ok"))
            #expect(try await desk.ledger()["waiting"] == 1)
            #expect(try await desk.leads().isEmpty)
            try await desk.work()
            let lead = try #require(try await desk.leads().first)
            let expected: [String: JSON] = [
                "contact_name": "Joe Example", "email": "joe@lead.example",
                "phone": "+12125550147", "company": "Example Ltd", "source": "facebook",
                "campaign": "Spring", "notes": "Car make: Honda",
                "attribution": [
                    "leadgen_id": "12312312312312345", "form_id": "77001",
                    "page_id": .string(GraphStand.page), "ad_id": "6001", "ad_name": "Blue ad",
                    "adset_id": "6002", "adset_name": "Everybody", "campaign_id": "6003",
                    "campaign_name": "Spring", "is_organic": "false", "platform": "fb",
                    "sent_at": .string(World.moment.text), "consent.offers": "1",
                    "consent.partners": "no",
                ],
            ]
            for (field, value) in expected { #expect(lead[field] == value, "\(field)") }
            let id = lead["id"]?.string ?? ""
            let first = try await desk.world.ada.get("/api/v1/leads/\(id)/timeline").data.last
            #expect(first?["actor"]?["kind"] == "connection")
            let payload = try await desk.entries().first?["payload"]
            #expect(payload?["change"]?["something_new"] == "ignored")
            #expect(payload?["lead"]?["field_data"]?.array?.count == 6)
            try await desk.expectAll()
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what is not signed by the company's app is not journalled, and is counted`(
        on engine: EngineKind
    ) async throws {
        try await MetaDesk.with(engine) { desk in
            let change = desk.stand.send("5001", at: desk.world.clock.now)
            let rival = "/hooks/meta/rival-trading"
            for (secret, path) in [
                ("other", MetaDesk.hook), (MetaDesk.secret, rival), ("x", "/hooks/meta/nobody"),
            ] {
                let answer = try await desk.tell([change], secret: secret, path: path)
                #expect(answer.status == 403)
                #expect(answer.json["detail"] != nil)
            }
            let unsigned = try await desk.world.nobody.send(
                .post, MetaDesk.hook, ["object": "page"])
            #expect(unsigned.status == 403)
            #expect(try await desk.entries().isEmpty)
            let metrics = try await desk.world.nobody.send(.get, "/metrics").text
            #expect(
                metrics.contains(
                    #"_count{method="POST",route="/hooks/meta/{slug}",status="403"} 4"#))
            try await Books.check(desk.world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `replayed, reordered and doubled, each is one lead`(on engine: EngineKind) async throws {
        try await MetaDesk.with(engine) { desk in
            let changes = (1...12).map { number in
                desk.stand.send("60\(number)", at: desk.world.clock.now)
            }
            try await desk.tell(Array(changes.reversed()) + changes)
            try await desk.tell([changes[3]])
            try await desk.work()
            try await desk.tell(changes)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await desk.tell(changes) } }
                try await group.waitForAll()
            }
            try await desk.work()
            try await desk.expectAll()
            #expect(try await desk.ledger()["received"] == 12)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a thousand changes of one call are a thousand leads`(on engine: EngineKind) async throws {
        try await MetaDesk.with(engine) { desk in
            let changes = (1...1000).map { number in
                desk.stand.send("8\(10_000 + number)", at: desk.world.clock.now)
            }
            #expect(try await desk.tell(changes).status == 200)
            #expect(try await desk.ledger()["waiting"] == 1000)
            try await desk.work()
            try await desk.expectAll()
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what is unknown is ignored, and what is not told is asked for`(on engine: EngineKind)
        async throws
    {
        try await MetaDesk.with(engine) { desk in
            let known = desk.stand.send("7001", at: desk.world.clock.now)
            try await desk.tell([known])
            try await desk.work()
            let other: JSON = ["field": "feed", "value": ["x": 1]]
            #expect(try await desk.tell([other]).status == 200)
            #expect(try await desk.call(["object": "user"]).status == 200)
            #expect(try await desk.ledger()["received"] == 1)
            desk.stand.send("7002", at: desk.world.clock.now)
            let names: JSON = [
                "object": "page", "entry": [["id": "1", "changed_fields": ["leadgen"]]],
            ]
            #expect(try await desk.call(names).status == 200)
            try await desk.work()
            try await desk.expectAll()
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an admin says where answers go, and what does not fit stands in the notes`(
        on engine: EngineKind
    ) async throws {
        try await MetaDesk.with(engine) { desk in
            let ada = desk.world.ada
            let fields: JSON = [
                "fields": [
                    ["key": "seats", "label": "Seats", "type": "number"],
                    ["key": "make", "label": "Make", "type": "text"],
                ]
            ]
            #expect(try await ada.put("/api/v1/custom-fields", fields).status == 200)
            let mapping: JSON = [
                "mapping": ["car_make": "custom.make", "seats": "custom.seats", "quiz": "ignore"]
            ]
            #expect(try await ada.put(MetaDesk.setting, mapping).status == 200)
            let path = "\(MetaDesk.setting)/mapping"
            let more: JSON = ["question": "which_product", "target": "product"]
            #expect(try await ada.browser.send(.patch, path, more).status == 200)
            for bad: JSON in ["custom.none", "owner", "x"] {
                let wish: JSON = ["question": "q", "target": bad]
                #expect(try await ada.browser.send(.patch, path, wish).status == 422)
            }
            let answers = [
                "car_make": "Honda", "seats": "many", "quiz": "7", "which_product": "Suite",
                "email": "not an address", "full_name": "Ann",
            ]
            try await desk.arrive("7101", answers)
            try await desk.work()
            let lead = try #require(try await desk.leads().first)
            #expect(lead["custom"] == ["make": "Honda"])
            #expect(lead["product"] == "Suite")
            #expect(lead["notes"] == "Email: not an address\nSeats: many")
            try await desk.expectAll()
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who sends two forms is one lead, touched again`(on engine: EngineKind) async throws {
        try await MetaDesk.with(engine) { desk in
            let same = ["full_name": "Ann", "email": "ann@lead.example"]
            try await desk.arrive("7201", same)
            try await desk.work()
            try await desk.arrive("7202", same)
            try await desk.work()
            let ledger = try await desk.ledger()
            #expect((ledger["created"], ledger["merged"]) == (1, 1))
            #expect(try await desk.leads().first?["touches"] == 2)
            try await Books.check(desk.world)
        }
    }
}

import App
import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

@testable import CRM

@Suite struct FormIntakeTests {
    /// A form of Vantage, and its public address.
    private static func form(_ world: World, _ extra: JSON = [:]) async throws -> String {
        var fields = extra.object ?? [:]
        fields["name"] = "Contact us"
        let made = try await world.ada.post("/api/v1/forms", .object(fields))
        guard let token = made.json["token"]?.string else { throw UnexpectedStatus(answer: made) }
        return "/f/\(token)"
    }

    private static func post(
        _ world: World, _ path: String, _ fields: JSON, headers: HTTPFields = [:]
    ) async throws -> Answer {
        try await world.nobody.send(.post, path, fields, headers: headers)
    }

    private static func typed(
        _ world: World, _ path: String, _ body: String
    ) async throws -> Answer {
        try await world.nobody.send(
            .post, path, bytes: Array(body.utf8),
            headers: [.contentType: "application/x-www-form-urlencoded"])
    }

    private static func ledger(_ world: World) async throws -> [String: JSON] {
        try await world.ada.get("/api/v1/inbox/ledger").json.object ?? [:]
    }

    @Test(arguments: EngineKind.allCases)
    func `what a form sends is a lead with its origin`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let path = try await Self.form(
                world, ["source": "Landing", "product": "Suite", "thank_you": "Danke!"])
            let answer = try await Self.post(
                world, path,
                [
                    "name": "Fatima Mehta", "email": "FATIMA@orchard.example", "tel": "2125550147",
                    "message": "Hello", "utm_campaign": "Spring", "gclid": "g1", "size": "40",
                ])
            #expect(answer.status == 200)
            #expect(answer.json["message"] == "Danke!")
            let lead = try #require(try await world.ada.get("/api/v1/leads").data.first)
            let expected: [String: JSON] = [
                "contact_name": "Fatima Mehta", "email": "fatima@orchard.example",
                "phone": "+12125550147", "source": "landing", "product": "Suite",
                "campaign": "Spring", "notes": "Hello\nSize: 40",
                "attribution": ["utm_campaign": "Spring", "gclid": "g1"],
            ]
            for (field, value) in expected { #expect(lead[field] == value, "\(field)") }
            let id = lead["id"]?.string ?? ""
            let first = try await world.ada.get("/api/v1/leads/\(id)/timeline").data.last
            #expect(first?["actor"]?["kind"] == "form")
            let again = try await Self.typed(world, path, "email=fatima%40orchard.example")
            #expect(again.status == 200)
            #expect(again.text.contains("Danke!"))
            let ledger = try await Self.ledger(world)
            #expect(ledger["created"] == 1)
            #expect(ledger["merged"] == 1)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `spam is set aside, answered like the rest, and can be released`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let path = try await Self.form(world)
            let page = try await world.nobody.send(.get, path).text
            let mark = try #require(page.firstMatch(of: /name="rendered_at" value="([^"]+)"/))
            let stamp = String(mark.1)
            let spam: [JSON] = [
                ["email": "a@x.example", "fax_extension": "7"],
                ["email": "b@x.example", "rendered_at": .string(stamp)],
                ["email": "c@x.example", "rendered_at": "made up"],
                [
                    "email": "d@x.example",
                    "message": .string(String(repeating: "http://x ", count: 9)),
                ],
            ]
            for fields in spam {
                #expect(try await Self.post(world, path, fields).status == 200)
            }
            #expect(try await world.ada.get("/api/v1/leads").data.isEmpty)
            world.clock.advance(seconds: 3)
            let slow: JSON = ["email": "b@x.example", "rendered_at": .string(stamp)]
            #expect(try await Self.post(world, path, slow).status == 200)
            #expect(try await world.ada.get("/api/v1/leads").data.count == 1)
            #expect(try await Self.ledger(world)["quarantined"] == 4)
            let set = try await world.ada.get("/api/v1/inbox?filter%5Boutcome%5D=quarantined").data
            for entry in set {
                let id = entry["id"]?.string ?? ""
                #expect(entry["reason"]?.string?.isEmpty == false)
                let released = try await world.ada.post("/api/v1/inbox/\(id)/release")
                #expect(released.json["lead"]?.string != nil)
            }
            let ledger = try await Self.ledger(world)
            #expect(ledger["created"] == 4)
            #expect(ledger["merged"] == 1)
            #expect(ledger["balanced"] == true)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what the person can put right is said, with what they typed`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let path = try await Self.form(world)
            let json = try await Self.post(world, path, ["email": "nobody", "name": "Zoë"])
            #expect(json.status == 422)
            #expect(json.faults == ["email"])
            let page = try await Self.typed(world, path, "email=nobody&name=Zo%C3%AB+%3Cb%3E")
            #expect(page.status == 422)
            #expect(page.text.contains("Zoë &lt;b&gt;"))
            #expect(try await Self.typed(world, path, "").status == 422)
            #expect(try await Self.post(world, path, ["a": ["b": 1]]).status == 422)
            #expect(try await Self.post(world, path, ["name": "a\0b"]).status == 422)
            #expect(try await Self.post(world, path, ["na\0me": "a", "name": "b"]).status == 422)
            let long = JSON.string(String(repeating: "x", count: 10_001))
            #expect(try await Self.post(world, path, ["name": long]).status == 422)
            let broken = try await world.nobody.send(
                .post, path, bytes: Array("{".utf8), headers: [.contentType: "application/json"])
            #expect(broken.status == 400)
            let huge = "name=" + String(repeating: "x", count: 200_000)
            #expect(try await Self.typed(world, path, huge).status == 413)
            #expect(try await Self.ledger(world)["received"] == 0)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `texts are cut to what a lead holds, in code points`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let path = try await Self.form(world)
            let accents = "a" + String(repeating: "\u{301}", count: 5000)
            let answer = try await Self.post(
                world, path, ["company": .string(accents), "email": "a@x.example"])
            #expect(answer.status == 200)
            let lead = try await world.ada.get("/api/v1/leads").data.first
            #expect(lead?["company"]?.string?.unicodeScalars.count == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `one address may not send without end, and is told when to come back`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            let path = try await Self.form(world)
            var statuses: [Int] = []
            for number in 0..<21 {
                let body: JSON = ["email": .string("p\(number)@x.example")]
                statuses.append(try await Self.post(world, path, body).status)
            }
            #expect(statuses == Array(repeating: 200, count: 20) + [429])
            let page = try await Self.typed(world, path, "email=late%40x.example")
            #expect(page.status == 429)
            #expect(page.headers[.retryAfter].flatMap { Int($0) } ?? 0 > 0)
            world.clock.advance(seconds: 60)
            #expect(try await Self.typed(world, path, "email=late%40x.example").status == 200)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `only pages of the form's list may send, and browsers are told so`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let path = try await Self.form(world, ["origins": ["https://shop.example"]])
            let (shop, other) = ("https://shop.example", "https://evil.example")
            let body: JSON = ["email": "a@x.example"]
            let own = try await Self.post(world, path, body, headers: [.origin: shop])
            #expect(own.status == 200)
            #expect(own.headers[.accessControlAllowOrigin] == shop)
            let foreign = try await Self.post(world, path, body, headers: [.origin: other])
            #expect(foreign.status == 403)
            #expect(foreign.headers[.accessControlAllowOrigin] == nil)
            let asked = try await world.nobody.send(.options, path, headers: [.origin: shop])
            #expect(asked.status == 204)
            #expect(asked.headers[.accessControlAllowMethods] == "POST")
            let refused = try await world.nobody.send(.options, path, headers: [.origin: other])
            #expect(refused.status == 403)
            let wrong = try await Self.post(
                world, path, ["email": "x"], headers: [.origin: shop])
            #expect(wrong.status == 422)
            #expect(wrong.headers[.accessControlAllowOrigin] == shop)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a form that is closed, deleted or has another token takes nothing`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let path = try await Self.form(world)
            #expect(try await world.nobody.send(.get, path).status == 200)
            #expect(try await world.nobody.send(.get, path + "/embed.js").status == 200)
            let id = try #require(
                try await world.ada.get("/api/v1/forms").data.first?["id"]?.string)
            let own = "/api/v1/forms/\(id)"
            _ = try await world.ada.patch(own, ["active": false], version: 1)
            #expect(try await Self.post(world, path, ["email": "a@x.example"]).status == 404)
            #expect(try await world.nobody.send(.get, path).status == 404)
            _ = try await world.ada.patch(own, ["active": true], version: 2)
            let token = try await world.ada.post(own + "/token").json["token"]?.string ?? ""
            #expect(try await Self.post(world, path, ["email": "a@x.example"]).status == 404)
            #expect(
                try await Self.post(world, "/f/\(token)", ["email": "a@x.example"]).status == 200)
            for person in [world.sam, world.max, world.eva] {
                #expect(try await person.get("/api/v1/forms").status == 403)
                #expect(try await person.delete(own).status == 403)
            }
            #expect(try await world.eve.delete(own).status == 404)
            #expect(try await world.ada.delete(own).status == 204)
            #expect(try await Self.typed(world, "/f/\(token)", "email=a%40x.example").status == 404)
            #expect(try await Self.typed(world, "/f/nothing", "email=a%40x.example").status == 404)
        }
    }

    /// Something that a form sent and nobody has processed.
    private static func waiting(_ world: World, _ payload: String) async throws -> Entry {
        try await world.asking(world.ada) { scope in
            let form = try #require(try await Forms(scope).list().first)
            let arrived = Arrived(
                channel: .form, source: "web_form", payload: payload, form: form.id)
            return try await Inbox(scope).journal(arrived, of: form, suspicion: nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what was left waiting is taken up, also behind one that cannot be`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            _ = try await Self.form(world)
            // What no version of ours would write.
            let torn = try await Self.waiting(world, "torn")
            world.clock.advance(seconds: 1)
            let whole = try await Self.waiting(world, #"[["email","second@x.example"]]"#)
            let installation = world.server.installation
            let intake = FormIntake(
                database: world.database, cursors: Cursors(key: [1]),
                mailing: installation.mailing, files: installation.formFiles)
            // Too young: whoever took it is still at it.
            try await intake.sweep(at: world.clock.now)
            #expect(try await world.ada.get("/api/v1/leads").data.isEmpty)
            let later = world.clock.now.adding(seconds: 10)
            await #expect(throws: (any Error).self) { try await intake.sweep(at: later) }
            let leads = try await world.ada.get("/api/v1/leads").data
            #expect(leads.map { $0["email"] } == ["second@x.example"])
            for (entry, outcome) in [(torn.id, Outcome.waiting), (whole.id, .created)] {
                let now = try await world.asking(world.ada) { try await Inbox($0).find(entry) }
                #expect(now.outcome == outcome)
            }
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an entry becomes a lead once, however often it is taken up`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            _ = try await Self.form(world)
            let entry = try await Self.waiting(world, #"[["company","Orchard"]]"#)
            try await world.asking(world.ada) { try await Inbox($0).process(entry) }
            await #expect(throws: (any Error).self) {
                try await world.asking(world.ada) { try await Inbox($0).process(entry) }
            }
            #expect(try await world.ada.get("/api/v1/leads").data.count == 1)
            try await Books.check(world)
        }
    }
}

private struct UnexpectedStatus: Error { let answer: Answer }

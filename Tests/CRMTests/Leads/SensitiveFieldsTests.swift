import App
import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

@testable import CRM

@Suite struct SensitiveFieldsTests {
    private static let fields: JSON = [
        "fields": [
            ["key": "iban", "label": "IBAN", "type": "text", "sensitive": true],
            ["key": "erp", "label": "ERP", "type": "text"],
        ]
    ]
    private static let custom: JSON = ["iban": "DE89 3704", "erp": "Tally"]

    /// Sam's lead, with a value in each field.
    private static func lead(_ world: World) async throws -> String {
        let saved = try await world.ada.put("/api/v1/custom-fields", fields)
        try #require(saved.status == 200, "\(saved.text)")
        return try await world.sam.lead(["company": "Hartmann", "custom": custom])
    }

    private static func share(_ lead: String, _ person: Person, _ world: World) async throws {
        let share: JSON = ["user": .string("\(person.id)"), "relation": "warrior"]
        let answer = try await world.ada.post("/api/v1/leads/\(lead)/shares", share)
        try #require(answer.status == 201)
    }

    private static func read(_ world: World) async throws -> [JSON] {
        await world.server.site.sightings.record()
        return try await world.audit(world.ada, "&filter[action]=sensitive.read")
    }

    @Test(arguments: EngineKind.allCases)
    func `a sensitive value is shown with the right to it, on these leads, and nowhere else`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let lead = try await Self.lead(world)
            let wes = try await world.seat("wanda", .warrior)
            for person in [wes, world.sia] { try await Self.share(lead, person, world) }
            let analyst = try await world.seat("ana", .operationsAnalyst)
            let path = "/api/v1/leads/\(lead)"
            for (person, sees) in [
                (world.ada, true), (world.max, true), (world.sam, true), (analyst, true),
                (world.eva, false), (wes, false), (world.sia, false),
            ] {
                let one = try await person.get(path).json["custom"]
                let list = try await person.get("/api/v1/leads").data.first?["custom"]
                #expect(one?["iban"] == (sees ? "DE89 3704" : nil), "\(person.name)")
                #expect(list?["iban"] == (sees ? "DE89 3704" : nil), "\(person.name)")
                #expect(one?["erp"] == "Tally", "\(person.name)")
                for page in ["/leads/\(lead)", "/leads", "/pipeline"] {
                    let text = try await person.page(page).text
                    let isOn = page.hasSuffix(lead) && sees
                    #expect(text.contains("DE89 3704") == isOn, "\(person.name): \(page)")
                }
            }
            // What a write answers is what its caller may see, and takes nothing away.
            let logged = try await wes.post("\(path)/activities", ["kind": "call"])
            #expect(logged.status == 201 && !logged.text.contains("DE89"))
            let moved = try await wes.post("\(path)/transition", ["to": "first_contact"])
            #expect(moved.status == 200 && !moved.text.contains("DE89"))
            #expect(try await world.sam.get(path).json["custom"] == Self.custom)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `history says that it was changed, not from what to what`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let lead = try await Self.lead(world)
            let path = "/api/v1/leads/\(lead)"
            let changed = try await world.sam.patch(
                path, ["custom": ["iban": "FR76 3000", "erp": "SAP"]], version: 1)
            #expect(changed.status == 200)
            let timeline = try await world.ada.get("\(path)/timeline")
            #expect(!timeline.text.contains("DE89") && !timeline.text.contains("FR76"))
            let data = timeline.data.first?["data"]
            #expect(data?["before"]?["custom"]?.string?.contains("Tally") == true)
            #expect(data?["after"]?["custom"]?.string?.contains("SAP") == true)
            // Undo still knows.
            let change = changed.json["change"]?.string ?? ""
            #expect(try await world.sam.post("/api/v1/changes/\(change)/undo").status == 200)
            #expect(try await world.sam.get(path).json["custom"] == Self.custom)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who reads one is noted, once an hour for each person and lead`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let lead = try await Self.lead(world)
            let other = try await world.sam.lead(["company": "Orchard", "custom": ["erp": "SAP"]])
            for _ in 0..<3 { _ = try await world.ada.get("/api/v1/leads/\(lead)") }
            _ = try await world.ada.page("/leads/\(lead)", fragment: true)
            _ = try await world.sam.page("/leads/\(lead)")
            _ = try await world.eva.get("/api/v1/leads/\(lead)")
            _ = try await world.ada.get("/api/v1/leads/\(other)")
            let first = try await Self.read(world)
            #expect(
                first.map { $0["person"] }
                    == [.string("\(world.ada.id)"), .string("\(world.sam.id)")])
            #expect(first.allSatisfy { $0["subject"] == .string(lead) })
            #expect(first.allSatisfy { $0["subject_kind"] == "lead" })
            #expect(first.first?.detail["fields"] == ["iban"])
            #expect(!JSON.array(first).text.contains("DE89"))
            world.clock.advance(seconds: 3599)
            _ = try await world.ada.get("/api/v1/leads/\(lead)")
            #expect(try await Self.read(world).count == 2)
            world.clock.advance(seconds: 2)
            _ = try await world.ada.get("/api/v1/leads/\(lead)")
            #expect(try await Self.read(world).count == 3)
            // A list is one look at all of it.
            _ = try await world.ada.get("/api/v1/leads")
            #expect(try await Self.read(world).last?["subject_kind"] == "leads")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what was read is recorded to the end of a server`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let lead = try await Self.lead(world)
            let sightings = world.server.site.sightings
            _ = try await world.ada.get("/api/v1/leads/\(lead)")
            let recorder = Task { await sightings.run() }
            recorder.cancel()
            await recorder.value
            #expect(try await Self.read(world).count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who may not see a sensitive field may not write over it`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let lead = try await Self.lead(world)
            let caller = Caller(
                tenant: world.vantage, actor: .user(world.sam.id), role: .salesperson,
                grants: Grants.of(.salesperson).limited(to: [.leadsRead, .leadsEdit]))
            func change(_ custom: JSON) async throws -> Lead {
                try await world.database.write(as: caller, at: world.clock.now) { scope in
                    try await Leads(scope).change(
                        ID<Lead>(lead)!, version: 1, Fields(["custom": custom]))
                }
            }
            await #expect(throws: Problem.self) { _ = try await change(["iban": "X"]) }
            _ = try await change(["erp": "SAP"])
            let custom = try await world.ada.get("/api/v1/leads/\(lead)").json["custom"]
            #expect(custom == ["iban": "DE89 3704", "erp": "SAP"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what arrived is shown without it to who sees all leads and not that`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            _ = try await Self.lead(world)
            let key = try await world.ada.post("/api/v1/api-keys", ["name": "Shop"])
            let shop = world.nobody.bearing(key.json["token"]?.string ?? "")
            let lead: JSON = ["company": "Orchard", "custom": Self.custom]
            #expect(try await shop.send(.post, "/api/v1/leads", lead).status == 201)
            #expect(try await world.ada.get("/api/v1/inbox").text.contains("DE89"))
            let inbox = try await world.eva.get("/api/v1/inbox")
            #expect(inbox.text.contains("Tally") && !inbox.text.contains("DE89"))
            #expect(try await !world.eva.page("/inbox").text.contains("DE89"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the settings say which fields are sensitive, and a field that is gone stays so`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let lead = try await Self.lead(world)
            let page = try await world.ada.page("/settings/fields").text
            #expect(page.contains("name=\"sensitive\" checked"))
            let saved = try await world.ada.get("/api/v1/custom-fields").json["fields"]
            #expect(saved?.array?.map { $0["sensitive"] ?? false } == [true, false])
            let gone: JSON = ["fields": [["key": "erp", "label": "ERP", "type": "text"]]]
            #expect(try await world.ada.put("/api/v1/custom-fields", gone).status == 200)
            let custom = try await world.eva.get("/api/v1/leads/\(lead)").json["custom"]
            #expect(custom == ["erp": "Tally"])
        }
    }
}

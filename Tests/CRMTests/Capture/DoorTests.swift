import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

/// The doors for partners and ERPs.
@Suite struct DoorTests {
    private static func program(_ world: World, of person: Person) async throws -> Client {
        let key = try await person.post("/api/v1/api-keys", ["name": "Program"])
        return world.nobody.bearing(key.json["token"]?.string ?? "")
    }

    private static func channel(_ world: World, _ name: String) async throws -> JSON? {
        let ledger = try await world.ada.get("/api/v1/inbox/ledger").json
        return ledger["by_channel"]?.array?.first { $0["channel"]?.string == name }
    }

    @Test(arguments: EngineKind.allCases)
    func `each arrival is taken once by the other side's name for it, with where it came from`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let program = try await Self.program(world, of: world.ada)
            let batch: JSON = [
                "erp_system": "Ledgerworks",
                "entries": [
                    [
                        "external_id": "Q-1", "document": "Offer 17",
                        "lead": [
                            "company": "Orchard", "email": "a@x.example",
                            "attribution": ["utm_source": "fair"],
                        ],
                    ],
                    ["external_id": "Q-2", "lead": ["email": "a@x.example"]],
                    ["external_id": "Q-3", "lead": ["email": "nobody", "colour": "red"]],
                    ["external_id": "Q-1", "lead": ["company": "Not again"]],
                ],
            ]
            let first = try await program.send(.post, "/api/v1/doors/erp", batch)
            #expect(first.status == 200)
            #expect(
                first.data.map { $0["outcome"] } == ["created", "merged", "refused", "created"])
            #expect(first.data.map { $0["known"] } == [false, false, false, true])
            #expect(first.data[2]["problem"]?.string?.contains("colour") == true)
            let lead = try #require(first.data[0]["lead"]?.string)
            #expect(first.data[1]["lead"]?.string == lead)
            let made = try await world.ada.get("/api/v1/leads/\(lead)").json
            #expect(made["source"] == "erp")
            #expect(
                made["attribution"] == [
                    "utm_source": "fair", "erp_system": "Ledgerworks", "document": "Offer 17",
                ])
            // The whole batch once more changes nothing; what was refused may be put right.
            let again = try await program.send(.post, "/api/v1/doors/erp", batch)
            #expect(again.json["known"] == 3)
            let right: JSON = [
                "erp_system": "Ledgerworks",
                "entries": [["external_id": "Q-3", "lead": ["email": "c@x.example"]]],
            ]
            let mended = try await program.send(.post, "/api/v1/doors/erp", right)
            #expect(mended.data.map { $0["outcome"] } == ["created"])
            #expect(try await world.ada.get("/api/v1/leads").data.count == 2)
            let ledger = try #require(try await Self.channel(world, "erp"))
            #expect(ledger["received"] == 3)
            #expect(ledger["created"] == 2)
            #expect(ledger["merged"] == 1)
            #expect(ledger["refused"] == 0)
            #expect(ledger["balanced"] == true)
            // The same name at another door is another arrival.
            let partner: JSON = [
                "partner": "Northwind",
                "entries": [["external_id": "Q-1", "lead": ["email": "d@x.example"]]],
            ]
            let brought = try await program.send(.post, "/api/v1/doors/partner", partner)
            #expect(brought.json["created"] == 1)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `two that bring the same at once make one lead`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let program = try await Self.program(world, of: world.ada)
            let body: JSON = [
                "erp_system": "L",
                "entries": [["external_id": "Q-1", "lead": ["company": "Orchard"]]],
            ]
            async let one = program.send(.post, "/api/v1/doors/erp", body)
            async let two = program.send(.post, "/api/v1/doors/erp", body)
            let answers = try await [one, two]
            #expect(answers.map { $0.json["created"] } == [1, 1])
            #expect(Set(answers.map { $0.data.first?["lead"]?.string }).count == 1)
            #expect(try await world.ada.get("/api/v1/leads").data.count == 1)
            #expect(try await Self.channel(world, "erp")?["received"] == 1)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a batch has its limits, and what a partner's person brings is shared with their partner`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let many: JSON = [
                "erp_system": "L",
                "entries": .array(
                    (0...Doors.entriesMax).map {
                        ["external_id": .string("\($0)"), "lead": [:]]
                    }),
            ]
            #expect(try await world.ada.post("/api/v1/doors/erp", many).faults == ["entries"])
            let nameless: JSON = [
                "partner": "P", "entries": [["external_id": " ", "lead": [:]]],
            ]
            let refused = try await world.ada.post("/api/v1/doors/partner", nameless)
            #expect(refused.faults == ["entries[0].external_id"])
            let entries: JSON = [["external_id": "1", "lead": ["company": "Orchard"]]]
            let unsaid = try await world.ada.post("/api/v1/doors/partner", ["entries": entries])
            #expect(unsaid.faults == ["partner"])
            let company = try await world.ada.post("/api/v1/partners", ["name": "Northwind"])
            let id = try #require(company.json["id"]?.string)
            let pia = try await world.seat("pia", .partner, partner: ID(id))
            let brought = try await pia.post(
                "/api/v1/doors/partner", ["partner": "Somebody else", "entries": entries])
            let lead = try #require(brought.data.first?["lead"]?.string)
            let made = try await world.ada.get("/api/v1/leads/\(lead)").json
            // Nor do they see or set attribution: that it is shared with them says whose it is.
            #expect(made["attribution"] == [:])
            let shares = try await world.ada.get("/api/v1/leads/\(lead)/shares").text
            #expect(shares.contains("Northwind"))
            #expect(made["source"] == "partner")
            #expect(try await pia.get("/api/v1/leads/\(lead)").status == 200)
            #expect(try await world.eve.post("/api/v1/doors/partner", nameless).status == 422)
            try await Books.check(world)
        }
    }
}

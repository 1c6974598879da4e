import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@Suite struct LeadRoutesTests {
    private static let leads = "/api/v1/leads"

    @Test(arguments: EngineKind.allCases)
    func `a lead is kept as it was given, tidied`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let made = try await world.sam.post(
                Self.leads,
                [
                    "company": "  Orchard Dairy ", "contact_name": "Fatima", "source": "Referral",
                    "email": " Fatima@ORCHARD.example ", "phone": "+44 20 7946 0018",
                    "external_id": "X-1", "campaign": "Spring", "product": "Suite",
                    "territory": "East", "value_minor": 1999, "currency": "eur",
                    "attribution": ["utm_source": "news"], "tags": ["vip", "vip", " "],
                    "notes": "Line 1\nLine 2 “ÿ” 🎈",
                ])
            #expect(made.status == 201)
            let id = made.json["id"]?.string ?? ""
            #expect(made.headers[.location] == "\(Self.leads)/\(id)")
            let read = try await world.sam.get("\(Self.leads)/\(id)")
            #expect(read.json == made.json)
            let expected: [String: JSON] = [
                "company": "Orchard Dairy", "email": "fatima@orchard.example",
                "phone": "+442079460018", "phone_raw": "+44 20 7946 0018", "source": "referral",
                "external_id": "X-1", "value_minor": 1999, "currency": "EUR", "tags": ["vip"],
                "attribution": ["utm_source": "news"], "notes": "Line 1\nLine 2 “ÿ” 🎈",
                "stage": "open", "stage_class": "open", "score": nil, "touches": 1, "version": 1,
                "created_at": "2026-11-18T09:30:00Z", "stage_entered_at": "2026-11-18T09:30:00Z",
            ]
            for (field, value) in expected { #expect(read.json[field] == value, "\(field)") }
        }
    }

    @Test(
        arguments: EngineKind.allCases,
        ["company", "contact_name", "email", "phone", "external_id"])
    func `one thing to know a lead by is enough, and the last one stays`(
        on engine: EngineKind, field: String
    )
        async throws
    {
        try await World.with(engine) { world in
            let value: JSON = field == "email" ? "a@b.example" : "2125550147"
            let made = try await world.sam.post(Self.leads, .object([field: value]))
            #expect(made.status == 201)
            let path = "\(Self.leads)/\(made.json["id"]?.string ?? "")"
            let emptied = try await world.sam.patch(path, .object([field: nil]), version: 1)
            #expect(emptied.status == 422)
            #expect(try await world.sam.get(path).version == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a number nobody can dial is kept as it is`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let made = try await world.sam.post(Self.leads, ["phone": "ask for Bob"])
            #expect(made.status == 201)
            #expect(made.json["phone"] == JSON.null)
            #expect(made.json["phone_raw"] == "ask for Bob")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a change changes what it names and nothing else`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let id = try await world.sam.lead([
                "company": "Orchard", "email": "a@b.example", "value_minor": 500, "notes": "n",
            ])
            let path = "\(Self.leads)/\(id)"
            let before = try await world.sam.get(path).json.object ?? [:]
            world.clock.advance(seconds: 60)
            let change: JSON = ["value_minor": nil, "product": "Suite", "notes": ""]
            let after = try await world.sam.patch(path, change, version: 1).json.object ?? [:]
            let changed = Set(after.keys).filter { after[$0] != before[$0] && $0 != "change" }
            #expect(changed == ["value_minor", "product", "notes", "version", "updated_at"])
            let same = try await world.sam.patch(path, ["product": "Suite"], version: 2)
            #expect(same.status == 200)
            #expect(same.version == 2)
            for field in ["stage", "owner", "id", "created_at", "score", "version"] {
                let answer = try await world.sam.patch(path, .object([field: "x"]), version: 2)
                #expect(answer.faults == [field])
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `two leads cannot come to be the same person`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            _ = try await world.sam.lead(["company": "First", "email": "one@x.example"])
            let id = try await world.sam.lead(["company": "Second", "phone": "2125550147"])
            let answer = try await world.sam.patch(
                "\(Self.leads)/\(id)", ["email": "ONE@x.example"], version: 1)
            #expect(answer.status == 409)
            #expect(answer.json["detail"]?.string?.contains("First") == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a lead is handed over with its follow-ups, by who may`(on engine: EngineKind) async throws
    {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            let step: JSON = ["kind": "call", "at": "2026-11-20T10:00:00Z"]
            _ = try await world.sam.post("\(Self.leads)/\(id)/follow-ups", step)
            let path = "\(Self.leads)/\(id)/assignment"
            func owner(_ person: Person) -> JSON { ["owner": .string(person.id.description)] }
            #expect(try await world.sam.post(path, owner(world.sia)).status == 403)
            #expect(try await world.max.post(path, owner(world.wes)).status == 403)
            #expect(try await world.ada.post(path, owner(world.roy)).status == 422)
            let handed = try await world.max.post(path, owner(world.nik))
            #expect(handed.status == 200)
            #expect(handed.json["owner_name"] == "Nik")
            #expect(try await world.sam.get("\(Self.leads)/\(id)").status == 404)
            let due = try await world.asking(world.ada) { scope in
                try await scope.tx.column(
                    "SELECT owner_id FROM follow_ups WHERE tenant_id = \(scope.tenant)",
                    as: ID<Never>.self)
            }
            #expect(due.map(\.description) == [world.nik.id.description])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a shared lead is reached by both until it is no longer shared`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            let path = "\(Self.leads)/\(id)/shares"
            let coOwner: JSON = [
                "user": .string(world.wes.id.description), "relation": "co_owner",
            ]
            #expect(try await world.wes.get("\(Self.leads)/\(id)").status == 404)
            let made = try await world.sam.post(path, coOwner)
            #expect(made.status == 201)
            let again = try await world.sam.post(path, coOwner)
            #expect(again.json["id"] == made.json["id"])
            let share = "\(path)/\(made.json["id"]?.string ?? "")"
            #expect(try await world.wes.get("\(Self.leads)/\(id)").status == 200)
            #expect(try await world.wes.get(Self.leads).data.count == 1)
            #expect(try await world.wes.get("\(Self.leads)/count").json["count"] == 1)
            #expect(try await world.wes.delete(share).status == 403)
            #expect(try await world.sam.delete(share).status == 204)
            #expect(try await world.wes.get("\(Self.leads)/\(id)").status == 404)
            #expect(try await world.sam.delete(share).status == 404)
            let foreign: JSON = [
                "user": .string(world.roy.id.description), "relation": "co_owner",
            ]
            #expect(try await world.sam.post(path, foreign).status == 422)
        }
    }
}

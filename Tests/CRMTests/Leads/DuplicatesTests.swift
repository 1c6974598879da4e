import DatabaseSupport
import Storage
import TestSupport
import Testing

@Suite struct DuplicatesTests {
    private static let leads = "/api/v1/leads"

    @Test(
        arguments: EngineKind.allCases,
        [
            ("email", "FATIMA@orchard.example"), ("phone", "+1 212 555 0147"),
            ("external_id", "X-1"),
        ])
    func `who is known already is one more touch, not a second lead`(
        on engine: EngineKind, _ given: (String, String)
    ) async throws {
        let (field, value) = given
        try await World.with(engine) { world in
            let id = try await world.sam.lead([
                "company": "Orchard", "email": "fatima@orchard.example", "phone": "(212) 555-0147",
                "external_id": "X-1",
            ])
            var fields: [String: JSON] = [field: .string(value)]
            fields["notes"] = "Came by again."
            fields["company"] = "Another name"
            fields["product"] = "Suite"
            let merged = try await world.sam.post(Self.leads, .object(fields))
            #expect(merged.status == 200)
            #expect(merged.json["merged"] == true)
            #expect(merged.json["id"]?.string == id)
            #expect(merged.json["touches"] == 2)
            // What it knew stays, what it did not know is filled in.
            #expect(merged.json["company"] == "Orchard")
            #expect(merged.json["product"] == "Suite")
            let timeline = try await world.sam.get("\(Self.leads)/\(id)/timeline").data
            #expect(timeline.map { $0["name"] } == ["lead.touched", "lead.created"])
            #expect(timeline.first?["data"]?["notes"] == "Came by again.")
            #expect(try await world.sam.get(Self.leads).data.count == 1)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a touch never takes what belongs to a third lead`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let first = try await world.sam.lead(["email": "one@x.example"])
            let second = try await world.sam.lead(["phone": "2125550147"])
            let both = try await world.sam.post(
                Self.leads, ["email": "one@x.example", "phone": "2125550147"])
            #expect(both.json["id"]?.string == first)
            #expect(both.json["phone"] == JSON.null)
            let other = try await world.sam.get("\(Self.leads)/\(second)")
            #expect(other.json["phone"] == "+12125550147")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `companies do not share people`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let person: JSON = ["email": "one@x.example"]
            let own = try await world.sam.post(Self.leads, person)
            let other = try await world.roy.post(Self.leads, person)
            #expect([own.status, other.status] == [201, 201])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `of a colleague's lead one learns that it is there, and no more`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            _ = try await world.sam.lead([
                "company": "Orchard", "email": "one@x.example", "phone": "2125550147",
                "value_minor": 700, "notes": "Secret", "tags": ["vip"],
            ])
            let answer = try await world.wes.post(Self.leads, ["email": "one@x.example"])
            #expect(answer.status == 200)
            #expect(answer.json["owner_name"] == "Sam")
            for word in ["Secret", "vip", "one@x"] { #expect(!answer.text.contains(word)) }
            for field in ["email", "phone", "phone_raw", "value_minor", "notes"] {
                #expect(answer.json[field] == JSON.null)
            }
            let id = answer.json["id"]?.string ?? ""
            #expect(try await world.wes.get("\(Self.leads)/\(id)").status == 404)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `many at the same time are one lead`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        let name = JSON.string("Name \(number)")
                        return try await world.sam.post(
                            Self.leads, ["contact_name": name, "email": "one@x.example"]
                        ).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 201 } == 1)
            #expect(statuses.count { $0 == 200 } == 11)
            let leads = try await world.sam.get(Self.leads).data
            #expect(leads.map { $0["touches"] } == [12])
        }
    }
}

import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct MaskTests {
    private static let full: JSON = [
        "company": "Orchard", "email": "o@orchard.example", "phone": "+14155550123",
        "notes": "margin is 40 percent", "tags": ["vip"], "external_id": "ERP-77",
        "attribution": ["utm_source": "fair"],
    ]
    private static let secrets = [
        "orchard.example", "4155550123", "margin", "vip", "ERP-77", "utm_source",
    ]

    @Test(arguments: EngineKind.allCases)
    func `what a company's own role does not see is in no answer`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(Self.full)
            let lead = "/api/v1/leads/\(id)"
            let before = try await world.sam.get(lead).text
            for secret in Self.secrets { #expect(before.contains(secret)) }
            try await world.narrow(
                world.sam, "Blind", .salesperson,
                masks: ["contacts", "internal_notes", "company_fields"])
            let changed = try await world.sam.patch(lead, ["product": "App"], version: 1)
            #expect(changed.status == 200)
            let call: JSON = ["kind": "call", "outcome": "connected"]
            let move: JSON = ["to": "first_contact"]
            let answers = [
                changed, try await world.sam.post("\(lead)/activities", call),
                try await world.sam.post("\(lead)/transition", move),
                try await world.sam.get(lead), try await world.sam.get("\(lead)/timeline"),
                try await world.sam.get("/api/v1/leads"),
                try await world.sam.get("/api/v1/search?q=Orchard"),
                try await world.sam.page("/leads/\(id)"), try await world.sam.page("/leads"),
                try await world.sam.page("/pipeline"), try await world.sam.page("/today"),
            ]
            for answer in answers {
                #expect(answer.status < 300)
                for secret in Self.secrets {
                    #expect(!answer.text.contains(secret), "\(secret)")
                }
            }
            // It is kept all the same.
            let kept = try await world.ada.get(lead).text
            for secret in Self.secrets { #expect(kept.contains(secret)) }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what one may not see one may not set, nor look for`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(Self.full)
            let lead = "/api/v1/leads/\(id)"
            try await world.narrow(
                world.sam, "Blind", .salesperson,
                masks: ["contacts", "internal_notes", "company_fields"])
            let fields: [(String, JSON)] = [
                ("email", "x@y.example"), ("phone", "+14155550199"), ("notes", "x"),
                ("tags", ["x"]), ("external_id", "x"), ("attribution", ["a": "b"]),
                ("custom", [:]), ("notes", .null), ("email", .null),
            ]
            for (field, value) in fields {
                let set = try await world.sam.patch(lead, .object([field: value]), version: 1)
                #expect(set.status == 403, "\(field)")
                #expect(set.json["detail"]?.string?.contains(field) == true)
                guard value != .null, value != [:] else { continue }
                let new: JSON = .object(["company": "New", field: value])
                #expect(try await world.sam.post("/api/v1/leads", new).status == 403, "\(field)")
                let line = try await world.sam.browser.send(
                    .post, "/api/v1/leads/bulk", bytes: Array(new.text.utf8),
                    headers: [.contentType: "application/x-ndjson"])
                #expect(line.json["rejected"] == 1, "\(field)")
            }
            for filter in [
                "email=o@orchard.example", "phone=14155550123", "external_id=ERP-77",
                "tag=vip",
            ] {
                let (name, value) = (filter.prefix { $0 != "=" }, filter.drop { $0 != "=" })
                let found = try await world.sam.get("/api/v1/leads?filter%5B\(name)%5D\(value)")
                #expect(found.status == 403, "\(filter)")
            }
            for word in ["orchard.example", "4155550123", "ERP-77"] {
                #expect(try await world.sam.get("/api/v1/search?q=\(word)").data.isEmpty)
            }
            #expect(try await world.ada.get(lead).version == 1)
            let plain: JSON = ["company": "Meadow", "notes": .null]
            #expect(try await world.sam.post("/api/v1/leads", plain).status == 201)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a partner brings contacts and no notes, and adds none once the lead is taken up`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            #expect(try await world.pat.post("/api/v1/leads", Self.full).status == 403)
            let own: JSON = ["company": "Orchard", "email": "o@orchard.example"]
            let made = try await world.pat.post("/api/v1/leads", own)
            #expect(made.status == 201)
            let lead = "/api/v1/leads/\(made.json["id"]?.string ?? "")"
            let first: JSON = ["email": "o@orchard.example", "phone": "+14155550123"]
            #expect(try await world.pat.post("/api/v1/leads", first).status == 200)
            #expect(try await world.ada.get(lead).json["phone"] == "+14155550123")
            _ = try await world.ada.patch(
                lead, ["phone": .null], version: world.ada.get(lead).version)
            _ = try await world.ada.post("\(lead)/transition", ["to": "first_contact"])
            #expect(try await world.pat.post("/api/v1/leads", first).status == 200)
            #expect(try await world.ada.get(lead).json["phone"] == JSON.null)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what was noted by oneself is seen, what others noted is not`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            let lead = "/api/v1/leads/\(id)"
            let theirs: JSON = [
                "kind": "call", "notes": "their secret",
                "next": ["kind": "call", "at": "2026-12-01T10:00:00Z", "notes": "their plan"],
            ]
            _ = try await world.ada.post("\(lead)/activities", theirs)
            try await world.narrow(world.sam, "Blind", .salesperson, masks: ["internal_notes"])
            _ = try await world.sam.post(
                "\(lead)/activities", ["kind": "note", "notes": "my word"])
            let timeline = try await world.sam.get("\(lead)/timeline").text
            #expect(timeline.contains("my word") && !timeline.contains("their"))
            let page = try await world.sam.page("/leads/\(id)").text
            #expect(page.contains("my word") && !page.contains("their secret"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the form for new leads asks for nothing that is masked`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let whole = try await world.sam.page("/leads").text
            #expect(whole.contains("id=\"new-notes\"") && whole.contains("id=\"new-email\""))
            try await world.narrow(world.sam, "Blind", .salesperson, masks: ["contacts"])
            let less = try await world.sam.page("/leads").text
            #expect(less.contains("id=\"new-notes\"") && !less.contains("id=\"new-email\""))
            let partner = try await world.pat.page("/leads").text
            #expect(!partner.contains("id=\"new-notes\"") && partner.contains("id=\"new-email\""))
        }
    }
}

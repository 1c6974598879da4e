import HTTPTypes
import Storage
import Testing
import Web

@testable import CRM

@Suite struct SettingsPagesTests {
    private static let sections = [
        "users", "teams", "stages", "fields", "assignment", "forms", "keys",
    ]

    private static func furnish(_ ada: Person) async throws {
        let team = try await ada.post("/api/v1/teams", ["name": "East <&> West"])
        _ = try await ada.put("/api/v1/custom-fields",
            ["fields": [["key": "erp", "label": "Which ERP", "type": "text"]]])
        _ = try await ada.put("/api/v1/assignment-rules",
            [
                "rules": [["name": "Eastern", "when": [:], "to": ["team": .string(team.id)]]]
            ])
        _ = try await ada.post("/api/v1/api-keys", ["name": "Web shop"])
        _ = try await ada.office.write { scope in
            try await Forms(scope).create(Form(Fields(["name": "Ask for a demo"])))
        }
    }

    @Test(
        arguments: zip(
            sections,
            [
                "ada@acme.example", "East &lt;&amp;&gt; West", "Negotiation", "Which ERP",
                "Eastern", "Ask for a demo", "Web shop",
            ]))
    func `a section shows what there is, whole or as a fragment`(
        section: String, text: String
    ) async throws {
        try await World.with { world in
            let ada = world.ada
            try await Self.furnish(ada)
            let page = try await ada.get("/settings/\(section)")
            #expect(page.status == 200)
            #expect(page.text.hasPrefix("<!"))
            #expect(page.text.contains(text))
            let fragment = try await office.send(
                .get, "/settings/\(section)", nil,
                [.cookie: ada.cookie, .accept: "text/html; fragment=1"])
            #expect(fragment.text.hasPrefix("<div"))
            #expect(fragment.text.contains(text))
        }
    }

    @Test func `the settings are for admins`() async throws {
        try await World.with { world in
            let max = world.max
            for section in Self.sections {
                #expect(try await max.get("/settings/\(section)").status == 403)
            }
        }
    }

    @Test func `no token is on any page`() async throws {
        try await World.with { world in
            let ada = world.ada
            let made = try await ada.post("/api/v1/api-keys", ["name": "Web shop"])
            let token = try #require(made.json["token"]?.string)
            let page = try await ada.get("/settings/keys")
            #expect(!page.text.contains(token))
            #expect(page.text.contains(String(token.suffix(4))))
        }
    }

    @Test func `an absence is shown by its last day`() async throws {
        try await World.with { world in
            let ada = world.ada
            _ = try await ada.patch("/api/v1/me", ["away_until": "2026-11-30"], version: 1)
            let page = try await ada.get("/settings/users")
            #expect(page.text.contains("Away until 2026-11-30"))
        }
    }

    @Test func `the API browser shows every operation with a body that would be taken`()
        async throws
    {
        try await World.with { world in
            let sam = world.sam
            let page = try await sam.get("/developers")
            #expect(page.status == 200)
            let api = office.routes.filter { $0.kind == .api }
            #expect(!api.isEmpty)
            for route in api {
                #expect(page.text.contains("<code>\(route.path)</code>"), "\(route.path)")
                guard case .json(let schema) = route.input else { continue }
                let example = try JSON(parsing: schema.example)
                #expect(schema.faults(in: example) == [], "\(route.path)")
            }
        }
    }
}

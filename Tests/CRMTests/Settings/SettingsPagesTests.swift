import App
import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

@testable import CRM

@Suite struct SettingsPagesTests {
    private static let sections = [
        "users", "roles", "teams", "stages", "fields", "assignment", "forms", "keys",
    ]

    private static func furnish(_ world: World) async throws {
        let ada = world.ada
        let team = try await ada.post("/api/v1/teams", ["name": "South <&> Coast"])
        _ = try await ada.put(
            "/api/v1/custom-fields",
            ["fields": [["key": "erp", "label": "Which ERP", "type": "text"]]])
        _ = try await ada.put(
            "/api/v1/assignment-rules",
            [
                "rules": [
                    ["name": "Eastern", "when": [:], "to": ["team": team.json["id"] ?? .null]]
                ]
            ])
        _ = try await ada.post("/api/v1/api-keys", ["name": "Web shop"])
        _ = try await ada.post(
            "/api/v1/roles",
            ["name": "Junior <sales>", "base": "salesperson", "changes": ["leads.read": ["own"]]])
        _ = try await world.asking(ada) { scope in
            try await Forms(scope).create(Form(Fields(["name": "Ask for a demo"])))
        }
    }

    @Test(
        arguments: EngineKind.allCases,
        Array(
            zip(
                sections,
                [
                    "ada@vantage.example", "Junior &lt;sales&gt;", "South &lt;&amp;&gt; Coast",
                    "Negotiation", "Which ERP",
                    "Eastern", "Ask for a demo", "Web shop",
                ])))
    func `a section shows what there is, whole or as a fragment`(
        on engine: EngineKind, _ given: (String, String)
    ) async throws {
        let (section, text) = given
        try await World.with(engine) { world in
            try await Self.furnish(world)
            let page = try await world.ada.page("/settings/\(section)")
            #expect(page.status == 200)
            #expect(page.text.hasPrefix("<!"))
            #expect(page.text.contains(text))
            let fragment = try await world.ada.page("/settings/\(section)", fragment: true)
            #expect(fragment.text.hasPrefix("<div"))
            #expect(fragment.text.contains(text))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the settings are for admins`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for section in Self.sections {
                for person in [world.eva, world.max, world.sam] {
                    #expect(try await person.page("/settings/\(section)").status == 403)
                }
                let nobody = try await world.nobody.send(.get, "/settings/\(section)")
                #expect(nobody.headers[.location] == "/sign-in?next=%2Fsettings%2F\(section)")
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `no token is on any page`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let ada = world.ada
            let made = try await ada.post("/api/v1/api-keys", ["name": "Web shop"])
            let token = try #require(made.json["token"]?.string)
            let page = try await ada.page("/settings/keys")
            #expect(!page.text.contains(token))
            #expect(page.text.contains(String(token.suffix(4))))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an absence is shown by its last day`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let ada = world.ada
            _ = try await ada.patch("/api/v1/me", ["away_until": "2026-11-30"], version: 1)
            let page = try await ada.page("/settings/users")
            #expect(page.text.contains("Away until 30 Nov<"))
            #expect(page.text.contains("data-fill-away_until=\"2026-11-30\""))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the API browser shows every operation with a body that would be taken`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            let page = try await world.sam.page("/developers")
            #expect(page.status == 200)
            let api = world.server.routes.filter { $0.kind == .api }
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

import DatabaseSupport
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import CRM

@Suite struct FormDefinitionTests {
    static let email: JSON = [
        "key": "email", "label": "Your email", "kind": "email", "required": true,
    ]

    @Test(arguments: EngineKind.allCases)
    func `a form asks what its definition says, and the lead has the answers where they belong`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let kept: JSON = [
                "fields": [
                    ["key": "shops", "label": "Shops", "type": "number"],
                    ["key": "size", "label": "Size", "type": "choice", "choices": ["S", "L"]],
                    ["key": "vip", "label": "VIP", "type": "boolean"],
                ]
            ]
            #expect(try await world.ada.put("/api/v1/custom-fields", kept).status == 200)
            let stand = try await FormStand.make(
                world,
                [
                    "fields": [
                        Self.email, ["key": "custom.shops", "label": "Shops", "kind": "text"],
                        [
                            "key": "custom.size", "label": "Size", "kind": "choice",
                            "choices": ["S", "L"],
                        ],
                        ["key": "custom.vip", "label": "VIP", "kind": "checkbox"],
                        [
                            "key": "topics", "label": "Topics", "kind": "multi",
                            "choices": ["Tills", "Stock", "Web"],
                        ],
                        ["key": "product", "label": "P", "kind": "hidden", "value": "Suite"],
                    ]
                ])
            let page = try await world.nobody.send(.get, stand.path).text
            #expect(page.contains("<label for=\"f-email\">Your email *</label>"))
            #expect(page.contains("name=\"product\" value=\"Suite\""))
            #expect(!page.contains("contact_name"))
            let wrong = try await stand.send([
                "custom.shops": "many", "custom.size": "XL", "topics": ["Tills", "Cars"],
            ])
            #expect(wrong.status == 422)
            #expect(Set(wrong.faults) == ["email", "custom.shops", "custom.size", "topics"])
            let sent = try await stand.send([
                "email": "a@x.example", "custom.shops": "12", "custom.size": "L",
                "custom.vip": "on", "topics": ["Tills", "Web"], "company": "Not asked",
            ])
            #expect(sent.status == 200)
            let lead = try #require(try await stand.leads().first)
            let expected: [String: JSON] = [
                "email": "a@x.example", "product": "Suite", "notes": "Topics: Tills, Web",
                "custom": ["shops": 12, "size": "L", "vip": true], "company": nil,
            ]
            for (field, value) in expected { #expect(lead[field] == value, "\(field)") }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `every fault of a definition is named at once, by its place`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let definition: JSON = [
                "fields": [
                    ["key": "email", "label": "E", "kind": "text"],
                    ["key": "custom.none", "label": "N", "kind": "text"],
                    ["key": "size", "label": " ", "kind": "choice"],
                    ["key": "utm_source", "label": "U", "kind": "text"],
                    ["key": "size", "label": "Again", "kind": "text"],
                    ["key": "Bad key", "label": "B", "kind": "text"],
                    ["key": "message", "label": "M", "kind": "textarea"],
                    ["key": "company", "label": "C", "kind": "file"],
                ], "opt_in": true,
                "redirects": [
                    "https://ok.example/thanks", "javascript:alert(1)", "//evil.example",
                    "https://user@evil.example/", "https://x.example/a b", "https://x.example/;a",
                ],
            ]
            let answer = try await world.ada.post(
                "/api/v1/forms", ["name": "Bad", "definition": definition])
            #expect(answer.status == 422)
            #expect(
                Set(answer.faults) == [
                    "definition.fields[0].key", "definition.fields[1].key",
                    "definition.fields[2].label", "definition.fields[2].choices",
                    "definition.fields[3].key", "definition.fields[4].key",
                    "definition.fields[5].key", "definition.fields[6].key",
                    "definition.fields[7].key", "definition.opt_in",
                    "definition.redirects[1]", "definition.redirects[2]",
                    "definition.redirects[3]", "definition.redirects[4]",
                    "definition.redirects[5]",
                ])
            let many = JSON.array(
                (0..<31).map { ["key": .string("q\($0)"), "label": "Q", "kind": "text"] })
            let long = try await world.ada.post(
                "/api/v1/forms", ["name": "Long", "definition": ["fields": many]])
            #expect(long.faults.contains("definition.fields"))
            let unknown = try await world.ada.post(
                "/api/v1/forms",
                ["name": "U", "definition": ["fields": [Self.email], "colour": "red"]])
            #expect(unknown.faults == ["definition.colour"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `consent is proved by the words that were shown, whatever the form says by then`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            func definition(_ text: String) -> JSON {
                ["fields": [Self.email], "consent": ["text": .string(text), "version": 77]]
            }
            let stand = try await FormStand.make(world, definition("First words"))
            let own = "/api/v1/forms/\(stand.id)"
            let refused = try await stand.send(["email": "a@x.example"])
            #expect(refused.faults == ["consent"])
            let page = try await world.nobody.send(.get, stand.path).text
            #expect(page.contains("name=\"consent_version\" value=\"1\""))
            // The same words are the same version, others the next.
            let same = try await world.ada.patch(
                own, ["definition": definition("First words")], version: 1)
            #expect(same.json["definition"]?["consent"]?["version"] == 1)
            let changed = try await world.ada.patch(
                own, ["definition": definition("Other words")], version: 2)
            #expect(changed.json["definition"]?["consent"]?["version"] == 2)
            let sent = try await stand.send([
                "email": "a@x.example", "consent": "yes", "consent_version": "1",
            ])
            #expect(sent.status == 200)
            // Words that never were are not believed.
            _ = try await stand.send([
                "email": "b@x.example", "consent": "on", "consent_version": "9",
            ])
            var given: [String: Consent] = [:]
            for lead in try await stand.leads() {
                let id = try #require(lead["id"]?.string)
                let consents = try await world.asking(world.ada) { scope in
                    try await Consents(scope).list(of: try #require(.init(id)))
                }
                given[lead["email"]?.string ?? ""] = consents.first
                let told = try await world.ada.get("/api/v1/leads/\(id)/timeline").data
                let event = try #require(told.first { $0["name"] == "consent.given" })
                #expect(event["data"]?["text_sha256"]?.string?.count == 64)
                let shown = try await world.ada.page("/leads/\(id)").text
                #expect(shown.contains("Contact us"))
            }
            #expect(given["a@x.example"].map { ($0.version, $0.text) }! == (1, "First words"))
            #expect(given["b@x.example"].map { ($0.version, $0.text) }! == (2, "Other words"))
            #expect(given["a@x.example"]?.remote != nil)
            // The proof outlives the form.
            #expect(try await world.ada.delete(own).status == 204)
            let id = try #require(try await stand.leads().first?["id"]?.string)
            let left = try await world.asking(world.ada) { scope in
                try await Consents(scope).list(of: try #require(.init(id)))
            }
            #expect(left.count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `people are led only to addresses of the form's list`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let (first, second) = (
                "https://www.vantage.example/thanks", "https://shop.example/ok?a=1"
            )
            let stand = try await FormStand.make(
                world,
                ["fields": [Self.email], "redirects": [.string(first), .string(second)]])
            let page = try await world.nobody.send(
                .get, stand.path + "?redirect_to=https://evil.example")
            let policy = page.headers[.contentSecurityPolicy] ?? ""
            #expect(
                policy.contains(
                    "form-action 'self' https://www.vantage.example https://shop.example;"))
            let plain = try await stand.type(["email": "a@x.example"])
            #expect((plain.status, plain.headers[.location]) == (303, first))
            let named = try await stand.type(["email": "b@x.example", "redirect_to": second])
            #expect((named.status, named.headers[.location]) == (303, second))
            let foreign = try await stand.type([
                "email": "c@x.example", "redirect_to": "https://evil.example",
            ])
            #expect((foreign.status, foreign.headers[.location]) == (303, first))
            let program = try await stand.send([
                "email": "d@x.example", "redirect_to": .string(second),
            ])
            #expect(program.json["redirect"]?.string == second)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `where the visitor came from is kept as attribution`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let stand = try await FormStand.make(world, ["fields": [Self.email]])
            let page = try await world.nobody.send(
                .get, stand.path + "?utm_source=news&utm_campaign=Spring&fbclid=f%221&evil=1",
                headers: [.referer: "https://search.example/?q=tills"])
            #expect(page.text.contains("name=\"fbclid\" value=\"f&quot;1\""))
            #expect(
                page.text.contains("name=\"referrer\" value=\"https://search.example/?q=tills\""))
            #expect(!page.text.contains("name=\"evil\""))
            // A refusal does not lose it.
            let refused = try await stand.type(["utm_source": "news", "email": "nobody"])
            #expect(refused.text.contains("name=\"utm_source\" value=\"news\""))
            _ = try await stand.type([
                "email": "a@x.example", "utm_source": "news", "utm_campaign": "Spring",
                "referrer": "https://search.example/", "landing_page": "https://shop.example/a",
            ])
            let lead = try #require(try await stand.leads().first)
            #expect(lead["campaign"] == "Spring")
            #expect(
                lead["attribution"] == [
                    "utm_source": "news", "utm_campaign": "Spring",
                    "referrer": "https://search.example/",
                    "landing_page": "https://shop.example/a",
                ])
        }
    }
}

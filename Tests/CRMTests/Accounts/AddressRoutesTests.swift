import App
import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

/// Where a company's people and programs may come from.
@Suite struct AddressRoutesTests {
    private static let path = "/api/v1/sign-in/addresses"
    private static let office = "203.0.113.7"
    private static let cafe = "198.51.100.9"

    private func with(
        _ engine: EngineKind, _ body: @Sendable (World, _ credentials: JSON) async throws -> Void
    ) async throws {
        try await Password.world(engine, setting: { $0.trustsProxy = true }, body)
    }

    @Test(arguments: EngineKind.allCases)
    func `nobody gets in from elsewhere, by session, token or key, and each try is noted`(
        on engine: EngineKind
    ) async throws {
        try await with(engine) { world, credentials in
            let office = world.ada.browser.from(Self.office)
            let key = try await office.send(.post, "/api/v1/api-keys", ["name": "Shop"])
            let pair = try await world.nobody.send(.post, "/api/v1/tokens", credentials)
            let key2 = world.nobody.bearing(key.json["token"]?.string ?? "")
            let token = world.nobody.bearing(pair.json["access_token"]?.string ?? "")
            let clients = [world.sam.browser, key2, token]
            for client in clients {
                #expect(try await client.from(Self.cafe).send(.get, "/api/v1/leads").status == 200)
            }
            let saved = try await office.send(
                .put, Self.path, ["addresses": ["203.0.113.0/24", "2001:db8::/32"]])
            #expect(saved.status == 200, "\(saved.text)")
            for client in clients {
                for place in [Self.office, "2001:db8::9", "::ffff:203.0.113.8"] {
                    let answer = try await client.from(place).send(.get, "/api/v1/leads")
                    #expect(answer.status == 200, "\(place)")
                }
                for place in [Self.cafe, "2001:db9::9", "::ffff:198.51.100.9", "unknown"] {
                    let answer = try await client.from(place).send(.get, "/api/v1/leads")
                    #expect(answer.status == 403 && answer.text.contains("(\(place))"))
                }
            }
            let page = try await world.sam.browser.from(Self.cafe).send(
                .get, "/today", headers: [.accept: "text/html"])
            #expect(page.status == 403 && page.text.contains("lets nobody in"))
            // Nor is anybody signed in from there, by the right password.
            for path in ["/api/v1/sessions", "/api/v1/tokens"] {
                let there = world.nobody.from(Self.cafe)
                #expect(try await there.send(.post, path, credentials).status == 403)
                #expect(try await there.send(.post, path, Password.credentials("x")).status == 401)
                let here = world.nobody.from(Self.office)
                #expect(try await here.send(.post, path, credentials).status < 300)
            }
            // Of each the first in a minute at once: sam, the key, and nia.
            _ = try await office.send(.put, Self.path, ["addresses": []])
            let noted = try await world.audit(world.ada)
                .filter { $0["action"] == "access.refused" }
            #expect(noted.count == 3)
            #expect(Set(noted.compactMap { $0["remote"]?.string }) == [Self.cafe])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what is open to anyone stays so, and other companies too`(on engine: EngineKind)
        async throws
    {
        try await with(engine) { world, _ in
            let office = world.ada.browser.from(Self.office)
            let form = try await office.send(.post, "/api/v1/forms", ["name": "Ask"])
            let saved = try await office.send(
                .put, Self.path, ["addresses": [.string(Self.office)]])
            #expect(saved.status == 200)
            let token = form.json["token"]?.string ?? ""
            let cafe = world.nobody.from(Self.cafe)
            #expect(try await cafe.send(.get, "/f/\(token)").status == 200)
            #expect(try await cafe.send(.get, "/sign-in").status == 200)
            // Also for who has a session: the page is not led to what is shut.
            let sam = world.sam.browser.from(Self.cafe)
            #expect(try await sam.send(.get, "/sign-in").status == 200)
            #expect(
                try await world.eve.browser.from(Self.cafe).send(.get, "/api/v1/leads").status
                    == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `nobody shuts themselves out, and every wrong line is named`(on engine: EngineKind)
        async throws
    {
        try await with(engine) { world, _ in
            let office = world.ada.browser.from(Self.office)
            let shut = try await office.send(.put, Self.path, ["addresses": ["198.51.100.0/24"]])
            #expect(shut.status == 422 && shut.faults == ["addresses"])
            #expect(shut.text.contains(Self.office))
            let wrong = try await office.send(
                .put, Self.path,
                ["addresses": ["203.0.113.7", "203.0.113.7/24", "", "10.0.0.0/40", "host.example"]])
            #expect(
                wrong.faults == ["addresses[1]", "addresses[2]", "addresses[3]", "addresses[4]"])
            #expect(wrong.text.contains("Give 203.0.113.0/24"))
            let many = (0..<101).map { JSON.string("10.0.0.\($0)") }
            let answer = try await office.send(.put, Self.path, ["addresses": .array(many)])
            #expect(answer.faults == ["addresses"])
            let most: JSON = .array(Array(many.prefix(99)) + [.string(Self.office)])
            #expect(try await office.send(.put, Self.path, ["addresses": most]).status == 200)
            for person in [world.max, world.sam] {
                let client = person.browser.from(Self.office)
                #expect(try await client.send(.get, Self.path).status == 403)
                #expect(try await client.send(.put, Self.path, ["addresses": []]).status == 403)
            }
            let page = try await office.send(
                .get, "/settings/sign-in", headers: [.accept: "text/html"])
            #expect(page.text.contains("You come from 203.0.113.7."))
            let none = try await office.send(.put, Self.path, ["addresses": []])
            #expect(none.status == 200 && none.json["addresses"] == [])
            let cafe = world.sam.browser.from(Self.cafe)
            #expect(try await cafe.send(.get, "/api/v1/leads").status == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a company that has shut itself out is let in by the command line`(on engine: EngineKind)
        async throws
    {
        try await with(engine) { world, _ in
            let office = world.ada.browser.from(Self.office)
            _ = try await office.send(.put, Self.path, ["addresses": [.string(Self.office)]])
            try await clearAddresses(world.server.installation, tenant: "vantage-retail")
            await #expect(throws: Refusal.self) {
                try await clearAddresses(world.server.installation, tenant: "nobody")
            }
            // What another process has changed is known in five seconds.
            world.clock.advance(seconds: 5)
            let cafe = world.sam.browser.from(Self.cafe)
            #expect(try await cafe.send(.get, "/api/v1/leads").status == 200)
            let changes = try await world.actions(world.ada, "&filter[action]=settings")
            #expect(changes == ["settings.changed", "settings.changed"])
        }
    }
}

extension Client {
    /// The same caller, as the proxy before us sees them.
    fileprivate func from(_ address: String) -> Client {
        var client = self
        client.headers[HTTPField.Name("X-Forwarded-For")!] = address
        return client
    }
}

import App
import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

/// What a company says of its identity provider, and what follows from it.
@Suite struct OpenIDSettingTests {
    private static let path = OpenIDDesk.setting

    @Test(arguments: EngineKind.allCases)
    func `admins set it, and the secret is told to nobody`(on engine: EngineKind) async throws {
        try await OpenIDDesk.with(engine) { desk in
            let world = desk.world
            let shown = try await world.ada.get(Self.path)
            #expect(shown.json["issuer"] == .string(desk.stand.issuer))
            #expect(
                shown.json["redirect_uri"]
                    == "http://127.0.0.1:8080/sign-in/openid/vantage-retail")
            let page = try await world.ada.page("/settings/sign-in")
            #expect(page.status == 200 && page.text.contains("Vantage ID"))
            for text in [shown.text, page.text] { #expect(!text.contains(ProviderStand.secret)) }
            for person in [world.max, world.sam] {
                #expect(try await person.get(Self.path).status == 403)
                #expect(try await person.put(Self.path, desk.provider()).status == 403)
                #expect(try await person.delete(Self.path).status == 403)
            }
            #expect(try await world.eve.get(Self.path).status == 404)
            let way = "/api/v1/sign-in/ways?tenant="
            for (tenant, openid) in [
                ("vantage-retail", ["label": "Vantage ID"]),
                ("Vantage-Retail ", ["label": "Vantage ID"]),
                ("rival-trading", nil), ("nobody", nil), ("", nil),
            ] as [(String, JSON)] {
                let path = way + tenant.replacing(" ", with: "%20")
                #expect(
                    try await world.nobody.send(.get, path).json["openid"] == openid, "\(tenant)")
            }
            // Kept when it is left out; not for another client, or somewhere else.
            let label: [String: JSON?] = ["label": "New ID", "client_secret": JSON?.none]
            #expect(
                try await world.ada.put(Self.path, desk.provider(changing: label)).status == 200)
            #expect(try await desk.signIn().status == 303)
            let client: [String: JSON?] = ["client_id": "x", "client_secret": JSON?.none]
            #expect(
                try await world.ada.put(Self.path, desk.provider(changing: client)).faults == [
                    "client_secret"
                ])
            let seen = try await desk.events("openid.changed")
            #expect(seen.map { $0["secret_changed"] } == [true, false])
            #expect(try await world.ada.delete(Self.path).status == 204)
            #expect(try await world.ada.delete(Self.path).status == 404)
            let left: Int? = try await world.database.read {
                try await $0.value("SELECT count(*) FROM secrets WHERE purpose = 'openid_client'")
            }
            #expect(left == 0)
            let gone = try await world.nobody.send(
                .post, "\(Self.path)/attempts", ["tenant": "vantage-retail"])
            #expect(gone.status == 404)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a provider that cannot be used is refused when it is set`(on engine: EngineKind)
        async throws
    {
        try await OpenIDDesk.with(engine) { desk in
            let issuer = desk.stand.issuer
            for wrong in [
                "\(issuer)/", issuer.replacing("/realm", with: ""), "http://127.0.0.1:1",
                "http://id.example.com", "https://169.254.169.254", "nothing",
            ] {
                let fields: [String: JSON?] = ["issuer": .string(wrong)]
                let answer = try await desk.world.ada.put(
                    Self.path, desk.provider(changing: fields))
                #expect(answer.status == 422 && answer.faults == ["issuer"], "\(wrong)")
            }
            let blank: [String: JSON?] = ["label": " ", "client_id": " "]
            let answer = try await desk.world.ada.put(Self.path, desk.provider(changing: blank))
            #expect(answer.faults == ["label", "client_id"])
        }
        // Without the setting nothing of our own machine is asked.
        try await World.with(engine) { world in
            let fields: JSON = [
                "issuer": "http://127.0.0.1:9", "client_id": "x", "client_secret": "y",
                "label": "z", "passwords": "everybody", "second_step": "here",
            ]
            let answer = try await world.ada.put(Self.path, fields)
            #expect(answer.faults == ["issuer"] && answer.text.contains("https://"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `passwords can be kept for admins`(on engine: EngineKind) async throws {
        try await OpenIDDesk.with(engine, passwords: "admins") { desk in
            let world = desk.world
            for path in ["/api/v1/sessions", "/api/v1/tokens"] {
                let answer = try await world.nobody.send(.post, path, desk.credentials)
                #expect(answer.status == 403 && answer.text.contains("Continue with Vantage ID"))
                // Who has not given the right password is told nothing.
                let wrong = Password.credentials("a wrong password")
                #expect(try await world.nobody.send(.post, path, wrong).status == 401)
            }
            #expect(try await world.actions(world.ada).contains("access.refused"))
            #expect(try await desk.signIn().status == 303)
            let nia = try await world.ada.get("/api/v1/users?filter[email]=nia@vantage.example")
            let version = Int(nia.data[0]["version"]?.integer ?? 0)
            let path = "/api/v1/users/\(nia.data[0]["id"]?.string ?? "")"
            _ = try await world.ada.patch(path, ["role": "company_admin"], version: version)
            let answer = try await world.nobody.send(.post, "/api/v1/sessions", desk.credentials)
            #expect(answer.status == 201, "\(answer.text)")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a provider that asks for the second step makes ours needless, as long as that is said`(
        on engine: EngineKind
    ) async throws {
        try await OpenIDDesk.with(engine) { desk in
            let required = Instant(microseconds: 1)
            let tenant = desk.world.vantage
            _ = try await desk.world.database.write { tx in
                try await tx.execute(
                    "UPDATE tenants SET second_step_required_at = \(required) WHERE id = \(tenant)")
            }
            // Asked of us: the session is for setting it up.
            let weak = try await desk.signIn()
            #expect(try await desk.browser(after: weak).send(.get, "/api/v1/leads").status == 403)
            #expect(try await desk.browser(after: weak).send(.get, "/api/v1/me/totp").status == 200)
            try await desk.world.server.authenticator.write(
                as: .system(tenant), at: desk.world.clock.now
            ) { [keys = desk.world.server.installation.masterKeys] scope in
                var provider = try #require(try await OpenIDProviders(scope, keys).find())
                provider.secondStep = .provider
                try await OpenIDProviders(scope, keys).set(provider, secret: nil)
            }
            let strong = try await desk.signIn()
            let browser = desk.browser(after: strong)
            #expect(try await browser.send(.get, "/api/v1/leads").status == 200)
            // No longer said, no longer true.
            try await desk.world.server.authenticator.write(
                as: .system(tenant), at: desk.world.clock.now
            ) { [keys = desk.world.server.installation.masterKeys] scope in
                try await OpenIDProviders(scope, keys).remove()
            }
            #expect(try await browser.send(.get, "/api/v1/leads").status == 403)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who has a second step here is asked for its code, and guesses are counted`(
        on engine: EngineKind
    ) async throws {
        try await OpenIDDesk.with(engine) { desk in
            let world = desk.world
            let code = OneTimeCode.random()
            try await enrol(code, desk)
            let answer = try await desk.signIn(next: "/leads")
            #expect(answer.status == 303 && answer.headers[.location] == "/sign-in/code")
            #expect(try await desk.who(answer) == nil)
            let browser = desk.browser(after: answer)
            let page = try await browser.send(
                .get, "/sign-in/code", headers: [.accept: "text/html"])
            #expect(page.status == 200 && page.text.contains("data-next=\"/leads\""))
            let path = "\(Self.path)/code"
            for _ in 0..<2 {
                let wrong = try await browser.send(.post, path, ["code": "000000"])
                #expect(wrong.status == 401 && wrong.json["type"] == "/developers#code-needed")
            }
            let right: JSON = ["code": .string(code.code(at: world.clock.now))]
            #expect(try await world.nobody.send(.post, path, right).status == 401)
            let entered = try await browser.send(.post, path, right)
            #expect(entered.status == 201, "\(entered.text)")
            #expect(try await desk.who(entered) == "nia@vantage.example")
            // What was used is used.
            world.clock.advance(seconds: 30)
            let next: JSON = ["code": .string(code.code(at: world.clock.now))]
            #expect(try await browser.send(.post, path, next).status == 401)
            #expect(try await browser.send(.get, "/sign-in/code").status == 303)
            // Five in a row lock the account, for the right one too.
            let again = desk.browser(after: try await desk.signIn())
            for _ in 0..<5 { _ = try await again.send(.post, path, ["code": "000000"]) }
            #expect(try await again.send(.post, path, next).status == 429)
            #expect(
                try await world.nobody.send(.post, "/api/v1/sessions", desk.credentials).status
                    == 429)
        }
    }

    private func enrol(_ code: OneTimeCode, _ desk: OpenIDDesk) async throws {
        let world = desk.world
        let keys = world.server.installation.masterKeys
        let nia = try await world.ada.get("/api/v1/users?filter[email]=nia@vantage.example")
        let id = try #require(nia.data[0]["id"]?.string.flatMap(ID<User>.init))
        try await world.database.write(as: .system(world.vantage), at: world.clock.now) { scope in
            try await Secrets(scope, keys).set(code.seed, .totp, of: id.uuid)
            try await scope.tx.execute(
                """
                INSERT INTO second_steps (tenant_id, user_id, created_at, confirmed_at)
                VALUES (\(scope.tenant), \(id), \(scope.now), \(scope.now))
                """)
        }
    }
}

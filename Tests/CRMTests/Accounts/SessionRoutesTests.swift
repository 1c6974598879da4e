import DatabaseSupport
import HTTPTypes
import Storage
import TestSupport
import Testing
import Web

@testable import CRM

@Suite struct SessionRoutesTests {
    private static let path = "/api/v1/sessions"

    private static func cookie(_ answer: Answer) -> HTTPFields {
        let pair = answer.headers[.setCookie]?.prefix { $0 != ";" } ?? ""
        return [.cookie: String(pair)]
    }

    @Test(arguments: EngineKind.allCases)
    func `signing in sets a cookie that scripts cannot read and other sites cannot send`(
        on engine: EngineKind
    )
        async throws
    {
        try await Password.world(engine) { world, credentials in
            let answer = try await world.nobody.send(.post, Self.path, credentials)
            #expect(answer.status == 201)
            #expect(answer.json["redirect"] == "/today")
            let cookie = answer.headers[.setCookie] ?? ""
            #expect(cookie.hasPrefix("iperform_session="))
            #expect(cookie.hasSuffix("; HttpOnly; SameSite=Lax; Path=/; Max-Age=7776000"))
            let me = try await world.nobody.send(
                .get, "/api/v1/me", headers: Self.cookie(answer))
            #expect(me.json["email"] == "nia@vantage.example")
            #expect(me.json["tenant"]?["slug"] == "vantage-retail")
        }
    }

    @Test func `where TLS is spoken, the cookie is for TLS only`() {
        #expect(SessionCookie.carrying("t", isSecure: true).hasSuffix("; Secure"))
        #expect(SessionCookie.empty(isSecure: true).hasSuffix("; Max-Age=0; Secure"))
    }

    @Test(arguments: EngineKind.allCases)
    func `a session that the browser had is ended, and never taken over`(on engine: EngineKind)
        async throws
    {
        try await Password.world(engine) { world, credentials in
            let before: HTTPFields = [.cookie: try #require(world.sam.browser.headers[.cookie])]
            let answer = try await world.nobody.send(
                .post, Self.path, credentials, headers: before)
            #expect(answer.status == 201)
            #expect(Self.cookie(answer) != before)
            #expect(try await world.sam.get("/api/v1/me").status == 401)
        }
    }

    @Test(
        arguments: EngineKind.allCases,
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
    func `another site's form cannot sign a browser in`(on engine: EngineKind, type: String)
        async throws
    {
        try await Password.world(engine) { world, credentials in
            let answer = try await world.nobody.send(
                .post, Self.path, credentials, headers: [.contentType: type])
            #expect(answer.status == 415)
            #expect(answer.headers[.setCookie] == nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a wrong password, e-mail or company is answered alike`(on engine: EngineKind) async throws
    {
        try await Password.world(engine) { world, _ in
            let wrong: [JSON] = [
                Password.credentials("not this one"),
                // White space belongs to a password.
                Password.credentials(Password.text + " "),
                ["tenant": "vantage-retail", "email": "no@one.example", "password": "whatever"],
                ["tenant": "nowhere", "email": "nia@vantage.example", "password": "whatever"],
            ]
            for credentials in wrong {
                let answer = try await world.nobody.send(.post, Self.path, credentials)
                #expect(answer.status == 401)
                #expect(answer.json["detail"] == "The company, e-mail or password is wrong.")
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `after five wrong passwords the right one is held off too, for a while`(
        on engine: EngineKind
    )
        async throws
    {
        try await Password.world(engine) { world, credentials in
            for _ in 1...5 {
                let answer = try await world.nobody.send(
                    .post, Self.path, Password.credentials("not this one"))
                #expect(answer.status == 401)
            }
            for path in [Self.path, "/api/v1/tokens"] {
                let answer = try await world.nobody.send(.post, path, credentials)
                #expect(answer.status == 429)
                let seconds = try #require(Int(answer.headers[.retryAfter] ?? ""))
                #expect((890...910).contains(seconds))
            }
            world.clock.advance(seconds: 910)
            let answer = try await world.nobody.send(.post, Self.path, credentials)
            #expect(answer.status == 201)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `signing out ends the session and takes the cookie away`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let answer = try await world.sam.delete("/api/v1/sessions/current")
            #expect(answer.status == 204)
            #expect(answer.headers[.setCookie]?.contains("iperform_session=;") == true)
            #expect(answer.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try await world.sam.get("/api/v1/me").status == 401)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a write without the proof of our page is refused`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let cookie = try #require(world.ada.browser.headers[.cookie])
            let writes: [(HTTPRequest.Method, String, JSON?)] = [
                (.post, "/api/v1/teams", ["name": "South"]),
                (.patch, "/api/v1/me", ["name": "Mallory"]),
                (.put, "/api/v1/custom-fields", ["fields": []]),
                (.delete, "/api/v1/sessions/current", nil),
            ]
            for (method, path, body) in writes {
                let bare: HTTPFields = [.cookie: cookie, .ifMatch: "\"1\""]
                var guessed = bare
                guessed[.init("X-CSRF-Token")!] = "guessed"
                for headers in [bare, guessed] {
                    let answer = try await world.nobody.send(method, path, body, headers: headers)
                    #expect(answer.status == 403, "\(path)")
                }
            }
            #expect(try await world.ada.get("/api/v1/me").json["name"] == "Ada")
        }
    }

    @Test(arguments: [
        ("/leads?stage=open", "/leads?stage=open"), ("//evil.example", nil),
        ("/\\evil.example", nil), ("/\t/evil.example", nil), ("https://evil.example", nil),
    ])
    func `after signing in one is led only to this site`(next: String, path: String?) {
        #expect(SignInPages.localPath(next) == path)
    }

    @Test(arguments: EngineKind.allCases)
    func `the sign-in page keeps where one was going`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let path = "/sign-in?next=%2Fleads&tenant=vantage-retail"
            let page = try await world.nobody.send(.get, path)
            #expect(page.status == 200)
            #expect(page.text.contains("data-next=\"/leads\""))
            #expect(page.text.contains("value=\"vantage-retail\""))
            let back = try await world.ada.page(path)
            #expect(back.status == 303)
            #expect(back.headers[.location] == "/leads")
        }
    }
}

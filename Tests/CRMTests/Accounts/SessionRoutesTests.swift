import HTTPTypes
import Storage
import Testing

@testable import CRM

@Suite struct SessionRoutesTests {
    private static func credentials(_ password: String = Office.password) -> JSON {
        ["tenant": "acme", "email": "Ada@Acme.example", "password": .string(password)]
    }

    @Test func `signing in sets a cookie that scripts cannot read and other sites cannot send`()
        async throws
    {
        try await World.with { world in
            let answer = try await office.post("/api/v1/sessions", Self.credentials())
            #expect(answer.status == 201)
            #expect(answer.json["redirect"] == "/today")
            let cookie = answer.headers[.setCookie] ?? ""
            #expect(cookie.hasPrefix("iperform_session="))
            #expect(cookie.hasSuffix("; HttpOnly; SameSite=Lax; Path=/; Max-Age=7776000"))
            let token = try #require(answer.session)
            let me = try await office.send(
                .get, "/api/v1/me", nil, [.cookie: "iperform_session=\(token)"])
            #expect(me.json["email"] == "ada@acme.example")
            #expect(me.json["tenant"]?["slug"] == "acme")
        }
    }

    @Test func `over TLS the cookie is for TLS only`() async throws {
        try await World.with { world in
            let answer = try await office.post("/api/v1/sessions", Self.credentials(), [.forwardedProto: "https"])
            #expect(answer.headers[.setCookie]?.hasSuffix("; Secure") == true)
        }
        try await Office.with(secureCookies: true) { office in
            let answer = try await office.post("/api/v1/sessions", Self.credentials())
            #expect(answer.headers[.setCookie]?.hasSuffix("; Secure") == true)
        }
    }

    @Test func `a session that the browser had is ended, and never taken over`() async throws {
        try await World.with { world in
            let before = try await office.hire("sam")
            let answer = try await office.post("/api/v1/sessions", Self.credentials(), [.cookie: before.cookie])
            #expect(answer.status == 201)
            #expect(answer.session != before.session.token)
            #expect(try await before.get("/api/v1/me").status == 401)
        }
    }

    @Test func `another site's form cannot sign a browser in`() async throws {
        try await World.with { world in
            let answer = try await office.post("/api/v1/sessions", Self.credentials(), [.contentType: "text/plain"])
            #expect(answer.status == 415)
            #expect(answer.headers[.setCookie] == nil)
        }
    }

    @Test func `a wrong password, e-mail or company is answered alike`() async throws {
        try await World.with { world in
            let wrong: [JSON] = [
                Self.credentials("not this one"),
                ["tenant": "acme", "email": "nobody@acme.example", "password": "whatever"],
                ["tenant": "nowhere", "email": "ada@acme.example", "password": "whatever"],
            ]
            for credentials in wrong {
                let answer = try await office.post("/api/v1/sessions", credentials)
                #expect(answer.status == 401)
                #expect(answer.json["detail"] == "The company, e-mail or password is wrong.")
            }
        }
    }

    @Test func `the sixth wrong password is held off, and so is the right one then`()
        async throws
    {
        try await World.with { world in
            for _ in 1...5 {
                let answer = try await office.post("/api/v1/tokens", Self.credentials("not this one"))
                #expect(answer.status == 401)
            }
            for path in ["/api/v1/tokens", "/api/v1/sessions"] {
                let answer = try await office.post(path, Self.credentials())
                #expect(answer.status == 429)
                #expect(Int(answer.headers[.retryAfter] ?? "") ?? 0 > 800)
            }
        }
    }

    @Test func `white space belongs to a password`() async throws {
        try await World.with { world in
            let answer = try await office.post("/api/v1/sessions", Self.credentials(Office.password + " "))
            #expect(answer.status == 401)
        }
    }

    @Test func `signing out ends the session and takes the cookie away`() async throws {
        try await World.with { world in
            let sam = world.sam
            let answer = try await sam.delete("/api/v1/sessions/current")
            #expect(answer.status == 204)
            #expect(answer.headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try await sam.get("/api/v1/me").status == 401)
        }
    }

    @Test func `a write without the proof of our page is refused`() async throws {
        try await World.with { world in
            let ada = world.ada
            let writes: [(HTTPRequest.Method, String, JSON?)] = [
                (.post, "/api/v1/teams", ["name": "East"]),
                (.delete, "/api/v1/sessions/current", nil),
                (.put, "/api/v1/custom-fields", ["fields": []]),
            ]
            for (method, path, body) in writes {
                for headers in [[.cookie: ada.cookie], [.cookie: ada.cookie, .csrf: "x"]]
                    as [HTTPFields]
                {
                    #expect(try await office.send(method, path, body, headers).status == 403)
                }
            }
            #expect(try await ada.get("/api/v1/teams").data.isEmpty)
        }
    }

    @Test func `nobody gets past a route that needs somebody`() async throws {
        try await World.with { world in
            for route in office.routes where route.access == .signedIn {
                let path = route.path.replacing("{id}", with: ID<Int>().description)
                    .replacing("{key}", with: "open")
                let answer = try await office.send(route.method, path, [:])
                #expect(answer.status == (route.kind == .page ? 303 : 401), "\(route.path)")
            }
        }
    }

    @Test(arguments: [
        ("/leads?stage=open", "/leads?stage=open"), ("//evil.example", nil),
        ("/\\evil.example", nil), ("/\t/evil.example", nil), ("https://evil.example", nil),
    ])
    func `after signing in one is led only to this site`(next: String, path: String?) {
        #expect(SignInPages.localPath(next) == path)
    }

    @Test func `the sign-in page keeps where one was going`() async throws {
        try await World.with { world in
            let page = try await office.send(.get, "/sign-in?next=%2Fleads&tenant=acme")
            #expect(page.status == 200)
            #expect(page.text.contains("data-next=\"/leads\""))
            #expect(page.text.contains("value=\"acme\""))
            let ada = world.ada
            let back = try await ada.get("/sign-in?next=%2Fleads")
            #expect(back.status == 303)
            #expect(back.headers[.location] == "/leads")
        }
    }
}

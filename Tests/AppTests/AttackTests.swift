import App
import DatabaseSupport
import Foundation
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

/// What comes in to be something else than it says: a place to go to, a header, a path, a proof.
@Suite struct AttackTests {
    /// Texts that end a header's line, or that some reader takes for its end.
    private static let lineEnds = [
        "\r\nSet-Cookie: planted=1", "\nSet-Cookie: planted=1", "\rSet-Cookie: planted=1",
        "%0d%0aSet-Cookie:planted=1", "\u{85}Set-Cookie: planted=1",
        "\u{2028}Set-Cookie: planted=1", "\u{560a}\u{560d}Set-Cookie: planted=1", "\0",
    ]

    private static let elsewhere =
        [
            "//evil.example", "///evil.example", "////evil.example", "/\\evil.example",
            "\\\\evil.example", "\\/evil.example", "/\\/evil.example", "%2f%2fevil.example",
            "/%09/evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example",
            " //evil.example", "@evil.example", "https:evil.example", "https://evil.example",
            "https:/\\evil.example", "//evil.example@vantage.example", "javascript:alert(1)",
            "JaVaScRiPt:alert(1)", "\u{1}javascript:alert(1)", "java\nscript:alert(1)",
            "data:text/html,x", "vbscript:x", "/today//evil.example\u{0}", "/ä", "",
            "http://127.0.0.1", ".evil.example", "?next=//evil.example", "/\u{2f}evil.example",
        ] + lineEnds.map { "/today\($0)" }

    @Test(arguments: EngineKind.allCases)
    func `wherever one was said to be going, one stays here`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for next in Self.elsewhere {
                let path = "/sign-in?next=\(Query.encoded(next))"
                let signedIn = try await world.ada.page(path)
                #expect(signedIn.status == 303, "\(next)")
                let location = signedIn.headers[.location] ?? ""
                #expect(Self.staysHere(location), "\(next) → \(location)")
                #expect(signedIn.headers[.setCookie] == nil, "\(next)")
                let page = try await world.nobody.send(.get, path)
                let kept = page.text.firstMatch(of: /data-next="([^"]*)"/).map { String($0.1) }
                #expect(Self.staysHere(kept ?? "/"), "\(next) → \(kept ?? "")")
            }
            for path in ["/leads?sort=-created_at&filter%5Bq%5D=%2F%2Fevil", "/leads//x"] {
                let answer = try await world.nobody.send(.get, path)
                let location = answer.headers[.location] ?? "/"
                #expect(Self.staysHere(location), "\(path) → \(location)")
            }
        }
    }

    /// As a browser reads it.
    private static func staysHere(_ location: String) -> Bool {
        let plain = location.unicodeScalars.allSatisfy { (0x21...0x7E).contains($0.value) }
        let host = URL(string: location, relativeTo: URL(string: "http://here.example/sign-in"))?
            .absoluteURL.host()
        return plain && location.hasPrefix("/") && host == "here.example"
            && !location.contains("\\") && !location.hasPrefix("//")
    }

    @Test(arguments: EngineKind.allCases)
    func `no value becomes a header of an answer`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for end in Self.lineEnds {
                let text = Query.encoded("x\(end)")
                for path in [
                    "/\(text)", "/leads/\(text)", "/f/\(text)", "/welcome/\(text)",
                    "/assets/\(text)", "/leads?sort=\(text)", "/sign-in?tenant=\(text)",
                    "/forgot?email=\(text)", "/settings/\(text)", "/import?cursor=\(text)",
                    "/api/v1/leads/\(text)", "/api/v1/search?q=\(text)",
                    "/api/v1/audit/export?format=\(text)",
                ] {
                    for person in [world.ada.browser, world.nobody] {
                        let answer = try await person.send(.get, path)
                        #expect(answer.headers[.setCookie] == nil, "\(path)")
                        Self.expectOneLine(answer, path)
                    }
                }
                let fields: JSON = ["company": .string("x\(end)"), "source": "web"]
                Self.expectOneLine(try await world.ada.post("/api/v1/leads", fields), end)
                let form: JSON = ["name": .string("x\(end)"), "thank_you": .string("y\(end)")]
                let made = try await world.ada.post("/api/v1/forms", form)
                let token = made.json["token"]?.string ?? ""
                for path in ["/f/\(token)", "/f/\(token)/embed.js"] where !token.isEmpty {
                    Self.expectOneLine(try await world.nobody.send(.get, path), path)
                }
            }
        }
    }

    private static func expectOneLine(_ answer: Answer, _ place: String) {
        for field in answer.headers {
            let plain = field.value.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && $0.value < 0x7F
            }
            #expect(plain, "\(place): \(field.name)")
        }
    }

    private static let fileNames = [
        "../../../../tmp/planted.csv", "..\\..\\planted.csv", "/etc/planted.csv", "C:\\planted.csv",
        "....//planted.csv", "%2e%2e%2fplanted.csv", "a%0d%0aSet-Cookie: planted=1.csv",
        "a%22; filename=%22b.html", "a'b;c=d.csv", "\u{202e}vsc.exe", "planted.csv\0.html", ".csv",
        "..", ".", "nul", "ä€\u{1F388}.csv", "<script>x</script>.csv",
        String(repeating: "long", count: 50) + ".csv",
    ]

    @Test(arguments: EngineKind.allCases)
    func `the name of a file leads nowhere, in or out`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let before = try Self.outside(world)
            for name in Self.fileNames {
                let sent = try await Self.upload(name, as: world.ada)
                #expect([202, 400, 422].contains(sent.status), "\(name): \(sent.text)")
                guard let id = sent.json["id"]?.string else { continue }
                let file = try await world.ada.get("/api/v1/imports/\(id)/errors.csv")
                #expect(file.status == 200, "\(name)")
                Self.expectOneLine(file, name)
                let said = file.headers[.contentDisposition] ?? ""
                #expect(
                    said.wholeMatch(of: /attachment; filename\*=UTF-8''[A-Za-z0-9._~%-]+/) != nil,
                    "\(name): \(said)")
                let saved = Query.decoded(said.split(separator: "''").last.map(String.init) ?? "")
                #expect(file.headers[.contentType] == "text/csv; charset=utf-8", "\(name)")
                #expect(file.headers[.xContentTypeOptions] == "nosniff", "\(name)")
                #expect(saved.hasSuffix("-errors.csv"), "\(name) → \(saved)")
                let page = try await world.ada.page("/import/\(id)")
                #expect(page.status == 200, "\(name)")
                Doors.expectClean(page, name)
                #expect(!page.text.contains("<script>x"), "\(name)")
            }
            #expect(try Self.outside(world) == before)
        }
    }

    /// What lies beside the data, and where names might have led.
    private static func outside(_ world: World) throws -> Set<String> {
        let files = FileManager.default
        let near = try files.contentsOfDirectory(atPath: world.directory.path)
        let planted = ["/tmp/planted.csv", "/etc/planted.csv"].filter(files.fileExists)
        let strange = near.filter { $0.contains("planted") || $0.contains("..") }
        return Set(strange + planted)
    }

    private static func upload(_ name: String, as person: Person) async throws -> Answer {
        let boundary = "----attack7MA4YWxkTrZu0gW"
        let body = """
            --\(boundary)\r
            Content-Disposition: form-data; name="file"; filename="\(name)"\r
            Content-Type: text/csv\r
            \r
            Company\r
            Firm\r
            --\(boundary)--\r

            """
        return try await person.browser.send(
            .post, "/api/v1/imports", bytes: Array(body.utf8),
            headers: [.contentType: "multipart/form-data; boundary=\(boundary)"])
    }

    @Test(arguments: EngineKind.allCases)
    func `what is served is what is meant to be`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let ways = [
                "..", "../..", "%2e%2e", "%2e%2e%2f%2e%2e", "..%2f..", "..%5c..", "....//....",
                "css/..", "css%2f..%2f..", "js/%2e%2e", "%252e%252e", "..;", "./..", "~", "%00",
                "js/..%c0%af..", "css/app.css%00.js", "css/app.css/..", "js%2f..%2fcss%2fapp.css",
            ]
            let ends = [
                "", "/Package.swift", "/etc/passwd", "/master.key", "/iperform.sqlite",
                "/Assets.swift",
            ]
            let roots = ["/assets/", "/f/", "/welcome/", "/import/", "/"]
            for path in roots.flatMap({ root in
                ways.flatMap { way in ends.map { root + way + $0 } }
            }) {
                let answer = try await world.ada.get(path)
                #expect([303, 400, 404, 405, 410].contains(answer.status), "\(path)")
                for word in ["root:", "swift-tools-version", "SQLite format", "import "] {
                    #expect(!answer.text.hasPrefix(word), "\(path)")
                }
            }
            #expect(try await world.nobody.send(.get, "/assets/css/app.css").status == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a proof counts in its header alone, and with its own session`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let proof = world.ada.csrf
            let other = try await world.server.authenticator.write(
                as: Caller(tenant: world.vantage, actor: .user(world.ada.id), role: .companyAdmin)
            ) { try await Sessions($0).start() }
            var bare = world.ada.browser
            bare.headers[Doors.csrf] = nil
            let cookie = bare.headers[.cookie] ?? ""
            let tries: [(String, String, HTTPFields)] = [
                ("in the query", "?csrf=\(proof)&X-CSRF-Token=\(proof)", [:]),
                ("in a cookie", "", [.cookie: "\(cookie); X-CSRF-Token=\(proof); csrf=\(proof)"]),
                ("as a bearer token", "", [HTTPField.Name("X-XSRF-Token")!: proof]),
                ("of another session of theirs", "", [Doors.csrf: other.csrf]),
                ("of somebody else", "", [Doors.csrf: world.max.csrf]),
                ("the session itself", "", [Doors.csrf: String(cookie.split(separator: "=")[1])]),
                ("cut", "", [Doors.csrf: String(proof.dropLast())]),
                ("twice", "", [Doors.csrf: "\(proof), \(proof)"]),
                ("in capitals", "", [Doors.csrf: proof.uppercased() + "A"]),
                (
                    "another method said", "?_method=GET",
                    [HTTPField.Name("X-HTTP-Method-Override")!: "GET"]
                ),
            ]
            let body: JSON = ["name": "Planted", "csrf": .string(proof), "_csrf": .string(proof)]
            for (name, query, headers) in tries {
                for path in ["/api/v1/teams", "/api/v1/partners", "/api/v1/leads/bulk"] {
                    let answer = try await bare.send(.post, path + query, body, headers: headers)
                    #expect(answer.status == 403, "\(name): \(path)")
                }
            }
            #expect(try await !world.ada.get("/api/v1/teams").text.contains("Planted"))
            let good = try await world.ada.post("/api/v1/teams", ["name": "Planted"])
            #expect(good.status == 201)
        }
    }

    /// Neither a session nor a proof that was in the browser before is worth anything after.
    @Test(arguments: EngineKind.allCases)
    func `a planted session is not taken over`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let words = "a planted session is not taken"
            let new: JSON = [
                "name": "Nia", "email": "nia@vantage.example", "role": "salesperson",
                "password": .string(words),
            ]
            #expect(try await world.ada.post("/api/v1/users", new).status == 201)
            let credentials: JSON = [
                "tenant": "vantage-retail", "email": "nia@vantage.example",
                "password": .string(words),
            ]
            let mine = world.eve.browser.headers[.cookie] ?? ""
            let planted = [
                "iperform_session=planted", mine, "\(mine); iperform_session=planted", "",
            ]
            var seen: Set<String> = []
            for cookie in planted {
                let answer = try await world.nobody.send(
                    .post, "/api/v1/sessions", credentials, headers: [.cookie: cookie])
                #expect(answer.status == 201, "\(cookie)")
                let set = String(answer.headers[.setCookie]?.prefix { $0 != ";" } ?? "")
                #expect(seen.insert(set).inserted && !planted.contains(set), "\(cookie)")
                let before = try await world.nobody.send(
                    .get, "/api/v1/me", headers: [.cookie: cookie])
                #expect(before.status == 401, "\(cookie)")
                let after = try await world.nobody.send(
                    .get, "/api/v1/me", headers: [.cookie: set])
                #expect(after.json["email"] == "nia@vantage.example")
            }
        }
    }
}

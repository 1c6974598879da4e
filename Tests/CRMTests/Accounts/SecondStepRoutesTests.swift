import App
import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

@testable import CRM

@Suite struct SecondStepRoutesTests {
    private static let policy = "/api/v1/sign-in-policy"

    /// The app: makes codes of the secret that the API told.
    private struct Phone {
        let code: OneTimeCode

        init(_ answer: Answer) throws {
            let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
            let text = try #require(answer.json["secret"]?.string)
            var bits = text.flatMap { letter -> [UInt8] in
                let value = UInt8(letters.firstIndex(of: letter) ?? 0)
                return (0..<5).map { value >> (4 - $0) & 1 }
            }
            var seed: [UInt8] = []
            while bits.count >= 8 {
                seed.append(bits.prefix(8).reduce(0) { $0 << 1 | $1 })
                bits.removeFirst(8)
            }
            code = OneTimeCode(seed: seed)
        }

        func shows(_ world: World) -> JSON { .string(code.code(at: world.clock.now)) }
    }

    /// Sets up somebody's second step; its first code is used up.
    private func enrol(_ person: Person, _ world: World) async throws -> (Phone, codes: [JSON]) {
        let phone = try Phone(try await person.post("/api/v1/me/totp"))
        let answer = try await person.post(
            "/api/v1/me/totp/confirmation", ["code": phone.shows(world)])
        #expect(answer.status == 200)
        world.clock.advance(seconds: 30)
        return (phone, answer.json["recovery_codes"]?.array ?? [])
    }

    /// From when the person was an admin: only those make keys.
    private func shopKey(of person: Person, _ world: World) async throws -> String {
        let caller = Caller(tenant: person.tenant, actor: .user(person.id), role: .companyAdmin)
        return try await world.database.write(as: caller, at: world.clock.now) {
            try await APIKeys($0).create(name: "Shop").token
        }
    }

    private func person(_ signedIn: Answer, _ world: World) -> Client {
        var nia = world.nobody
        nia.headers[.cookie] = String(signedIn.headers[.setCookie]?.prefix { $0 != ";" } ?? "")
        nia.headers[HTTPField.Name("X-CSRF-Token")!] = signedIn.json["csrf"]?.string
        return nia
    }

    private func with(_ credentials: JSON, _ code: JSON) -> JSON {
        var members = credentials.object ?? [:]
        members["code"] = code
        return .object(members)
    }

    @Test(arguments: EngineKind.allCases)
    func `set up, asked for at both doors, and turned off with password and code`(
        on engine: EngineKind
    ) async throws {
        try await Password.world(engine) { world, credentials in
            let nia = person(
                try await world.nobody.send(.post, "/api/v1/sessions", credentials), world)
            let begun = try await nia.send(.post, "/api/v1/me/totp")
            #expect(begun.status == 201)
            let address = begun.json["address"]?.string ?? ""
            #expect(
                address.hasPrefix("otpauth://totp/Vantage%20Retail:nia%40vantage.example?secret=")
            )
            let page = try await nia.send(
                .get, "/account/security", headers: [.accept: "text/html"])
            #expect(page.text.contains("<svg class=\"qr\""))
            let phone = try Phone(begun)
            let on = try await nia.send(
                .post, "/api/v1/me/totp/confirmation", ["code": phone.shows(world)])
            let recovery = on.json["recovery_codes"]?.array ?? []
            #expect(recovery.count == 10)
            let after = try await nia.send(
                .get, "/account/security", headers: [.accept: "text/html"])
            #expect(!after.text.contains("<svg class=\"qr\""), "The secret is not shown again.")
            world.clock.advance(seconds: 30)
            for path in ["/api/v1/sessions", "/api/v1/tokens"] {
                let asked = try await world.nobody.send(.post, path, credentials)
                #expect(asked.status == 401)
                #expect(asked.json["type"] == "/developers#code-needed")
                let wrong = try await world.nobody.send(.post, path, with(credentials, "000001"))
                #expect(wrong.json["type"] == "/developers#code-needed")
                #expect(wrong.json["detail"] != asked.json["detail"])
                let entered = try await world.nobody.send(
                    .post, path, with(credentials, phone.shows(world)))
                #expect([200, 201].contains(entered.status))
                let again = try await world.nobody.send(
                    .post, path, with(credentials, phone.shows(world)))
                #expect(again.status == 401)
                world.clock.advance(seconds: 30)
            }
            let short = try await nia.send(
                .post, "/api/v1/me/totp/removal", ["password": "not it", "code": recovery[0]])
            #expect(short.faults == ["password"])
            let off = try await nia.send(
                .post, "/api/v1/me/totp/removal",
                ["password": .string(Password.text), "code": recovery[0]])
            #expect(off.status == 204)
            #expect(
                try await world.nobody.send(.post, "/api/v1/sessions", credentials).status == 201)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who lacks what the company requires reaches the set-up and nothing else`(
        on engine: EngineKind
    ) async throws {
        try await Password.world(engine) { world, credentials in
            let early = try await world.nobody.send(.post, "/api/v1/tokens", credentials)
            let key = try await shopKey(of: world.sam, world)
            let refused = try await world.ada.browser.send(
                .put, Self.policy, ["totp_required": true])
            #expect(refused.status == 409, "An admin without one would shut themselves out.")
            _ = try await enrol(world.ada, world)
            let required = try await world.ada.browser.send(
                .put, Self.policy, ["totp_required": true])
            #expect(required.json["totp_required"] == true)

            // Every door of a session but those that lead to a second step.
            for route in world.server.routes where route.access == .signedIn && !route.isForSetUp {
                let path = route.path.replacing("{id}", with: ID<User>().description)
                let answer = try await world.sam.browser.send(
                    route.method, path, headers: [.accept: "text/html"])
                if route.kind == .page {
                    #expect(answer.headers[.location] == "/account/second-step", "\(path)")
                } else {
                    #expect(answer.status == 403, "\(route.method) \(path)")
                    #expect(answer.json["type"] == "/developers#set-up-needed", "\(path)")
                }
            }
            #expect(world.server.routes.filter(\.isForSetUp).count == 5)
            // Programs: no new token, no old one. API keys go on.
            let token = try await world.nobody.send(.post, "/api/v1/tokens", credentials)
            #expect(token.status == 403)
            #expect(token.json["type"] == "/developers#set-up-needed")
            let bearer = world.nobody.bearing(early.json["access_token"]?.string ?? "")
            #expect(try await bearer.send(.get, "/api/v1/me").status == 403)
            let shop = world.nobody.bearing(key)
            #expect(try await shop.send(.get, "/api/v1/leads").status == 200)
            // Other companies are not concerned.
            #expect(try await world.roy.get("/api/v1/me").status == 200)

            let entered = try await world.nobody.send(.post, "/api/v1/sessions", credentials)
            let nia = person(entered, world)
            let page = try await nia.send(
                .get, "/account/second-step", headers: [.accept: "text/html"])
            #expect(page.status == 200)
            #expect(page.text.contains("Set up your second step"))
            let phone = try Phone(try await nia.send(.post, "/api/v1/me/totp"))
            let on = try await nia.send(
                .post, "/api/v1/me/totp/confirmation", ["code": phone.shows(world)])
            #expect(on.status == 200)
            #expect(try await nia.send(.get, "/api/v1/leads").status == 200)
            let off = try await nia.send(
                .post, "/api/v1/me/totp/removal",
                [
                    "password": .string(Password.text),
                    "code": on.json["recovery_codes"]?.array?.first ?? nil,
                ])
            #expect(off.status == 409)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an admin resets somebody's second step, and nobody else does`(on engine: EngineKind)
        async throws
    {
        try await Password.world(engine) { world, credentials in
            let entered = try await world.nobody.send(.post, "/api/v1/sessions", credentials)
            let nia = person(entered, world)
            let id = try await nia.send(.get, "/api/v1/me").json["id"]?.string ?? ""
            let phone = try Phone(try await nia.send(.post, "/api/v1/me/totp"))
            _ = try await nia.send(
                .post, "/api/v1/me/totp/confirmation", ["code": phone.shows(world)])
            for other in [world.max, world.sam, world.pat] {
                #expect(try await other.delete("/api/v1/users/\(id)/totp").status == 403)
            }
            #expect(try await world.eve.delete("/api/v1/users/\(id)/totp").status == 404)
            #expect(try await world.ada.delete("/api/v1/users/\(id)/totp").status == 204)
            #expect(try await nia.send(.get, "/api/v1/me").status == 401)
            #expect(
                try await world.nobody.send(.post, "/api/v1/sessions", credentials).status == 201)
            #expect(try await world.ada.delete("/api/v1/users/\(id)/totp").status == 409)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the policy is the company admin's`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for other in [world.max, world.sam, world.pat] {
                let answer = try await other.browser.send(
                    .put, Self.policy, ["totp_required": true])
                #expect(answer.status == 403)
            }
            #expect(try await world.sam.get(Self.policy).json["totp_required"] == false)
        }
    }
}

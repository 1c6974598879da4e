import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct SignInRoutesTests {
    private static let path = "/api/v1/sessions"
    private static let firefox =
        "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"

    private func enter(
        _ world: World, _ credentials: JSON, agent: String = firefox
    ) async throws -> Client {
        let answer = try await world.nobody.send(
            .post, Self.path, credentials, headers: [.userAgent: agent])
        var nia = world.nobody
        nia.headers[.cookie] = String(answer.headers[.setCookie]?.prefix { $0 != ";" } ?? "")
        nia.headers[HTTPField.Name("X-CSRF-Token")!] = answer.json["csrf"]?.string
        return nia
    }

    private func enterAsProgram(
        _ world: World, _ credentials: JSON
    ) async throws -> (access: Client, refresh: JSON) {
        let pair = try await world.nobody.send(
            .post, "/api/v1/tokens", credentials, headers: [.userAgent: "shop-sync/2.1"])
        let token = pair.json["access_token"]?.string ?? ""
        return (world.nobody.bearing(token), pair.json["refresh_token"] ?? nil)
    }

    @Test(arguments: EngineKind.allCases)
    func `people see where they are signed in, in words, and which one this is`(
        on engine: EngineKind
    ) async throws {
        try await Password.world(engine) { world, credentials in
            let (program, refresh) = try await enterAsProgram(world, credentials)
            world.clock.advance(seconds: 60)
            let first = try await enter(world, credentials)
            world.clock.advance(seconds: 60)
            _ = try await enter(world, credentials, agent: "")
            // Another use is noted when five minutes have gone by.
            world.clock.advance(seconds: 400)
            let list = try await first.send(.get, Self.path).data
            #expect(list.map { $0["current"] } == [true, false, false])
            #expect(
                list.map { $0["name"] } == ["Firefox on Linux", "Unknown program", "shop-sync"])
            #expect(list.map { $0["kind"] } == ["browser", "browser", "program"])
            #expect(list[0]["last_used_at"]?.string != list[0]["started_at"]?.string)
            // An exchanged token is still the same sign-in.
            let pair = try await world.nobody.send(
                .post, "/api/v1/tokens/refresh", ["refresh_token": refresh])
            #expect(pair.status == 200)
            let programs = try await program.send(.get, Self.path).data
            #expect(programs.count == 3)
            #expect(programs[0]["kind"] == "program" && programs[0]["current"] == true)
            #expect(programs[0]["name"] == "shop-sync")
            // Nobody else's.
            #expect(try await world.sam.get(Self.path).data.count == 1)
            let page = try await first.send(
                .get, "/account/security", headers: [.accept: "text/html"])
            #expect(page.text.contains("Firefox on Linux") && page.text.contains("This one"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `ending one ends it at once, access tokens included`(on engine: EngineKind) async throws {
        try await Password.world(engine) { world, credentials in
            let (program, refresh) = try await enterAsProgram(world, credentials)
            let browser = try await enter(world, credentials)
            let other = try await enter(world, credentials)
            #expect(try await program.send(.get, "/api/v1/me").status == 200)
            for client in [program, other] {
                let id = try await client.send(.get, Self.path).data[0]["id"]?.string ?? ""
                // Somebody else's is not there.
                #expect(try await world.ada.delete("\(Self.path)/\(id)").status == 404)
                #expect(try await world.eve.delete("\(Self.path)/\(id)").status == 404)
                #expect(try await browser.send(.delete, "\(Self.path)/\(id)").status == 204)
                #expect(try await client.send(.get, "/api/v1/me").status == 401)
                #expect(try await browser.send(.delete, "\(Self.path)/\(id)").status == 404)
            }
            let renewed = try await world.nobody.send(
                .post, "/api/v1/tokens/refresh", ["refresh_token": refresh])
            #expect(renewed.status == 401)
            #expect(try await browser.send(.get, "/api/v1/me").status == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `ending all others keeps the one that asks, browser or program`(on engine: EngineKind)
        async throws
    {
        try await Password.world(engine) { world, credentials in
            let (program, _) = try await enterAsProgram(world, credentials)
            let browser = try await enter(world, credentials)
            let other = try await enter(world, credentials)
            #expect(try await browser.send(.delete, Self.path).status == 204)
            #expect(try await browser.send(.get, "/api/v1/me").status == 200)
            #expect(try await other.send(.get, "/api/v1/me").status == 401)
            #expect(try await program.send(.get, "/api/v1/me").status == 401)
            let (second, _) = try await enterAsProgram(world, credentials)
            #expect(try await second.send(.delete, Self.path).status == 204)
            #expect(try await second.send(.get, "/api/v1/me").status == 200)
            #expect(try await browser.send(.get, "/api/v1/me").status == 401)
            #expect(try await world.sam.get("/api/v1/me").status == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `admins end all of somebody's, and nobody else does`(on engine: EngineKind) async throws {
        try await Password.world(engine) { world, credentials in
            let (program, _) = try await enterAsProgram(world, credentials)
            let browser = try await enter(world, credentials)
            let id = try await browser.send(.get, "/api/v1/me").json["id"]?.string ?? ""
            let path = "/api/v1/users/\(id)/sessions"
            for other in [world.max, world.sam, world.pat] {
                #expect(try await other.delete(path).status == 403)
            }
            #expect(try await world.eve.delete(path).status == 404)
            #expect(try await world.ada.delete(path).status == 204)
            #expect(try await program.send(.get, "/api/v1/me").status == 401)
            #expect(try await browser.send(.get, "/api/v1/me").status == 401)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a new password is refused with what to do`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for (password, words) in [
                ("short", "12 to 128"), ("password1234", "tried first"),
                ("rosalind at the door", "Leave it out"), ("the vantage of hills", "Leave it out"),
            ] {
                let answer = try await world.ada.post(
                    "/api/v1/users",
                    [
                        "name": "Rosalind", "email": "r@vantage.example", "role": "salesperson",
                        "password": .string(password),
                    ])
                #expect(answer.faults == ["password"], "\(password)")
                #expect(answer.text.contains(words), "\(password)")
            }
        }
    }
}

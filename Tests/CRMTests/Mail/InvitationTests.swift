import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct InvitationTests {
    @Test(arguments: EngineKind.allCases)
    func `who is invited chooses a password by the link, once, and is signed in`(
        on engine: EngineKind
    ) async throws {
        try await PostOffice.with(engine) { office, _, _ in
            let uma = try await office.invite()
            let token = try await office.token("welcome")
            let page = try await office.world.nobody.send(
                .get, "/welcome/\(token)", headers: [.accept: "text/html"])
            #expect(page.status == 200)
            #expect(page.text.contains("uma@vantage.example"))
            #expect(page.headers[HTTPField.Name("Referrer-Policy")!] == "no-referrer")
            #expect(page.headers[.cacheControl] == "no-store")
            #expect(try await office.accept(token, "short").faults == ["password"])
            let answer = try await office.accept(token)
            #expect(answer.status == 201)
            let cookie = String(answer.headers[.setCookie]?.prefix { $0 != ";" } ?? "")
            let me = try await office.world.nobody.send(
                .get, "/api/v1/me", headers: [.cookie: cookie])
            #expect((me.json["name"], me.json["email"]) == ("Uma Rao", "uma@vantage.example"))
            #expect(try await office.accept(token, "yet another one").status == 409)
            let again = try await office.world.nobody.send(
                .get, "/welcome/\(token)", headers: [.accept: "text/html"])
            #expect(again.status == 410)
            let signedIn = try await office.world.nobody.send(
                .post, "/api/v1/sessions",
                [
                    "tenant": "vantage-retail", "email": "uma@vantage.example",
                    "password": "a long enough one",
                ])
            #expect(signedIn.status == 201)
            #expect(
                try await office.events(uma) == [
                    "user.created", "user.invited", "user.password_set", "user.changed",
                    "user.invitation_accepted", "session.started", "session.started",
                ])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a link runs out after seven days; a new one makes it void before`(on engine: EngineKind)
        async throws
    {
        try await PostOffice.with(engine) { office, _, _ in
            let uma = try await office.invite()
            let first = try await office.token("welcome")
            let path = "/api/v1/users/\(uma)/invitation"
            #expect(try await office.world.ada.post(path).status == 201)
            #expect(try await office.messages().count == 1)
            let second = try await office.token("welcome")
            #expect(try await office.accept(first).status == 409)
            office.world.clock.advance(seconds: 7 * 86_400)
            #expect(try await office.accept(second).status == 409)
            office.world.clock.advance(seconds: -1)
            #expect(try await office.accept(second).status == 201)
            #expect(try await office.world.ada.post(path).status == 409)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an invitation is taken back, and goes with a deactivation or another address`(
        on engine: EngineKind
    ) async throws {
        try await PostOffice.with(engine) { office, _, _ in
            for name in ["Uma", "Uli", "Ute"] {
                let id = try await office.invite(name)
                let token = try await office.token("welcome")
                let path = "/api/v1/users/\(id)"
                switch name {
                case "Uma":
                    #expect(try await office.world.sam.delete(path + "/invitation").status == 403)
                    #expect(try await office.world.ada.delete(path + "/invitation").status == 204)
                    #expect(try await office.world.ada.delete(path + "/invitation").status == 404)
                case "Uli":
                    _ = try await office.world.ada.patch(path, ["active": false], version: 1)
                    #expect(try await office.world.ada.post(path + "/invitation").status == 409)
                default:
                    _ = try await office.world.ada.patch(
                        path, ["email": "else@vantage.example"], version: 1)
                }
                #expect(try await office.accept(token).status == 409, "\(name)")
                #expect(try await office.reset(token).status == 409, "\(name)")
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `nobody but admins invites, and nobody of another company is invited`(
        on engine: EngineKind
    ) async throws {
        try await PostOffice.with(engine) { office, _, _ in
            let uma = try await office.invite()
            let path = "/api/v1/users/\(uma)/invitation"
            for person in [office.world.eva, office.world.max, office.world.sam, office.world.pat] {
                #expect(try await person.post(path).status == 403, "\(person.name)")
            }
            #expect(try await office.world.eve.post(path).status == 404)
            #expect(try await office.world.eve.delete(path).status == 404)
            let page = try await office.world.ada.page("/settings/users")
            #expect(page.text.contains("Invited until"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who has a password from the start gets no mail`(on engine: EngineKind) async throws {
        try await PostOffice.with(engine) { office, _, _ in
            let answer = try await office.world.ada.post(
                "/api/v1/users",
                [
                    "name": "Una", "email": "una@vantage.example", "role": "salesperson",
                    "password": "a long enough one",
                ])
            #expect(answer.status == 201)
            #expect(try await office.messages().isEmpty)
        }
    }
}

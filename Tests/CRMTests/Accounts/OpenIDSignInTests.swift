import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

/// Sign-in by an identity provider: who gets in, and who does not.
@Suite struct OpenIDSignInTests {
    @Test(arguments: EngineKind.allCases)
    func `who has the address is linked, and known by the account from then on`(
        on engine: EngineKind
    ) async throws {
        try await OpenIDDesk.with(engine) { desk in
            let first = try await desk.signIn(next: "/leads?sort=name")
            #expect(first.status == 303)
            #expect(first.headers[.location] == "/leads?sort=name")
            #expect(try await desk.who(first) == "nia@vantage.example")
            // Their address there may change, and come to be another's.
            var account = ProviderStand.Account()
            account.email = "sam@vantage.example"
            let later = try await desk.signIn(as: account)
            #expect(later.headers[.location] == "/today")
            #expect(try await desk.who(later) == "nia@vantage.example")
            var heir = ProviderStand.Account()
            heir.subject = "s-2"
            let refused = try await desk.signIn(as: heir)
            #expect(refused.text.contains("linked to another account"))
            #expect(try await desk.who(refused) == nil)
            // Unless an admin says so.
            let nia = try await desk.world.ada.get(
                "/api/v1/users?filter[email]=nia@vantage.example")
            let id = nia.data[0]["id"]?.string ?? ""
            #expect(try await desk.world.sam.delete("/api/v1/users/\(id)/openid").status == 403)
            #expect(try await desk.world.ada.delete("/api/v1/users/\(id)/openid").status == 204)
            #expect(try await desk.who(desk.signIn(as: heir)) == "nia@vantage.example")
            let events = try await desk.events("session.started").filter { $0["way"] != nil }
            #expect(events.map { $0["way"] } == ["openid", "openid", "openid"])
            let entries = try await desk.world.audit(desk.world.ada, "&filter[action]=sign_in")
            #expect(entries.filter { $0["action"] == "sign_in.failed" }.count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `no account is made, and none that was closed is opened`(on engine: EngineKind)
        async throws
    {
        try await OpenIDDesk.with(engine) { desk in
            let people = try await desk.world.ada.get("/api/v1/users").data.count
            for email in ["stranger@vantage.example", "eve@rival.example", "no address"] {
                var account = ProviderStand.Account()
                account.email = .string(email)
                let answer = try await desk.signIn(as: account)
                #expect(answer.status == 200 && answer.text.contains("Nobody here has"))
                #expect(try await desk.who(answer) == nil)
            }
            #expect(try await desk.world.ada.get("/api/v1/users").data.count == people)
            #expect(try await desk.who(desk.signIn()) == "nia@vantage.example")
            let nia = try await desk.world.ada.get(
                "/api/v1/users?filter[email]=nia@vantage.example")
            let (id, version) = (nia.data[0]["id"]?.string ?? "", nia.data[0]["version"]?.integer)
            let path = "/api/v1/users/\(id)"
            let closed = try await desk.world.ada.patch(
                path, ["active": false], version: Int(version ?? 0))
            #expect(closed.status == 200)
            #expect(try await desk.signIn().text.contains("was deactivated"))
            let failures = try await desk.events("sign_in.failed")
            #expect(failures.count == 4 && failures.allSatisfy { $0["way"] == "openid" })
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an address must be told and verified, in the token or beside it`(on engine: EngineKind)
        async throws
    {
        try await OpenIDDesk.with(engine) { desk in
            var terse = ProviderStand.Account()
            terse.isTerse = true
            #expect(try await desk.who(desk.signIn(as: terse)) == "nia@vantage.example")
            for said in [false, "no", nil] as [JSON] {
                for isTerse in [true, false] {
                    var account = ProviderStand.Account()
                    (account.isVerified, account.isTerse) = (said, isTerse)
                    let answer = try await desk.signIn(as: account)
                    #expect(answer.text.contains("has not verified"))
                    #expect(try await desk.who(answer) == nil)
                }
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a token that is not for this sign-in is refused with a sentence`(on engine: EngineKind)
        async throws
    {
        try await OpenIDDesk.with(engine) { desk in
            let wrong: [[String: JSON]] = [
                ["aud": "another"], ["iss": "https://evil.example"], ["nonce": "another"],
                ["exp": 1], ["azp": "another"],
            ]
            for claims in wrong {
                var account = ProviderStand.Account()
                account.claims = claims
                let answer = try await desk.signIn(as: account)
                #expect(answer.status == 200, "\(claims)")
                #expect(answer.text.contains("cannot be trusted"), "\(claims)")
                #expect(try await desk.who(answer) == nil)
            }
            #expect(try await desk.events("sign_in.failed").count == wrong.count)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an answer is good once, for a while, in one browser and for one company`(
        on engine: EngineKind
    ) async throws {
        try await OpenIDDesk.with(engine) { desk in
            // Another's browser: with no cookie, and with one of its own, which stays good.
            let (browser, address) = try await desk.begin()
            let (path, query) = try desk.stand.signIn(address)
            let (other, otherAddress) = try await desk.begin()
            for stranger in [desk.world.nobody, other] {
                let answer = try await stranger.send(.get, "\(path)?\(query)")
                #expect(answer.status == 200 && answer.text.contains("begun"))
                #expect(try await desk.who(answer) == nil)
            }
            // Another company's door.
            let elsewhere = try await browser.send(.get, "/sign-in/openid/rival-trading?\(query)")
            #expect(elsewhere.status == 200)
            #expect(try await desk.who(elsewhere) == nil)
            // Once, and not again.
            #expect(try await browser.send(.get, "\(path)?\(query)").status == 303)
            let replayed = try await browser.send(.get, "\(path)?\(query)")
            #expect(replayed.status == 200 && replayed.text.contains("used already"))
            #expect(try await desk.who(replayed) == nil)
            // Ten minutes.
            desk.world.clock.advance(seconds: 600)
            let (_, late) = try desk.stand.signIn(otherAddress)
            #expect(try await other.send(.get, "\(path)?\(late)").text.contains("too long ago"))
            // Of another provider, says the answer itself.
            let (again, third) = try await desk.begin()
            let mixed = try desk.stand.signIn(third).query.split(separator: "&iss=")[0]
            let answer = try await again.send(
                .get, "\(path)?\(mixed)&iss=https%3A%2F%2Fevil.example")
            #expect(answer.text.contains("another provider"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what the provider refuses is said, in our words`(on engine: EngineKind) async throws {
        try await OpenIDDesk.with(engine) { desk in
            let errors = [
                "access_denied": "did not let you in",
                "temporarily_unavailable": "Try again in a moment",
                "login_required": "did not sign you in: login_required.",
                "%3Cscript%3Ealert(1)": "did not sign you in: scriptalert.",
            ]
            for (error, words) in errors {
                let (browser, address) = try await desk.begin()
                let (path, query) = try desk.stand.signIn(address)
                let state = query.split(separator: "&").first { $0.hasPrefix("state=") } ?? ""
                let answer = try await browser.send(
                    .get, "\(path)?error=\(error)&error_description=Call+555&\(state)")
                #expect(answer.status == 200 && answer.text.contains(words), "\(answer.text)")
                #expect(!answer.text.contains("555"))
                #expect(answer.headers[.contentSecurityPolicy]?.isEmpty == false)
            }
            #expect(try await desk.events("sign_in.failed").count == errors.count)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `after signing in one is led only to this site`(on engine: EngineKind) async throws {
        try await OpenIDDesk.with(engine) { desk in
            for next in ["https://evil.example", "//evil.example", "/\\evil.example", "x"] {
                let answer = try await desk.signIn(next: next)
                #expect(answer.headers[.location] == "/today", "\(next)")
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a key that is not known is looked for, at most once a minute`(on engine: EngineKind)
        async throws
    {
        try await OpenIDDesk.with(engine) { desk in
            let first = try await desk.signIn()
            #expect(first.status == 303)
            let before = desk.stand.keyReads
            desk.stand.turnKey()
            #expect(try await desk.signIn().text.contains("key is not known"))
            #expect(desk.stand.keyReads == before)
            desk.world.clock.advance(seconds: 60)
            #expect(try await desk.signIn().status == 303)
            #expect(try await desk.signIn().status == 303)
            #expect(desk.stand.keyReads == before + 1)
            // One that the provider does not publish is looked for in vain, and seldom.
            desk.stand.turnKey(publishing: false)
            desk.world.clock.advance(seconds: 60)
            for _ in 0..<3 {
                #expect(try await desk.signIn().text.contains("cannot be trusted"))
            }
            #expect(desk.stand.keyReads <= before + 2)
        }
    }
}

import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct PasswordResetTests {
    private static let email = "nia@vantage.example"

    private static func signIn(_ world: World, _ credentials: JSON) async throws -> Answer {
        try await world.nobody.send(.post, "/api/v1/sessions", credentials)
    }

    @Test(arguments: EngineKind.allCases)
    func `a forgotten password is replaced by the link, once, and all sessions end`(
        on engine: EngineKind
    ) async throws {
        try await PostOffice.with(engine) { office, _, credentials in
            let before = try await Self.signIn(office.world, credentials)
            let cookie = String(before.headers[.setCookie]?.prefix { $0 != ";" } ?? "")
            // Guesses of a stranger keep nobody out who can read their mail.
            for _ in 1...5 {
                _ = try await Self.signIn(office.world, Password.credentials("not this one"))
            }
            #expect(try await Self.signIn(office.world, credentials).status == 429)
            #expect(try await office.forgot("Nia@Vantage.example").status == 202)
            try await office.work()
            let token = try await office.token("reset")
            let page = try await office.world.nobody.send(
                .get, "/reset/\(token)", headers: [.accept: "text/html"])
            #expect(page.status == 200)
            #expect(page.headers[HTTPField.Name("Referrer-Policy")!] == "no-referrer")
            #expect(try await office.accept(token).status == 409)
            #expect(try await office.reset(token).status == 204)
            #expect(try await office.reset(token, "a third one, longer").status == 409)
            let me = try await office.world.nobody.send(
                .get, "/api/v1/me", headers: [.cookie: cookie])
            #expect(me.status == 401)
            #expect(try await Self.signIn(office.world, credentials).status == 401)
            let new = Password.credentials("another one, longer")
            #expect(try await Self.signIn(office.world, new).status == 201)
            let kinds = try await office.messages().compactMap { $0["kind"]?.string }
            #expect(Set(kinds) == ["password_reset", "password_changed"])
            let nia = try await office.world.ada.get(
                "/api/v1/users?filter%5Bemail%5D=\(Self.email)"
            ).data.first?["id"]?.string.flatMap(ID<User>.init)
            let events = try await office.events(try #require(nia))
            #expect(events.contains("user.password_reset_requested"))
            #expect(
                events.filter { $0 != "sign_in.failed" }.suffix(3)
                    == ["user.password_set", "user.password_reset", "session.started"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a link runs out after an hour`(on engine: EngineKind) async throws {
        try await PostOffice.with(engine) { office, _, _ in
            #expect(try await office.forgot(Self.email).status == 202)
            try await office.work()
            let token = try await office.token("reset")
            office.world.clock.advance(seconds: 3700)
            #expect(try await office.reset(token).status == 409)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the answer and what is done for it are the same, whoever exists`(on engine: EngineKind)
        async throws
    {
        try await PostOffice.with(engine) { office, _, _ in
            let uma = try await office.invite()
            var answers: Set<String> = []
            let database = office.world.database
            var statements: Set<Int> = []
            for (email, tenant) in [
                (Self.email, "vantage-retail"), ("nobody@vantage.example", "vantage-retail"),
                ("uma@vantage.example", "vantage-retail"), (Self.email, "no-such-company"),
                ("no address", "vantage-retail"),
            ] {
                let run = database.engine.statementsRun
                let answer = try await office.forgot(email, tenant: tenant)
                answers.insert("\(answer.status) \(answer.text)")
                statements.insert(database.engine.statementsRun - run)
            }
            #expect(answers.count == 1)
            #expect(statements.count == 1)
            try await office.work()
            // Uma was invited: what lets her in is the invitation, and admins can take it back.
            #expect(
                try await office.messages().map { $0["kind"] } == ["invitation", "password_reset"])
            #expect(try await office.events(uma) == ["user.created", "user.invited"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `asking is limited by account and by address, and mail by the minute`(
        on engine: EngineKind
    ) async throws {
        try await PostOffice.with(engine) { office, _, _ in
            for _ in 1...5 {
                #expect(try await office.forgot(Self.email).status == 202)
                try await office.work()
            }
            #expect(try await office.messages().count == 1)
            let sixth = try await office.forgot(Self.email.uppercased())
            #expect(sixth.status == 429)
            #expect(sixth.headers[.retryAfter] != nil)
            for number in 1...14 {
                #expect(try await office.forgot("x\(number)@vantage.example").status == 202)
            }
            #expect(try await office.forgot("y@vantage.example").status == 429)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `links lead where it is set, whatever a request says of itself`(on engine: EngineKind)
        async throws
    {
        try await PostOffice.with(engine) { office, _, _ in
            _ = try await office.world.nobody.send(
                .post, "/api/v1/password-resets",
                ["tenant": "vantage-retail", "email": .string(Self.email)],
                headers: [
                    HTTPField.Name("Host")!: "evil.example",
                    HTTPField.Name("X-Forwarded-Host")!: "evil.example",
                ])
            try await office.work()
            let text = try await office.messages().last?["text"]?.string ?? ""
            #expect(text.contains("\(PostOffice.site)/reset/"))
            #expect(!text.contains("evil"))
        }
    }
}

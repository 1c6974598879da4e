import App
import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

@testable import CRM

@Suite struct FormConfirmationTests {
    private static let definition: JSON = [
        "fields": [FormDefinitionTests.email], "opt_in": true,
        "consent": ["text": "Send me news."],
        "redirects": ["https://www.vantage.example/confirmed"],
    ]

    private static func intake(_ world: World) -> FormIntake {
        let installation = world.server.installation
        return FormIntake(
            database: world.database, cursors: Cursors(key: [1]), mailing: installation.mailing,
            files: installation.formFiles)
    }

    /// Where the newest mail leads, as a path.
    private static func link(_ world: World) async throws -> String {
        let link = try await world.database.read { tx in
            // tenant: only Vantage has sent any.
            try await tx.value(
                "SELECT link FROM outbox WHERE user_id IS NULL ORDER BY created_at DESC, id DESC LIMIT 1",
                as: String.self)
        }
        let path = try #require(link).firstMatch(of: /\/f\/confirm\/.+$/)
        return String(try #require(path).0)
    }

    @Test(arguments: EngineKind.allCases)
    func `there is no lead before its sender has pressed the button that the mail leads to`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let stand = try await FormStand.make(world, Self.definition)
            let page = try await stand.type(["email": "Zoe@x.example", "consent": "yes"])
            #expect(page.status == 200)
            #expect(page.text.contains("We have sent a link to zoe@x.example."))
            let entry = try #require(try await stand.entries().first)
            #expect(entry["outcome"] == "waiting")
            #expect(entry["reason"]?.string == FormConfirmations.waiting)
            // Neither the sweep nor a program that looks into mail makes a lead of it.
            try await Self.intake(world).sweep(at: world.clock.now.adding(seconds: 60))
            let link = try await Self.link(world)
            let looked = try await world.nobody.send(.get, link)
            #expect(looked.status == 200)
            #expect(looked.text.contains("method=\"post\" action=\"\(link)\""))
            #expect(try await stand.leads().isEmpty)
            let confirmed = try await world.nobody.send(.post, link)
            #expect(
                (confirmed.status, confirmed.headers[.location])
                    == (303, "https://www.vantage.example/confirmed"))
            let lead = try #require(try await stand.leads().first)
            #expect(lead["email"] == "zoe@x.example")
            let id = try #require(lead["id"]?.string)
            let consent = try await world.asking(world.ada) { scope in
                try await Consents(scope).list(of: try #require(.init(id))).first
            }
            #expect(consent?.confirmedAt == world.clock.now)
            // Once more changes nothing.
            #expect(try await world.nobody.send(.post, link).status == 303)
            #expect(try await stand.leads().count == 1)
            #expect(try await world.nobody.send(.get, "/f/confirm/nothing").status == 404)
            #expect(try await world.nobody.send(.post, "/f/confirm/nothing").status == 404)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what nobody confirms is refused in the end, and an admin may take it all the same`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let stand = try await FormStand.make(world, Self.definition)
            let told = try await stand.send(["email": "a@x.example", "consent": "yes"])
            #expect(told.json["confirming"] == true)
            let link = try await Self.link(world)
            world.clock.advance(seconds: FormConfirmations.days * 86_400)
            #expect(try await world.nobody.send(.get, link).status == 404)
            #expect(try await world.nobody.send(.post, link).status == 404)
            try await Self.intake(world).sweep(at: world.clock.now)
            let entry = try #require(try await stand.entries().first)
            #expect(entry["outcome"] == "refused")
            #expect(entry["reason"]?.string == FormConfirmations.expired)
            #expect(try await stand.ledger()["balanced"] == true)
            let id = entry["id"]?.string ?? ""
            #expect(try await world.ada.post("/api/v1/inbox/\(id)/replay").status == 200)
            #expect(try await stand.leads().count == 1)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a form is no way to flood a mailbox`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let stand = try await FormStand.make(world, Self.definition)
            for number in 0..<5 {
                let sent = try await stand.send([
                    "email": "a@x.example", "consent": "yes",
                    "utm_source": .string("\(number)"),
                ])
                #expect(sent.json["confirming"] == true)
            }
            let mails: Int? = try await world.database.read { tx in
                // tenant: only Vantage has sent any.
                try await tx.value("SELECT COUNT(*) FROM outbox")
            }
            #expect(mails == 3)
            #expect(try await stand.ledger()["quarantined"] == 2)
            try await Books.check(world)
        }
    }
}

import Background
import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct OutboxTests {
    @Test(arguments: EngineKind.allCases)
    func `a message goes to the relay, and what it said goes from the database`(
        on engine: EngineKind
    ) async throws {
        try await PostOffice.with(engine, [.takes]) { office, stand, _ in
            _ = try await office.invite()
            try await office.work()
            let message = try #require(stand?.messages.first)
            #expect(message.contains("To: uma@vantage.example"))
            #expect(message.contains("Auto-Submitted: auto-generated"))
            let sent = try #require(try await office.messages().first)
            #expect(sent["state"] == "sent")
            #expect(sent["tries"] == 1)
            #expect(try await office.jobs().isEmpty)
            let kept = try await office.world.database.read { tx in
                // tenant: there is one message.
                try await tx.value(
                    """
                    SELECT COUNT(*) FROM outbox
                    WHERE body_text IS NOT NULL OR body_html IS NOT NULL OR link IS NOT NULL
                    """, as: Int.self)
            }
            #expect(kept == 0)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a cut and a 4xx are tried again, later and later, until it goes`(on engine: EngineKind)
        async throws
    {
        let answers: [SMTPStand.Answer] = [
            .hangsUp, .refusesRecipient("451 4.7.1 Greylisted"),
            .refusesMessage("452 4.3.1 No room"), .takes,
        ]
        try await PostOffice.with(engine, answers) { office, stand, _ in
            _ = try await office.invite()
            for (number, words) in [nil, "451 4.7.1 Greylisted", "452 4.3.1 No room"].enumerated() {
                try await office.work()
                let message = try #require(try await office.messages().first)
                #expect(message["state"] == "queued")
                #expect(message["tries"] == .integer(Int64(number + 1)))
                if let words { #expect(message["error"] == .string(words)) }
                let job = try #require(try await office.jobs().first)
                #expect((job.state, job.failures) == (.scheduled, number + 1))
                #expect(job.error == message["error"]?.string)
            }
            try await office.work()
            #expect(try await office.messages().first?["state"] == "sent")
            #expect((stand?.messages.count, stand?.connections) == (1, 4))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a 5xx buries the job with the server's words, and an admin sends it again`(
        on engine: EngineKind
    ) async throws {
        for answer in [
            SMTPStand.Answer.refusesRecipient("550 5.1.1 No such user"),
            .refusesMessage("554 5.7.1 We do not want this"),
        ] {
            try await PostOffice.with(engine, [answer]) { office, stand, _ in
                _ = try await office.invite()
                try await office.work()
                let job = try #require(try await office.jobs().first)
                #expect((job.state, job.failures) == (.dead, 1))
                #expect(job.error?.hasPrefix("55") == true)
                let failed = try #require(try await office.messages().first)
                #expect(
                    (failed["state"], failed["error"]) == ("failed", job.error.map(JSON.string)))
                let id = try #require(failed["id"]?.string)
                let again = try await office.world.ada.post("/api/v1/outbox/\(id)/retry")
                #expect((again.status, again.json["state"]) == (200, "queued"))
                try await office.work()
                #expect(stand?.messages.count == 1)
                #expect(try await office.world.ada.post("/api/v1/outbox/\(id)/retry").status == 409)
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `after the last try it has failed for good`(on engine: EngineKind) async throws {
        let answers = Array(repeating: SMTPStand.Answer.refusesRecipient("450 Later"), count: 12)
        try await PostOffice.with(engine, answers) { office, _, _ in
            _ = try await office.invite()
            for _ in 1...11 { try await office.work() }
            #expect(try await office.messages().first?["state"] == "queued")
            try await office.work()
            #expect(try await office.messages().first?["state"] == "failed")
            #expect(try await office.jobs().map(\.state) == [.dead])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `without a relay it waits, and its link is for who may set passwords alone`(
        on engine: EngineKind
    ) async throws {
        try await PostOffice.with(engine) { office, _, _ in
            _ = try await office.invite()
            try await office.work()
            let message = try #require(try await office.messages().first)
            #expect(message["state"] == "queued")
            let token = try await office.token("welcome")
            #expect(token.count == 43)
            let page = try await office.world.ada.page("/outbox")
            #expect(page.text.contains("\(PostOffice.site)/welcome/\(token)"))
            for person in office.world.everyone where person.name != "ada" {
                let answer = try await person.get("/api/v1/outbox")
                #expect(answer.status == (person.name == "eve" ? 200 : 403), "\(person.name)")
                #expect(answer.data.isEmpty)
            }
            #expect(try await office.jobs().allSatisfy { !$0.payload.contains(token) })
            let set = try PostOffice(office.world, SMTPStand([]))
            let relay = Mailing(relay: set.relay, site: PostOffice.site)
            let ada = Caller(
                tenant: office.world.vantage, actor: .user(office.world.ada.id),
                role: .companyAdmin)
            #expect(!relay.shows(to: ada))
            let narrow = Caller(
                tenant: ada.tenant, actor: ada.actor, role: ada.role,
                grants: ada.grants.narrowed(by: [.peopleEdit: .none]))
            #expect(narrow.may(.operationsManage))
            #expect(!Mailing(relay: nil, site: "").shows(to: narrow))
        }
    }
}

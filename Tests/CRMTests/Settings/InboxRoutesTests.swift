import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

@testable import CRM

@Suite struct InboxRoutesTests {
    /// Spam and something unreadable that one of Vantage's forms took, and a call of its API.
    private static func fill(_ world: World) async throws {
        try await world.asking(world.ada) { scope in
            let form = try await Forms(scope).create(Form(Fields(["name": "Contact us"]))).form
            let inbox = Inbox(scope)
            func arrived(_ name: String, _ value: String) -> Arrived {
                Arrived(
                    channel: .form, source: "web_form", payload: #"[["\#(name)","\#(value)"]]"#,
                    form: form.id)
            }
            try await inbox.setAside(
                arrived("company", "Cedar <b>Dairy</b>"), as: .quarantined,
                reason: "The field that nobody sees was filled in.")
            try await inbox.setAside(
                arrived("email", "no address"), as: .refused, reason: "email: is none.")
            let api = Arrived(
                channel: .api, source: "api", payload: #"{"company":"Tidal Exports"}"#)
            var draft = LeadDraft(source: "api", currency: "USD")
            draft.company = "Tidal Exports"
            let lead = draft
            _ = try await inbox.take(api) { try await Leads(scope).create(lead) }
        }
    }

    private static func entry(_ outcome: String, _ ada: Person) async throws -> String {
        let found = try await ada.get("/api/v1/inbox?filter%5Boutcome%5D=\(outcome)")
        return try #require(found.data.first?["id"]?.string)
    }

    @Test(arguments: EngineKind.allCases)
    func `the ledger balances, in all and by channel`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            try await Self.fill(world)
            let ledger = try await world.ada.get("/api/v1/inbox/ledger")
            #expect(ledger.json["received"] == 3)
            #expect(ledger.json["created"] == 1)
            #expect(ledger.json["quarantined"] == 1)
            #expect(ledger.json["refused"] == 1)
            #expect(ledger.json["balanced"] == true)
            let channels = ledger.json["by_channel"]?.array ?? []
            #expect(channels.map { $0["channel"] } == ["api", "form"])
            #expect(channels.map { $0["received"] } == [1, 2])
            let other = try await world.eve.get("/api/v1/inbox/ledger")
            #expect(other.json["received"] == 0)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what arrived is listed from the newest on`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            try await Self.fill(world)
            let ada = world.ada
            let first = try await ada.get("/api/v1/inbox?limit=2")
            #expect(first.data.count == 2)
            let next = try #require(first.json["next"]?.string)
            let second = try await ada.get("/api/v1/inbox?limit=2&cursor=\(next)")
            #expect(second.data.count == 1)
            let ids = (first.data + second.data).compactMap { $0["id"]?.string }
            #expect(ids == ids.sorted(by: >))
            let created = try await ada.get("/api/v1/inbox?filter%5Boutcome%5D=created")
            #expect(created.data.first?["payload"] == ["company": "Tidal Exports"])
            #expect(created.data.first?["lead"] != JSON.null)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an entry released from quarantine becomes a lead, once`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            try await Self.fill(world)
            let ada = world.ada
            let path = "/api/v1/inbox/\(try await Self.entry("quarantined", ada))/release"
            let released = try await ada.post(path)
            #expect(released.json["outcome"] == "created")
            #expect(released.json["lead"] != JSON.null)
            #expect(try await ada.post(path).status == 409)
            let ledger = try await ada.get("/api/v1/inbox/ledger")
            #expect(ledger.json["created"] == 2)
            #expect(ledger.json["quarantined"] == 0)
            #expect(ledger.json["balanced"] == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what was refused is tried again, and may be refused again`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            try await Self.fill(world)
            let ada = world.ada
            let id = try await Self.entry("refused", ada)
            let tried = try await ada.post("/api/v1/inbox/\(id)/replay")
            #expect(tried.status == 200)
            #expect(tried.json["outcome"] == "refused")
            #expect(try await ada.post("/api/v1/inbox/\(id)/release").status == 409)
            let ledger = try await ada.get("/api/v1/inbox/ledger")
            #expect(ledger.json["balanced"] == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the inbox is for people who see all leads of its company`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            try await Self.fill(world)
            let id = try await Self.entry("quarantined", world.ada)
            for person in [world.max, world.sam, world.pat] {
                for path in ["/api/v1/inbox", "/api/v1/inbox/ledger", "/inbox"] {
                    #expect(try await person.get(path).status == 403)
                }
                for action in ["release", "replay"] {
                    let answer = try await person.post("/api/v1/inbox/\(id)/\(action)")
                    #expect(answer.status == 403)
                }
            }
            #expect(try await world.eva.get("/api/v1/inbox").data.count == 3)
            #expect(try await world.eve.post("/api/v1/inbox/\(id)/release").status == 404)
            #expect(try await world.eve.get("/api/v1/inbox").data.isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the page shows the ledger and what arrived, escaped`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            try await Self.fill(world)
            let ada = world.ada
            let page = try await ada.page("/inbox")
            #expect(page.status == 200)
            #expect(page.text.contains("Cedar &lt;b&gt;Dairy"))
            #expect(!page.text.contains("Cedar <b>Dairy"))
            #expect(page.text.contains("Contact us"))
            let spam = try await ada.page("/inbox?outcome=quarantined")
            #expect(spam.text.contains("/release"))
            #expect(!spam.text.contains("/replay"))
            #expect(!spam.text.contains("Tidal Exports"))
        }
    }
}

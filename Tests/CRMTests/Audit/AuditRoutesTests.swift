import App
import DatabaseSupport
import Foundation
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

@testable import CRM

@Suite struct AuditRoutesTests {
    @Test(arguments: EngineKind.allCases)
    func `what changes who may do what stands in the log, and everyday work does not`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let lead = try await world.sam.lead(["company": "Hartmann"])
            let before = try await world.audit(world.ada).count
            let path = "/api/v1/leads/\(lead)/shares"
            let share: JSON = ["user": .string("\(world.sia.id)"), "relation": "co_owner"]
            #expect(try await world.ada.post(path, share).status < 300)
            _ = try await world.ada.post("/api/v1/api-keys", ["name": "Shop"])
            let sam = try await world.ada.get("/api/v1/users/\(world.sam.id)")
            let promoted = try await world.ada.patch(
                "/api/v1/users/\(world.sam.id)", ["role": "manager"], version: sam.json.versionOfIt)
            #expect(promoted.status == 200)
            let bulk: JSON = ["ids": [.string(lead)], "owner": .string("\(world.sia.id)")]
            #expect(try await world.ada.post("/api/v1/leads/assignments", bulk).status == 200)

            let entries = try await world.audit(world.ada).dropFirst(before)
            #expect(
                entries.compactMap { $0["action"]?.string }
                    == ["lead.shared", "key.created", "user.role_changed", "bulk.assigned"])
            #expect(entries.allSatisfy { $0["person"] == .string("\(world.ada.id)") })
            let role = entries.dropFirst(2).first ?? .null
            #expect(role["subject"] == .string("\(world.sam.id)"))
            #expect(role["subject_kind"] == "user")
            #expect(role.detail["before"]?["role"] == "salesperson")
            #expect(role.detail["after"]?["role"] == "manager")
            #expect(entries.last?.detail["done"] == 1)
            let text = JSON.array(Array(entries)).text
            #expect(!text.contains("ipk_"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `of refusals the first in a minute stands at once, the others with their number`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            for _ in 0..<5 {
                #expect(try await world.sam.get("/api/v1/api-keys").status == 403)
            }
            var forged = world.sam.browser
            forged.headers[HTTPField.Name("X-CSRF-Token")!] = "guess"
            #expect(try await forged.send(.delete, "/api/v1/leads/\(world.sam.id)").status >= 400)
            let query = "&filter[action]=access.refused"
            #expect(try await world.audit(world.ada, query).map { $0.detail["times"] } == [1])
            await world.server.site.refusals.flush(at: world.clock.now)
            #expect(try await world.audit(world.ada, query).count == 1)

            world.clock.advance(seconds: 61)
            await world.server.site.refusals.flush(at: world.clock.now)
            let entries = try await world.audit(world.ada, query)
            #expect(entries.count == 2)
            #expect(entries.first?["person"] == .string("\(world.sam.id)"))
            #expect(entries.first?.detail["route"] == "GET /api/v1/api-keys")
            #expect((entries.last?.detail["times"]?.integer ?? 0) >= 4)

            #expect(try await world.sam.get("/api/v1/api-keys").status == 403)
            #expect(try await world.audit(world.ada, query).count == 3)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a page that is refused is noted too, and a forged write`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            #expect(try await world.sam.page("/settings/users").status == 403)
            var forged = world.sia.browser
            forged.headers[HTTPField.Name("X-CSRF-Token")!] = "guess"
            let lead = try await world.sia.lead(["company": "Hartmann"])
            #expect(
                try await forged.send(.post, "/api/v1/leads/\(lead)/transition", [:]).status == 403)
            let routes = try await world.audit(world.ada, "&filter[action]=access")
            #expect(
                routes.map { $0.detail["route"]?.string } == [
                    "GET /settings/users", "POST /api/v1/leads/{id}/transition",
                ])
            #expect(routes.last?["subject"] == .string(lead))
            #expect(routes.last?["subject_kind"] == "lead")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a company reads all, a manager the doings of the teams, others their own`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            for person in [world.ada, world.max, world.nik, world.wes, world.sam, world.eve] {
                #expect(try await person.page("/nowhere").status == 404)
                try await world.asking(person) { try await $0.record(Event("key.seen", nil)) }
            }
            func seen(_ person: Person) async throws -> Set<String> {
                let seen = try await world.audit(person, "&filter[action]=key.seen")
                return Set(seen.compactMap { $0["person"]?.string })
            }
            func ids(_ people: Person...) -> Set<String> { Set(people.map(\.id.description)) }
            #expect(
                try await seen(world.ada)
                    == ids(world.ada, world.max, world.nik, world.wes, world.sam))
            #expect(
                try await seen(world.eva)
                    == ids(world.ada, world.max, world.nik, world.wes, world.sam))
            #expect(try await seen(world.max) == ids(world.max, world.nik, world.sam))
            #expect(try await seen(world.sam) == ids(world.sam))
            #expect(try await seen(world.pat) == ids())
            #expect(try await seen(world.eve) == ids(world.eve))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the list is filtered and paged`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for name in ["First", "Second", "Third"] {
                _ = try await world.ada.post("/api/v1/api-keys", ["name": .string(name)])
            }
            let all = try await world.audit(world.ada)
            #expect(all.compactMap { $0["number"]?.integer } == (1...Int64(all.count)).map { $0 })
            var paged: [JSON] = []
            var cursor = ""
            repeat {
                let answer = try await world.ada.get("/api/v1/audit?limit=3\(cursor)")
                paged += answer.data
                cursor = answer.json["next"]?.string.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(paged == all.reversed())
            let mine = "&filter[person]=me&filter[action]=key"
            #expect(try await world.audit(world.ada, mine).count == 3)
            #expect(try await world.audit(world.ada, "&filter[q]=second").count == 1)
            #expect(try await world.audit(world.ada, "&filter[at][gte]=2999-01-01").isEmpty)
            let id = try #require(all.last?["subject"]?.string)
            #expect(try await world.actions(world.ada, "&filter[subject]=\(id)") == ["key.created"])
            #expect(try await world.ada.get("/api/v1/audit?filter[number]=x").status == 422)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the log is taken away as CSV and as lines, and that is noted`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            _ = try await world.ada.post("/api/v1/api-keys", ["name": "=1+1, \"shop\""])
            let all = try await world.audit(world.ada)
            let lines = try await world.ada.get("/api/v1/audit/export?format=jsonl")
            #expect(lines.headers[.contentType] == "application/x-ndjson")
            let read = try lines.text.split(separator: "\n").map { try JSON(parsing: String($0)) }
            #expect(read == all)
            let table = try await world.ada.get("/api/v1/audit/export?filter[action]=key.created")
            #expect(table.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(table.text.split(separator: "\r\n").count == 2)
            #expect(try await world.ada.get("/api/v1/audit/export?format=pdf").status == 422)
            #expect(try await world.ada.get("/api/v1/audit/export?filter[x]=1").status == 422)
            let exports = try await world.audit(world.ada, "&filter[action]=export.run")
            #expect(exports.map { $0.detail["format"] } == ["jsonl", "csv"])
            #expect(exports.last?.detail["filters"]?.string?.contains("key.created") == true)
            // The own entries may be taken away by anybody.
            #expect(try await world.sam.get("/api/v1/audit/export").status == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `sign-ins are in the log, those that failed too, and never what was typed for a password`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let slug = try await world.database.read { [world] in
                try await Tenants.find(world.vantage, in: $0).slug
            }
            let people = try await world.ada.get("/api/v1/users?limit=200").data
            let email = people.first { $0["id"] == .string("\(world.sam.id)") }?["email"]
            for address in [email ?? "", "nobody@vantage.example", "my secret word"] {
                let body: JSON = [
                    "tenant": .string(slug), "email": address, "password": "wrong-password-7",
                ]
                #expect(try await world.nobody.send(.post, "/api/v1/sessions", body).status == 401)
            }
            let failed = try await world.audit(world.ada, "&filter[action]=sign_in.failed")
            #expect(failed.count == 3)
            #expect(failed.first?["subject"] == .string("\(world.sam.id)"))
            #expect(
                failed.compactMap { $0.detail["email"]?.string }.last == "nobody@vantage.example")
            let text = JSON.array(failed).text
            #expect(!text.contains("wrong-password-7"))
            #expect(!text.contains("my secret word"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the page shows the log, searches it, and says when there is nothing`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            _ = try await world.ada.post("/api/v1/api-keys", ["name": "<b>Shop</b>"])
            try await world.seal()
            let page = try await world.ada.page("/audit")
            #expect(page.status == 200)
            #expect(page.text.contains("Key created"))
            #expect(page.text.contains("&lt;b&gt;Shop&lt;/b&gt;"))
            #expect(page.text.contains("/api/v1/audit/export?format=csv"))
            #expect(page.text.contains("href=\"/audit\""))
            let nothing = try await world.ada.page("/audit?q=zzzz&from=2026-01-01")
            #expect(nothing.text.contains("Nothing was found"))
            let person = try await world.ada.page("/audit?person=\(world.sam.id)&action=key")
            #expect(person.text.contains("Nothing was found"))
            let own = try await world.sam.page("/audit")
            #expect(own.status == 200)
            #expect(!own.text.contains("Key created"))
            #expect(!own.text.contains("audit-retention"))
        }
    }
}

extension JSON {
    fileprivate var versionOfIt: Int { Int(self["version"]?.integer ?? 0) }
}

import App
import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

@testable import CRM

@Suite struct BreakGlassTests {
    @Test(arguments: EngineKind.allCases)
    func `an operator has no company's data, and gets in with a reason and the password alone`(
        on engine: EngineKind
    ) async throws {
        try await Glass.world(engine) { glass in
            let world = glass.world
            let lead = try await world.sam.lead(["company": "Hartmann"])
            let olga = try await glass.program()
            #expect(try await olga.send(.get, "/api/v1/leads").data.isEmpty)
            #expect(try await olga.send(.get, "/api/v1/leads/\(lead)").status == 404)
            let refused: [([String: JSON], [String])] = [
                (["password": "not her password"], ["password"]), (["reason": "short"], ["reason"]),
                (["minutes": 4], ["minutes"]), (["minutes": 241], ["minutes"]),
                (["tenant": "nobody"], ["tenant"]),
            ]
            for (changes, faults) in refused {
                let answer = try await olga.send(.post, Glass.path, glass.wish(changes))
                #expect(answer.status == 422 && answer.faults == faults, "\(answer.text)")
            }
            #expect(try await world.ada.post(Glass.path, glass.wish()).status == 403)

            let (inside, grant) = try await glass.inside()
            #expect(grant["company"] == "Vantage Retail" && grant["open"] == true)
            #expect(try await inside.send(.get, "/api/v1/leads/\(lead)").status == 200)
            #expect(try await inside.send(.get, "/api/v1/leads").data.count == 1)
            world.clock.advance(seconds: 30 * 60)
            #expect(try await inside.send(.get, "/api/v1/leads").status == 401)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `inside one looks at what an admin sees, and nothing can be changed or taken away`(
        on engine: EngineKind
    ) async throws {
        try await Glass.world(engine) { glass in
            let world = glass.world
            let lead = try await world.sam.lead(["company": "Hartmann"])
            let (inside, _) = try await glass.inside()
            for path in ["users", "audit", "leads/\(lead)/timeline", "search?q=hart", "inbox"] {
                #expect(try await inside.send(.get, "/api/v1/\(path)").status == 200, "\(path)")
            }
            for path in ["api-keys", "audit/export", "jobs", "outbox", "break-glass"] {
                #expect(try await inside.send(.get, "/api/v1/\(path)").status == 403, "\(path)")
            }
            #expect(try await inside.send(.get, "/live").status == 403)
            // Whatever a write is called, and whatever it asks of the caller.
            for route in world.server.routes
            where route.access == .signedIn && route.method != .get && !route.isForInsiders {
                let path = route.path.replacing(/\{[a-z]+\}/, with: lead)
                let answer = try await inside.send(
                    route.method, path, [:], headers: [.ifMatch: "\"1\""])
                #expect(answer.status == 403, "\(route.method) \(path)")
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `both companies' logs have it, and the one that is looked at has each look`(
        on engine: EngineKind
    ) async throws {
        try await Glass.world(engine) { glass in
            let world = glass.world
            let lead = try await world.sam.lead(["company": "Hartmann"])
            let (inside, _) = try await glass.inside()
            for path in ["leads/\(lead)", "leads/\(lead)", "leads"] {
                #expect(try await inside.send(.get, "/api/v1/\(path)").status == 200)
            }
            #expect(try await inside.send(.post, "/api/v1/leads", [:]).status == 403)
            await world.server.site.sightings.record()

            let entries = try await world.audit(world.ada, "&filter[actor_kind]=operator")
            #expect(
                entries.map { $0["action"] } == [
                    "break_glass.began", "access.refused", "break_glass.read", "break_glass.read",
                ])
            #expect(entries.first?.detail["reason"] == .string(Glass.reason))
            #expect(entries.dropFirst(2).first?["subject"] == .string(lead))
            #expect(entries.last?.detail["route"] == "GET /api/v1/leads")
            let home = try await world.audit(world.eve, "&filter[action]=break_glass")
            #expect(home.map { $0["action"] } == ["break_glass.began"])
            #expect(home.first?["person"] == .string("\(glass.olga)"))
            #expect(home.first?.detail["name"] == "Olga in Vantage Retail")
            #expect(try await world.ada.page("/audit").text.contains("Olga, platform operator"))
            // A minute later it is a look of its own.
            world.clock.advance(seconds: 61)
            _ = try await inside.send(.get, "/api/v1/leads")
            await world.server.site.sightings.record()
            #expect(
                try await world.actions(world.ada, "&filter[action]=break_glass.read").count == 3)
            // Nobody reads in the lead's own history who looked.
            let timeline = try await world.sam.get("/api/v1/leads/\(lead)/timeline").data
            #expect(timeline.map { $0["name"] } == ["lead.created"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `admins are told, see it, end it at once and may forbid it`(on engine: EngineKind)
        async throws
    {
        try await Glass.world(engine) { glass in
            let world = glass.world
            let (inside, grant) = try await glass.inside()
            let mail = try await world.ada.get("/api/v1/outbox?filter[kind]=break_glass").data
            #expect(mail.map { $0["recipient"] } == ["ada@vantage.example"])
            let listed = try await world.ada.get(Glass.path).data
            #expect(listed.map { $0["reason"] } == [.string(Glass.reason)])
            #expect(listed.first?["operator"] == "Olga" && listed.first?["open"] == true)
            #expect(try await world.ada.page("/break-glass").text.contains(Glass.reason))
            let path = "\(Glass.path)/\(grant["id"]?.string ?? "")"
            #expect(try await world.eve.get(Glass.path).data.isEmpty)
            #expect(try await world.eve.delete(path).status == 404)
            #expect(try await world.sam.get(Glass.path).status == 403)
            #expect(try await world.sam.delete(path).status == 403)

            #expect(try await world.ada.delete(path).status == 204)
            #expect(try await inside.send(.get, "/api/v1/leads").status == 401)
            #expect(try await world.ada.delete(path).status == 204)
            let ends = try await world.audit(world.eve, "&filter[action]=break_glass.ended")
            #expect(ends.count == 1)

            let (again, _) = try await glass.inside()
            let policy = "\(Glass.path)/policy"
            #expect(try await world.sam.put(policy, ["forbidden": true]).status == 403)
            #expect(try await world.ada.put(policy, ["forbidden": true]).status == 200)
            #expect(try await world.ada.get(policy).json["forbidden"] == true)
            #expect(try await again.send(.get, "/api/v1/leads").status == 401)
            let refused = try await glass.program().send(.post, Glass.path, glass.wish())
            #expect(refused.status == 403)
            #expect(refused.text.contains("lets no platform operator in"))
            #expect(try await world.ada.put(policy, ["forbidden": false]).status == 200)
            _ = try await glass.inside()
            let own = try await glass.program().send(.get, Glass.path).data
            #expect(own.map { $0["open"] } == [true, false, false])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a browser is inside by a cookie beside its sign-in, under a banner, until it ends it`(
        on engine: EngineKind
    ) async throws {
        try await Glass.world(engine) { glass in
            let world = glass.world
            let lead = try await world.sam.lead(["company": "Hartmann"])
            let home = try await glass.browser()
            let page: HTTPFields = [.accept: "text/html"]
            #expect(
                try await home.send(.get, "/break-glass", headers: page).text.contains("way-in"))
            let begun = try await home.send(.post, Glass.path, glass.wish())
            #expect(begun.status == 201 && begun.json["token"] == .null)
            var inside = home
            inside.headers[.cookie]? += "; \(Glass.cookie(begun))"
            let board = try await inside.send(.get, "/pipeline", headers: page)
            #expect(board.text.contains("Hartmann") && board.text.contains(Glass.reason))
            #expect(board.text.contains("data-end-glass") && !board.text.contains("data-live"))
            #expect(!board.text.contains("data-new"))
            for path in ["/today", "/leads", "/customers", "/inbox", "/audit", "/leads/\(lead)"] {
                #expect(try await inside.send(.get, path, headers: page).status == 200, "\(path)")
            }
            // The cookie is good for nothing without the sign-in, and beside another's.
            var stranger = world.nobody
            stranger.headers[.cookie] = Glass.cookie(begun)
            #expect(try await stranger.send(.get, "/api/v1/leads").status == 401)
            var roy = world.roy.browser
            roy.headers[.cookie]? += "; \(Glass.cookie(begun))"
            #expect(try await roy.send(.get, "/api/v1/leads").data.isEmpty)

            let csrf = HTTPField.Name("X-CSRF-Token")!
            let shown = board.text.firstMatch(of: /name="csrf" content="([^"]+)"/)
            let path = "\(Glass.path)/\(begun.json["id"]?.string ?? "")"
            #expect(try await inside.send(.delete, path).status == 403)
            inside.headers[csrf] = shown.map { String($0.1) }
            #expect(try await inside.send(.post, "/api/v1/leads", ["company": "X"]).status == 403)
            let ended = try await inside.send(.delete, path)
            #expect(ended.status == 204)
            #expect(ended.headers[.setCookie]?.contains("iperform_break_glass=;") == true)
            #expect(try await inside.send(.get, "/today", headers: page).status == 303)
            #expect(try await inside.send(.get, "/api/v1/leads").data.isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an operator with a second step gives its code too`(on engine: EngineKind) async throws {
        try await Glass.world(engine) { glass in
            let world = glass.world
            let olga = Caller(
                tenant: world.rival, actor: .user(glass.olga), role: .platformOperator)
            let home = try await glass.program()
            let (keys, now) = (world.server.installation.masterKeys, world.clock.now)
            let code = try await world.database.write(as: olga, at: now) { scope in
                let code = try await SecondSteps(scope, keys).begin()
                _ = try await SecondSteps(scope, keys).confirm(code.code(at: now))
                return code
            }
            world.clock.advance(seconds: 30)
            for given: JSON in [.null, "000000"] {
                let answer = try await home.send(
                    .post, Glass.path, glass.wish(given == .null ? [:] : ["code": given]))
                #expect(answer.status == 422 && answer.faults == ["code"], "\(answer.text)")
            }
            let right = JSON.string(code.code(at: world.clock.now))
            let answer = try await home.send(.post, Glass.path, glass.wish(["code": right]))
            #expect(answer.status == 201)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a company's admin lets an operator go, and cannot become one`(on engine: EngineKind)
        async throws
    {
        try await Glass.world(engine) { glass in
            let world = glass.world
            let (inside, _) = try await glass.inside()
            let path = "/api/v1/users/\(glass.olga)"
            let mine: JSON = ["email": "eve+olga@rival.example"]
            #expect(try await world.eve.patch(path, mine, version: 1).status == 403)
            #expect(
                try await world.eve.patch(path, ["role": "company_admin"], version: 1).status == 403
            )
            #expect(
                try await world.eve.post(
                    "/api/v1/users",
                    ["name": "Eve", "email": "e@rival.example", "role": "platform_operator"]
                ).status == 422)
            // A mailed link would be read in the outbox.
            try await world.database.write(as: .system(world.rival), at: world.clock.now) {
                try await PasswordResets(scope: $0, mailing: Mailing(relay: nil, site: ""))
                    .send(to: "olga@rival.example")
            }
            #expect(try await world.eve.get("/api/v1/outbox").data.isEmpty)
            #expect(try await world.eve.patch(path, ["active": false], version: 1).status == 200)
            #expect(try await inside.send(.get, "/api/v1/leads").status == 401)
        }
    }
}

import App
import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

/// Every route on a lead, asked by every role about every kind of lead, against the matrix of
/// `Grants`.
@Suite struct RightsMatrixTests {
    @Test(arguments: EngineKind.allCases)
    func `each role does with each lead what the matrix says`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let stage = try await RightsStage.set(world)
            // What is only read first, so that it is there to be read.
            let routes = world.server.routes.sorted { $0.method == .get && $1.method != .get }
            var asked = 0
            for route in routes {
                guard case .lead(let right) = RouteRights.asks(route) else { continue }
                asked += 1
                for (name, role) in RightsStage.people {
                    try await Self.knock(route, right, name, Grants.of(role), on: stage)
                }
            }
            #expect(asked > 12)
        }
    }

    private static func knock(
        _ route: Route, _ right: Right, _ name: String, _ grants: Grants, on stage: RightsStage
    ) async throws {
        for standing in Standing.allCases {
            let lead = try stage.lead(standing, to: name)
            let answer = try await stage.ask(route, lead, as: name)
            let sees = !grants[.leadsRead].isDisjoint(with: standing.spans)
            let may = !grants[right].isDisjoint(with: standing.spans)
            let line = "\(name), \(standing): \(route.method) \(route.path) → \(answer.status)"
            switch (sees, may) {
            case (false, _): #expect(answer.status == 404, "\(line)")
            case (true, false): #expect(answer.status == 403, "\(line)")
            case (true, true): #expect(![401, 403].contains(answer.status), "\(line)")
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `lists, counts, search and the board tell of no lead that is not reached`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let stage = try await RightsStage.set(world)
            for (name, role) in RightsStage.people {
                let read = try stage.read(by: name, role)
                let expected = Set(read.values)
                let person = try stage.person(name)
                let asked = "filter%5Bcampaign%5D=\(name)&limit=100"
                let list = try await person.get("/api/v1/leads?\(asked)").data
                #expect(Set(list.compactMap { $0["id"]?.string }) == expected, "\(name)")
                let count = try await person.get(
                    "/api/v1/leads/count?filter%5Bcampaign%5D=\(name)"
                ).json
                #expect(count["count"]?.integer == Int64(expected.count), "\(name)")
                // The sum says which leads are in it.
                let sum = read.keys.reduce(0) { $0 + $1.valueMinor }
                #expect(count["value_minor"]?["USD"]?.integer ?? 0 == sum, "\(name)")
                let found = try await person.get("/api/v1/search?q=\(name)-lead").text
                let board = try await person.page("/pipeline?filter%5Bcampaign%5D=\(name)").text
                for standing in Standing.allCases {
                    let id = try stage.lead(standing, to: name)
                    let isRead = expected.contains(id)
                    #expect(found.contains(id) == isRead, "\(name), search: \(standing)")
                    #expect(board.contains(id) == isRead, "\(name), board: \(standing)")
                }
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `every number of leads on a page is how many of them are reached`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let stage = try await RightsStage.set(world)
            for (name, _) in RightsStage.people {
                let person = try stage.person(name)
                let list = try await person.get("/api/v1/leads?limit=200").data
                let (count, open) = (list.count, list.count { $0["stage_class"] == "open" })
                let told = try await person.get("/api/v1/leads/count").json["count"]
                #expect(told?.integer == Int64(count), "\(name)")
                let table = try await person.page("/leads").text
                #expect(table.contains(">\(count) \(count == 1 ? "lead" : "leads") · "), "\(name)")
                for path in ["/today", "/leads", "/pipeline", "/customers", "/developers"] {
                    let page = try await person.page(path).text
                    let badge = page.firstMatch(of: /data-count="pipeline">(\d+)</)
                    // Who runs the installation has no place in the menu but their own.
                    let shown = person.role == .platformOperator ? nil : String(open)
                    #expect(badge.map { String($0.1) } == shown, "\(name): \(path)")
                    let inbox = page.contains("data-count=\"inbox\"")
                    #expect(!inbox || Grants.of(person.role)[.leadsRead] == .company, "\(name)")
                }
                let board = try await person.page("/pipeline").text
                #expect(board.contains(">\(open) \(open == 1 ? "lead" : "leads") · "), "\(name)")
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `every place in the menu is open to whom it is shown`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for (name, role) in RightsStage.people {
                let person = try await world.seat(name, role)
                let isOperator = role == .platformOperator
                let page = try await person.page(isOperator ? "/break-glass" : "/today").text
                let menu = page.firstRange(of: "</nav>").map { page[..<$0.lowerBound] } ?? ""
                let paths = menu.matches(of: /<a href="([^"]+)"/).map { String($0.1) }
                #expect(paths.count > (isOperator ? 0 : 4), "\(name)")
                for path in Set(paths) {
                    let opened = try await person.page(path.replacing("&amp;", with: "&"))
                    #expect([200, 303].contains(opened.status), "\(name): \(path)")
                }
            }
        }
    }
}

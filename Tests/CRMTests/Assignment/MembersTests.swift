import CRM
import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

/// What the rules know of people and territories, and what a draft of them would do.
@Suite struct MembersTests {
    private static func put(_ world: World, _ path: String, _ body: JSON) async throws -> Answer {
        let answer = try await world.ada.put("/api/v1/\(path)", body)
        #expect(answer.status == 200, "\(answer.text)")
        return answer
    }

    private static func rule(_ world: World, _ rest: [String: JSON] = [:]) throws -> JSON {
        let team = try #require(world.teams["East"])
        let rule: [String: JSON] = ["name": "East", "to": ["team": .string("\(team)")]]
        return .object(rule.merging(rest) { $1 })
    }

    private static func owners(_ world: World, _ count: Int) async throws -> [String: Int] {
        var owners: [String: Int] = [:]
        for number in 0..<count {
            let made = try await world.ada.post("/api/v1/leads", ["company": .string("C\(number)")])
            owners[made.json["owner_name"]?.string ?? "nobody", default: 0] += 1
        }
        return owners
    }

    @Test(arguments: EngineKind.allCases)
    func `what is said of people is heeded, and can be read and sent back`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            _ = try await Self.put(
                world, "assignment-rules",
                ["rules": [Self.rule(world, ["how": ["method": "weighted"]])]])
            let members: JSON = [
                "members": [
                    ["user": .string("\(world.sam.id)"), "weight": 2, "day_max": 4],
                    ["user": .string("\(world.nik.id)"), "weight": 0, "languages": ["de"]],
                ]
            ]
            let kept = try await Self.put(world, "assignment/members", members)
            #expect(kept.json["members"]?.array?.count == 4)
            #expect(try await world.ada.get("/api/v1/assignment/members").json == kept.json)
            let again = try await Self.put(world, "assignment/members", kept.json)
            #expect(again.json == kept.json)
            #expect(try await Self.owners(world, 6) == ["Sam": 4, "Sia": 2])
            // Sam has what a day allows; the next day begins anew.
            #expect(try await Self.owners(world, 2) == ["Sia": 2])
            world.clock.advance(seconds: 86_400)
            #expect(try await Self.owners(world, 3) == ["Sam": 2, "Sia": 1])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `open leads count until they are closed`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            _ = try await Self.put(
                world, "assignment-rules",
                ["rules": [["name": "Wes", "to": ["user": .string("\(world.wes.id)")]]]])
            _ = try await Self.put(
                world, "assignment/members",
                ["members": [["user": .string("\(world.wes.id)"), "open_max": 1]]])
            let first = try await world.ada.lead(["company": "A"])
            let made = try await world.ada.post("/api/v1/leads", ["company": "B"])
            #expect(made.json["owner"] == .null)
            let reason = made.json["owner_reason"]?.string
            #expect(reason == "Rule “Wes” found nobody. Passed over: Wes (1 of 1 open leads).")
            let lost: JSON = ["to": "lost", "lost_reason": "budget"]
            #expect(
                try await world.ada.post("/api/v1/leads/\(first)/transition", lost).status == 200)
            #expect(try await Self.owners(world, 1) == ["Wes": 1])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a territory takes what is below it, and is no part of itself`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let tree: JSON = [
                "territories": [
                    ["name": "Europe", "parent": nil], ["name": "Austria", "parent": "Europe"],
                    ["name": "Tyrol", "parent": "austria"],
                ]
            ]
            #expect(try await Self.put(world, "territories", tree).json == tree)
            let ring: JSON = [
                "territories": [
                    ["name": "A", "parent": "B"], ["name": "B", "parent": "A"],
                    ["name": "C", "parent": "D"], ["name": "c"],
                ]
            ]
            let refused = try await world.ada.put("/api/v1/territories", ring)
            #expect(
                refused.faults == [
                    "territories[0].parent", "territories[1].parent", "territories[2].parent",
                    "territories[3].name",
                ])
            #expect(try await world.ada.get("/api/v1/territories").json == tree)
            let within: JSON = ["field": "territory", "op": "within", "values": ["EUROPE"]]
            _ = try await Self.put(
                world, "assignment-rules", ["rules": [Self.rule(world, ["conditions": [within]])]])
            for (territory, isTaken) in [("tyrol", true), ("Austria", true), ("Asia", false)] {
                let fields: JSON = ["company": "X", "territory": .string(territory)]
                let made = try await world.ada.post("/api/v1/leads", fields)
                #expect((made.json["owner"] != .null) == isTaken, "\(territory)")
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `rules say what they cannot ask, and read as they were sent`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let conditions: JSON = [
                ["field": "size", "op": "is", "values": ["x"]],
                ["field": "value", "op": "is", "values": ["5"]],
                ["field": "custom.size", "op": "at_least", "values": ["many"]],
                ["field": "hours", "op": "is", "values": ["noon"]],
                ["field": "email", "op": "known", "values": ["x"]],
            ]
            let rules: JSON = ["rules": [try Self.rule(world, ["conditions": conditions])]]
            let refused = try await world.ada.put("/api/v1/assignment-rules", rules)
            let path = "rules[0].conditions"
            #expect(
                refused.faults == [
                    "\(path)[0].field", "\(path)[1].op", "\(path)[2].values", "\(path)[3].values",
                    "\(path)[4].values",
                ])
            let good: JSON = [
                "rules": [
                    try Self.rule(
                        world,
                        [
                            "when": ["source": "partner", "value_min": 500],
                            "conditions": [
                                [
                                    "field": "source", "op": "is",
                                    "values": ["partner", "referral"],
                                ],
                                ["field": "custom.size", "op": "at_least", "values": ["2.5"]],
                            ],
                            "how": [
                                "method": "least_loaded", "skills": ["demo"], "hold_minutes": 5,
                                "in_working_hours": true,
                            ], "active": false,
                        ])
                ], "fallback": nil,
            ]
            #expect(try await Self.put(world, "assignment-rules", good).json == good)
            #expect(try await world.ada.get("/api/v1/assignment-rules").json == good)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a draft is tried on what came in, and nothing is changed`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            _ = try await Self.put(
                world, "assignment-rules",
                ["rules": [], "fallback": ["user": .string("\(world.wes.id)")]])
            #expect(try await Self.owners(world, 6) == ["Wes": 6])
            world.clock.advance(seconds: 60)
            let draft: JSON = [
                "rules": [
                    [
                        "name": "C1", "to": ["user": .string("\(world.sia.id)")],
                        "conditions": [["field": "company", "op": "is", "values": ["c1"]]],
                    ], try Self.rule(world),
                ], "listed": 2,
            ]
            let before = world.database.engine.statementsRun
            let answer = try await world.ada.post("/api/v1/assignment/simulations", draft)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(world.database.engine.statementsRun - before < 15)
            let result = answer.json
            #expect(result["leads"] == 6)
            #expect(result["differing"] == 6)
            #expect(result["unassigned"] == ["before": 0, "after": 0])
            #expect(
                result["rules"] == [["name": "C1", "leads": 1], ["name": "East", "leads": 5]])
            let after = result["people"]?.array?.map { [$0["name"], $0["before"], $0["after"]] }
            #expect(after?.count == 4)
            #expect(after?.last == ["Wes", 6, 0])
            let changes = result["changes"]?.array ?? []
            #expect(changes.count == 2)
            #expect(changes.allSatisfy { $0["before"] == "Wes" })
            // They came at the same moment, so either may be C1; not both.
            #expect(changes.contains { $0["reason"]?.string?.contains("Rule “East”") == true })
            #expect(try await world.wes.get("/api/v1/leads").data.count == 6)
            #expect(try await world.sam.post("/api/v1/assignment/simulations", draft).status == 403)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `to choose an owner takes four statements for a team, and three for a person`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            func statements(_ rules: JSON) async throws -> Int {
                _ = try await Self.put(world, "assignment-rules", rules)
                _ = try await Self.owners(world, 1)
                let before = world.database.engine.statementsRun
                _ = try await Self.owners(world, 1)
                return world.database.engine.statementsRun - before
            }
            let none = try await statements(["rules": []])
            let person = try await statements(
                ["rules": [["name": "Wes", "to": ["user": .string("\(world.wes.id)")]]]])
            let team = try await statements(["rules": [Self.rule(world)]])
            #expect(person - none <= 3)
            #expect(team - none <= 4)
        }
    }
}

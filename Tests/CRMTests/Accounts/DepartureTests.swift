import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct DepartureTests {
    /// Sam has three open leads, one on hold, one won and one lost; Wes's with Sam as co-owner;
    /// and follow-ups on each.
    private static func busy(_ world: World) async throws -> [String: String] {
        var leads: [String: String] = [:]
        let step: JSON = ["kind": "call", "at": "2026-11-25T10:00:00Z"]
        for name in ["A", "B", "C", "Held", "Won", "Lost"] {
            let id = try await world.sam.lead(["company": .string(name)])
            _ = try await world.sam.post("/api/v1/leads/\(id)/follow-ups", step)
            leads[name] = id
        }
        func move(_ name: String, _ body: JSON) async throws {
            let path = "/api/v1/leads/\(leads[name] ?? "")/transition"
            let answer = try await world.sam.post(path, body)
            guard answer.status == 200 else { throw UnexpectedAnswer(answer: answer) }
        }
        try await move("Held", ["to": "on_hold", "resume_on": "2026-12-01"])
        try await move("Won", ["to": "won"])
        try await move("Lost", ["to": "lost", "lost_reason": "budget"])
        let id = try await world.wes.lead(["company": "Of Wes"])
        let share: JSON = [
            "user": .string(world.sam.id.description), "relation": "co_owner", "credit_bp": 2_500,
        ]
        _ = try await world.wes.post("/api/v1/leads/\(id)/shares", share)
        let made = try await world.wes.post("/api/v1/leads/\(id)/follow-ups", step)
        let task = try await world.wes.get("/api/v1/leads/\(id)/timeline").data.first
        let hand: JSON = ["user": .string(world.sam.id.description)]
        let path = "/api/v1/follow-ups/\(task?["data"]?["follow_up"]?.string ?? "")/hand-over"
        guard try await world.wes.post(path, hand).status == 201 else {
            throw UnexpectedAnswer(answer: made)
        }
        leads["Of Wes"] = id
        return leads
    }

    private static func leave(
        _ person: Person, _ choice: JSON? = nil, _ world: World
    ) async throws -> Answer {
        let path = "/api/v1/users/\(person.id)"
        let version = try await world.ada.get(path).version
        let body: JSON = choice.map { ["active": false, "hand_over": $0] } ?? ["active": false]
        return try await world.ada.patch(path, body, version: version)
    }

    /// Nothing open is with somebody who has left.
    private static func expectNothingLeft(with user: ID<User>, _ world: World) async throws {
        let work = try await world.asking(world.ada) { scope in
            try await OpenWork(of: Users(scope).find(user), in: scope)
        }
        #expect(!work.needsHandOver, "\(work.words)")
        #expect(work.teams == 0 && work.reports == 0)
        let hands = try await world.asking(world.ada) {
            try await FollowUps($0).hands("c.user_id = \(user)").count
        }
        #expect(hands == 0)
    }

    @Test(arguments: EngineKind.allCases)
    func `with open work and no word of where it goes nobody is deactivated`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            _ = try await Self.busy(world)
            let path = "/api/v1/users/\(world.sam.id)/open-work"
            let work = try await world.ada.get(path).json
            #expect(work["leads"] == ["open": 3, "on_hold": 1, "won": 1, "lost": 1])
            // On hold there is one more, to resume.
            #expect(work["follow_ups"] == 8 && work["shares"] == 1)
            #expect(work["manager"]?["name"] == "Max" && work["needs_hand_over"] == true)
            #expect(try await world.sam.get(path).status == 403)
            let refused = try await Self.leave(world.sam, nil, world)
            #expect(refused.status == 422 && refused.faults == ["hand_over"])
            #expect(refused.text.contains("4 open leads, 8 follow-ups and 1 shared lead"))
            #expect(try await world.sam.get("/api/v1/me").status == 200)
            let wrong: [(JSON, String)] = [
                (["to": "user"], "hand_over.user"),
                (["to": "user", "user": .string(world.sam.id.description)], "hand_over"),
                (["to": "user", "user": .string(world.roy.id.description)], "hand_over"),
                (["to": "user", "user": .string(world.pat.id.description)], "hand_over"),
                // There are no rules.
                (["to": "rules"], "hand_over"),
            ]
            for (choice, field) in wrong {
                let answer = try await Self.leave(world.sam, choice, world)
                #expect(answer.faults == [field], "\(choice.text): \(answer.text)")
            }
            // Who stays hands nothing over.
            let person = "/api/v1/users/\(world.sam.id)"
            let staying = try await world.ada.patch(
                person, ["name": "Samuel", "hand_over": ["to": "manager"]],
                version: world.ada.get(person).version)
            #expect(staying.status == 422 && staying.faults == ["hand_over"])
            #expect(try await world.ada.get(person).json["name"] == "Sam")
            // Who has nothing in hand just leaves.
            #expect(try await Self.leave(world.nik, nil, world).status == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `open work goes on with one person, what was won or lost stays as history`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let leads = try await Self.busy(world)
            let heir: JSON = ["to": "user", "user": .string(world.sia.id.description)]
            let answer = try await Self.leave(world.sam, heir, world)
            #expect(answer.status == 200, "\(answer.text)")
            try await Self.expectNothingLeft(with: world.sam.id, world)
            for (name, id) in leads {
                let lead = try await world.ada.get("/api/v1/leads/\(id)").json
                let owner =
                    switch name {
                    case "Won", "Lost": world.sam.id
                    case "Of Wes": world.wes.id
                    default: world.sia.id
                    }
                #expect(lead["owner"]?.string == owner.description, "\(name): \(lead.text)")
                // The follow-up of a lead that is over comes with the lead, until it is done.
                #expect(try await world.sia.get("/api/v1/leads/\(id)").status == 200, "\(name)")
            }
            let timeline = try await world.sia.get("/api/v1/leads/\(leads["A"] ?? "")/timeline")
                .data
            #expect(timeline.first?["name"] == "lead.assigned")
            #expect(timeline.first?["data"]?["follow_ups"]?.object?.count == 1)
            let shares = try await world.wes.get("/api/v1/leads/\(leads["Of Wes"] ?? "")/shares")
            #expect(shares.data.map { $0["name"] } == ["Sia"])
            #expect(shares.json["owner_credit_bp"] == 7_500)
            // What Wes had handed on is Wes's again.
            let id = try #require(ID<Lead>(leads["Of Wes"] ?? ""))
            let own = try await world.asking(world.ada) {
                try await FollowUps($0).open(of: id, limit: 9).map(\.owner)
            }
            #expect(own == [world.wes.id])
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the rules or the manager take what somebody leaves`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let leads = try await Self.busy(world)
            let east = try #require(world.teams["East"])
            try await world.asking(world.ada) {
                try await Assignment($0).replace(with: [
                    AssignmentRule(name: "Sam", target: .user(world.sam.id)),
                    AssignmentRule(name: "East", target: .team(east), isFallback: true),
                ])
            }
            let answer = try await Self.leave(world.sam, ["to": "rules"], world)
            #expect(answer.status == 200, "\(answer.text)")
            try await Self.expectNothingLeft(with: world.sam.id, world)
            var owners: Set<String> = []
            for name in ["A", "B", "C", "Held"] {
                let lead = try await world.ada.get("/api/v1/leads/\(leads[name] ?? "")").json
                owners.insert(lead["owner"]?.string ?? "")
                let reason = lead["owner_reason"]?.string ?? ""
                let why = "Sam left. Rule “Sam” found nobody. The fallback took it"
                #expect(reason.hasPrefix(why))
            }
            #expect(owners == [world.sia.id.description, world.nik.id.description])
            // The lead that was shared remains with its owner.
            let shares = try await world.wes.get("/api/v1/leads/\(leads["Of Wes"] ?? "")/shares")
            #expect(shares.data.isEmpty)
            // Sia's go to Max, whom the team has for a manager; nobody is above Max.
            #expect(try await Self.leave(world.sia, ["to": "manager"], world).status == 200)
            let held = try await world.max.get("/api/v1/leads?filter%5Bowner%5D=me").data
            #expect(held.count >= 2)
            #expect(
                try await Self.leave(world.max, ["to": "manager"], world).faults == ["hand_over"])
            try await Self.expectNothingLeft(with: world.sia.id, world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a thousand leads go on with as many statements as two sets need`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            try await world.asking(world.ada) { scope in
                var leads: [Lead] = []
                for number in 0..<1001 {
                    var draft = LeadDraft(source: "manual", currency: "USD")
                    draft.company = "Firm \(number)"
                    leads.append(
                        Lead(
                            draft: draft, history: nil,
                            .given(.named(world.sam.id)), at: scope.now))
                }
                try await Leads(scope).begin(leads, imported: false)
            }
            let before = world.database.engine.statementsRun
            let heir: JSON = ["to": "user", "user": .string(world.sia.id.description)]
            #expect(try await Self.leave(world.sam, heir, world).status == 200)
            #expect(world.database.engine.statementsRun - before < 120)
            let count = try await world.sia.get("/api/v1/leads/count").json["count"]
            #expect(count == 1001)
            let events: Int? = try await world.database.read { tx in
                try await tx.value(
                    """
                    SELECT COUNT(*) FROM events
                    WHERE tenant_id = \(world.vantage) AND name = 'lead.assigned'
                    """)
            }
            #expect(events == 1001)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `where somebody was is asked of the past`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let path = "/api/v1/users/\(world.sam.id)"
            world.clock.advance(seconds: 86_400)
            let west = try #require(world.teams["West"])
            let version = try await world.ada.get(path).version
            _ = try await world.ada.patch(path, ["team": .string("\(west)")], version: version)
            world.clock.advance(seconds: 60)
            let teams = try await world.sia.get("\(path)/teams").data
            #expect(teams.map { $0["name"] } == ["West", "East"])
            #expect(teams.first?["until"] == JSON.null)
            #expect(teams.last?["until"] == teams.first?["from"])
            let then = try await world.sia.get("\(path)/teams?at=2026-11-18T12:00:00Z").data
            #expect(then.map { $0["name"] } == ["East"])
            #expect(try await world.sia.get("\(path)/teams?at=then").faults == ["at"])
            #expect(try await world.eve.get("\(path)/teams").status == 404)
        }
    }
}

import Storage
import Tenancy
import Testing

@testable import CRM

@Suite struct RotaTests {
    private static let now = Instant("2026-11-18T09:30:00Z")!
    private static let team = AssignmentRule.Target.team(ID())
    private static let names = ["Ann", "Bob", "Cid"]

    private static func rota(
        _ manner: AssignmentRule.Manner = .init(), _ conditions: [LeadCondition] = [],
        territories: [Territory] = [], _ change: (inout [Taker]) -> Void = { _ in }
    ) -> Rota {
        var rule = AssignmentRule(
            id: ID(), name: "All", conditions: conditions, target: team, isActive: true,
            isFallback: false)
        rule.manner = manner
        let ground = RotaGround(territories: territories, teams: [team: "North"])
        var rota = Rota([rule], at: now, on: ground)
        var people = names.map { Taker(user: ID(), name: $0) }
        change(&people)
        rota.add(team, people)
        return rota
    }

    private static func draft(_ change: (inout LeadDraft) -> Void = { _ in }) -> LeadDraft {
        var draft = LeadDraft(source: "web_form", currency: "USD")
        draft.company = "Orchard"
        change(&draft)
        return draft
    }

    /// Who gets so many leads, one after the other.
    private static func names(_ rota: inout Rota, _ count: Int) -> [String] {
        (0..<count).map { _ in
            let owner = rota.decide(Rota.Question(draft: draft())).choice?.owner
            return rota.takers.first { $0.user == owner }?.name ?? "nobody"
        }
    }

    @Test func `who is away, full or lacks a skill is passed over, and the lead says why`() throws {
        var manner = AssignmentRule.Manner()
        manner.skills = ["Demo"]
        var rota = Self.rota(manner) { people in
            people[0].awayUntil = Self.now.adding(days: 1)
            people[1].skills = ["demo"]
            people[1].dayMax = 2
            people[2].skills = ["tender"]
        }
        let given = rota.decide(Rota.Question(draft: Self.draft()))
        #expect(
            given.reason
                == "Rule “All”: it takes every lead; round robin in North. "
                + "Passed over: Ann (away), Cid (lacks Demo).")
        #expect(Self.names(&rota, 2) == ["Bob", "nobody"])
        let none = rota.decide(Rota.Question(draft: Self.draft()))
        #expect(none.reason.contains("Bob (2 of 2 today)"))
        rota.move(to: Self.now.adding(days: 2))
        #expect(Self.names(&rota, 3) == ["Bob", "Bob", "nobody"])
    }

    @Test func `a weight is a share of the leads, and none is none`() {
        var manner = AssignmentRule.Manner()
        manner.method = .weighted
        var rota = Self.rota(manner) { people in
            people[0].weight = 3
            people[2].weight = 0
        }
        let names = Self.names(&rota, 400)
        #expect(names.count { $0 == "Ann" } == 300)
        #expect(names.count { $0 == "Bob" } == 100)
    }

    @Test func `the fewest open leads decide, then whose turn it is`() {
        var manner = AssignmentRule.Manner()
        manner.method = .leastLoaded
        var rota = Self.rota(manner) { people in
            people[0].openLeads = 5
            people[1].openLeads = 3
            people[2].openMax = 2
        }
        #expect(Self.names(&rota, 6) == ["Cid", "Cid", "Bob", "Bob", "Ann", "Bob"])
    }

    @Test func `only who speaks the lead's language gets it, when that is known`() {
        var manner = AssignmentRule.Manner()
        manner.speaksLanguage = true
        var rota = Self.rota(manner) { $0[1].languages = ["de"] }
        var draft = Self.draft { $0.custom = ["language": "de-AT"] }
        for _ in 0..<3 {
            let owner = rota.decide(Rota.Question(draft: draft)).choice?.owner
            #expect(owner == rota.takers[1].user)
        }
        draft.custom = ["language": "fr"]
        #expect(rota.decide(Rota.Question(draft: draft)).choice == nil)
        draft.custom = [:]
        #expect(rota.decide(Rota.Question(draft: draft)).choice != nil)
    }

    @Test func `what nobody can take waits, if the rule says so, and then goes on`() throws {
        var manner = AssignmentRule.Manner()
        manner.holdMinutes = 30
        var rota = Self.rota(manner) { people in
            for place in people.indices { people[place].awayUntil = Self.now.adding(days: 1) }
        }
        guard case .waits(let wait) = rota.decide(Rota.Question(draft: Self.draft())) else {
            Issue.record("It does not wait.")
            return
        }
        #expect(wait.until == Self.now.adding(seconds: 1800))
        #expect(wait.reason.hasPrefix("Waiting for somebody of North. Rule “All”"))
        let over = Rota.Question(draft: Self.draft(), rules: .from(wait.rule))
        guard case .nobody(let why) = rota.decide(over) else {
            Issue.record("It waits for ever.")
            return
        }
        #expect(why.hasPrefix("Rule “All” found nobody."))
    }

    @Test(arguments: [
        (LeadCondition(.plain(.source), .is, ["Partner", "WEB_FORM"]), true),
        (LeadCondition(.plain(.source), .isNot, ["web_form"]), false),
        (LeadCondition(.plain(.company), .contains, ["chard"]), true),
        (LeadCondition(.plain(.company), .startsWith, ["chard"]), false),
        (LeadCondition(.plain(.territory), .within, ["Europe"]), true),
        (LeadCondition(.plain(.territory), .within, ["Austria"]), false),
        (LeadCondition(.plain(.territory), .is, ["bavaria"]), true),
        (LeadCondition(.plain(.value), .atLeast, ["5000"]), true),
        (LeadCondition(.plain(.value), .atMost, ["4999"]), false),
        (LeadCondition(.plain(.tags), .is, ["hot", "cold"]), true),
        (LeadCondition(.plain(.tags), .isNot, ["cold"]), true),
        (LeadCondition(.custom("seats"), .atLeast, ["10"]), true),
        (LeadCondition(.custom("seats"), .atLeast, ["13"]), false),
        (LeadCondition(.custom("erp"), .unknown), true),
        (LeadCondition(.attribution("utm_source"), .is, ["ads"]), true),
        (LeadCondition(.plain(.language), .is, ["en"]), true),
        (LeadCondition(.plain(.email), .known), false),
        (LeadCondition(.plain(.hours), .is, ["inside"]), true),
    ])
    func `a condition holds or not`(condition: LeadCondition, holds: Bool) {
        let draft = Self.draft { draft in
            draft.territory = "Bavaria"
            draft.valueMinor = 5000
            draft.tags = ["Hot"]
            draft.custom = ["seats": 12]
            draft.attribution = ["utm_source": "Ads", "language": "en-GB"]
        }
        let territories = [
            Territory("Europe"), Territory("Germany", in: "europe"),
            Territory("Bavaria", in: "Germany"), Territory("Austria", in: "Europe"),
        ]
        var rota = Self.rota(.init(), [condition], territories: territories)
        #expect((rota.decide(Rota.Question(draft: draft)).choice != nil) == holds)
    }
}

import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing
import Web

@testable import CRM

@Suite struct ReachTests {
    /// People in random teams, leads of random owners shared with random colleagues.
    private static func settle(_ world: World, _ dice: inout Dice) async throws -> [ID<User>] {
        var users = world.everyone.filter { $0.tenant == world.vantage }.map(\.id)
        var teams = Array(world.teams.values).sorted()
        var partners: [ID<Partner>] = []
        for name in ["Ally", "Buddy"] {
            partners.append(
                try await world.asking(world.ada) { try await Partners($0).create(name: name).id })
        }
        for number in 0..<5 {
            let (parent, manager) = (dice.pick(teams), dice.pick(users))
            let new = NewTeam(
                name: "Team \(number)", parent: dice.chance(70) ? parent : nil,
                manager: dice.chance(70) ? manager : nil)
            teams.append(try await world.asking(world.ada) { try await Teams($0).create(new).id })
        }
        for number in 0..<10 {
            let role = dice.pick(Role.allCases.filter { $0 != .platformOperator })
            var made = NewUser(
                email: "u\(number)@vantage.example", name: "U\(number)", role: role,
                team: dice.chance(80) ? dice.pick(teams) : nil,
                territory: dice.chance(60) ? dice.pick(territories) : nil)
            made.partner = role == .partner ? dice.pick(partners) : nil
            made.manager = dice.chance(40) ? dice.pick(users) : nil
            let new = made
            users.append(try await world.asking(world.ada) { try await Users($0).create(new).id })
        }
        for number in 0..<25 {
            var draft = LeadDraft(source: "manual", currency: "USD")
            draft.company = "Firm \(number)"
            draft.owner = dice.chance(85) ? dice.pick(users) : nil
            draft.territory = dice.chance(70) ? dice.pick(territories) : nil
            let made = draft
            let owner = draft.owner
            let holders = (0..<Int.random(in: 0...3, using: &dice)).map { _ in dice.pick(users) }
            var shares = holders.filter { $0 != owner }.map {
                NewShare(
                    .user($0), as: dice.pick([.coOwner, .watcher, .warrior]),
                    until: dice.chance(30) ? World.moment.adding(seconds: 60) : nil)
            }
            if dice.chance(40) {
                shares.append(NewShare(.partner(dice.pick(partners)), as: .partner))
            }
            let given = shares
            let task = dice.chance(40) ? holders.first : nil
            let until = dice.chance(50) ? World.moment.adding(seconds: 60) : nil
            try await world.asking(world.ada) { scope in
                let id = try await Leads(scope).create(made).id
                for share in given { _ = try await Shares(scope).add(share, to: id) }
                if let task { try await Self.hand(id, to: task, until: until, in: scope) }
            }
        }
        return users
    }

    /// A task of a lead to somebody, who may have the lead in another way as well.
    private static func hand(
        _ id: ID<Lead>, to user: ID<User>, until: Instant?, in scope: Scope
    ) async throws {
        let (leads, followUps) = (Leads(scope), FollowUps(scope))
        let step = NextStep(kind: .call, at: scope.now)
        _ = try await followUps.schedule(step, for: leads.find(id))
        for task in try await followUps.open(of: id, limit: 1) {
            try await followUps.hand(task, to: user, until: until)
        }
    }

    private static let territories = ["North", "North/Delhi", "Northeast", "South"]

    private static func reached(
        _ leads: [Lead], _ shares: [ID<Lead>: [Share]], by caller: Caller, _ circle: Circle
    ) -> [Lead] {
        leads.filter { lead in
            Reach(caller).includes(
                owner: lead.owner, territory: lead.territory, shares: shares[lead.id] ?? [], circle,
                at: World.moment)
        }
    }

    /// The first page of a list: made of an arm for each person, where the rest is one predicate.
    private static func first(_ scope: Scope) async throws -> [ID<Lead>] {
        let request = try ListRequest(Query("sort=company&limit=5"), Leads.listing)
        let cursors = Cursors(key: Array(repeating: 7, count: 32))
        return try await Leads(scope).page(request, cursors).elements.map(\.id)
    }

    private static func inOrder(_ leads: [Lead]) -> [Lead] {
        leads.sorted { ($0.title, $0.id.description) < ($1.title, $1.id.description) }
    }

    @Test(arguments: EngineKind.allCases, 1...3)
    func `who reaches what is the same in SQL and in memory`(on engine: EngineKind, seed: UInt64)
        async throws
    {
        try await World.with(engine) { world in
            var dice = Dice(seed: seed)
            let users = try await Self.settle(world, &dice)
            try await world.asking(world.ada) { scope in
                let leads = try await Leads(scope).find(
                    scope.tx.column(
                        "SELECT id FROM leads WHERE tenant_id = \(scope.tenant)",
                        as: ID<Lead>.self))
                let shares = try await Shares(scope).list(of: leads.map(\.id))
                var reached = 0
                for user in users {
                    let circle = try await Circle(
                        of: Caller(tenant: scope.tenant, actor: .user(user), role: .manager),
                        in: scope)
                    let territorial = Grants.of(.executive).narrowed(by: [.leadsRead: .territory])
                    let grants = Role.allCases.map { ($0, Grants.of($0)) }
                    for (role, grants) in grants + [(.executive, territorial)] {
                        let caller = Caller(
                            tenant: scope.tenant, actor: .user(user), role: role, grants: grants)
                        let found = try await Leads(scope.acting(as: caller)).find(leads.map(\.id))
                        let expected = Self.reached(leads, shares, by: caller, circle)
                        #expect(Set(found.map(\.id)) == Set(expected.map(\.id)))
                        let first = try await Self.first(scope.acting(as: caller))
                        #expect(first == Self.inOrder(expected).prefix(5).map(\.id))
                        reached += found.count
                    }
                }
                #expect(reached > leads.count)
            }
        }
    }

    /// Of so many owners the first page comes by a walk, which asks each lead for itself.
    @Test(arguments: EngineKind.allCases, 1...2)
    func `a manager of many is given the first of what they reach`(
        on engine: EngineKind, seed: UInt64
    ) async throws {
        try await World.with(engine) { world in
            var dice = Dice(seed: seed)
            var users = try await Self.settle(world, &dice)
            let boss = dice.pick(users)
            for number in 0..<18 {
                var made = NewUser(
                    email: "r\(number)@vantage.example", name: "R\(number)", role: .salesperson)
                made.manager = boss
                let new = made
                users.append(
                    try await world.asking(world.ada) { try await Users($0).create(new).id })
            }
            let reports = Array(users.suffix(18))
            let all = try await world.asking(world.ada) { scope in
                try await scope.tx.column(
                    "SELECT id FROM leads WHERE tenant_id = \(scope.tenant) ORDER BY id",
                    as: ID<Lead>.self)
            }
            for id in all where dice.chance(30) {
                let until = dice.chance(50) ? World.moment.adding(seconds: 60) : nil
                let share = NewShare(.user(dice.pick(reports)), as: .watcher, until: until)
                try await world.asking(world.ada) { _ = try await Shares($0).add(share, to: id) }
            }
            for later in [0, 120] {
                let moment = World.moment.adding(seconds: later)
                let ada = Caller(
                    tenant: world.vantage, actor: .user(world.ada.id), role: .companyAdmin)
                try await world.database.read(as: ada, at: moment) { scope in
                    let caller = Caller(
                        tenant: scope.tenant, actor: .user(boss), role: .manager)
                    let own = scope.acting(as: caller)
                    let reached = try await Leads(own).find(all)
                    let first = try await Self.first(own)
                    #expect(first == Self.inOrder(reached).prefix(5).map(\.id))
                    #expect(!reached.isEmpty && reached.count < all.count)
                }
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `each role sees the leads that are its own to see`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for person in [world.sam, world.sia, world.nik, world.wes] {
                _ = try await person.lead(["company": .string(person.name)])
            }
            _ = try await world.ada.lead(["company": "nobody"])
            let expected = [
                ("ada", ["nik", "nobody", "sam", "sia", "wes"]),
                ("eva", ["nik", "nobody", "sam", "sia", "wes"]), ("max", ["nik", "sam", "sia"]),
                ("sam", ["sam"]), ("sia", ["sia"]), ("nik", ["nik"]), ("wes", ["wes"]),
                ("pat", []), ("eve", []), ("roy", []),
            ]
            for (name, companies) in expected {
                let person = try #require(world.everyone.first { $0.name == name })
                let found = try await person.get("/api/v1/leads?sort=company").data
                #expect(found.compactMap { $0["company"]?.string } == companies, "\(name)")
                let count = try await person.get("/api/v1/leads/count").json["count"]
                #expect(count?.integer == Int64(companies.count), "\(name)")
                let search = try await person.get("/api/v1/search?q=s").data
                #expect(search.count == companies.filter { $0.contains("s") }.count, "\(name)")
            }
        }
    }
}

import App
import CRM
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
    /// How a lead stands to whoever asks.
    private enum Standing: CaseIterable {
        case own, shared, watched, assigned, team, otherTeam, partner, otherPartner, otherTenant

        /// The spans that cover it.
        var spans: Span {
            switch self {
            case .own: [.own, .team, .company]
            case .shared, .watched: [.shared, .team, .company]
            // Who is handed a lead is one's own people too.
            case .assigned: [.assigned, .team, .company]
            case .team: [.team, .company]
            case .otherTeam, .otherPartner: .company
            case .partner: [.partner, .company]
            case .otherTenant: .none
            }
        }
    }

    /// What a route on a lead asks for; a route that is not here fails the test.
    private static let rights: [String: Right] = [
        "GET /api/v1/leads/{id}": .leadsRead,
        "GET /api/v1/leads/{id}/timeline": .leadsRead,
        "GET /api/v1/leads/{id}/shares": .leadsRead,
        "GET /leads/{id}": .leadsRead,
        "GET /leads/{id}/access": .leadsRead,
        "PATCH /api/v1/leads/{id}": .leadsEdit,
        "POST /api/v1/leads/{id}/transition": .leadsWork,
        "POST /api/v1/leads/{id}/assignment": .leadsAssign,
        "POST /api/v1/leads/{id}/activities": .leadsWork,
        "POST /api/v1/leads/{id}/follow-ups": .leadsWork,
        "POST /api/v1/leads/{id}/shares": .leadsShare,
        "DELETE /api/v1/leads/{id}/shares/{share}": .leadsShare,
    ]

    /// Somebody of each role.
    private static let people: [(name: String, role: Role)] = [
        ("admin", .companyAdmin), ("exec", .executive), ("manager", .manager),
        ("sales", .salesperson), ("warrior", .warrior), ("partner", .partner),
        ("support", .supportAgent), ("analyst", .operationsAnalyst),
        ("operator", .platformOperator),
    ]

    @Test(arguments: EngineKind.allCases)
    func `each role does with each lead what the matrix says`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let stage = try await Stage.set(world)
            let routes = world.server.routes.filter { $0.path.contains("/leads/{id}") }
            for route in routes {
                let place = "\(route.method) \(route.path)"
                let right = try #require(Self.rights[place], "\(place) is not in the table")
                for (name, role) in Self.people {
                    try await Self.knock(route, right, name, Grants.of(role), on: stage)
                }
            }
        }
    }

    private static func knock(
        _ route: Route, _ right: Right, _ name: String, _ grants: Grants, on stage: Stage
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
            let stage = try await Stage.set(world)
            for (name, role) in Self.people {
                var expected: Set<String> = []
                for standing in Standing.allCases {
                    let id = try stage.lead(standing, to: name)
                    let isSeen = !Grants.of(role)[.leadsRead].isDisjoint(with: standing.spans)
                    if isSeen { expected.insert(id) }
                }
                let person = try stage.person(name)
                let asked = "filter%5Bcampaign%5D=\(name)&limit=100"
                let list = try await person.get("/api/v1/leads?\(asked)").data
                #expect(Set(list.compactMap { $0["id"]?.string }) == expected, "\(name)")
                let count = try await person.get("/api/v1/leads/count?\(asked)").json["count"]
                #expect(count?.integer == Int64(expected.count), "\(name)")
                let found = try await person.get("/api/v1/search?q=\(name)-lead").text
                let board = try await person.page("/pipeline?filter%5Bcampaign%5D=\(name)").text
                for standing in Standing.allCases {
                    let id = try stage.lead(standing, to: name)
                    if expected.contains(id) { continue }
                    #expect(!found.contains(id), "\(name) found \(standing)")
                    #expect(!board.contains(id), "\(name) has \(standing) on the board")
                }
            }
        }
    }
}

extension RightsMatrixTests {
    /// The people, and a lead of each standing to each of them.
    private struct Stage: Sendable {
        let world: World
        let seats: [String: Person]
        let leads: [String: [Standing: String]]

        func person(_ name: String) throws -> Person { try #require(seats[name]) }

        func lead(_ standing: Standing, to name: String) throws -> String {
            try #require(leads[name]?[standing])
        }

        func ask(_ route: Route, _ lead: String, as name: String) async throws -> Answer {
            let path = Doors.path(route, ["leads": lead])
            let person = try person(name)
            guard route.path.hasSuffix("/transition") else {
                return try await Doors.knock(route, path, person)
            }
            return try await person.post(path, ["to": "first_contact"])
        }

        static func set(_ world: World) async throws -> Stage {
            let (bright, dim) = try await world.asking(world.ada) { scope in
                let partners = Partners(scope)
                return (
                    try await partners.list()[0].id, try await partners.create(name: "Dim").id
                )
            }
            let stranger = try await world.seat("stranger", .salesperson)
            var seats: [String: Person] = [:]
            var leads: [String: [Standing: String]] = [:]
            for (name, role) in people {
                let person = try await world.seat(
                    name, role, partner: role == .partner ? bright : nil)
                seats[name] = person
                let team = try await world.asking(world.ada) {
                    try await Teams($0).create(NewTeam(name: "Of \(name)", manager: person.id)).id
                }
                let fellow = try await world.seat("fellow-\(name)", .salesperson, team: team)
                for standing in Standing.allCases {
                    let owner =
                        switch standing {
                        case .own: person.id
                        case .team: fellow.id
                        default: stranger.id
                        }
                    let share: NewShare? =
                        switch standing {
                        case .shared: NewShare(.user(person.id), as: .coOwner, creditBP: 2_500)
                        case .watched: NewShare(.user(person.id), as: .watcher)
                        case .assigned: NewShare(.user(person.id), as: .warrior)
                        case .partner: NewShare(.partner(bright), as: .partner)
                        case .otherPartner: NewShare(.partner(dim), as: .partner)
                        default: nil
                        }
                    leads[name, default: [:]][standing] = try await lead(
                        "\(name)-lead \(standing)", campaign: name,
                        owner: standing == .otherTenant ? nil : owner, share,
                        by: standing == .otherTenant ? world.eve : world.ada, in: world)
                }
            }
            return Stage(world: world, seats: seats, leads: leads)
        }

        private static func lead(
            _ company: String, campaign: String, owner: ID<User>?, _ share: NewShare?,
            by maker: Person, in world: World
        ) async throws -> String {
            try await world.asking(maker) { scope in
                var draft = LeadDraft(source: "manual", currency: "USD")
                draft.company = company
                draft.campaign = campaign
                draft.owner = owner
                let id = try await Leads(scope).create(draft).id
                if let share { _ = try await Shares(scope).add(share, to: id) }
                return id.description
            }
        }
    }
}

import App
import CRM
import Storage
import Tenancy
import TestSupport
import Testing
import Web

/// How a lead stands to whoever asks.
enum Standing: Int, CaseIterable {
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

    /// Differs by a binary digit, so that a sum says which leads are in it.
    var valueMinor: Int64 { 100 << Int64(rawValue) }
}

/// Somebody of each role, with a lead of each standing to each of them.
struct RightsStage: Sendable {
    let world: World
    let seats: [String: Person]
    let leads: [String: [Standing: String]]
    let followUps: [String: String]

    /// One for each role.
    static let people: [(name: String, role: Role)] = [
        ("admin", .companyAdmin), ("exec", .executive), ("manager", .manager),
        ("sales", .salesperson), ("warrior", .warrior), ("partner", .partner),
        ("support", .supportAgent), ("analyst", .operationsAnalyst),
        ("operator", .platformOperator),
    ]

    func person(_ name: String) throws -> Person { try #require(seats[name]) }

    func lead(_ standing: Standing, to name: String) throws -> String {
        try #require(leads[name]?[standing])
    }

    /// The leads of a person's own nine that the matrix says they read.
    func read(by name: String, _ role: Role) throws -> [Standing: String] {
        let mine = try #require(leads[name])
        return mine.filter { !Grants.of(role)[.leadsRead].isDisjoint(with: $0.key.spans) }
    }

    /// Knocks at a route about a lead.
    func ask(_ route: Route, _ lead: String, as name: String) async throws -> Answer {
        let ids = ["leads": lead, "follow-ups": try #require(followUps[lead])]
        let path = Doors.path(route, ids)
        let person = try person(name)
        guard route.path.hasSuffix("/transition") else {
            return try await Doors.knock(route, path, person)
        }
        return try await person.post(path, ["to": "first_contact"])
    }

    static func set(_ world: World) async throws -> RightsStage {
        let (bright, dim) = try await world.asking(world.ada) { scope in
            let partners = Partners(scope)
            return (
                try await partners.list()[0].id, try await partners.create(name: "Dim").id
            )
        }
        let stranger = try await world.seat("stranger", .salesperson)
        var seats: [String: Person] = [:]
        var leads: [String: [Standing: String]] = [:]
        var followUps: [String: String] = [:]
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
                let made = try await lead(
                    standing, of: name, owner: standing == .otherTenant ? nil : owner, share,
                    by: standing == .otherTenant ? world.eve : world.ada, in: world)
                leads[name, default: [:]][standing] = made.lead
                followUps[made.lead] = made.followUp
            }
        }
        return RightsStage(world: world, seats: seats, leads: leads, followUps: followUps)
    }

    private static func lead(
        _ standing: Standing, of name: String, owner: ID<User>?, _ share: NewShare?,
        by maker: Person, in world: World
    ) async throws -> (lead: String, followUp: String) {
        try await world.asking(maker) { scope in
            var draft = LeadDraft(source: "manual", currency: "USD")
            draft.company = "\(name)-lead \(standing)"
            draft.campaign = name
            draft.valueMinor = standing.valueMinor
            draft.owner = owner
            let lead = try await Leads(scope).create(draft).lead
            let step = NextStep(kind: .call, at: scope.now.adding(days: 3), notes: nil)
            _ = try await FollowUps(scope).schedule(step, for: lead)
            if let share { _ = try await Shares(scope).add(share, to: lead.id) }
            let id = lead.id
            let followUp: ID<FollowUp>? = try await scope.tx.value(
                """
                SELECT id FROM follow_ups
                WHERE tenant_id = \(scope.tenant) AND lead_id = \(id)
                """)
            return (id.description, try #require(followUp).description)
        }
    }
}

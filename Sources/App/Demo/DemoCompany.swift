import CRM
import Storage
import Tenancy

/// The demo company as it is set up before its first lead: people, teams, rules, forms,
/// custom fields and keys.
struct DemoCompany: Sendable {
    static let slug = "demo"
    static let name = "Vantage Retail"

    let tenant: ID<Tenant>
    private(set) var people: [DemoPerson: ID<User>]
    private(set) var forms: [Form] = []
    private(set) var facebookKey: ID<APIKey>?
    private(set) var partnerKey: ID<APIKey>?

    static func found(
        passwordHash: String, in tx: any Transaction, at moment: Instant
    ) async throws -> DemoCompany {
        let asha = DemoPerson.asha
        var new = NewTenant(name: name, admin: (asha.name, asha.email, passwordHash))
        new.slug = slug
        let made = try await Tenants.create(new, in: tx, at: moment)
        var company = DemoCompany(tenant: made.tenant, people: [.asha: made.admin])
        let scope = Scope(
            caller: Caller(tenant: made.tenant, actor: .user(made.admin), role: .companyAdmin),
            tx: tx, now: moment)
        try await Stages(scope).install()
        let teams = try await company.hire(passwordHash, scope)
        try await company.assign(teams, scope)
        try await company.open(scope)
        return company
    }

    private init(tenant: ID<Tenant>, people: [DemoPerson: ID<User>]) {
        self.tenant = tenant
        self.people = people
    }

    func caller(_ person: DemoPerson) -> Caller {
        Caller(tenant: tenant, actor: .user(people[person]!), role: person.role)
    }

    func person(_ id: ID<User>) -> DemoPerson? { people.first { $0.value == id }?.key }

    /// Who sends leads by the API.
    func caller(keyOf source: Prospect.Source) -> Caller {
        let key = source == .partner ? partnerKey : facebookKey
        return Caller(
            tenant: tenant, actor: Actor(kind: .apiKey, id: key?.uuid, user: people[.asha]),
            role: .companyAdmin)
    }

    /// People and teams: the company, two regions with a manager each, three territories with
    /// two salespeople each.
    private mutating func hire(_ hash: String, _ scope: Scope) async throws -> [String: ID<Team>] {
        let (users, teams) = (Users(scope), Teams(scope))
        for person in [DemoPerson.helena, .daniel, .mei] {
            let new = NewUser(
                email: person.email, name: person.name, role: person.role, passwordHash: hash)
            people[person] = try await users.create(new).id
        }
        let sales = try await teams.create(NewTeam(name: "Sales", manager: people[.helena])).id
        var made = ["Sales": sales]
        let regions: [(name: String, DemoPerson, territories: [String])] = [
            ("West", .daniel, ["North America"]), ("East", .mei, ["Europe", "Asia Pacific"]),
        ]
        try await users.change(people[.helena]!, UserChange(team: sales))
        for (name, manager, territories) in regions {
            let region = try await teams.create(
                NewTeam(name: name, parent: sales, manager: people[manager])
            ).id
            try await users.change(people[manager]!, UserChange(team: region))
            for territory in territories {
                let team = try await teams.create(NewTeam(name: territory, parent: region)).id
                made[territory] = team
                for seller in DemoPerson.sellers(in: territory) {
                    let new = NewUser(
                        email: seller.email, name: seller.name, role: .salesperson,
                        passwordHash: hash, team: team, territory: territory)
                    people[seller] = try await users.create(new).id
                }
            }
        }
        return made
    }

    private func assign(_ teams: [String: ID<Team>], _ scope: Scope) async throws {
        func team(_ name: String) -> AssignmentRule.Target { .team(teams[name]!) }
        try await Assignment(scope).replace(with: [
            AssignmentRule(
                name: "Large deals in Europe", territory: "Europe", valueMin: 40_000_00,
                target: .user(people[.lena]!)),
            AssignmentRule(
                name: "Partner leads in North America", source: "partner",
                territory: "North America", target: .user(people[.sofia]!)),
            AssignmentRule(
                name: "North America", territory: "North America", target: team("North America")),
            AssignmentRule(name: "Europe", territory: "Europe", target: team("Europe")),
            AssignmentRule(
                name: "Asia Pacific", territory: "Asia Pacific", target: team("Asia Pacific")),
            AssignmentRule(name: "Fallback", target: team("Sales"), isFallback: true),
        ])
    }

    private mutating func open(_ scope: Scope) async throws {
        _ = try await CustomFields(scope).replace(with: [
            CustomField(
                key: "industry", label: "Industry", kind: .choice, choices: Industry.all.map(\.name)
            ),
            CustomField(key: "erp", label: "ERP", kind: .choice, choices: Prospect.erps),
        ])
        let site = "https://www.vantage-retail.example"
        for form in [
            Form(
                named: "Contact page", origins: [site],
                thankYou: "Thank you. Somebody who knows your region calls you back."),
            Form(named: "Webinar sign-up", product: "Field Sales", origins: [site]),
        ] {
            forms.append(try await Forms(scope).create(form).form)
        }
        facebookKey = try await APIKeys(scope).create(name: "Facebook lead ads").key.id
        partnerKey = try await APIKeys(scope).create(name: "Partner portal").key.id
    }
}

extension DemoPerson {
    var role: Role {
        switch self {
        case .asha: .companyAdmin
        case .helena: .executive
        case .daniel, .mei: .manager
        case .sofia, .jordan, .lena, .tomas, .vik, .aiko: .salesperson
        }
    }
}

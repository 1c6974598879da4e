import CRM
import Foundation
import Storage
import Tenancy
import Web

/// What rights cost: a company of a thousand people in six levels of teams, on a disk, and its
/// leads asked for by who sees all of them and by who sees some.
struct RightsCourse: Sendable {
    let directory: URL
    let leads: Int
    let seconds: Int

    static let names = ["rights"]

    private static let people = 1000
    private static let levels = 6
    /// Of the levels, from the top: one whose manager has teams above and below.
    private static let middle = 3
    /// Times that each asks for the lists, by turns of a second: a machine's speed drifts.
    private static let turns = 15
    private static let pages = 10
    private static let checks = 8000

    /// Who asks.
    private struct Staff: Sendable {
        let admin: Caller
        let manager: Caller
        let managerEmail: String
        /// A salesperson, and a lead of theirs.
        let owner: Caller
        let lead: ID<Lead>
        let slug: String
        /// How many people's leads the manager sees.
        let managed: Int
    }

    func run() async throws -> [Finding] {
        note("Making \(leads) leads of \(Self.people) people")
        let installation = try await Installation.open(
            Settings(dataDirectory: directory.path), log: quietLog)
        let staff = try await settle(in: installation)
        note("Measuring: rights")
        let findings = [
            try await lists(of: staff, in: installation),
            try await check(of: staff, in: installation),
            try await explanation(by: staff, in: installation),
        ]
        try await installation.close()
        return findings
    }
}

// The company.
extension RightsCourse {
    private static let email = BenchCompany.email
    private static let password = BenchCompany.password

    private func settle(in installation: Installation) async throws -> Staff {
        let made = try await createTenant(
            installation, name: "Bench", adminEmail: Self.email, adminPassword: Self.password)
        let admin = Caller(tenant: made.tenant, actor: .user(made.admin), role: .companyAdmin)
        let database = installation.database
        let (users, manager) = try await database.write(as: admin) { try await Self.hire(in: $0) }
        let stages = try await database.read(as: admin) { try await Stages($0).pipeline().stages }
        var own: ID<Lead>?
        for first in stride(from: 0, to: leads, by: 500) {
            let numbers = first..<min(first + 500, leads)
            let made = try await database.write(as: admin) { scope in
                try await Self.enter(numbers, of: users, stages, before: leads, in: scope)
            }
            own = own ?? made
        }
        guard let own else { throw Refusal("Ask for at least one lead.") }
        let managed = try await database.read(as: admin) { scope in
            Set(
                try await scope.tx.column(
                    Teams.managedUsers(of: manager, in: scope.tenant), as: ID<User>.self)
            ).count
        }
        let hash = try await Passwords().hash(Self.password, of: [Self.email])
        let email = try await database.write(as: admin) { scope in
            try await Users(scope).setPassword(manager, hash: hash)
            return try await Users(scope).find(manager).email
        }
        func caller(_ user: ID<User>, _ role: Role) -> Caller {
            Caller(tenant: made.tenant, actor: .user(user), role: role)
        }
        return Staff(
            admin: admin, manager: caller(manager, .manager), managerEmail: email,
            owner: caller(users[0], .salesperson), lead: own, slug: made.slug, managed: managed)
    }

    /// Each team has two below it and a manager; the others are spread over all of them.
    @Sendable private static func hire(
        in scope: Scope
    ) async throws -> (users: [ID<User>], manager: ID<User>) {
        var users: [ID<User>] = []
        func add(_ role: Role, _ team: ID<Team>?) async throws -> ID<User> {
            let number = users.count
            let new = NewUser(
                email: "person\(number)@bench.example", name: "Person \(number)", role: role,
                team: team)
            users.append(try await Users(scope).create(new).id)
            return users[number]
        }
        // The first owns the first lead.
        _ = try await add(.salesperson, nil)
        var (all, above): ([ID<Team>], [ID<Team>]) = ([], [])
        var middle: ID<User>?
        for level in 0..<levels {
            var teams: [ID<Team>] = []
            for number in 0..<(1 << level) {
                let manager = try await add(.manager, nil)
                if level == Self.middle { middle = middle ?? manager }
                let new = NewTeam(
                    name: "Team \(level)-\(number)", parent: level > 0 ? above[number / 2] : nil,
                    manager: manager)
                teams.append(try await Teams(scope).create(new).id)
            }
            (all, above) = (all + teams, teams)
        }
        while users.count < people { _ = try await add(.salesperson, all[users.count % all.count]) }
        guard let middle else { throw Refusal("There is no team in the middle.") }
        return (users, middle)
    }

    /// Returns the first lead of them. One in fifty is shared with a colleague.
    private static func enter(
        _ numbers: Range<Int>, of users: [ID<User>], _ stages: [Stage], before count: Int,
        in scope: Scope
    ) async throws -> ID<Lead>? {
        var first: ID<Lead>?
        for number in numbers {
            var draft = LeadDraft(source: "website", currency: "USD")
            draft.company = "Company \(number) Trading"
            draft.contactName = "Contact \(number)"
            try draft.setEmail("contact.\(number)@company\(number).example")
            draft.valueMinor = Int64(number % 997) * 10_000
            draft.owner = users[number * 7919 % users.count]
            let history = History(
                stage: stages[number % stages.count],
                createdAt: scope.now.adding(seconds: (number - count) * 260))
            let lead = try await Leads(scope).create(draft, history: history).id
            first = first ?? lead
            guard number % 50 == 0 else { continue }
            let holder = users[(number * 7919 + 1) % users.count]
            _ = try await Shares(scope).add(NewShare(.user(holder), as: .watcher), to: lead)
        }
        return first
    }
}

// The measures.
extension RightsCourse {
    private static let queries = [
        "sort=-created_at&limit=50",
        "filter%5Bstage%5D=connected&filter%5Bvalue_minor%5D%5Bgte%5D=100000&sort=-created_at"
            + "&limit=50",
        "filter%5Bstage%5D=connected&sort=next_follow_up_at&limit=50",
    ]

    /// The same pages of the same lists, by turns.
    private func lists(of staff: Staff, in installation: Installation) async throws -> Finding {
        let cursors = Cursors(key: try await installation.key("cursors"))
        var (all, some): ([String], [String]) = ([], [])
        for query in Self.queries {
            let database = installation.database
            all += try await paths(of: query, as: staff.admin, cursors, in: database)
            some += try await paths(of: query, as: staff.manager, cursors, in: database)
        }
        var turns: [(ratio: Double, all: Double, some: Double)] = []
        for _ in 0..<Self.turns {
            let ofAll = try await asked(all, by: Self.email, of: staff, for: 1, in: installation)
            let ofSome = try await asked(
                some, by: staff.managerEmail, of: staff, for: 1, in: installation)
            turns.append((ofSome.p99 / ofAll.p99, ofAll.p99, ofSome.p99))
        }
        let middle = turns.sorted { $0.ratio < $1.ratio }[turns.count / 2]
        return Finding(
            measure: "list of a manager in the middle, \(staff.managed) of \(Self.people) people",
            figure: figure(middle.ratio), goal: "p99 ≤ 1.5 × the admin's of the same list",
            isMet: middle.ratio <= 1.5,
            detail:
                "\(figure(middle.some, 2)) ms to \(figure(middle.all, 2)) ms, \(Self.pages) pages "
                + "each of \(Self.queries.count) lists, the middle of \(Self.turns) turns")
    }

    /// The first pages of a list.
    private func paths(
        of query: String, as caller: Caller, _ cursors: Cursors, in database: Database
    ) async throws -> [String] {
        var paths = ["/api/v1/leads?\(query)"]
        while paths.count < Self.pages {
            let last = String(paths[paths.count - 1].drop { $0 != "?" }.dropFirst())
            let page = try await database.read(as: caller) { scope in
                try await Leads(scope).page(ListRequest(Query(last), Leads.listing), cursors)
            }
            guard let next = page.next else { break }
            paths.append("/api/v1/leads?\(query)&cursor=\(next)")
        }
        return paths
    }

    /// Reads one lead: as who sees all, which asks for nothing but the id; and as its owner.
    private func check(of staff: Staff, in installation: Installation) async throws -> Finding {
        let database = installation.database
        var times: [[Double]] = [[], []]
        for _ in 0..<Self.checks {
            for (index, caller) in [staff.admin, staff.owner].enumerated() {
                let start = ContinuousClock.now
                _ = try await database.read(as: caller) { try await Leads($0).find(staff.lead) }
                times[index].append(start.secondsAgo * 1000)
            }
        }
        let middles = times.map { $0.sorted()[$0.count / 2] }
        let path = "/api/v1/leads/\(staff.lead)"
        let request = try await asked([path], by: Self.email, of: staff, in: installation)
        let share = max(0, middles[1] - middles[0]) / request.p50 * 100
        return Finding(
            measure: "the check's part of reading one lead", figure: "\(figure(share, 1)) %",
            goal: "< 5 % of the request", isMet: share < 5,
            detail: "\(figure(middles[1] * 1000, 0)) µs as its owner, "
                + "\(figure(middles[0] * 1000, 0)) µs without; a request takes "
                + "\(figure(request.p50 * 1000, 0)) µs")
    }

    private func explanation(
        by staff: Staff, in installation: Installation
    ) async throws -> Finding {
        let people = [staff.manager, staff.owner].compactMap(\.user)
        let paths = people.map {
            "/api/v1/access/explain?user=\($0)&subject=lead:\(staff.lead)&action=leads.edit"
        }
        let result = try await asked(paths, by: Self.email, of: staff, in: installation)
        return Finding(
            measure: "why somebody may, or may not", figure: "\(figure(result.p99, 1)) ms",
            goal: "p99 < 50 ms", isMet: result.p99 < 50, detail: "p50 \(figure(result.p50, 1)) ms")
    }

    /// One after the other, by somebody with a token.
    private func asked(
        _ paths: [String], by email: String, of staff: Staff, for seconds: Int? = nil,
        in installation: Installation
    ) async throws -> LoadTest.Result {
        var settings = Settings(dataDirectory: directory.path)
        settings.requestsAMinute = 1_000_000_000
        let product = try await Server(installation, settings)
        let tokens = try await product.authenticator.issueTokens(
            Credentials(tenant: staff.slug, email: email, password: Self.password),
            from: Origin(remote: "127.0.0.1"))
        let script = LoadTest.requests(
            paths, headers: ["Authorization": "Bearer \(tokens.accessToken)"])
        return try await serving(product.site.router()) { port in
            try LoadTest(
                port: port, script: script, connections: 1, threads: 1,
                seconds: seconds ?? self.seconds
            ).run()
        }
    }
}

import CRM
import Foundation
import Storage
import Tenancy
import Web

/// The company that the benchmarks run in, and how to come in.
struct BenchCompany: Sendable {
    let caller: Caller
    let slug: String
    let accessToken: String
    /// Of a browser.
    let session: String
    /// Of the browsers of those who see every lead.
    let watchers: [String]
    /// Some of its leads, from all over its history.
    let leads: [ID<Lead>]

    static let email = "ada@bench.example"
    static let password = "correct horse battery staple"

    var bearer: [String: String] { ["Authorization": "Bearer \(accessToken)"] }

    /// Makes a company of two teams, six salespeople, four executives and rules, with leads in
    /// every stage.
    static func make(in installation: Installation, leads count: Int) async throws -> BenchCompany {
        let made = try await createTenant(
            installation, name: "Bench", adminEmail: email, adminPassword: password)
        let caller = Caller(
            tenant: made.tenant, actor: .user(made.admin), role: .companyAdmin)
        let database = installation.database
        let executives = try await database.write(as: caller) { try await people(in: $0) }
        let stages = try await database.read(as: caller) { try await Stages($0).pipeline().stages }
        var ids: [ID<Lead>] = []
        for first in stride(from: 0, to: count, by: 500) {
            let some = try await database.write(as: caller) { scope in
                var some: [ID<Lead>] = []
                for number in first..<min(first + 500, count) {
                    let moment = scope.now.adding(seconds: (number - count) * 260)
                    let history = History(
                        stage: stages[number % stages.count], createdAt: moment)
                    some.append(
                        try await Leads(scope).create(draft(number), history: history).id)
                }
                return some
            }
            ids += some.enumerated().filter { $0.offset % 25 == 0 }.map(\.element)
        }
        let authenticator = Authenticator(
            database: database, passwords: Passwords(), masterKeys: installation.masterKeys)
        let credentials = Credentials(tenant: made.slug, email: email, password: password)
        let tokens = try await authenticator.issueTokens(
            credentials, from: Origin(remote: "127.0.0.1"))
        var sessions: [String] = []
        for caller in [caller] + executives {
            let session = try await database.write(as: caller) { try await Sessions($0).start() }
            sessions.append(session.token)
        }
        return BenchCompany(
            caller: caller, slug: made.slug, accessToken: tokens.accessToken,
            session: sessions[0], watchers: sessions, leads: ids)
    }

    /// Returns the executives.
    @Sendable private static func people(in scope: Scope) async throws -> [Caller] {
        var teams: [ID<Team>] = []
        for name in ["East", "West"] {
            let team = try await Teams(scope).create(NewTeam(name: name)).id
            for number in 1...3 {
                _ = try await Users(scope).create(
                    NewUser(
                        email: "\(name.lowercased())\(number)@bench.example",
                        name: "\(name) \(number)", role: .salesperson, team: team))
            }
            teams.append(team)
        }
        let rules: JSON = [
            "rules": [
                [
                    "name": "Large ones", "when": ["value_min": 5_000_000],
                    "to": ["team": .string(teams[0].description)],
                ],
                [
                    "name": "The West", "when": ["territory": "West"],
                    "to": ["team": .string(teams[1].description)],
                ],
            ],
            "fallback": ["team": .string(teams[0].description)],
        ]
        try await Assignment(scope).replace(with: [AssignmentRule](Fields(rules)))
        var executives: [Caller] = []
        for number in 1...4 {
            let user = try await Users(scope).create(
                NewUser(
                    email: "chief\(number)@bench.example", name: "Chief \(number)",
                    role: .executive))
            executives.append(
                Caller(tenant: scope.tenant, actor: .user(user.id), role: user.role))
        }
        return executives
    }

    private static let territories = ["West", "East", "North", "South"]
    private static let sources = ["website", "facebook", "partner", "referral", "event"]

    private static func draft(_ number: Int) throws -> LeadDraft {
        var draft = LeadDraft(source: sources[number % sources.count], currency: "USD")
        draft.company = "Company \(number) Trading"
        draft.contactName = "Contact \(number)"
        try draft.setEmail("contact.\(number)@company\(number).example")
        draft.setPhone(phone(212, number), region: "US")
        draft.territory = territories[number % territories.count]
        draft.product = number % 2 == 0 ? "Point of sale" : "Warehouse"
        draft.valueMinor = Int64(number % 997) * 10_000
        draft.notes = "Met at the fair; wants to see how returns are handled."
        return draft
    }

    private static func phone(_ area: Int, _ number: Int) -> String {
        "+1 \(area) \(200 + number / 10_000) \(String(10_000 + number % 10_000).dropFirst())"
    }

    /// How the e-mails and phones of a sheet follow each other.
    enum RowOrder {
        case inOrder, shuffled
    }

    /// Writes a spreadsheet of leads that it does not have.
    static func write(rows: Int, _ order: RowOrder, to path: String) throws {
        var numbers = Array(0..<rows)
        if order == .shuffled {
            var dice = SplitMix64(seed: 5)
            numbers.shuffle(using: &dice)
        }
        var text = "Company,Contact,Email,Phone,Territory,Deal value,Notes\n"
        text.reserveCapacity(rows * 140)
        for (row, number) in numbers.enumerated() {
            text +=
                "Import \(row) Ltd,Person \(row),person.\(number)@import\(number % 5000).example,"
                + "\(phone(312, number)),\(territories[row % 4]),\(row % 997 * 100).50,"
                + "\"Called in spring, asked again\"\n"
        }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// The mapping of that sheet.
    static let mapping = """
        {"columns": {"Company": "company", "Contact": "contact_name", "Email": "email",
        "Phone": "phone", "Territory": "territory", "Deal value": "value", "Notes": "notes"}}
        """
}

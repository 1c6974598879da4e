import App
import DatabaseSupport
import Foundation
import Logging
import Spreadsheets
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

/// A real pipeline of 8,800 deals, out of a CSV file and out of a workbook, into two companies
/// that must agree. The data lies beside the repository and is not part of it.
@Suite(.enabled(if: Maven.isThere, "There is no shared/data/maven_crm beside the repository."))
struct MavenTests {
    @Test(arguments: EngineKind.allCases)
    func `a real pipeline comes in whole, from CSV and from a workbook alike`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let maven = Maven(world: world)
            let csv = try await maven.company("Maven CSV", from: "sales_pipeline.csv")
            let xlsx = try await maven.company(
                "Maven Workbook", from: "data_model.xlsx", sheet: "sales_pipeline")
            for tenant in [csv, xlsx] {
                try await maven.checkFacts(of: tenant)
            }
            let (one, other) = (try await maven.deals(of: csv), try await maven.deals(of: xlsx))
            #expect(one.count == 8800 - 500)
            #expect(zip(one, other).first { $0 != $1 } == nil)
            #expect(one.count == other.count)
        }
    }
}

struct Maven: Sendable {
    let world: World

    private static let folder = URL(filePath: #filePath)
        .appending(path: "../../../../shared/data/maven_crm").standardized

    static var isThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

    private static let mapping: JSON = [
        "columns": [
            "opportunity_id": "external_id", "sales_agent": "owner", "product": "product",
            "account": "company", "deal_stage": "stage", "engage_date": "created_at",
            "close_date": "closed_at", "close_value": "value",
        ],
        // The CSV file writes one product otherwise than the workbook does.
        "values": [
            "stage": ["Prospecting": "open", "Engaging": "connected"],
            "product": ["GTXPro": "GTX Pro"],
        ],
        "dates": "M/d/yyyy", "currency": "USD", "create_owners": true,
        "match": ["external_id"],
    ]

    /// A new company with the sales teams, and a file's deals.
    func company(
        _ name: String, from file: String, sheet: String? = nil
    ) async throws -> ID<Tenant> {
        let installation = world.server.installation
        let made = try await createTenant(
            installation, name: name, adminEmail: "admin@maven.example",
            adminPassword: "a password for tests")
        try await world.database.write(as: .system(made.tenant)) { try await enterTeams(in: $0) }
        var command = ImportCommand(
            world.database, world.server.installation.imports, log: Logger(label: "maven"),
            tenant: made.slug, file: Self.folder.appending(path: file).path)
        command.mapping = Self.mapping.text
        command.sheet = sheet
        let run = try await command.run { _ in }
        #expect(run.counts == Import.Counts(total: 8800, done: 8800, created: 8800))
        return made.tenant
    }

    /// Regional offices are teams with a team of each manager below; agents are their members.
    private func enterTeams(in scope: Scope) async throws {
        let path = Self.folder.appending(path: "sales_teams.csv").path
        var rows = try Spreadsheet(path: path).rows()
        _ = try rows.next()
        var regions: [String: ID<Team>] = [:]
        var teams: [String: ID<Team>] = [:]
        while let cells = try rows.next()?.cells.map(\.text) {
            let (agent, manager, region) = (cells[0], cells[1], cells[2])
            if regions[region] == nil {
                regions[region] = try await Teams(scope).create(NewTeam(name: region)).id
            }
            if teams[manager] == nil {
                let user = try await person(manager, .manager, nil, region, in: scope)
                let team = NewTeam(name: manager, parent: regions[region], manager: user)
                teams[manager] = try await Teams(scope).create(team).id
            }
            _ = try await person(agent, .salesperson, teams[manager], region, in: scope)
        }
    }

    private func person(
        _ name: String, _ role: Role, _ team: ID<Team>?, _ region: String, in scope: Scope
    ) async throws -> ID<User> {
        let local = name.lowercased().replacing(" ", with: ".")
        return try await Users(scope).create(
            NewUser(
                email: "\(local)@maven.example", name: name, role: role, team: team,
                territory: region)
        ).id
    }

    /// The facts that the data's own description gives.
    func checkFacts(of tenant: ID<Tenant>) async throws {
        try await world.database.read(as: .system(tenant)) { scope in
            let stages = try await scope.tx.rows(
                """
                SELECT stage, COUNT(*) FROM leads WHERE tenant_id = \(tenant) GROUP BY stage
                """
            ) { row in try (row.next(String.self), row.next(Int.self)) }
            #expect(
                Dictionary(uniqueKeysWithValues: stages)
                    == ["won": 4238, "lost": 2473, "connected": 1589, "open": 500])
            let (nameless, owners, won) = try #require(
                try await scope.tx.rows(
                    """
                    SELECT SUM(CASE WHEN company IS NULL THEN 1 ELSE 0 END),
                        COUNT(DISTINCT owner_id),
                        SUM(CASE WHEN stage = 'won' THEN value_minor ELSE 0 END)
                    FROM leads WHERE tenant_id = \(tenant)
                    """
                ) { row in
                    try (row.next(Int.self), row.next(Int.self), row.next(Int64.self))
                }.first)
            #expect(nameless == 1425)
            #expect(owners == 30)
            #expect(won == 1_000_553_400)
            let people = try await Users(scope).list()
            #expect(people.filter { $0.role == .salesperson }.count == 35)
            #expect(try await Inbox(scope).ledger().allSatisfy { $0.ledger.isBalanced })
            let customers: Int? = try await scope.tx.value(
                """
                SELECT COUNT(*) FROM customers WHERE tenant_id = \(tenant)
                """)
            #expect(customers == 4238)
        }
    }

    /// Every deal that the file dates, as one line each.
    func deals(of tenant: ID<Tenant>) async throws -> [String] {
        try await world.database.read(as: .system(tenant)) { scope in
            try await scope.tx.column(
                """
                SELECT l.external_id || '|' || COALESCE(l.company, '') || '|' || l.product || '|'
                    || l.stage || '|' || COALESCE(l.value_minor, 0) || '|' || l.currency || '|'
                    || u.name || '|' || l.created_at || '|' || COALESCE(l.closed_at, 0)
                FROM leads l JOIN users u ON u.tenant_id = l.tenant_id AND u.id = l.owner_id
                WHERE l.tenant_id = \(tenant) AND l.stage <> 'open'
                ORDER BY l.external_id
                """)
        }
    }
}

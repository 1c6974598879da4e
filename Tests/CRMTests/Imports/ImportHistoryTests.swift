import DatabaseSupport
import Foundation
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct ImportHistoryTests {
    static let mapping: JSON = [
        "columns": [
            "Company": "company", "Rep": "owner", "Stage": "stage", "Opened": "created_at",
            "Closed": "closed_at", "Why": "lost_reason",
        ],
        "values": ["stage": ["Engaging": "connected"]], "dates": "M/d/yyyy",
        "create_owners": true,
    ]

    @Test(arguments: EngineKind.allCases)
    func `history comes in as such: stages, days, owners, customers`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let run = try await desk.run(
                """
                Company,Rep,Stage,Opened,Closed,Why
                Cancity,Moses Frase,Won,10/20/2016,3/1/2017,
                Isdom,sam@vantage.example,lost,10/25/2016,,Went with a competitor
                Hatfan,MOSES  FRASE,Engaging,1/2/2017,,
                Plexzap,Sia,lost,1/2/2017,1/3/2017,Too late for us
                Golddex,,,,,
                """, as: world.ada, mapping: Self.mapping)
            #expect(run["created"] == 5, "\(run.text)")
            let leads = try await desk.leads(world.ada)
            let won = try #require(leads.first { $0["company"] == "Cancity" })
            #expect(won["stage"] == "won")
            #expect(won["created_at"] == "2016-10-20T00:00:00Z")
            #expect(won["closed_at"] == "2017-03-01T00:00:00Z")
            let lost = try #require(leads.first { $0["company"] == "Isdom" })
            #expect(lost["lost_reason"] == "competitor")
            #expect(lost["closed_at"] == "2016-10-25T00:00:00Z")
            #expect(lost["owner"]?.string == world.sam.id.description)
            let open = try #require(leads.first { $0["company"] == "Hatfan" })
            #expect(open["stage"] == "connected")
            #expect(open["owner"] == won["owner"])
            let late = try #require(leads.first { $0["company"] == "Plexzap" })
            #expect(late["lost_reason"] == "other")
            let plain = try #require(leads.first { $0["company"] == "Golddex" })
            #expect(plain["stage"] == "open")
            try await checkTraces(in: world)
        }
    }

    /// Customers, new people and the mark on every event.
    private func checkTraces(in world: World) async throws {
        try await world.asking(world.ada) { scope in
            let moses = try await Users(scope).list().filter { $0.name == "Moses Frase" }
            #expect(moses.map(\.email) == ["moses.frase@vantage-retail.invalid"])
            #expect(moses.first?.role == .salesperson)
            let customers: Int? = try await scope.tx.value(
                """
                SELECT COUNT(*) FROM customers WHERE tenant_id = \(scope.tenant)
                """)
            #expect(customers == 1)
            let told: Int? = try await scope.tx.value(
                """
                SELECT COUNT(*) FROM events
                WHERE tenant_id = \(scope.tenant) AND name LIKE 'lead.%' AND NOT imported
                """)
            #expect(told == 0)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what does not fit is rejected with the column's name`(on engine: EngineKind) async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            var mapping = Self.mapping
            if case .object(var members) = mapping {
                members["create_owners"] = false
                mapping = .object(members)
            }
            let run = try await desk.run(
                """
                Company,Rep,Stage,Opened,Closed,Why
                A,Nobody Known,,,,
                B,,Simmering,,,
                C,,,20/10/2016,,
                D,,Won,10/20/2016,3/1/2016,
                E,,,10/20/2036,,
                """, as: world.ada, mapping: mapping)
            #expect(run["rejected"] == 5)
            let details = try await desk.rows(run, as: world.ada).map { $0["detail"]?.string ?? "" }
            #expect(details[0].hasPrefix("The owner “Nobody Known” is nobody in your company."))
            #expect(details[1] == "The Stage “Simmering” is no stage of yours; map it to one.")
            #expect(details[2] == "The Opened “20/10/2016” is not a date like M/d/yyyy.")
            #expect(details[3] == "It was closed before it was created: look at both dates.")
            #expect(details[4] == "The date 2036-10-20 is in the future.")
        }
    }

    @Test(
        arguments: EngineKind.allCases,
        ["owner", "stage", "created_at", "closed_at", "lost_reason"])
    func `owners and history are for admins`(on engine: EngineKind, _ target: String) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            for person in [world.max, world.sam, world.eva] {
                let answer = try await desk.send(
                    "Company,X\nA,\n", as: person,
                    mapping: ["columns": ["Company": "company", "X": .string(target)]])
                #expect(answer.status == 403, "\(person.name)")
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `dates are recognised when the file leaves one way to read them`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let text = "Company,Created\nA,10/20/2016\nB,3/1/2017\n"
            let sent = try await desk.send(text, as: world.ada, dryRun: true)
            #expect(sent.json["mapping"]?["dates"] == "M/d/yyyy")
            let unclear = try await desk.run(
                "Company,Created\nA,3/1/2017\n", as: world.ada,
                mapping: ["columns": ["Company": "company", "Created": "created_at"]])
            #expect(unclear["rejected"] == 1)
        }
    }
}

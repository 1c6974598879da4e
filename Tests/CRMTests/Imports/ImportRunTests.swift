import DatabaseSupport
import Foundation
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct ImportRunTests {
    static let mapping: JSON = [
        "columns": [
            "Company": "company", "E-mail": "email", "Phone": "phone", "Worth": "value",
            "Id": "external_id",
        ]
    ]

    @Test(arguments: EngineKind.allCases)
    func `rows become leads, touches and rejections, and the ledger balances`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            _ = try await world.ada.lead(["company": "Old Mill", "email": "mill@old.example"])
            let run = try await desk.run(
                """
                Company,E-mail,Phone,Worth,Id
                Cancity,info@cancity.example,+1 415 555 0133,"1,054.50",A1
                Old Mill Ltd,MILL@old.example,,900,
                Isdom,sales(at)isdom,,12k,
                ,,,100,
                Cancity again,,(415) 555-0133,,
                """, as: world.ada, mapping: Self.mapping)
            #expect(run["state"] == "done")
            #expect(run["rows_total"] == 5)
            #expect(run["rows_done"] == 5)
            #expect(run["created"] == 1)
            #expect(run["merged"] == 2)
            #expect(run["rejected"] == 2)
            let leads = try await desk.leads(world.ada)
            #expect(leads.count == 2)
            let cancity = try #require(leads.first { $0["company"] == "Cancity" })
            #expect(cancity["value_minor"] == 105_450)
            #expect(cancity["phone"] == "+14155550133")
            #expect(cancity["source"] == "import")
            let ledger = try await desk.ledger(world.vantage)
            #expect(ledger == Ledger(received: 5, created: 1, merged: 2, refused: 2))
            #expect(ledger.isBalanced)
        }
    }

    @Test(arguments: EngineKind.allCases)

    func `each rejected row says which column is wrong, and the errors file keeps the columns`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let run = try await desk.run(
                "Company;E-mail;Worth;Remark\r\nIsdom;sales(at)isdom;12k;=SUM(A1)\r\n"
                    + "OK;;5;\r\nLong;;;a;b\r\n",
                as: world.ada,
                mapping: ["columns": ["Company": "company", "E-mail": "email", "Worth": "value"]])
            let rows = try await desk.rows(run, as: world.ada, "&filter[outcome]=rejected")
            #expect(rows.map { $0["number"] } == [2, 4])
            #expect(
                rows.first?["detail"]?.string
                    == "The E-mail “sales(at)isdom” is no e-mail address. "
                    + "The Worth “12k” is no amount.")
            #expect(rows.first?["title"] == "Isdom")
            let id = try #require(run["id"]?.string)
            let file = try await world.ada.get("/api/v1/imports/\(id)/errors.csv")
            #expect(file.status == 200)
            #expect(file.headers[.contentType] == "text/csv; charset=utf-8")
            let lines = file.text.split(separator: "\r\n").map(String.init)
            #expect(lines.count == 3)
            #expect(lines[0] == "Company;E-mail;Worth;Remark;error")
            #expect(lines[1].hasPrefix("Isdom;sales(at)isdom;12k;'=SUM(A1);The E-mail"))
            #expect(lines[2].hasPrefix("Long;;;a;b;"))
            let query = "&filter[subject]=\(id)"
            #expect(
                try await world.actions(world.ada, query)
                    == ["import.run", "import.ended", "export.run"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a dry run foretells what the run then does, and writes no lead`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            _ = try await world.ada.lead(["company": "Old Mill", "email": "mill@old.example"])
            let text = """
                Company,E-mail,Phone,Worth,Id
                Cancity,info@cancity.example,,1,A1
                Cancity,INFO@cancity.example,,1,A2
                Old Mill,mill@old.example,,1,
                Bad,nowhere,,1,
                """
            let sent = try await desk.send(
                text, as: world.ada, mapping: Self.mapping, dryRun: true)
            #expect(sent.status == 202)
            #expect(sent.json["state"] == "checking")
            let id = try #require(sent.json["id"]?.string)
            try await desk.work()
            let checked = try await world.ada.get("/api/v1/imports/\(id)").json
            #expect(checked["state"] == "checked")
            #expect(checked["created"] == 1)
            #expect(checked["merged"] == 2)
            #expect(checked["rejected"] == 1)
            #expect(try await desk.leads(world.ada).count == 1)
            #expect(try await desk.ledger(world.vantage).received == 0)
            let rows = try await desk.rows(checked, as: world.ada)
            #expect(rows.map { $0["outcome"] } == ["create", "duplicate", "update", "rejected"])
            #expect(rows[1]["detail"] == "Same e-mail as row 2.")
            #expect(rows[1]["contact"] == "info@cancity.example")

            let committed = try await world.ada.post("/api/v1/imports/\(id)/commit")
            #expect(committed.status == 202)
            #expect(committed.json["state"] == "waiting")
            try await desk.work()
            let done = try await world.ada.get("/api/v1/imports/\(id)").json
            #expect(done["state"] == "done")
            #expect(done["created"] == 1)
            #expect(done["merged"] == 2)
            #expect(done["rejected"] == 1)
            #expect(try await desk.rows(done, as: world.ada).count == 4)
            #expect(try await desk.leads(world.ada, "&filter[import]=\(id)").count == 2)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `only the keys of the mapping decide what is the same lead`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            var mapping = Self.mapping
            if case .object(var members) = mapping {
                members["match"] = ["external_id"]
                mapping = .object(members)
            }
            let run = try await desk.run(
                """
                Company,E-mail,Phone,Worth,Id
                Cancity,,,1,A1
                Cancity,,,2,A2
                Cancity,,,3,A1
                One,one@x.example,,1,A3
                Two,one@x.example,,1,A4
                """, as: world.ada, mapping: mapping)
            #expect(run["created"] == 3)
            #expect(run["merged"] == 1)
            #expect(run["rejected"] == 1)
            let rejected = try await desk.rows(run, as: world.ada, "&filter[outcome]=rejected")
            #expect(rejected.first?["number"] == 6)
            #expect(
                rejected.first?["detail"]?.string?.hasPrefix("Another lead has this e-mail") == true
            )
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the rules assign each lead, and turns go on after the import`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let team = try #require(world.teams["East"])
            try await world.asking(world.ada) { scope in
                try await Assignment(scope).replace(with: [
                    AssignmentRule(
                        id: ID(), name: "All", target: .team(team), isActive: true,
                        isFallback: false)
                ])
            }
            let names = (1...7).map { "Company \($0),,,,C\($0)" }.joined(separator: "\n")
            let run = try await desk.run(
                "Company,E-mail,Phone,Worth,Id\n\(names)", as: world.ada, mapping: Self.mapping)
            #expect(run["created"] == 7)
            let leads = try await desk.leads(world.ada).sorted {
                $0["external_id"]?.string ?? "" < $1["external_id"]?.string ?? ""
            }
            let owners = leads.map { $0["owner"]?.string ?? "none" }
            let members = [world.sam, world.sia, world.nik].map(\.id).sorted().map(\.description)
            #expect(owners == (0..<7).map { members[$0 % 3] })
            let next = try await world.ada.post("/api/v1/leads", ["company": "By hand"])
            #expect(next.json["owner"]?.string == members[1])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a salesperson keeps what they import`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let run = try await desk.run(
                "Company,E-mail\nCancity,a@cancity.example\n", as: world.sam,
                mapping: ["columns": ["Company": "company", "E-mail": "email"]])
            #expect(run["created"] == 1)
            #expect(
                try await desk.leads(world.sam).first?["owner"]?.string == world.sam.id.description)
        }
    }
}

import DatabaseSupport
import Foundation
import Spreadsheets
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct ImportUpdateTests {
    private static let mapping: JSON = [
        "columns": [
            "Company": "company", "Id": "external_id", "Mail": "email", "Product": "product",
            "Value": "value", "Tags": "tags",
        ],
        "on_match": "update", "match": ["external_id"],
    ]

    private static let first = """
        Company,Id,Mail,Product,Value,Tags
        Acme,A,ann@acme.example,Basic,100,old
        Bolt,B,,,,
        """
    private static let second = """
        Company,Id,Mail,Product,Value,Tags
        Acme Ltd,A,,Pro,250,new
        Bolt,B,,,,
        Coil,C,,,,
        Dune,D,ann@acme.example,,,
        """

    @Test(arguments: EngineKind.allCases)
    func `a dry run says what would change, field by field, and the run does just that`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            _ = try await desk.run(Self.first, as: world.ada, mapping: Self.mapping)
            let sent = try await desk.send(
                Self.second, as: world.ada, mapping: Self.mapping, dryRun: true)
            try await desk.work()
            let id = try #require(sent.json["id"]?.string)
            let checked = try await world.ada.get("/api/v1/imports/\(id)").json
            let foretold = try await desk.rows(checked, as: world.ada)
            #expect(
                foretold.map { $0["outcome"] } == ["update", "duplicate", "create", "rejected"])
            #expect(
                foretold[0]["changes"] == [
                    "company": ["Acme", "Acme Ltd"], "product": ["Basic", "Pro"],
                    "tags": [#"["old"]"#, #"["old","new"]"#], "value_minor": [10_000, 25_000],
                ])
            #expect(
                foretold[3]["detail"]?.string?.hasPrefix("Another lead has this e-mail") == true)
            #expect(checked["updated"] == 1 && checked["merged"] == 2 && checked["created"] == 1)

            _ = try await world.ada.post("/api/v1/imports/\(id)/commit", [:])
            try await desk.work()
            let run = try await world.ada.get("/api/v1/imports/\(id)").json
            #expect(run["updated"] == 1 && run["merged"] == 2 && run["created"] == 1)
            #expect(run["rejected"] == 1 && run["state"] == "done")
            let rows = try await desk.rows(run, as: world.ada)
            #expect(rows.map { $0["outcome"] } == foretold.map { $0["outcome"] })
            #expect(rows[0]["changes"] == foretold[0]["changes"])
            let acme = try await desk.leads(world.ada).first { $0["external_id"] == "A" }
            #expect(acme?["company"] == "Acme Ltd" && acme?["email"] == "ann@acme.example")
            #expect(acme?["value_minor"] == 25_000 && acme?["touches"] == 1)
            #expect(try await desk.ledger(world.vantage).isBalanced)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `nobody changes a colleague's lead by a file`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let file = "Company,Id\nSara's,S\n"
            _ = try await desk.run(
                file, as: world.sam,
                mapping: ["columns": ["Company": "company", "Id": "external_id"]])
            let run = try await desk.run(
                "Company,Id\nStolen,S\n", as: world.sia,
                mapping: [
                    "columns": ["Company": "company", "Id": "external_id"], "on_match": "update",
                ])
            #expect(run["rejected"] == 1)
            let rows = try await desk.rows(run, as: world.sia)
            #expect(rows[0]["detail"] == "This is a colleague's lead: you may not change it.")
            #expect(try await desk.leads(world.sam).map { $0["company"] } == ["Sara's"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a row that is skipped leaves its lead as it is`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            _ = try await desk.run(Self.first, as: world.ada, mapping: Self.mapping)
            let before = try await desk.leads(world.ada)
            let run = try await desk.run(
                Self.first.replacing("Basic", with: "Pro"), as: world.ada,
                mapping: ["columns": Self.mapping["columns"] ?? [:], "on_match": "skip"])
            #expect(run["merged"] == 2 && run["updated"] == 0)
            #expect(try await desk.leads(world.ada) == before)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a hundred rows of one phone are one lead that was touched a hundred times`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let rows = (1...1200).map { "Company \($0),+1 202 555 0143\n" }.joined()
            let run = try await desk.run(
                "Company,Phone\n" + rows, as: world.ada,
                mapping: ["columns": ["Company": "company", "Phone": "phone"]])
            #expect(run["created"] == 1 && run["merged"] == 1199)
            let leads = try await desk.leads(world.ada)
            #expect(leads.count == 1 && leads[0]["touches"] == 1200 && leads[0]["version"] == 1200)
            let events = try await world.database.read { tx in
                try await tx.value(
                    "SELECT COUNT(*) FROM events WHERE name = 'lead.touched'", as: Int.self)
            }
            #expect(events == 1199)
            #expect(
                try await desk.ledger(world.vantage)
                    == Ledger(received: 1200, created: 1, merged: 1199))
        }
    }
}

@Suite struct ImportFormatTests {
    @Test(arguments: [
        (
            "json",
            #"[{"Company": "Acme", "Mail": "no"}, {"Company": "Bolt", "Mail": "b@b.example"}]"#
        ),
        (
            "xml",
            "<r><l><Company>Acme</Company><Mail>no</Mail></l><l><Company>Bolt</Company></l></r>"
        ),
        ("csv", "Company;Mail\nAcme;no\nBolt;b@b.example\n"),
    ])
    func `rejected rows come back in the format of the file, and can be imported again`(
        format: String, file: String
    ) async throws {
        try await World.with(.sqlite) { world in
            let desk = ImportDesk(world: world)
            let mapping: JSON = ["columns": ["Company": "company", "Mail": "email"]]
            let run = try await desk.run(file, as: world.ada, mapping: mapping)
            #expect(run["format"]?.string == format && run["created"] == 1 && run["rejected"] == 1)
            let id = try #require(run["id"]?.string)
            let errors = try await world.ada.get("/api/v1/imports/\(id)/errors.\(format)")
            #expect(errors.status == 200)
            #expect(errors.text.contains("“no” is no e-mail address"))
            let corrected = errors.text.replacing(">no<", with: ">a@a.example<")
                .replacing("\"no\"", with: "\"a@a.example\"").replacing(
                    ";no;", with: ";a@a.example;")
            let again = try await desk.run(corrected, as: world.ada, mapping: mapping)
            #expect(again["created"] == 1 && again["rejected"] == 0)
        }
    }

    @Test func `a workbook's rejected rows are a workbook, and any format can be asked for`()
        async throws
    {
        try await World.with(.sqlite) { world in
            let desk = ImportDesk(world: world)
            let run = try await desk.run(
                "Company,Mail\nAcme,no\n", as: world.ada,
                mapping: ["columns": ["Company": "company", "Mail": "email"]])
            let id = try #require(run["id"]?.string)
            let errors = try await world.ada.get("/api/v1/imports/\(id)/errors.xlsx")
            #expect(errors.status == 200)
            let path = try desk.files.uploadPath()
            defer { desk.files.remove(upload: path) }
            try Data(errors.bytes).write(to: URL(filePath: path))
            var rows = try Spreadsheet(path: path).rows()
            #expect(try rows.next()?.cells.map(\.text) == ["Company", "Mail", "error"])
            #expect(try rows.next()?.cells.first?.text == "Acme")
        }
    }

    @Test(arguments: ["csv", "xlsx", "json", "xml"])
    func `a template has the company's fields, and is imported as it is`(format: String)
        async throws
    {
        try await World.with(.sqlite) { world in
            let desk = ImportDesk(world: world)
            _ = try await world.ada.put(
                "/api/v1/custom-fields",
                ["fields": [["key": "erp", "label": "ERP", "type": "text"]]])
            let template = try await world.ada.get("/api/v1/imports/template.\(format)")
            #expect(template.status == 200)
            let sent = try await desk.send(template.bytes, as: world.ada)
            try await desk.work()
            let run = try await world.ada.get(
                "/api/v1/imports/\(sent.json["id"]?.string ?? "")"
            ).json
            let columns = run["columns"]?.array ?? []
            #expect(columns.allSatisfy { $0["suggestion"] != .null })
            #expect(run["state"] == "checked")
            #expect(
                try await world.sam.get("/api/v1/imports/template.csv").text.contains("Owner")
                    == false)
        }
    }

    @Test func `a saved mapping is used for files with its columns`() async throws {
        try await World.with(.sqlite) { world in
            let desk = ImportDesk(world: world)
            let mapping: JSON = ["columns": ["Kunde": "company", "Nr": "external_id"]]
            let saved = try await world.ada.post(
                "/api/v1/import-mappings", ["name": "Fair", "mapping": mapping])
            #expect(saved.status == 201)
            let twice = try await world.ada.post(
                "/api/v1/import-mappings", ["name": "Fair", "mapping": mapping])
            #expect(twice.status == 422)
            let sent = try await desk.send("Kunde,Nr,X\nAcme,1,2\n", as: world.sam)
            #expect(sent.json["mapping"]?["columns"] == mapping["columns"])
            let other = try await desk.send("Kunde,X\nAcme,1\n", as: world.sam)
            #expect(other.json["mapping"]?["columns"] == [:])
            let id = try #require(saved.json["id"]?.string)
            let stale = try await world.ada.patch(
                "/api/v1/import-mappings/\(id)", ["name": "Messe"], version: 7)
            #expect(stale.status == 412)
            let renamed = try await world.ada.patch(
                "/api/v1/import-mappings/\(id)", ["name": "Messe"], version: 1)
            #expect(renamed.json["name"] == "Messe" && renamed.json["version"] == 2)
            #expect(try await world.ada.delete("/api/v1/import-mappings/\(id)").status == 204)
            #expect(try await world.ada.get("/api/v1/import-mappings").data.isEmpty)
        }
    }

    @Test func `headers are known in spite of slips, and by the words in them`() {
        let targets = Suggestions.targets(
            [
                "Compnay", "E-mial", "Customer phone number (mobile)", "Adress", "Lead ownr",
                "Email of company", "Xyz",
            ], custom: [], withHistory: true)
        #expect(
            targets == [
                "Compnay": .field(.company), "E-mial": .field(.email),
                "Customer phone number (mobile)": .field(.phone), "Lead ownr": .field(.owner),
            ])
    }
}

import DatabaseSupport
import Foundation
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

/// What the door refuses, and who may come through.
@Suite struct ImportDoorTests {
    static let mapping: JSON = ["columns": ["Company": "company"]]

    @Test(
        arguments: EngineKind.allCases,
        [
            ("%PDF-1.7 ...", "PDF"), ("", "empty"), ("Company\n", "no rows"),
            ("Company,Note\nA,\"open\n", "quote"), ("<html><body>", "."),
            ("PK\u{3}\u{4}junk", "damaged"),
        ])
    func `a file nobody can read is told so at once`(
        on engine: EngineKind, _ given: (String, String)
    ) async throws {
        let (text, word) = given
        try await World.with(engine) { world in
            let answer = try await ImportDesk(world: world).send(text, as: world.ada, dryRun: true)
            #expect(answer.status == 422)
            #expect(answer.faults == ["file"])
            #expect(answer.json["detail"]?.string?.contains(word) == true, "\(answer.text)")
            #expect(try await world.ada.get("/api/v1/imports").data.isEmpty)
            let left = try FileManager.default.contentsOfDirectory(
                atPath: world.directory.appending(path: "scratch").path)
            #expect(left.isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a zip bomb is refused`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let bomb = try ZipBomb.workbook()
            let answer = try await ImportDesk(world: world).send(
                bomb, as: world.ada, name: "b.xlsx", dryRun: true)
            #expect(answer.status == 422)
            #expect(
                answer.json["detail"]?.string?.contains("out of proportion") == true,
                "\(answer.text)")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `Windows-1252 and ragged rows are read`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let bytes = Array("Company;City\nM".utf8) + [0xFC] + Array("ller;K\nShort\n".utf8)
            let sent = try await desk.send(
                bytes, as: world.ada, mapping: Self.mapping, dryRun: false)
            #expect(sent.status == 202, "\(sent.text)")
            try await desk.work()
            let names = try await desk.leads(world.ada).compactMap { $0["company"]?.string }
            #expect(Set(names) == ["Müller", "Short"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `every part that is wrong is named`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let answer = try await desk.send(
                "Company\nA\n", as: world.ada,
                mapping: ["columns": ["Firm": "company", "Company": "custom.none"]], dryRun: true)
            #expect(answer.status == 422)
            #expect(Set(answer.faults) == ["mapping.columns.Firm", "mapping.columns.Company"])
            var form = FormBody()
            form.field("mapping", "{")
            form.field("dry_run", "perhaps")
            form.field("colour", "red")
            let parts = try await world.ada.browser.send(
                .post, "/api/v1/imports", bytes: form.finished,
                headers: [.contentType: FormBody.type])
            #expect(parts.status == 422)
            #expect(Set(parts.faults) == ["mapping", "dry_run", "colour", "file"])
            let sheet = try await desk.send("Company\nA\n", as: world.ada, sheet: "Two")
            #expect(sheet.faults == ["sheet"])
        }
    }

    @Test(
        arguments: EngineKind.allCases,
        [
            ("application/json", "{}", 415), ("multipart/form-data", "x", 415),
            ("multipart/form-data; boundary=b", "--b\r\nnothing", 400),
            ("multipart/form-data; boundary=b", "--b\r\nA: b\r\n\r\n\r\n--b--", 400),
            (
                "multipart/form-data; boundary=b",
                "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nCompany",
                400
            ),
        ])
    func `a body that is no form is refused`(on engine: EngineKind, _ given: (String, String, Int))
        async throws
    {
        let (type, body, status) = given
        try await World.with(engine) { world in
            let answer = try await world.ada.browser.send(
                .post, "/api/v1/imports", bytes: Array(body.utf8), headers: [.contentType: type])
            #expect(answer.status == status, "\(answer.text)")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `people see their own imports, who reaches all leads sees all, strangers none`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let sent = try await desk.send(
                "Company\nA\n", as: world.sam, mapping: Self.mapping, dryRun: true)
            let id = try #require(sent.json["id"]?.string)
            for path in ["", "/rows", "/errors.csv"] {
                let url = "/api/v1/imports/\(id)\(path)"
                #expect(try await world.sam.get(url).status == 200)
                #expect(try await world.ada.get(url).status == 200)
                #expect(try await world.sia.get(url).status == 404)
                #expect(try await world.eve.get(url).status == 404)
            }
            for action in ["commit", "cancellation"] {
                let url = "/api/v1/imports/\(id)/\(action)"
                #expect(try await world.eve.post(url).status == 404)
            }
            let check = try await world.eve.post(
                "/api/v1/imports/\(id)/check", ["mapping": Self.mapping])
            #expect(check.status == 404)
            #expect(try await world.sia.get("/api/v1/imports").data.isEmpty)
            #expect(try await world.pat.get("/api/v1/imports").status == 403)
            #expect(
                try await desk.send("Company\nA\n", as: world.pat, dryRun: true).status == 403)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a row that joins a colleague's lead tells nothing of it`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            _ = try await world.ada.lead(
                [
                    "company": "Secret Works", "email": "boss@secret.example",
                    "phone": "+14155550133",
                ])
            let run = try await desk.run(
                "Tel\n+1 415 555 0133\n", as: world.sam, mapping: ["columns": ["Tel": "phone"]])
            #expect(run["merged"] == 1)
            let row = try #require(try await desk.rows(run, as: world.sam).first)
            #expect(row["title"] == "A colleague's lead")
            #expect(row["contact"] == "")
            let seen = try #require(try await desk.rows(run, as: world.ada).first)
            #expect(seen["title"] == "Secret Works")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a cell that is far too long is refused and shown cut`(on engine: EngineKind) async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let long = String(repeating: "x", count: 20_000)
            let run = try await desk.run(
                "Company\n\(long)\n", as: world.ada, mapping: Self.mapping)
            let row = try #require(try await desk.rows(run, as: world.ada).first)
            #expect(row["detail"] == "The Company has at most 200 characters, not 20000.")
            #expect(row["title"]?.string?.count == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the same key takes a file once`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            var form = FormBody()
            form.file("file", "a.csv", Array("Company\nA\n".utf8))
            let key = try #require(HTTPField.Name("Idempotency-Key"))
            let headers: HTTPFields = [.contentType: FormBody.type, key: "one"]
            let first = try await world.ada.browser.send(
                .post, "/api/v1/imports", bytes: form.finished, headers: headers)
            let second = try await world.ada.browser.send(
                .post, "/api/v1/imports", bytes: form.finished, headers: headers)
            #expect(first.status == 202)
            #expect(second.json["id"] == first.json["id"])
            #expect(try await world.ada.get("/api/v1/imports").data.count == 1)
            let kept = try FileManager.default.contentsOfDirectory(
                atPath: world.directory.appending(path: "files/imports/\(world.vantage)").path)
            #expect(kept.count == 2)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the pages show each step`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let sent = try await desk.send(
                "Company,Stage\nA <b>,won\nB,Odd\n", as: world.ada, dryRun: true)
            let id = try #require(sent.json["id"]?.string)
            let list = try await world.ada.page("/import")
            #expect(list.status == 200)
            #expect(list.text.contains("/import/\(id)"))
            let map = try await world.ada.page("/import/\(id)", fragment: true)
            #expect(map.text.contains("id=\"mapping\""))
            #expect(map.text.contains("A &lt;b&gt;"))
            try await desk.work()
            let check = try await world.ada.page("/import/\(id)?step=check&outcome=rejected")
            #expect(check.text.contains("“Odd” is no stage of yours"))
            _ = try await world.ada.post("/api/v1/imports/\(id)/commit")
            #expect(try await world.ada.page("/import/\(id)").text.contains("Waiting for its turn"))
            try await desk.work()
            let done = try await world.ada.page("/import/\(id)")
            #expect(done.text.contains("/leads?filter%5Bimport%5D=\(id)"))
            #expect(done.text.contains("/api/v1/imports/\(id)/errors.csv"))
            #expect(try await world.eve.page("/import/\(id)").status == 404)
            #expect(try await world.pat.page("/import").status == 403)
        }
    }
}

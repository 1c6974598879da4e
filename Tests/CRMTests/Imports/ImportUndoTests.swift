import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@testable import Background
@testable import CRM

@Suite struct ImportUndoTests {
    private static let mapping: JSON = [
        "columns": ["Company": "company", "Id": "external_id", "Product": "product"],
        "on_match": "update",
    ]

    private func undo(_ run: JSON, _ desk: ImportDesk, as person: Person) async throws -> JSON {
        let id = run["id"]?.string ?? ""
        let asked = try await person.post("/api/v1/imports/\(id)/undo", [:])
        guard asked.status == 202 else { throw UnexpectedSending(asked.text) }
        try await desk.work()
        return try await person.get("/api/v1/imports/\(id)").json
    }

    /// Ends the work after the next chunk, as if the process had been told to stop.
    private func cutOff(_ desk: ImportDesk) async throws {
        let job = try await desk.jobs()[0]
        let (chunks, chunk) = AsyncStream.makeStream(of: Int.self)
        let work = Task {
            defer { chunk.finish() }
            let runner = desk.runner { chunk.yield($0.counts.undone) }
            return try await runner.run(job.id, of: job.tenant)
        }
        for await _ in chunks { work.cancel() }
        #expect(try await work.value)
    }

    @Test(arguments: EngineKind.allCases)
    func `what it made goes, what it changed is as before, and the ledger balances`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            _ = try await desk.run(
                "Company,Id,Product\nAcme,A,Basic\n", as: world.ada, mapping: Self.mapping)
            let before = try await desk.leads(world.ada)
            let run = try await desk.run(
                "Company,Id,Product\nAcme Ltd,A,Pro\nBolt,B,\nBolt 2,B,Pro\nAcme Inc,A,\n",
                as: world.ada, mapping: Self.mapping)
            #expect(run["created"] == 1 && run["updated"] == 3)
            let undone = try await undo(run, desk, as: world.ada)
            #expect(undone["state"] == "undone" && undone["undone"] == 4 && undone["kept"] == 0)
            let after = try await desk.leads(world.ada)
            #expect(after.map { $0["company"] } == ["Acme"] && after[0]["product"] == "Basic")
            #expect(after[0]["id"] == before[0]["id"] && after[0]["touches"] == 1)
            #expect(
                try await desk.ledger(world.vantage)
                    == Ledger(received: 5, created: 1, refused: 4))
            let counted = try await world.ada.get("/api/v1/leads/count").json["count"]
            #expect(counted == 1)
            try await Books.check(world)
            let twice = try await world.ada.post(
                "/api/v1/imports/\(run["id"]?.string ?? "")/undo", [:])
            #expect(twice.status == 409)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who was changed or worked on since stays, and is named`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let run = try await desk.run(
                "Company,Id,Product\nAcme,A,Basic\nBolt,B,\nCoil,C,\nDune,D,\n", as: world.ada,
                mapping: Self.mapping)
            let leads = try await desk.leads(world.ada)
            func id(_ key: JSON) -> String {
                leads.first { $0["external_id"] == key }?["id"]?.string ?? ""
            }
            _ = try await world.ada.patch(
                "/api/v1/leads/\(id("A"))", ["product": "Pro"], version: 1)
            _ = try await world.ada.post(
                "/api/v1/leads/\(id("B"))/activities", ["kind": "note", "notes": "hello"])
            _ = try await world.ada.post("/api/v1/leads", ["company": "Coil", "external_id": "C"])
            let undone = try await undo(run, desk, as: world.ada)
            #expect(undone["undone"] == 1 && undone["kept"] == 3)
            let rows = try await desk.rows(undone, as: world.ada)
            let reasons = rows.map { $0["detail"]?.string ?? "" }
            #expect(reasons[0].hasPrefix("Not taken back: “Acme” was changed since, by Ada"))
            #expect(reasons[1].contains("“Bolt” was changed since"))
            #expect(reasons[2].contains("“Coil” was changed since"))
            #expect(reasons[3] == "Taken back with its import.")
            #expect(rows[3]["outcome"] == "undone")
            #expect(rows[0]["outcome"] != "rejected")
            let left = try await desk.leads(world.ada).compactMap { $0["company"]?.string }
            #expect(left.sorted() == ["Acme", "Bolt", "Coil"])
            #expect(try await desk.ledger(world.vantage).isBalanced)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `one that is cut off at any chunk goes on where it was, and comes to the same end`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let rows = (1...1700).map { "Company \($0),C\($0 % 900),P\($0)\n" }.joined()
            let run = try await desk.run(
                "Company,Id,Product\n" + rows, as: world.ada, mapping: Self.mapping)
            #expect(run["created"] == 900 && run["updated"] == 800)
            let id = run["id"]?.string ?? ""
            _ = try await world.ada.post("/api/v1/imports/\(id)/undo", [:])
            for _ in 1...2 {
                try await cutOff(desk)
                let half = try await world.ada.get("/api/v1/imports/\(id)").json
                #expect(half["state"] == "undoing")
                #expect(try await desk.ledger(world.vantage).isBalanced)
            }
            try await desk.work()
            let undone = try await world.ada.get("/api/v1/imports/\(id)").json
            #expect(undone["state"] == "undone" && undone["undone"] == 1700)
            #expect(undone["kept"] == 0)
            #expect(try await desk.leads(world.ada).isEmpty)
            #expect(
                try await desk.ledger(world.vantage) == Ledger(received: 1700, refused: 1700))
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an e-mail that somebody has by now is not given back`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let mapping: JSON = [
                "columns": ["Id": "external_id", "Mail": "email"], "on_match": "update",
            ]
            _ = try await desk.run("Id,Mail\nA,old@a.example\n", as: world.ada, mapping: mapping)
            let run = try await desk.run(
                "Id,Mail\nA,new@a.example\n", as: world.ada, mapping: mapping)
            _ = try await world.ada.post(
                "/api/v1/leads", ["company": "B", "email": "old@a.example"])
            let undone = try await undo(run, desk, as: world.ada)
            #expect(undone["kept"] == 1)
            let rows = try await desk.rows(undone, as: world.ada)
            #expect(
                rows[0]["detail"]
                    == "Not taken back: “B” has the e-mail by now that “new@a.example” had.")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an e-mail that a lead of the same import has goes back with it`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let mapping: JSON = [
                "columns": ["Id": "external_id", "Mail": "email"], "on_match": "update",
                "match": ["external_id"],
            ]
            _ = try await desk.run("Id,Mail\nA,old@a.example\n", as: world.ada, mapping: mapping)
            func others(_ numbers: ClosedRange<Int>) -> String {
                numbers.map { "C\($0),c\($0)@a.example\n" }.joined()
            }
            // In two chunks of the import, and in one of taking it back.
            let run = try await desk.run(
                "Id,Mail\n\(others(1...480))A,new@a.example\n\(others(481...510))B,old@a.example\n",
                as: world.ada, mapping: mapping)
            #expect(run["created"] == 511 && run["updated"] == 1)
            let undone = try await undo(run, desk, as: world.ada)
            #expect(undone["undone"] == 512 && undone["kept"] == 0)
            #expect(try await desk.leads(world.ada).map { $0["email"] } == ["old@a.example"])
            try await Books.check(world)
        }
    }

    @Test func `only who may, takes back what is over`() async throws {
        try await World.with(.sqlite) { world in
            let desk = ImportDesk(world: world)
            let sent = try await desk.send(
                "Company,Id,Product\nAcme,A,\n", as: world.sam, mapping: Self.mapping, dryRun: true)
            let id = sent.json["id"]?.string ?? ""
            let early = try await world.sam.post("/api/v1/imports/\(id)/undo", [:])
            #expect(early.status == 409)
            let foreign = try await world.sia.post("/api/v1/imports/\(id)/undo", [:])
            #expect(foreign.status == 404)
        }
    }
}

import App
import DatabaseSupport
import Foundation
import Logging
import Storage
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct ImportDurabilityTests {
    static let mapping: JSON = ["columns": ["Company": "company", "Id": "external_id"]]

    static func file(rows: Int) -> String {
        "Company,Id\n" + (1...rows).map { "Company \($0),C\($0)\n" }.joined()
    }

    @Test(arguments: EngineKind.allCases)
    func `two processes on one database take every row once`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let installation = try await Installation.open(
                world.settings, log: Logger(label: "second"))
            for _ in 1...3 {
                let sent = try await desk.send(
                    Self.file(rows: 1200), as: world.ada, mapping: Self.mapping)
                #expect(sent.status == 202)
            }
            async let one: Void = drain(desk.runner())
            async let two: Void = drain(desk.runner(on: installation.database))
            _ = try await (one, two)
            try await installation.close()
            let runs = try await world.ada.get("/api/v1/imports").data
            #expect(runs.allSatisfy { $0["state"] == "done" && $0["rows_done"] == 1200 })
            let created = runs.reduce(0) { $0 + ($1["created"]?.integer ?? 0) }
            #expect(created == 1200)
            let ledger = try await desk.ledger(world.vantage)
            #expect(ledger == Ledger(received: 3600, created: 1200, merged: 2400))
            let count = try await world.ada.get("/api/v1/leads/count").json["count"]
            #expect(count == 1200)
        }
    }

    private func drain(_ runner: ImportRunner) async throws {
        while try await runner.step() {}
    }

    @Test(arguments: EngineKind.allCases)
    func `an import that was cut off goes on behind its last chunk`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let sent = try await desk.send(
                Self.file(rows: 2300), as: world.ada, mapping: Self.mapping)
            let id = try #require(sent.json["id"]?.string.flatMap(ID<Import>.init))
            try await cutOff(id, desk)
            let half = try await world.ada.get("/api/v1/imports/\(id)").json
            #expect(half["state"] == "running")
            let done = try #require(half["rows_done"]?.integer)
            #expect(done > 0 && done < 2300 && done % 500 == 0)
            #expect(
                try await world.ada.get("/api/v1/leads/count").json["count"]?.integer == done)
            #expect(try await desk.ledger(world.vantage).isBalanced)

            try await desk.work()
            let run = try await world.ada.get("/api/v1/imports/\(id)").json
            #expect(run["state"] == "done")
            #expect(run["created"] == 2300)
            #expect(try await desk.ledger(world.vantage) == Ledger(received: 2300, created: 2300))
        }
    }

    /// Ends the work after its second chunk, as if the process had been told to stop.
    private func cutOff(_ id: ID<Import>, _ desk: ImportDesk) async throws {
        let lease = Lease(at: .now)
        let run = try #require(
            try await Import.take(id, with: lease, at: .now, in: desk.world.database))
        let (chunks, chunk) = AsyncStream.makeStream(of: Int.self)
        let work = Task {
            await desk.runner().work(on: run, under: lease) { chunk.yield($0.counts.done) }
            chunk.finish()
        }
        for await done in chunks where done >= 1000 { work.cancel() }
        await work.value
    }

    @Test(arguments: EngineKind.allCases)
    func `a chunk under a lost lease leaves nothing behind`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let sent = try await desk.send(
                Self.file(rows: 10), as: world.ada, mapping: Self.mapping)
            let id = try #require(sent.json["id"]?.string.flatMap(ID<Import>.init))
            let database = world.database
            let old = Lease(at: .now)
            let run = try #require(try await Import.take(id, with: old, at: .now, in: database))
            #expect(try await Import.take(id, with: Lease(at: .now), at: .now, in: database) == nil)
            let later = old.until.adding(seconds: 1)
            #expect(
                try await Import.take(id, with: Lease(at: later), at: later, in: database) != nil)

            let caller = run.caller(role: .companyAdmin)
            let ground = try await database.read(as: caller) { try await ImportGround(in: $0) }
            let chunk = try await desk.files.withLocalCopy(of: run) { path in
                let supply = RowSupply(
                    path, run, ground, recognised: nil, rowsPerChunk: 500,
                    now: { world.clock.now })
                return try #require(try await supply.next())
            }
            await #expect(throws: Lease.Lost.self) {
                try await database.write(as: caller) { scope in
                    try await Imports(scope).take(chunk, of: id, under: old)
                }
            }
            #expect(try await world.ada.get("/api/v1/leads/count").json["count"] == 0)
            #expect(try await desk.ledger(world.vantage).received == 0)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a stopped import stays as it was`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let sent = try await desk.send(
                Self.file(rows: 1200), as: world.ada, mapping: Self.mapping)
            let id = try #require(sent.json["id"]?.string)
            let stopped = try await world.ada.post("/api/v1/imports/\(id)/cancellation")
            #expect(stopped.status == 200)
            #expect(stopped.json["state"] == "cancelled")
            try await desk.work()
            #expect(try await world.ada.get("/api/v1/leads/count").json["count"] == 0)
            #expect(try await world.ada.post("/api/v1/imports/\(id)/cancellation").status == 200)
            #expect(try await world.ada.post("/api/v1/imports/\(id)/commit").status == 409)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `uploads that nobody finished are removed after a day`(on engine: EngineKind) async throws
    {
        try await World.with(engine) { world in
            let files = ImportDesk(world: world).files
            let paths = try [files.uploadPath(), files.uploadPath()]
            for path in paths {
                #expect(FileManager.default.createFile(atPath: path, contents: nil))
            }
            let old = Date(timeIntervalSinceNow: -2 * 86_400)
            try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: paths[0])
            try await files.removeLeftovers(at: .now)
            #expect(paths.map { FileManager.default.fileExists(atPath: $0) } == [false, true])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the worker is woken by a commit`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let runner = desk.runner()
            let work = Task { await runner.run() }
            let sent = try await desk.send(
                Self.file(rows: 3), as: world.ada, mapping: Self.mapping)
            let id = try #require(sent.json["id"]?.string)
            var state: JSON? = "waiting"
            let deadline = Instant.now.adding(seconds: 20)
            while state != "done", Instant.now < deadline {
                state = try await world.ada.get("/api/v1/imports/\(id)").json["state"]
                await Task.yield()
            }
            #expect(state == "done")
            work.cancel()
            await work.value
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the command line imports beside everything else`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let path = world.directory.appending(path: "in.csv").path
            try "Company,E-mail\nA,a@a.example\nB,nowhere\n".write(
                toFile: path, atomically: true, encoding: .utf8)
            let lines = Lines()
            let command = ImportCommand(
                world.database, desk.files, log: Logger(label: "command"), tenant: "vantage-retail",
                file: path)
            let run = try await command.run { lines.add($0) }
            #expect(run.state == .done)
            #expect(
                run.counts == Import.Counts(total: 2, done: 2, created: 1, merged: 0, rejected: 1))
            let said = lines.all
            #expect(said.contains("2 rows: 1 created, 0 merged, 1 rejected."))
            let errors = try #require(said.last?.split(separator: ": ").last.map(String.init))
            let text = try String(contentsOfFile: errors, encoding: .utf8)
            #expect(text.hasPrefix("Company,E-mail,error\r\nB,nowhere,"))
            await #expect(throws: Problem.self) {
                var other = command
                other.tenant = "nobody"
                try await other.run { _ in }
            }
        }
    }
}

/// What a command said.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

import App
import DatabaseSupport
import Foundation
import Logging
import Storage
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Background
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
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (one, two) = (desk.runner(), desk.runner(on: installation.database))
                group.addTask { await one.run() }
                group.addTask { await two.run() }
                try await desk.waitForAll()
                group.cancelAll()
            }
            try await installation.close()
            let runs = try await world.ada.get("/api/v1/imports").data
            #expect(runs.map { $0["state"] } == ["done", "done", "done"])
            #expect(runs.allSatisfy { $0["rows_done"] == 1200 })
            let created = runs.reduce(0) { $0 + ($1["created"]?.integer ?? 0) }
            #expect(created == 1200)
            let ledger = try await desk.ledger(world.vantage)
            #expect(ledger == Ledger(received: 3600, created: 1200, merged: 2400))
            let count = try await world.ada.get("/api/v1/leads/count").json["count"]
            #expect(count == 1200)
        }
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
            try await cutOff(desk)
            let half = try await world.ada.get("/api/v1/imports/\(id)").json
            #expect(half["state"] == "running")
            let done = try #require(half["rows_done"]?.integer)
            #expect(done > 0 && done < 2300 && done % 500 == 0)
            #expect(
                try await world.ada.get("/api/v1/leads/count").json["count"]?.integer == done)
            #expect(try await desk.ledger(world.vantage).isBalanced)
            // It was given back, which is no failure, however often.
            let job = try await desk.jobs()[0]
            #expect(job.state == .waiting && job.failures == 0)

            try await desk.work()
            let run = try await world.ada.get("/api/v1/imports/\(id)").json
            #expect(run["state"] == "done")
            #expect(run["created"] == 2300)
            #expect(try await desk.ledger(world.vantage) == Ledger(received: 2300, created: 2300))
        }
    }

    /// Ends the work after its second chunk, as if the process had been told to stop.
    private func cutOff(_ desk: ImportDesk) async throws {
        let job = try await desk.jobs()[0]
        let (chunks, chunk) = AsyncStream.makeStream(of: Int.self)
        let work = Task {
            defer { chunk.finish() }
            let runner = desk.runner { chunk.yield($0.counts.done) }
            return try await runner.run(job.id, of: job.tenant)
        }
        for await done in chunks where done >= 1000 { work.cancel() }
        #expect(try await work.value)
    }

    @Test(arguments: EngineKind.allCases)
    func `a chunk of a job that another worker has leaves nothing behind`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let sent = try await desk.send(
                Self.file(rows: 10), as: world.ada, mapping: Self.mapping)
            let id = try #require(sent.json["id"]?.string.flatMap(ID<Import>.init))
            let database = world.database
            let waiting = try await desk.jobs()[0]
            let slow = try #require(try await desk.take(waiting, leaseSeconds: 0))
            let fast = try #require(try await desk.take(waiting, leaseSeconds: 60))
            #expect(try await desk.take(waiting, leaseSeconds: 60) == nil)
            #expect(fast.claims == 2)

            let run = try await database.read(as: .system(world.vantage)) {
                try await Imports($0).find(id)
            }
            let caller = run.keeper
            let ground = try await database.read(as: caller) { try await ImportGround(in: $0) }
            let chunk = try await desk.files.withLocalCopy(of: run) { path in
                let supply = RowSupply(
                    path, run, ground, recognised: nil, rowsPerChunk: 500,
                    now: { world.clock.now })
                return try #require(try await supply.next())
            }
            let late = JobRun(slow, database) { world.clock.now }
            await #expect(throws: LeaseLost.self) {
                try await late.write(as: caller, isolation: .readCommitted) { scope in
                    try await Imports(scope).take(chunk, of: id, in: slow.id)
                }
            }
            #expect(try await world.ada.get("/api/v1/leads/count").json["count"] == 0)
            #expect(try await desk.ledger(world.vantage).received == 0)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who commits an import while its dry run goes on takes the dry run back`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let sent = try await desk.send(Self.file(rows: 1200), as: world.ada)
            let id = try #require(sent.json["id"]?.string.flatMap(ID<Import>.init))
            let waiting = try await desk.jobs()[0]
            let check = try #require(try await desk.take(waiting, leaseSeconds: 60))
            let dryRun = JobRun(check, world.database) { world.clock.now }
            let begun = try await dryRun.write { try await Imports($0).begin(id, in: check.id) }
            #expect(begun.state == .checking)
            let committed = try await world.ada.post(
                "/api/v1/imports/\(id)/commit", ["mapping": Self.mapping])
            #expect(committed.status == 202)
            await #expect(throws: LeaseLost.self) { try await dryRun.write { _ in } }
            await #expect(throws: LeaseLost.self) {
                try await world.asking(world.ada) {
                    try await Imports($0).finish(id, in: check.id)
                }
            }
            let jobs = try await desk.jobs()
            #expect(jobs.count == 1 && jobs[0].id != check.id)
            try await desk.work()
            let run = try await world.ada.get("/api/v1/imports/\(id)").json
            #expect(run["state"] == "done" && run["created"] == 1200)
            #expect(try await desk.jobs().isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `imports that were under way before an update have a job after it`(
        on engine: EngineKind
    ) async throws {
        let (tenant, ids) = (UUIDv7.next(), [UUIDv7.next(), UUIDv7.next()])
        try await engine.updating(past: "0005") { database in
            try await database.write { tx in
                try await tx.execute(
                    """
                    INSERT INTO tenants (id, slug, name, created_at) VALUES (\(tenant), 'a', 'A', 1)
                    """)
                for (id, state) in zip(ids, ["running", "done"]) {
                    try await tx.execute(
                        """
                        INSERT INTO imports (tenant_id, id, file_name, file, format, mapping, state,
                            lease_token, lease_until, created_at)
                        VALUES (\(tenant), \(id), 'a.csv', 'a', 'csv', '{}', \(state),
                            \(UUIDv7.next()), 5, 5)
                        """)
                }
            }
        } _: { database in
            let jobs: [StoredJob] = try await database.read { tx in
                try await tx.all("SELECT \(StoredJob.columns) FROM jobs j")
            }
            #expect(jobs.map(\.id.uuid) == [ids[0]])
            #expect(jobs.map(\.state) == [.waiting] && jobs.map(\.kind) == [RunImport.kind.name])
            let payload = try JSONDecoder().decode(
                RunImport.self, from: Data((jobs.first?.payload ?? "").utf8))
            #expect(payload.run.uuid == ids[0])
            let named = try await database.read { tx in
                try await tx.rows("SELECT job_id FROM imports ORDER BY state DESC") { row in
                    try row.next(UUID?.self)
                }
            }
            #expect(named == [ids[0], nil])
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
            #expect(try await desk.jobs().isEmpty)
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
            try await desk.waitForAll()
            #expect(try await world.ada.get("/api/v1/imports/\(id)").json["state"] == "done")
            work.cancel()
            await work.value
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the command line follows what a server has taken, and does it when that stops`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let path = world.directory.appending(path: "in.csv").path
            try Self.file(rows: 1200).write(toFile: path, atomically: true, encoding: .utf8)
            let server = Task { await desk.runner().run() }
            let command = ImportCommand(
                world.database, desk.files, log: Logger(label: "command"), tenant: "vantage-retail",
                file: path)
            async let run = command.run { _ in }
            while try await desk.jobs().allSatisfy({ $0.state == .waiting }) { await Task.yield() }
            server.cancel()
            #expect(try await run.counts.created == 1200)
            await server.value
            #expect(try await desk.ledger(world.vantage).isBalanced)
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

import Background
import DatabaseSupport
import Files
import Foundation
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct FileRemovalTests {
    private static let file = "Company,E-mail\nA,a@a.example\nB,nowhere\n"
    private static let mapping: JSON = ["columns": ["Company": "company", "E-mail": "email"]]

    @Test(arguments: EngineKind.allCases)
    func `files go when their import has been over for 90 days`(on engine: EngineKind) async throws
    {
        try await World.with(engine) { world in
            let (desk, shelves) = (ImportDesk(world: world), Shelves(world: world))
            let run = try await desk.run(Self.file, as: world.ada, mapping: Self.mapping)
            let id = try #require(run["id"]?.string)
            let stopped = try await desk.send(Self.file, as: world.ada)
            let other = try #require(stopped.json["id"]?.string)
            _ = try await world.ada.post("/api/v1/imports/\(other)/cancellation")
            let open = try await desk.send(Self.file, as: world.ada, dryRun: true)
            try await desk.work()

            try await shelves.removeExpired(days: 89)
            #expect(try await shelves.rows().count == 3)
            #expect(shelves.files(in: "files").count == 6)
            #expect(try await world.ada.get("/api/v1/imports/\(id)/errors.csv").status == 200)

            try await shelves.removeExpired(days: 91)
            let left = try await shelves.rows().map(\.key)
            #expect(left == ["imports/\(world.vantage)/\(open.json["id"]?.string ?? "")"])
            #expect(shelves.files(in: "files").count == 2)
            #expect(try await world.ada.get("/api/v1/imports/\(id)/errors.csv").status == 404)
            #expect(try await world.ada.get("/api/v1/imports/\(id)").json["state"] == "done")
            #expect(try await world.ada.page("/import/\(id)").status == 200)
            #expect(try await desk.rows(run, as: world.ada).count == 2)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what a process that was killed left half done is cleared up`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let (desk, shelves) = (ImportDesk(world: world), Shelves(world: world))
            // Killed between the object and the row.
            _ = try await desk.run(Self.file, as: world.ada, mapping: Self.mapping)
            try FileManager.default.removeItem(at: world.directory.appending(path: "files/imports"))
            // Killed between the row and the import.
            let path = try desk.files.uploadPath()
            try Data("Company\nA\n".utf8).write(to: URL(fileURLWithPath: path))
            let found = try await Inspection.of(path).inspection
            _ = try await desk.files.take(
                path, found, as: ID<Import>(), .system(world.rival), at: world.clock.now)

            try await shelves.removeExpired(days: 0)
            #expect(try await shelves.rows().count == 2)
            try await shelves.removeExpired(days: 1)
            #expect(try await shelves.rows().count == 1)
            #expect(shelves.files(in: "files").isEmpty)
            try await shelves.removeExpired(days: 91)
            #expect(try await shelves.rows().isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an import whose file is gone ends with a sentence`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let sent = try await desk.send(Self.file, as: world.ada, mapping: Self.mapping)
            let id = try #require(sent.json["id"]?.string)
            try FileManager.default.removeItem(at: world.directory.appending(path: "files/imports"))
            try await desk.work()
            let run = try await world.ada.get("/api/v1/imports/\(id)").json
            #expect(run["state"] == "failed")
            #expect(run["problem"] == "The file is not kept any more. Send it again.")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an import whose file cannot be reached is left for later`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let sent = try await desk.send(Self.file, as: world.ada, mapping: Self.mapping)
            let id = try #require(sent.json["id"]?.string.flatMap(ID<Import>.init))
            let place = world.directory.appending(path: "files/imports/\(world.vantage)/\(id)")
            let aside = world.directory.appending(path: "aside")
            try FileManager.default.moveItem(at: place, to: aside)
            // Following it never ends, which is a trouble of the disk's.
            try FileManager.default.createSymbolicLink(at: place, withDestinationURL: place)
            try await desk.work()
            let left = try await world.ada.get("/api/v1/imports/\(id)").json
            #expect(left["state"] == "running")
            #expect(left["problem"] == .null)
            let job = try await desk.jobs()[0]
            #expect(job.state == .scheduled && job.failures == 1)
            #expect(job.error != nil)
            let errors = try await world.ada.get("/api/v1/imports/\(id)/errors.csv")
            #expect(errors.status == 503)
            #expect(errors.json["title"] == "Out of reach")

            try FileManager.default.removeItem(at: place)
            try FileManager.default.moveItem(at: aside, to: place)
            #expect(try await world.ada.post("/api/v1/jobs/\(job.id)/retry").status == 200)
            try await desk.work()
            #expect(try await world.ada.get("/api/v1/imports/\(id)").json["state"] == "done")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a file where an earlier version left it is found and removed`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let (desk, shelves) = (ImportDesk(world: world), Shelves(world: world))
            let sent = try await desk.send(Self.file, as: world.ada, mapping: Self.mapping)
            let id = try #require(sent.json["id"]?.string.flatMap(ID<Import>.init))
            let imports = world.directory.appending(path: "files/imports")
            for end in ["", ".json"] {
                try FileManager.default.moveItem(
                    at: imports.appending(path: "\(world.vantage)/\(id)\(end)"),
                    to: imports.appending(path: "\(id)\(end)"))
            }
            try await world.database.write { tx in
                try await tx.execute(
                    "UPDATE imports SET file = \("files/imports/\(id)") WHERE id = \(id)")
                try await tx.execute("UPDATE files SET key = \("imports/\(id)")")
            }
            try await desk.work()
            let run = try await world.ada.get("/api/v1/imports/\(id)").json
            #expect(run["created"] == 1 && run["rejected"] == 1)
            #expect(run["columns"]?.array?.count == 2)
            let errors = try await world.ada.get("/api/v1/imports/\(id)/errors.csv")
            #expect(errors.text.hasPrefix("Company,E-mail,error\r\nB,nowhere,"))
            try await shelves.removeExpired(days: 91)
            #expect(shelves.files(in: "files").isEmpty)
        }
    }
}

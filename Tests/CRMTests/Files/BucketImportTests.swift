import App
import BucketSupport
import DatabaseSupport
import Files
import Foundation
import Logging
import Storage
import TestSupport
import Testing

@testable import CRM

/// Imports whose files are in a bucket.
@Suite struct BucketImportTests {
    private static let file = "Company,E-mail\nA,a@a.example\nB,nowhere\n"

    @Test(arguments: EngineKind.allCases)
    func `a file is sent, checked, run and removed`(on engine: EngineKind) async throws {
        try await Self.with(engine) { world, names in
            let (desk, shelves) = (ImportDesk(world: world), Shelves(world: world))
            let sent = try await desk.send(Self.file, as: world.ada, dryRun: true)
            #expect(sent.status == 202)
            let id = try #require(sent.json["id"]?.string)
            #expect(try await names().map { $0.hasSuffix(".json") } == [false, true])
            #expect(shelves.files(in: "files").isEmpty)

            try await desk.work()
            let checked = try await world.ada.get("/api/v1/imports/\(id)").json
            #expect(checked["state"] == "checked")
            #expect(checked["columns"]?.array?.count == 2)
            #expect(checked["created"] == 1 && checked["rejected"] == 1)
            #expect(try await world.ada.page("/import/\(id)").text.contains("id=\"mapping\""))

            #expect(try await world.ada.post("/api/v1/imports/\(id)/commit").status == 202)
            try await desk.work()
            #expect(try await world.ada.get("/api/v1/imports/\(id)").json["state"] == "done")
            let errors = try await world.ada.get("/api/v1/imports/\(id)/errors.csv")
            #expect(errors.text.hasPrefix("Company,E-mail,error\r\nB,nowhere,"))
            #expect(shelves.files(in: "scratch").isEmpty)

            try await shelves.removeExpired(days: 91)
            #expect(try await names().isEmpty)
            #expect(try await shelves.rows().isEmpty)
            #expect(try await world.ada.get("/api/v1/imports/\(id)/errors.csv").status == 404)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a file over the quota does not reach the bucket`(on engine: EngineKind) async throws {
        try await Self.with(engine) { world, names in
            let desk = ImportDesk(world: world)
            try await Shelves(world: world).allow(20)
            let refused = try await desk.send(Self.file, as: world.ada)
            #expect(refused.status == 413)
            #expect(try await names().isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the command line imports, and leaves its errors on this machine`(on engine: EngineKind)
        async throws
    {
        try await Self.with(engine) { world, names in
            let path = world.directory.appending(path: "in.csv").path
            try Self.file.write(toFile: path, atomically: true, encoding: .utf8)
            let lines = Lines()
            let command = ImportCommand(
                world.database, world.server.installation.imports, log: Logger(label: "command"),
                tenant: "vantage-retail", file: path)
            let run = try await command.run { lines.add($0) }
            #expect(run.state == .done)
            let errors = try #require(lines.all.last?.split(separator: ": ").last.map(String.init))
            let text = try String(contentsOfFile: errors, encoding: .utf8)
            #expect(text.hasPrefix("Company,E-mail,error\r\nB,nowhere,"))
            #expect(try await names().count == 2)
            #expect(FileManager.default.fileExists(atPath: path))
            #expect(Shelves(world: world).files(in: "scratch").isEmpty)
        }
    }

    /// A world with a part of a bucket for itself, and the names of all that lies in it.
    private static func with(
        _ engine: EngineKind,
        _ body: @Sendable (World, @Sendable () async throws -> [String]) async throws -> Void
    ) async throws {
        guard let moto = try await Moto.find() else {
            try Test.cancel("There is no .venv/bin/moto_server, so no bucket is tested.")
        }
        let prefix = try #require(FileKey(UUID().uuidString.lowercased()))
        let bucket = Bucket(address: moto.address(prefix), credentials: moto.credentials)
        try await World.with(engine, bucket: bucket) { world in
            try await body(world) { try await moto.names(under: prefix).sorted() }
        }
    }
}

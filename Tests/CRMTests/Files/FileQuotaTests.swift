import DatabaseSupport
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import CRM

@Suite struct FileQuotaTests {
    /// 1,000 bytes.
    private static let file =
        "Company\n" + (1...124).map { "No. \(100 + $0)" }.joined(separator: "\n") + "\n"

    @Test(arguments: EngineKind.allCases)
    func `what is stored is written down with its length and digest`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let sent = try await ImportDesk(world: world).send("Company\nA\n", as: world.ada)
            let row = try #require(try await Shelves(world: world).rows().first)
            #expect(row.key == "imports/\(world.vantage)/\(sent.json["id"]?.string ?? "")")
            #expect(row.bytes == 10)
            #expect(
                row.sha256 == "05881487baac4c71d4c271f82865a8792b66f4530bc1c3a576cfab491b8c29af")
            #expect(row.expiresAt == nil)
            let room = try await world.asking(world.ada) { try await StoredFiles($0).room() }
            #expect(room.bytes == 10 && room.bytesMax == 20 << 30)
            let other = try await world.asking(world.eve) { try await StoredFiles($0).room() }
            #expect(other.bytes == 0)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a file over the quota is refused with what is left, and nothing stays of it`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let (desk, shelves) = (ImportDesk(world: world), Shelves(world: world))
            try await shelves.allow(1700)
            #expect(try await desk.send(Self.file, as: world.ada).status == 202)
            let refused = try await desk.send(Self.file, as: world.sam)
            #expect(refused.status == 413)
            #expect(refused.headers[.contentType] == "application/problem+json")
            #expect(
                refused.json["detail"]?.string
                    == "This file takes 1000 bytes, and of the 1.6 KB for your company's files "
                    + "700 bytes are left. Ask whoever runs iPerform for more.")
            #expect(try await shelves.rows().count == 1)
            #expect(shelves.files(in: "files").count == 2)
            #expect(shelves.files(in: "scratch").isEmpty)
            #expect(try await world.ada.get("/api/v1/imports").data.count == 1)
            #expect(try await desk.send(Self.file, as: world.eve).status == 202)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `of many that arrive together, only those for which there is room are taken`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let (desk, shelves) = (ImportDesk(world: world), Shelves(world: world))
            try await shelves.allow(2500)
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...8 {
                    group.addTask { try await desk.send(Self.file, as: world.ada).status }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }.sorted()
            }
            #expect(answers == [202, 202, 413, 413, 413, 413, 413, 413])
            #expect(try await shelves.rows().map(\.bytes) == [1000, 1000])
            #expect(shelves.files(in: "files").count == 4)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a request that is repeated needs no room`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            try await Shelves(world: world).allow(1000)
            var form = FormBody()
            form.file("file", "a.csv", Array(Self.file.utf8))
            let key = try #require(HTTPField.Name("Idempotency-Key"))
            let headers: HTTPFields = [.contentType: FormBody.type, key: "one"]
            var ids: Set<String> = []
            for _ in 1...2 {
                let answer = try await world.ada.browser.send(
                    .post, "/api/v1/imports", bytes: form.finished, headers: headers)
                #expect(answer.status == 202)
                ids.insert(answer.json["id"]?.string ?? "")
            }
            #expect(ids.count == 1)
            #expect(try await Shelves(world: world).rows().count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a file whose mapping does not fit gives its room back`(on engine: EngineKind) async throws
    {
        try await World.with(engine) { world in
            let refused = try await ImportDesk(world: world).send(
                Self.file, as: world.ada, mapping: ["columns": ["Nothing": "company"]])
            #expect(refused.status == 422)
            let shelves = Shelves(world: world)
            #expect(try await shelves.rows().isEmpty)
            #expect(shelves.files(in: "files").isEmpty)
            #expect(shelves.files(in: "scratch").isEmpty)
        }
    }

    @Test func `sizes are said in words`() {
        #expect(sizeText(0, .down) == "0 bytes")
        #expect(sizeText(1023, .down) == "1023 bytes")
        #expect(sizeText(1024, .down) == "1 KB")
        #expect(sizeText(3_500_000, .down) == "3.3 MB")
        #expect(sizeText(3_500_000, .up) == "3.4 MB")
        #expect(sizeText(20 << 30, .down) == "20 GB")
    }
}

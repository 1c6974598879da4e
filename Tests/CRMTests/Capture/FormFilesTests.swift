import DatabaseSupport
import HTTPTypes
import Storage
import TestSupport
import Testing

@testable import CRM

@Suite struct FormFilesTests {
    private static let pdf = Array("%PDF-1.7 a plan".utf8)

    private static func stand(_ world: World) async throws -> FormStand {
        try await FormStand.make(
            world,
            [
                "fields": [
                    FormDefinitionTests.email,
                    [
                        "key": "plan", "label": "Plan", "kind": "file", "types": ["pdf", "txt"],
                        "max_mb": 1,
                    ],
                    ["key": "photo", "label": "Photo", "kind": "file", "types": ["jpg"]],
                ]
            ])
    }

    @Test(arguments: EngineKind.allCases)
    func `a file that a form asks for stays with the lead, for who sees the lead`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let stand = try await Self.stand(world)
            let none: FormStand.File = ("photo", "", [])
            let sent = try await stand.upload(
                ["email": "a@x.example"], [("plan", "Shop plan ü.PDF", Self.pdf), none])
            #expect(sent.status == 200)
            let lead = try #require(try await stand.leads().first?["id"]?.string)
            let files = try await world.ada.get("/api/v1/leads/\(lead)/files").data
            #expect(files.map { $0["name"] } == ["Shop plan ü.PDF"])
            let path = "/api/v1/files/\(files.first?["id"]?.string ?? "")"
            let got = try await world.ada.get(path)
            #expect(got.bytes == Self.pdf)
            #expect(got.headers[.contentType] == "application/pdf")
            #expect(got.headers[.xContentTypeOptions] == "nosniff")
            #expect(
                got.headers[.contentDisposition]
                    == "attachment; filename*=UTF-8''Shop%20plan%20%C3%BC.PDF")
            #expect(try await world.eve.get(path).status == 404)
            #expect(try await world.pat.get(path).status == 404)
            let page = try await world.ada.page("/leads/\(lead)").text
            #expect(page.contains("Shop plan ü.PDF"))
            let told = try await world.ada.get("/api/v1/leads/\(lead)/timeline").data
            #expect(told.contains { $0["name"] == "files.received" })
            let rows = try await Shelves(world: world).rows()
            #expect(rows.map(\.bytes) == [Self.pdf.count])
            #expect(rows.allSatisfy { $0.expiresAt == nil })
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what a form does not take is said by its field, and nothing of it is left behind`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let stand = try await Self.stand(world)
            let shelves = Shelves(world: world)
            let large = Self.pdf + [UInt8](repeating: 0x20, count: 1 << 20)
            let wrong: [FormStand.File] = [
                ("plan", "a.pdf", Array("MZ not a pdf".utf8)), ("plan", "a.exe", Self.pdf),
                ("plan", "page.txt", Array("<html><script>1</script>".utf8)),
                ("plan", "a.pdf", large), ("photo", "a.pdf", Self.pdf), ("plan", "a.pdf", []),
            ]
            for file in wrong {
                let answer = try await stand.upload(
                    ["email": "a@x.example"], [file], accept: "application/json")
                #expect(answer.faults == [file.field], "\(file.name) \(answer.text)")
            }
            let both = try await stand.upload(["email": "nobody"], [("plan", "a.pdf", Self.pdf)])
            #expect(both.status == 422)
            let many = (0..<3).map { ("x\($0)", "a.pdf", Self.pdf) }
            #expect(try await stand.upload(["email": "a@x.example"], many).status == 413)
            let plain = try await FormStand.make(world)
            let unasked = try await plain.upload(
                ["email": "a@x.example"], [("plan", "a.pdf", Self.pdf)])
            #expect(unasked.status == 413)
            try await shelves.allow(10)
            let full = try await stand.upload(
                ["email": "a@x.example"], [("plan", "a.pdf", Self.pdf)])
            #expect(full.status == 413)
            #expect(try await stand.entries().isEmpty)
            #expect(try await shelves.rows().isEmpty)
            #expect(shelves.files(in: "scratch").isEmpty)
            #expect(shelves.files(in: "files").isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `files of spam wait with it, and go with it`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let stand = try await Self.stand(world)
            let shelves = Shelves(world: world)
            for _ in 0..<2 {
                _ = try await stand.upload(
                    ["email": "a@x.example", "fax_extension": "1"],
                    [("plan", "a.pdf", Self.pdf)])
            }
            let ids = try await stand.entries().compactMap { $0["id"]?.string }
            #expect(try await world.ada.delete("/api/v1/inbox/\(ids[0])").status == 200)
            #expect(try await world.ada.post("/api/v1/inbox/\(ids[1])/release").status == 200)
            try await shelves.removeExpired(days: 1)
            #expect(try await shelves.rows().count == 1)
            let lead = try #require(try await stand.leads().first?["id"]?.string)
            #expect(try await world.ada.get("/api/v1/leads/\(lead)/files").data.count == 1)
            try await Books.check(world)
        }
    }
}

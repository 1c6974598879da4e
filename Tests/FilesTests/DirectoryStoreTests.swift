import Foundation
import NIOCore
import Testing

@testable import Files

@Suite struct DirectoryStoreTests {
    @Test func `a file that is being written has a name that is no key's, beside its own`() {
        let place = URL(fileURLWithPath: "/srv/files/a/report.csv")
        let draft = Draft.url(beside: place)
        #expect(draft.deletingLastPathComponent().path == "/srv/files/a")
        #expect(FileKey(draft.lastPathComponent) == nil)
        #expect(Draft.isDraft(draft))
        #expect(!Draft.isDraft(place))
        #expect(draft != Draft.url(beside: place))
    }

    @Test func `before the last byte there is only a draft, and only its owner may read it`()
        async throws
    {
        try await with { root, store in
            let source = Source(bytes: bytes(200_000)) {
                let names = try files(below: root)
                #expect(names.count == 1)
                let draft = root.appending(path: names.first ?? "")
                #expect(Draft.isDraft(draft))
                let mode = try FileManager.default.attributesOfItem(atPath: draft.path)
                #expect(mode[.posixPermissions] as? Int == 0o600)
            }
            _ = try await store.write(source, to: .report, bytesMax: 200_000)
            #expect(try files(below: root) == [FileKey.report.description])
            let mode = try FileManager.default.attributesOfItem(
                atPath: root.appending(path: FileKey.report.description).path)
            #expect(mode[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func `what a killed process left behind is never seen, and is removed later`()
        async throws
    {
        try await with { root, store in
            _ = try await store.write(Source(bytes: [1]), to: .report, bytesMax: 1)
            let place = root.appending(path: FileKey.report.description)
            let draft = Draft.url(beside: place)
            try Data([1, 2, 3]).write(to: draft)
            #expect(try await store.bytes(of: .report) == [1])
            try await store.removeLeftovers(before: Date(timeIntervalSinceNow: -3600))
            #expect(try files(below: root).count == 2)
            try await store.removeLeftovers(before: Date(timeIntervalSinceNow: 3600))
            #expect(try files(below: root) == [FileKey.report.description])
        }
    }

    @Test func `who reads a file that is replaced meanwhile reads the earlier one to its end`()
        async throws
    {
        try await with { _, store in
            let given = bytes(500_000)
            _ = try await store.write(Source(bytes: given), to: .report, bytesMax: 500_000)
            let content = try await store.read(.report)
            _ = try await store.write(Source(bytes: [1]), to: .report, bytesMax: 1)
            var read: [UInt8] = []
            var longest = 0
            for try await piece in content {
                read += piece.readableBytesView
                longest = max(longest, piece.readableBytes)
            }
            let same = read == given
            #expect(same)
            #expect(longest == 64 * 1024)
        }
    }

    @Test func `a directory is no file`() async throws {
        try await with { _, store in
            _ = try await store.write(Source(bytes: [1]), to: .report, bytesMax: 1)
            let folder = try #require(FileKey("tenants"))
            let below = try #require(FileKey("\(FileKey.report)/below"))
            for key in [folder, below] {
                #expect(try await store.size(of: key) == nil)
                await #expect(throws: FileStoreError.notFound) { try await store.read(key) }
                try await store.delete(key)
                let error = await #expect(throws: FileStoreError.self) {
                    try await store.write(Source(bytes: [1]), to: key, bytesMax: 1)
                }
                #expect(error.map { if case .unavailable = $0 { true } else { false } } == true)
            }
            #expect(try await store.bytes(of: .report) == [1])
        }
    }

    private func with(
        _ body: @Sendable (URL, DirectoryStore) async throws -> Void
    ) async throws {
        let root = FileManager.default.temporaryDirectory
            .appending(path: "files-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        try await body(root, DirectoryStore(root))
    }
}

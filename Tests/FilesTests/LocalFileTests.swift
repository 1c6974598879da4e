import Files
import Foundation
import NIOCore
import Testing

/// Files of this machine on their way into a store, and out of it.
@Suite struct LocalFileTests {
    @Test(arguments: StoreKind.allCases, [0, 10, 9_000_001])
    func `a file is taken in, with its length and digest, and is gone from where it was`(
        kind: StoreKind, count: Int
    ) async throws {
        try await with(kind) { shelf, folder in
            let given = bytes(count)
            let file = folder.appending(path: "given")
            try Data(given).write(to: file)
            let stored = try await shelf.store.take(file, as: .report, bytesMax: count)
            #expect(stored.key == .report)
            #expect(stored.bytes == count)
            #expect(stored.sha256 == digest(given))
            let same = try await shelf.store.bytes(of: .report) == given
            #expect(same)
            #expect(!FileManager.default.fileExists(atPath: file.path))
            #expect(try await shelf.holdings().count == 1)
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/shm")))
    func `a file of another file system is copied`() async throws {
        try await Shelf.with(.directory) { shelf in
            let file = URL(fileURLWithPath: "/dev/shm/files-\(UUID().uuidString)")
            let given = bytes(300_000)
            try Data(given).write(to: file)
            let stored = try await shelf.store.take(file, as: .report, bytesMax: 300_000)
            #expect(stored.sha256 == digest(given))
            let same = try await shelf.store.bytes(of: .report) == given
            #expect(same)
            #expect(!FileManager.default.fileExists(atPath: file.path))
            #expect(try await shelf.holdings() == [FileKey.report.description])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `one over the limit, or none at all, leaves all as it was`(kind: StoreKind) async throws {
        try await with(kind) { shelf, folder in
            let file = folder.appending(path: "given")
            try Data([1, 2, 3]).write(to: file)
            await #expect(throws: FileStoreError.tooLarge(bytesMax: 2)) {
                try await shelf.store.take(file, as: .report, bytesMax: 2)
            }
            #expect(try Data(contentsOf: file) == Data([1, 2, 3]))
            await #expect(throws: FileStoreError.notFound) {
                try await shelf.store.take(
                    folder.appending(path: "none"), as: .report, bytesMax: 2)
            }
            #expect(try await shelf.store.size(of: .report) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a local copy has the same bytes, and is gone afterwards, whatever happens`(
        kind: StoreKind
    ) async throws {
        try await with(kind) { shelf, folder in
            let given = bytes(700_000)
            _ = try await shelf.store.write(ByteBuffer(bytes: given), to: .report)
            let read = try await shelf.store.withLocalCopy(of: .report, in: folder) { path in
                try Data(contentsOf: URL(fileURLWithPath: path))
            }
            #expect(read == Data(given))
            await #expect(throws: Source.Broken.self) {
                try await shelf.store.withLocalCopy(of: .report, in: folder) { _ in
                    throw Source.Broken()
                }
            }
            #expect(try files(below: folder).isEmpty)
            #expect(try await shelf.store.size(of: .report) == 700_000)
            let none = try #require(FileKey("none"))
            await #expect(throws: FileStoreError.notFound) {
                try await shelf.store.withLocalCopy(of: none, in: folder) { _ in }
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a local copy that is cancelled leaves nothing`(kind: StoreKind) async throws {
        try await with(kind) { shelf, folder in
            _ = try await shelf.store.write(ByteBuffer(bytes: bytes(700_000)), to: .report)
            let task = Task {
                try await shelf.store.withLocalCopy(of: .report, in: folder) { _ in
                    withUnsafeCurrentTask { $0?.cancel() }
                    try Task.checkCancellation()
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try files(below: folder).isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `what is read as a whole has a limit`(kind: StoreKind) async throws {
        try await with(kind) { shelf, _ in
            _ = try await shelf.store.write(ByteBuffer(bytes: [1, 2, 3]), to: .report)
            #expect(
                try await shelf.store.bytes(of: .report, bytesMax: 3)
                    == ByteBuffer(bytes: [1, 2, 3]))
            await #expect(throws: FileStoreError.tooLarge(bytesMax: 2)) {
                try await shelf.store.bytes(of: .report, bytesMax: 2)
            }
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a store that can be used says so, and keeps nothing of the question`(kind: StoreKind)
        async throws
    {
        try await with(kind) { shelf, _ in
            try await shelf.store.check()
            #expect(try await shelf.holdings().isEmpty)
        }
    }

    /// A store, and a folder beside it.
    private func with(
        _ kind: StoreKind, _ body: @Sendable (Shelf, URL) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "local-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await Shelf.with(kind) { try await body($0, folder) }
    }
}

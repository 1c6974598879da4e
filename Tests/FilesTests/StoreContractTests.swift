import Files
import NIOCore
import Synchronization
import Testing

/// What every store promises.
@Suite struct StoreContractTests {
    private let limit = 100_000_000

    @Test(arguments: StoreKind.allCases)
    func `what is written is read again, with its length and digest`(kind: StoreKind) async throws {
        try await Shelf.with(kind) { shelf in
            let given = bytes(300_001)
            let stored = try await shelf.store.write(
                Source(bytes: given), to: .report, bytesMax: limit)
            #expect(stored.key == .report)
            #expect(stored.bytes == 300_001)
            #expect(stored.sha256 == digest(given))
            #expect(try await shelf.store.size(of: .report) == 300_001)
            #expect(try await shelf.store.read(.report).bytes == 300_001)
            let same = try await shelf.store.bytes(of: .report) == given
            #expect(same)
            #expect(try await shelf.holdings().count == 1)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a file without a byte is a file`(kind: StoreKind) async throws {
        try await Shelf.with(kind) { shelf in
            let stored = try await shelf.store.write(Source(bytes: []), to: .report, bytesMax: 0)
            #expect(stored.sha256 == digest([]))
            #expect(try await shelf.store.size(of: .report) == 0)
            #expect(try await shelf.store.bytes(of: .report) == [])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `20 MB come back as they went in`(kind: StoreKind) async throws {
        try await Shelf.with(kind) { shelf in
            let given = bytes(20_000_000, seed: 2)
            let source = Source(bytes: given, bufferBytes: 64_000)
            let stored = try await shelf.store.write(source, to: .report, bytesMax: 20_000_000)
            #expect(stored.bytes == 20_000_000)
            #expect(stored.sha256 == digest(given))
            let same = try await shelf.store.bytes(of: .report) == given
            #expect(same)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `exactly one part, given in one buffer, is whole`(kind: StoreKind) async throws {
        try await Shelf.with(kind) { shelf in
            let given = bytes(8 * 1024 * 1024)
            let source = Source(bytes: given, bufferBytes: given.count)
            _ = try await shelf.store.write(source, to: .report, bytesMax: limit)
            let same = try await shelf.store.bytes(of: .report) == given
            #expect(same)
        }
    }

    @Test(arguments: StoreKind.allCases, [(1000, 999), (9_500_000, 9_000_000)])
    func `a file over the limit leaves nothing`(kind: StoreKind, size: (Int, Int)) async throws {
        try await Shelf.with(kind) { shelf in
            await #expect(throws: FileStoreError.tooLarge(bytesMax: size.1)) {
                try await shelf.store.write(
                    Source(bytes: bytes(size.0)), to: .report, bytesMax: size.1)
            }
            let left = try await shelf.holdings()
            #expect(left.isEmpty)
            #expect(try await shelf.store.size(of: .report) == nil)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a source that breaks off leaves what was there, and its error comes through`(
        kind: StoreKind
    ) async throws {
        try await Shelf.with(kind) { shelf in
            _ = try await shelf.store.write(Source(bytes: [1, 2]), to: .report, bytesMax: limit)
            await #expect(throws: Source.Broken.self) {
                try await shelf.store.write(
                    Source(bytes: bytes(9_000_000)) { throw Source.Broken() }, to: .report,
                    bytesMax: limit)
            }
            #expect(try await shelf.store.bytes(of: .report) == [1, 2])
            #expect(try await shelf.holdings().count == 1)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a write that is cancelled leaves nothing`(kind: StoreKind) async throws {
        try await Shelf.with(kind) { shelf in
            let task = Task {
                // A cancelled stream ends as if it were complete.
                let source = Source(bytes: bytes(9_000_000)) {
                    withUnsafeCurrentTask { $0?.cancel() }
                }
                return try await shelf.store.write(source, to: .report, bytesMax: limit)
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            let left = try await shelf.holdings()
            #expect(left.isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `what is missing is not found, and removing it is as good`(kind: StoreKind) async throws {
        try await Shelf.with(kind) { shelf in
            #expect(try await shelf.store.size(of: .report) == nil)
            await #expect(throws: FileStoreError.notFound) { try await shelf.store.read(.report) }
            try await shelf.store.delete(.report)
            _ = try await shelf.store.write(Source(bytes: [1]), to: .report, bytesMax: limit)
            try await shelf.store.delete(.report)
            try await shelf.store.delete(.report)
            #expect(try await shelf.store.size(of: .report) == nil)
            #expect(try await shelf.holdings().isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `a second file takes the first one's place`(kind: StoreKind) async throws {
        try await Shelf.with(kind) { shelf in
            _ = try await shelf.store.write(Source(bytes: bytes(900)), to: .report, bytesMax: limit)
            _ = try await shelf.store.write(Source(bytes: [7]), to: .report, bytesMax: limit)
            #expect(try await shelf.store.bytes(of: .report) == [7])
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `of those who write to one key at the same time, one stays, whole`(
        kind: StoreKind
    ) async throws {
        try await Shelf.with(kind) { shelf in
            let digests = try await withThrowingTaskGroup(of: String.self) { group in
                for seed in 1...6 {
                    group.addTask {
                        let given = bytes(200_000 * seed, seed: UInt64(seed))
                        return try await shelf.store.write(
                            Source(bytes: given), to: .report, bytesMax: limit
                        ).sha256
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(digests.count == 6)
            #expect(digests.contains(digest(try await shelf.store.bytes(of: .report))))
            #expect(try await shelf.holdings().count == 1)
        }
    }

    @Test(arguments: StoreKind.allCases)
    func `who stops reading halfway disturbs nobody`(kind: StoreKind) async throws {
        try await Shelf.with(kind) { shelf in
            let given = bytes(3_000_000)
            _ = try await shelf.store.write(Source(bytes: given), to: .report, bytesMax: limit)
            for _ in 1...20 {
                for try await piece in try await shelf.store.read(.report) {
                    #expect(piece.readableBytes > 0)
                    break
                }
            }
            let same = try await shelf.store.bytes(of: .report) == given
            #expect(same)
        }
    }
}

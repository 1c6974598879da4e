import Crypto
import Files
import NIOCore

func digest(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// Bytes that look like chance, the same each time.
func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        for index in 0..<count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            buffer[index] = UInt8(truncatingIfNeeded: state >> 33)
        }
        initialized = count
    }
}

/// A source of a test's: buffers of one size, then its own end.
struct Source: AsyncSequence {
    let bytes: [UInt8]
    var bufferBytes = 100_000
    /// Called once all bytes are given.
    var end: @Sendable () throws -> Void = {}

    struct Broken: Error {}

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(source: self) }

    struct AsyncIterator: AsyncIteratorProtocol {
        let source: Source
        var offset = 0

        mutating func next() async throws -> ByteBuffer? {
            let left = source.bytes[offset...].prefix(source.bufferBytes)
            if left.isEmpty { try source.end() }
            offset += left.count
            return left.isEmpty ? nil : ByteBuffer(bytes: left)
        }
    }
}

extension FileStore {
    func bytes(of key: FileKey) async throws -> [UInt8] {
        var all: [UInt8] = []
        for try await piece in try await read(key) { all += piece.readableBytesView }
        return all
    }
}

extension FileKey {
    static let report = FileKey("tenants/0197/report.csv")!
}

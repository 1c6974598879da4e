import Foundation
import NIOCore

/// Keeps files under keys: a directory of this machine, or a bucket that several share.
///
/// A key that is also the beginning of another one, as `a` and `a/b`, is not for use: a
/// directory cannot hold both. All functions throw `FileStoreError`, and `CancellationError`
/// when their task is cancelled.
package protocol FileStore: Sendable {
    /// Keeps what the source gives, in place of what was there before.
    ///
    /// The file is there as a whole once this returns, and before that not at all; of two that
    /// write to one key at the same time, the one that ends last stays. Whatever the source
    /// throws is thrown again, and nothing is kept.
    ///
    /// - Parameter bytesMax: The most that is taken; more is `.tooLarge`.
    func write<Source: AsyncSequence>(
        _ source: Source, to key: FileKey, bytesMax: Int
    ) async throws -> StoredFile where Source.Element == ByteBuffer

    /// Keeps a file of this machine, which is the store's from then on: it is gone from where it
    /// was. If this throws, it is still there.
    ///
    /// - Parameter bytesMax: The most that is taken; more is `.tooLarge`.
    func take(_ file: URL, as key: FileKey, bytesMax: Int) async throws -> StoredFile

    /// Opens a file; `.notFound` if there is none.
    ///
    /// What is read is the file as it was when it was opened, even if it is replaced meanwhile,
    /// or else an error.
    func read(_ key: FileKey) async throws -> FileContent

    /// Calls `body` with the path of a file of this machine that has the same bytes, for readers
    /// that need one; `.notFound` if there is none. It is only read, and only until `body` ends.
    ///
    /// - Parameter scratch: Where a copy is put if one is needed. What a process that was killed
    ///   leaves there is for its owner to remove.
    func withLocalCopy<Value>(
        of key: FileKey, in scratch: URL, _ body: (String) async throws -> Value
    ) async throws -> Value

    /// How many bytes the file has; nil if there is none.
    func size(of key: FileKey) async throws -> Int?

    /// Removes a file. That there is none is as good.
    func delete(_ key: FileKey) async throws

    /// Asks whether the store can be used with these settings.
    func check() async throws

    /// Removes what processes that have gone were still writing, where that takes room.
    ///
    /// - Parameter moment: Whatever was touched since may still be going on.
    func removeLeftovers(before moment: Date) async throws

    /// Lets go of connections. The store is not used afterwards.
    func close() async throws
}

extension FileStore {
    /// Keeps what is in memory as a whole.
    package func write(_ buffer: ByteBuffer, to key: FileKey) async throws -> StoredFile {
        let once = AsyncStream<ByteBuffer> { stream in
            stream.yield(buffer)
            stream.finish()
        }
        return try await write(once, to: key, bytesMax: buffer.readableBytes)
    }

    /// A file's bytes as a whole; `.tooLarge` if there are more than `bytesMax`.
    package func bytes(of key: FileKey, bytesMax: Int) async throws -> ByteBuffer {
        let content = try await read(key)
        guard content.bytes <= bytesMax else { throw FileStoreError.tooLarge(bytesMax: bytesMax) }
        var all = ByteBuffer()
        for try await piece in content { all.writeImmutableBuffer(piece) }
        // A cancelled stream ends like one that is complete.
        try Task.checkCancellation()
        return all
    }
}

/// What was kept.
package struct StoredFile: Hashable, Sendable {
    package let key: FileKey
    package let bytes: Int
    /// In lower-case hexadecimal digits.
    package let sha256: String
}

/// Why a store did not do what it was asked.
package enum FileStoreError: Error, Equatable, CustomStringConvertible {
    case notFound
    case tooLarge(bytesMax: Int)
    /// It may work later; in a sentence for who runs the server.
    case unavailable(String)
    /// It will not work before somebody changes a setting. The code is the store's own word, as
    /// `AccessDenied`; empty if it gave none.
    case refused(status: Int, code: String)

    package var description: String {
        switch self {
        case .notFound: "There is no such file."
        case .tooLarge(let bytesMax): "The file has more than \(bytesMax) bytes."
        case .unavailable(let words): words
        case .refused(let status, let code): "The file store refused: \(status) \(code)"
        }
    }
}

/// The bytes of a file, read as they are asked for. They are iterated once.
package struct FileContent: AsyncSequence, Sendable {
    /// How many there are in all.
    package let bytes: Int
    private let start: @Sendable () -> AsyncIterator

    init<Pieces: AsyncSequence & Sendable>(bytes: Int, _ pieces: Pieces)
    where Pieces.Element == ByteBuffer {
        self.bytes = bytes
        start = {
            var iterator = pieces.makeAsyncIterator()
            return AsyncIterator { try await iterator.next(isolation: #isolation) }
        }
    }

    package func makeAsyncIterator() -> AsyncIterator { start() }

    package struct AsyncIterator: AsyncIteratorProtocol {
        let produce: () async throws -> ByteBuffer?

        package mutating func next() async throws -> ByteBuffer? { try await produce() }
    }
}

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

    /// Opens a file; `.notFound` if there is none.
    ///
    /// What is read is the file as it was when it was opened, even if it is replaced meanwhile,
    /// or else an error.
    func read(_ key: FileKey) async throws -> FileContent

    /// How many bytes the file has; nil if there is none.
    func size(of key: FileKey) async throws -> Int?

    /// Removes a file. That there is none is as good.
    func delete(_ key: FileKey) async throws

    /// Lets go of connections. The store is not used afterwards.
    func close() async throws
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

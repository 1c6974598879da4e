import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1

/// Keeps files in a bucket of an S3-compatible store.
///
/// What fits into one part is sent at once, more in parts, of which one at a time is in memory.
/// The account needs `s3:GetObject`, `PutObject`, `DeleteObject`, `AbortMultipartUpload` and
/// `ListBucket`: without the last, S3 answers 403 where there is no file. A process that is
/// killed leaves parts behind, so the bucket should have a rule that ends unfinished uploads.
package struct S3Store: FileStore {
    private let exchange: S3Exchange

    /// Opens connections when they are needed. It is to be closed.
    package init(
        _ place: S3Place, _ credentials: S3Credentials, patience: Patience = Patience(),
        log: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: .seconds(patience.connectSeconds), read: .seconds(patience.silenceSeconds))
        )
        // Attempts are counted and spread in one place.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        exchange = S3Exchange(
            place: place, credentials: credentials, client: client, patience: patience, log: log,
            now: now)
    }

    package func write<Source: AsyncSequence>(
        _ source: Source, to key: FileKey, bytesMax: Int
    ) async throws -> StoredFile where Source.Element == ByteBuffer {
        var upload: S3Upload?
        do {
            let gathered = try await Gathered(
                source, inPiecesOf: S3Upload.partBytes, bytesMax: min(bytesMax, S3Upload.bytesMax)
            ) { part in
                if upload == nil { upload = try await S3Upload(of: key, exchange) }
                try await upload?.add(part)
            }
            if upload == nil {
                _ = try await exchange.send(
                    S3Request(method: .PUT, key: key, body: gathered.rest))
            } else {
                if gathered.rest.readableBytes > 0 { try await upload?.add(gathered.rest) }
                try await upload?.complete()
            }
            return gathered.file(key)
        } catch {
            await upload?.giveUp()
            throw error
        }
    }

    package func take(
        _ file: URL, as key: FileKey, bytesMax: Int
    ) async throws -> StoredFile {
        let (_, pieces) = try await FilePieces.opened(file)
        let stored = try await write(pieces, to: key, bytesMax: bytesMax)
        try await onDisk { _ = unlink(file.path) }
        return stored
    }

    package func withLocalCopy<Value>(
        of key: FileKey, in scratch: URL, _ body: (String) async throws -> Value
    ) async throws -> Value {
        let content = try await read(key)
        let path = scratch.appending(path: "\(UUID().uuidString).copy").path
        do {
            let file = try await onDisk { () throws in
                try makeFolder(scratch)
                return try OpenFile.make(path)
            }
            for try await piece in content { try await onDisk { try file.write(piece) } }
            // A cancelled stream ends like one that is complete.
            try Task.checkCancellation()
            let value = try await body(path)
            await Self.remove(path)
            return value
        } catch {
            await Self.remove(path)
            throw error
        }
    }

    /// In a task of its own, since a cancelled one is kept from the disk.
    private static func remove(_ path: String) async {
        _ = await Task { try await onDisk { _ = unlink(path) } }.result
    }

    package func read(_ key: FileKey) async throws -> FileContent {
        let exchange = exchange
        let content = try await exchange.send(S3Request(method: .GET, key: key)) { response in
            try S3Content(key, response, exchange)
        }
        return FileContent(bytes: content.bytes, content)
    }

    package func size(of key: FileKey) async throws -> Int? {
        do {
            let headers = try await exchange.send(S3Request(method: .HEAD, key: key))
            return headers.first(name: "content-length").flatMap { Int($0) }
        } catch FileStoreError.notFound {
            return nil
        }
    }

    package func delete(_ key: FileKey) async throws {
        do {
            _ = try await exchange.send(S3Request(method: .DELETE, key: key))
        } catch FileStoreError.notFound {
            // Amazon answers that it is gone, others that it never was.
        }
    }

    /// Asks for a file that is not there: a bucket that is missing, or not for these credentials,
    /// answers otherwise.
    package func check() async throws {
        do {
            _ = try await read(Self.nothing)
        } catch FileStoreError.notFound {
            // As it should be.
        }
    }

    private static let nothing = FileKey("iperform-check")!

    /// A rule of the bucket ends unfinished uploads.
    package func removeLeftovers(before moment: Date) {}

    package func close() async throws {
        try await exchange.client.shutdown()
    }
}

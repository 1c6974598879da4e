import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1

/// The bytes of a file as they arrive. If they stop arriving, the rest is asked for, as often
/// as patience allows.
struct S3Content: AsyncSequence, Sendable {
    let key: FileKey
    let bytes: Int
    private let exchange: S3Exchange
    private let tag: String?
    private let first: HTTPClientResponse

    init(_ key: FileKey, _ first: HTTPClientResponse, _ exchange: S3Exchange) throws {
        guard let bytes = first.headers.first(name: "content-length").flatMap({ Int($0) }) else {
            throw FileStoreError.unavailable("The file store does not say how long \(key) is.")
        }
        self.key = key
        self.bytes = bytes
        self.exchange = exchange
        self.first = first
        tag = first.headers.first(name: "etag")
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(content: self, body: first.body.makeAsyncIterator())
    }

    /// Opens the file anew where it broke off; refused if it is another file by now.
    private func rest(from offset: Int) async throws -> HTTPClientResponse {
        var request = S3Request(method: .GET, key: key)
        request.headers = [("range", "bytes=\(offset)-")]
        if let tag { request.headers.append(("if-match", tag)) }
        return try await exchange.send(request) { response in
            let range = response.headers.first(name: "content-range") ?? ""
            guard response.status == .partialContent, range.hasPrefix("bytes \(offset)-") else {
                throw FileStoreError.refused(
                    status: Int(response.status.code), code: "RangeIgnored")
            }
            return response
        }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        let content: S3Content
        var body: HTTPClientResponse.Body.AsyncIterator
        var offset = 0
        var breaks = 0

        mutating func next() async throws -> ByteBuffer? {
            while offset < content.bytes {
                do {
                    if let piece = try await body.next(isolation: #isolation) {
                        offset += piece.readableBytes
                        return piece
                    }
                    try await resume("The answer ended early.")
                } catch let error as FileStoreError {
                    throw error
                } catch {
                    try Task.checkCancellation()
                    try await resume("\(error)")
                }
            }
            return nil
        }

        private mutating func resume(_ reason: String) async throws {
            breaks += 1
            guard breaks < content.exchange.patience.attempts else {
                throw FileStoreError.unavailable(
                    "The file store breaks off \(content.key): \(reason)")
            }
            content.exchange.log.info(
                "The rest of a file is asked for",
                metadata: ["key": "\(content.key)", "from": "\(offset)", "reason": "\(reason)"])
            body = try await content.rest(from: offset).body.makeAsyncIterator()
        }
    }
}

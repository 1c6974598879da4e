import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1

/// A file on its way to the store in parts. It is seen once it is complete, and until then it
/// takes room: it is completed or given up.
struct S3Upload {
    private let exchange: S3Exchange
    private let key: FileKey
    private let id: String
    /// In order; a part's number is its place here, from 1.
    private var tags: [String] = []

    /// S3 wants at least 5 MiB in each but the last.
    static let partBytes = 8 * 1024 * 1024
    /// S3 takes 10,000 parts.
    static let bytesMax = 10_000 * partBytes

    init(of key: FileKey, _ exchange: S3Exchange) async throws {
        self.key = key
        self.exchange = exchange
        id = try await exchange.send(
            S3Request(method: .POST, key: key, query: [("uploads", "")])
        ) { response in
            let body = try await response.body.collect(upTo: S3Exchange.wordsMax)
            guard let id = xmlText(of: "UploadId", in: String(buffer: body)) else {
                throw FileStoreError.unavailable("The file store gives an upload no id.")
            }
            return id
        }
    }

    mutating func add(_ part: ByteBuffer) async throws {
        let query = [("partNumber", "\(tags.count + 1)"), ("uploadId", id)]
        let headers = try await exchange.send(
            S3Request(method: .PUT, key: key, query: query, body: part))
        guard let tag = headers.first(name: "etag") else {
            throw FileStoreError.unavailable("The file store gives a part no tag.")
        }
        tags.append(tag)
    }

    /// Makes the parts one file.
    ///
    /// If the answer is lost and the request sent again, a store may refuse it although the file
    /// is there, whole.
    func complete() async throws {
        let parts = tags.enumerated().map { number, tag in
            let tag = tag.replacingOccurrences(of: "\"", with: "&quot;")
            return "<Part><PartNumber>\(number + 1)</PartNumber><ETag>\(tag)</ETag></Part>"
        }
        let body = ByteBuffer(
            string: "<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>")
        let request = S3Request(method: .POST, key: key, query: [("uploadId", id)], body: body)
        try await exchange.send(request) { response in
            let words = String(buffer: try await response.body.collect(upTo: S3Exchange.wordsMax))
            // The one answer that begins with 200 before the store knows how it ends.
            if words.contains("<Error>") {
                let code = xmlText(of: "Code", in: words) ?? "an error"
                throw FileStoreError.unavailable("The file store answers \(code).")
            }
        }
    }

    /// Removes the parts, even when the task is cancelled; a store that does not answer keeps
    /// them, until a rule of the bucket ends unfinished uploads.
    func giveUp() async {
        var exchange = exchange
        exchange.patience.attempts = min(2, exchange.patience.attempts)
        let request = S3Request(method: .DELETE, key: key, query: [("uploadId", id)])
        // A task of its own, since a cancelled one can send nothing any more.
        let ending = Task { [exchange] in try await exchange.send(request) }
        switch await ending.result {
        case .success, .failure(FileStoreError.notFound),
            .failure(FileStoreError.refused(404, _)):
            break
        case .failure(let error):
            exchange.log.warning(
                "Parts of a file are left in the store",
                metadata: ["key": "\(key)", "error": "\(error)"])
        }
    }
}

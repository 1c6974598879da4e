import AsyncHTTPClient
import Crypto
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// A request about one file, not yet signed.
struct S3Request: Sendable {
    var method: HTTPMethod
    var key: FileKey
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body: ByteBuffer?
}

/// Sends signed requests, and again when the store or the way to it fails.
struct S3Exchange: Sendable {
    let place: S3Place
    let credentials: S3Credentials
    let client: HTTPClient
    var patience: Patience
    let log: Logger
    let now: @Sendable () -> Date

    /// Words that are longer are not read to their end.
    static let wordsMax = 64 * 1024

    /// Sends until an answer is taken, at most as often as patience allows.
    ///
    /// - Parameter take: Reads a good answer; an error that it throws counts as the store's,
    ///   unless it is a `FileStoreError`.
    func send<Value: Sendable>(
        _ request: S3Request, _ take: (HTTPClientResponse) async throws -> Value
    ) async throws -> Value {
        let payload = try await digest(of: request.body)
        var attempt = 1
        while true {
            do {
                return try await once(request, payload, take)
            } catch FileStoreError.unavailable(let words) where attempt < patience.attempts {
                log.info(
                    "A request to the file store is sent again",
                    metadata: [
                        "method": "\(request.method)", "key": "\(request.key)",
                        "attempt": "\(attempt)", "reason": "\(words)",
                    ])
                try await Task.sleep(for: patience.pause(after: attempt))
                attempt += 1
            }
        }
    }

    /// Sends what is answered with nothing of interest in the body.
    func send(_ request: S3Request) async throws -> HTTPHeaders {
        try await send(request) { response in
            _ = try await response.body.collect(upTo: Self.wordsMax)
            return response.headers
        }
    }

    private func once<Value: Sendable>(
        _ request: S3Request, _ payload: String,
        _ take: (HTTPClientResponse) async throws -> Value
    ) async throws -> Value {
        do {
            let response = try await client.execute(
                signed(request, payload), deadline: .now() + .seconds(patience.answerSeconds))
            guard 200..<300 ~= response.status.code else { throw await refusal(response) }
            return try await take(response)
        } catch let error as FileStoreError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw FileStoreError.unavailable(
                "The file store at \(place.host) does not answer: \(error)")
        }
    }

    private func signed(_ request: S3Request, _ payload: String) -> HTTPClientRequest {
        let scope = Signature.Scope(now(), region: place.region, service: "s3")
        var headers =
            request.headers + [
                ("host", place.host), ("x-amz-content-sha256", payload),
                ("x-amz-date", scope.moment),
            ]
        if let token = credentials.sessionToken { headers.append(("x-amz-security-token", token)) }
        let signature = Signature(
            method: request.method.rawValue, path: place.path(of: request.key),
            query: request.query, headers: headers, payload: payload)
        let query = Signature.canonicalQuery(request.query)
        var sent = HTTPClientRequest(
            url: place.origin + signature.path + (query.isEmpty ? "" : "?\(query)"))
        sent.method = request.method
        sent.headers = HTTPHeaders(headers)
        sent.headers.add(
            name: "authorization", value: signature.authorization(credentials, scope))
        sent.body = request.body.map { .bytes($0) }
        return sent
    }

    /// The body is signed always: it is in memory as a whole, and what a proxy changed on the
    /// way is refused. As much as a part is hashed aside from the event loop.
    private func digest(of body: ByteBuffer?) async throws -> String {
        guard let body else { return Signature.emptyPayload }
        return try await NIOThreadPool.singleton.runIfActive {
            var sha256 = SHA256()
            body.withUnsafeReadableBytes { sha256.update(bufferPointer: $0) }
            return hexadecimal(sha256.finalize())
        }
    }

    private func refusal(_ response: HTTPClientResponse) async -> FileStoreError {
        // The status says enough when the words do not arrive.
        let body = try? await response.body.collect(upTo: Self.wordsMax)
        let code = body.flatMap { xmlText(of: "Code", in: String(buffer: $0)) } ?? ""
        let status = Int(response.status.code)
        switch (status, code) {
        // The answer to HEAD has no words.
        case (404, "NoSuchKey"), (404, ""): return .notFound
        case (501, _): return .refused(status: status, code: code)
        case (429, _), (500..., _), (_, "RequestTimeout"):
            let words = ["\(status)", code].filter { !$0.isEmpty }.joined(separator: " ")
            return .unavailable("The file store at \(place.host) answers \(words).")
        default: return .refused(status: status, code: code)
        }
    }
}

/// The text of the first element of this name; nil if there is none.
///
/// S3 answers three small documents of which one text each is of interest, in an element that
/// has neither attributes nor children. A parser would bring FoundationXML in for that.
package func xmlText(of element: String, in document: String) -> String? {
    guard let start = document.range(of: "<\(element)>"),
        let end = document.range(of: "</\(element)>", range: start.upperBound..<document.endIndex)
    else { return nil }
    let escapes = [
        ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&apos;", "'"),
        ("&amp;", "&"),
    ]
    return escapes.reduce(String(document[start.upperBound..<end.lowerBound])) {
        $0.replacingOccurrences(of: $1.0, with: $1.1)
    }
}

import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import Files

/// What the stand-in answers.
struct Answer: Sendable, CustomTestStringConvertible {
    let status: Int
    var code = ""
    var body: [UInt8] = []
    /// As the header has it; the connection ends when there is less.
    var promised: Int?

    init(_ status: Int, code: String = "", body: [UInt8] = [], promised: Int? = nil) {
        self.status = status
        self.code = code
        self.body = code.isEmpty ? body : Array("<Error><Code>\(code)</Code></Error>".utf8)
        self.promised = promised
    }

    init(_ status: Int, words: String) {
        self.init(status, body: Array(words.utf8))
    }

    var testDescription: String { "\(status) \(code)" }

    struct BrokenOff: Error {}

    /// - Parameter range: As it was asked for, `bytes=100-`; what an answer of 206 gives.
    func response(range: String?) -> Response {
        let promised = promised
        var headers: HTTPFields = [.eTag: "\"one\""]
        var body = body
        if status == 206, let first = range?.firstMatch(of: /bytes=(\d+)-/).flatMap({ Int($0.1) }) {
            headers[.contentRange] = "bytes \(first)-\(body.count - 1)/\(body.count)"
            body.removeFirst(first)
        }
        return Response(
            status: .init(code: status), headers: headers,
            body: ResponseBody(contentLength: promised ?? body.count) { [body] writer in
                try await writer.write(ByteBuffer(bytes: body))
                if let promised, promised > body.count { throw BrokenOff() }
                try await writer.finish(nil)
            })
    }
}

/// What the stand-in was asked.
final class Seen: Sendable {
    struct Question: Sendable {
        let method: HTTPRequest.Method
        let path: String
        let query: String?
        let range: String?
        let tag: String?
        let token: String?
        /// Whether the digest that was signed is that of the body that came.
        let hasSignedBody: Bool
    }

    private let questions = Mutex<[Question]>([])

    var all: [Question] { questions.withLock { $0 } }

    /// - Returns: How many there were before.
    func add(_ request: Request, _ body: ByteBuffer) -> Int {
        let token = HTTPField.Name("x-amz-security-token").flatMap { request.headers[$0] }
        let signed = HTTPField.Name("x-amz-content-sha256").flatMap { request.headers[$0] }
        let question = Question(
            method: request.method, path: request.uri.path, query: request.uri.query,
            range: request.headers[.range], tag: request.headers[.ifMatch], token: token,
            hasSignedBody: signed == digest(Array(body.readableBytesView)))
        return questions.withLock {
            $0.append(question)
            return $0.count - 1
        }
    }
}

/// A store whose server answers by a list, the last of it again and again.
enum Faulty {
    static func with(
        _ answers: [Answer], log: Notes = Notes(),
        _ body: @Sendable (S3Store, Seen) async throws -> Void,
        at reveal: @Sendable (Int) -> Void = { _ in }
    ) async throws {
        let seen = Seen()
        let responder = CallbackResponder<BasicRequestContext> { request, _ in
            var request = request
            let body = try await request.collectBody(upTo: 16 << 20)
            return answers[min(seen.add(request, body), answers.count - 1)]
                .response(range: request.headers[.range])
        }
        let quiet = Logger(label: "stand-in", factory: { _ in SwiftLogNoOpLogHandler() })
        try await Application(responder: responder, logger: quiet).test(.live) { client in
            let port = try #require(client.port)
            reveal(port)
            let store = store(port: port, log: log)
            let result = await Result { try await body(store, seen) }
            try await store.close()
            try result.get()
            let areSigned = seen.all.allSatisfy { $0.hasSignedBody }
            #expect(areSigned)
        }
    }

    /// One that is not patient.
    static func store(port: Int, log: Notes = Notes()) -> S3Store {
        var patience = Patience()
        patience.firstPause = .milliseconds(1)
        patience.connectSeconds = 2
        let place = S3Place(bucket: "crm", endpoint: "http://127.0.0.1:\(port)")!
        let credentials = S3Credentials(
            accessKey: "AKIDEXAMPLE", secretKey: "hush", sessionToken: "hush-hush")
        return S3Store(place, credentials, patience: patience, log: log.logger)
    }
}

/// A log that is read afterwards.
final class Notes: LogHandler {
    private let written = Mutex<[String]>([])

    var lines: [String] { written.withLock { $0 } }

    var logger: Logger { Logger(label: "files", factory: { _ in self }) }

    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        written.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
    }
}

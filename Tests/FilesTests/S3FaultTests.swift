import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import Files

/// What becomes of a store's bad days. A server that answers by a list stands in for it.
@Suite struct S3FaultTests {
    private static let slow = Answer(503, code: "SlowDown")

    @Test func `two answers of 503 are outlasted`() async throws {
        try await Faulty.with([Self.slow, Self.slow, Answer(200)]) { store, seen in
            let stored = try await store.write(Source(bytes: [1, 2]), to: .report, bytesMax: 2)
            #expect(stored.bytes == 2)
            #expect(seen.all.map(\.method) == [.put, .put, .put])
            #expect(Set(seen.all.map(\.path)) == ["/crm/tenants/0197/report.csv"])
        }
    }

    @Test(arguments: [
        Answer(503, code: "SlowDown"), Answer(500, code: "InternalError"), Answer(429),
        Answer(400, code: "RequestTimeout"),
    ])
    func `a store that stays unwell is unavailable after four attempts`(answer: Answer) async throws
    {
        try await Faulty.with([answer]) { store, seen in
            let error = await #expect(throws: FileStoreError.self) {
                try await store.read(.report)
            }
            let words = [" answers \(answer.status)", answer.code].filter { !$0.isEmpty }
            #expect("\(error, default: "")".hasSuffix(words.joined(separator: " ") + "."))
            #expect(seen.all.count == 4)
        }
    }

    @Test(arguments: [
        Answer(403, code: "AccessDenied"), Answer(404, code: "NoSuchBucket"),
        Answer(301, code: "PermanentRedirect"), Answer(501, code: "NotImplemented"),
    ])
    func `a refusal is not tried again`(answer: Answer) async throws {
        try await Faulty.with([answer]) { store, seen in
            await #expect(
                throws: FileStoreError.refused(status: answer.status, code: answer.code)
            ) {
                try await store.read(.report)
            }
            #expect(seen.all.count == 1)
        }
    }

    @Test func `an answer that breaks off is continued where it did`() async throws {
        let given = bytes(400_000)
        let broken = Answer(200, body: Array(given.prefix(150_000)), promised: 400_000)
        try await Faulty.with([broken, Self.slow, Answer(206, body: given)]) { store, seen in
            let same = try await store.bytes(of: .report) == given
            #expect(same)
            let ranges = seen.all.map { $0.range ?? "" }
            #expect(ranges.count == 3)
            #expect(ranges[0] == "" && ranges[1].hasPrefix("bytes=") && ranges[2] == ranges[1])
            #expect(seen.all.map(\.tag) == [nil, "\"one\"", "\"one\""])
        }
    }

    @Test func `what is not the rest that was asked for is not taken for it`() async throws {
        let given = bytes(4000)
        let broken = Answer(200, body: Array(given.prefix(1000)), promised: 4000)
        try await Faulty.with([broken, Answer(200, body: given)]) { store, _ in
            await #expect(throws: FileStoreError.refused(status: 200, code: "RangeIgnored")) {
                try await store.bytes(of: .report)
            }
        }
    }

    @Test func `what is another file by now is not continued`() async throws {
        let broken = Answer(200, body: bytes(1000), promised: 2000)
        try await Faulty.with([broken, Answer(412, code: "PreconditionFailed")]) { store, _ in
            await #expect(
                throws: FileStoreError.refused(status: 412, code: "PreconditionFailed")
            ) {
                try await store.bytes(of: .report)
            }
        }
    }

    @Test func `an answer that always breaks off is unavailable, never short`() async throws {
        let broken = [200, 206].map { Answer($0, body: bytes(10), promised: 2000) }
        try await Faulty.with(broken) {
            store, seen in
            let error = await #expect(throws: FileStoreError.self) {
                try await store.bytes(of: .report)
            }
            #expect("\(error, default: "")".contains("breaks off"))
            #expect(seen.all.count == 4)
        }
    }

    @Test func `an upload whose end fails within an answer of 200 ends in a second attempt`()
        async throws
    {
        let begun = Answer(200, words: "<R><UploadId>a/b+c&amp;d</UploadId></R>")
        let failed = Answer(200, words: "<Error><Code>InternalError</Code></Error>")
        let ended = Answer(200, words: "<CompleteMultipartUploadResult/>")
        try await Faulty.with([begun, Answer(200), Answer(200), failed, ended]) { store, seen in
            _ = try await store.write(
                Source(bytes: bytes(9_000_000)), to: .report, bytesMax: 9_000_000)
            #expect(
                seen.all.map(\.query) == [
                    "uploads=", "partNumber=1&uploadId=a%2Fb%2Bc%26d",
                    "partNumber=2&uploadId=a%2Fb%2Bc%26d", "uploadId=a%2Fb%2Bc%26d",
                    "uploadId=a%2Fb%2Bc%26d",
                ])
        }
    }

    @Test func `an upload that fails is given up`() async throws {
        let begun = Answer(200, words: "<R><UploadId>one</UploadId></R>")
        let refused = Answer(403, code: "AccessDenied")
        try await Faulty.with([begun, refused, Answer(204)]) { store, seen in
            await #expect(throws: FileStoreError.refused(status: 403, code: "AccessDenied")) {
                try await store.write(
                    Source(bytes: bytes(9_000_000)), to: .report, bytesMax: 9_000_000)
            }
            #expect(seen.all.last?.method == .delete)
            #expect(seen.all.last?.query == "uploadId=one")
        }
    }

    @Test func `where nobody listens is unavailable`() async throws {
        let port = Mutex(0)
        try await Faulty.with([Answer(200)]) { store, _ in
            _ = try await store.size(of: .report)
        } at: { used in
            port.withLock { $0 = used }
        }
        let store = Faulty.store(port: port.withLock { $0 })
        let error = await #expect(throws: FileStoreError.self) { try await store.size(of: .report) }
        try await store.close()
        #expect("\(error, default: "")".hasPrefix("The file store at 127.0.0.1:"))
    }

    @Test func `a session's token is sent, and no log shows a secret`() async throws {
        let log = Notes()
        try await Faulty.with([Self.slow, Answer(200)], log: log) { store, seen in
            _ = try await store.size(of: .report)
            #expect(seen.all.map(\.token) == ["hush-hush", "hush-hush"])
        }
        #expect(!log.lines.isEmpty)
        #expect(!log.lines.contains { $0.contains("hush") })
    }
}

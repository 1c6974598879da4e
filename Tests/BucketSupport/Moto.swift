import AsyncHTTPClient
import Files
import Foundation
import NIOCore
import NIOHTTP1

/// moto's stand-in for S3, a process of its own that ends with this one. It checks signatures
/// with Amazon's own code.
package struct Moto: Sendable {
    package let origin: String
    package let credentials: S3Credentials
    private static let bucket = "files-tests"

    /// The one of all tests, started by the first; nil where there is no `.venv/bin/moto_server`.
    package static func find() async throws -> Moto? { try await shared?.value }

    private static let shared: Task<Moto, any Error>? = {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let program = root.appending(path: ".venv/bin/moto_server").path
        guard FileManager.default.isExecutableFile(atPath: program) else { return nil }
        return Task { try await Moto(running: program) }
    }()

    /// Kept open as long as this process lives.
    private static let life = Pipe()

    struct Failure: Error {
        let words: String
    }

    private init(running program: String) async throws {
        let words = FileManager.default.temporaryDirectory.appending(
            path: "moto-\(UUID().uuidString)")
        try Data().write(to: words)
        defer { try? FileManager.default.removeItem(at: words) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // The shell ends the server when its own input ends, however this process does; by
        // force, since a process begun on one of Dispatch's threads hears no milder signal.
        process.arguments = [
            "-c", #""$0" -H 127.0.0.1 -p 0 & read -r line; kill -KILL $!"#, program,
        ]
        process.standardInput = Self.life
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: words)
        try process.run()
        origin = try await Self.origin(saidIn: words)
        credentials = try await Self.prepare(origin)
    }

    package func place(_ prefix: FileKey) -> S3Place? {
        S3Place(bucket: Self.bucket, prefix: prefix, endpoint: origin)
    }

    /// The same, as a setting says it.
    package func address(_ prefix: FileKey) -> String {
        "s3://\(Self.bucket)/\(prefix)?endpoint=\(origin)"
    }

    /// All files and all unfinished uploads.
    package func names(under prefix: FileKey) async throws -> [String] {
        try await names("Key", [("list-type", "2"), ("prefix", "\(prefix)/")])
            + names("UploadId", [("prefix", "\(prefix)/"), ("uploads", "")])
    }

    private func names(
        _ element: String, _ query: [(name: String, value: String)]
    ) async throws -> [String] {
        let scope = Signature.Scope(Date(), region: "us-east-1", service: "s3")
        let host = origin.replacingOccurrences(of: "http://", with: "")
        let signature = Signature(
            method: "GET", path: "/\(Self.bucket)", query: query,
            headers: [
                ("host", host), ("x-amz-date", scope.moment),
                ("x-amz-content-sha256", Signature.emptyPayload),
            ], payload: Signature.emptyPayload)
        var headers = HTTPHeaders(signature.headers)
        headers.add(name: "authorization", value: signature.authorization(credentials, scope))
        let url = "\(origin)\(signature.path)?\(Signature.canonicalQuery(query))"
        let answer = try await Self.ask(.GET, url, headers)
        return answer.matches(of: /<(\w+)>([^<]+)</).filter { $0.1 == element }
            .map { String($0.2) }
    }

    /// Makes the bucket and somebody who may use it; from then on nobody else may.
    private static func prepare(_ origin: String) async throws -> S3Credentials {
        _ = try await ask(.PUT, "\(origin)/\(bucket)")
        _ = try await account(origin, "CreateUser")
        let policy =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#
        _ = try await account(
            origin, "PutUserPolicy&PolicyName=all&PolicyDocument=\(Signature.encoded(policy))")
        let key = try await account(origin, "CreateAccessKey")
        let plain: HTTPHeaders = ["content-type": "text/plain"]
        _ = try await ask(.POST, "\(origin)/moto-api/reset-auth", plain, "0")
        guard let accessKey = xmlText(of: "AccessKeyId", in: key),
            let secretKey = xmlText(of: "SecretAccessKey", in: key)
        else { throw Failure(words: key) }
        return S3Credentials(accessKey: accessKey, secretKey: secretKey)
    }

    private static func account(_ origin: String, _ action: String) async throws -> String {
        let headers: HTTPHeaders = [
            "content-type": "application/x-www-form-urlencoded",
            "authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/iam/aws4_request",
        ]
        return try await ask(
            .POST, origin, headers, "Action=\(action)&UserName=files&Version=2010-05-08")
    }

    private static func ask(
        _ method: HTTPMethod, _ url: String, _ headers: HTTPHeaders = [:], _ body: String = ""
    ) async throws -> String {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers = headers
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let words = String(buffer: try await response.body.collect(upTo: 1 << 20))
        guard response.status == .ok else { throw Failure(words: "\(response.status): \(words)") }
        return words
    }

    /// Where it listens, which it says when it does.
    private static func origin(saidIn file: URL) async throws -> String {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let words = try String(contentsOf: file, encoding: .utf8)
            if let match = words.firstMatch(of: /Running on (http:\/\/[\d.:]+)\n/) {
                return String(match.1)
            }
            guard ContinuousClock.now < deadline else { throw Failure(words: words) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

import Crypto
import Foundation

/// A request as AWS Signature Version 4 sees it, and the signature over it.
///
/// By "Create a signed AWS API request" of the IAM User Guide, with the path as S3 has it: each
/// byte encoded once, nothing normalised.
package struct Signature {
    var method: String
    /// Not encoded.
    package var path: String
    /// Not encoded, in any order.
    var query: [(name: String, value: String)] = []
    /// All that are to be signed: `host` and `x-amz-date` at least.
    package var headers: [(name: String, value: String)]
    /// The SHA-256 of the body, in hexadecimal digits.
    var payload: String

    package init(
        method: String, path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)], payload: String
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.payload = payload
    }

    /// Of no body at all.
    package static let emptyPayload =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// What a key is made for: it signs for no other day, region or service.
    package struct Scope {
        package var moment: String
        var region: String
        var service: String

        /// - Parameter moment: Told to S3 to the second; it refuses what is 15 minutes off.
        package init(_ moment: Date, region: String, service: String) {
            self.moment = Self.text(moment)
            self.region = region
            self.service = service
        }

        var day: Substring { moment.prefix(8) }
        var text: String { "\(day)/\(region)/\(service)/aws4_request" }

        /// `20150830T123600Z`
        private static func text(_ moment: Date) -> String {
            moment.formatted(
                Date.ISO8601FormatStyle(
                    dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted,
                    timeZoneSeparator: .omitted, includingFractionalSeconds: false, timeZone: .gmt))
        }
    }

    /// The value of the header `Authorization`.
    package func authorization(_ credentials: S3Credentials, _ scope: Scope) -> String {
        "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope.text), "
            + "SignedHeaders=\(signedHeaders), Signature=\(signature(credentials, scope))"
    }

    var canonicalRequest: String {
        let lines = canonicalHeaders.map { "\($0.name):\($0.value)\n" }.joined()
        return [
            method, Self.encoded(path, keeping: "/"), Self.canonicalQuery(query), lines,
            signedHeaders, payload,
        ].joined(separator: "\n")
    }

    func stringToSign(_ scope: Scope) -> String {
        let digest = hexadecimal(SHA256.hash(data: Data(canonicalRequest.utf8)))
        return ["AWS4-HMAC-SHA256", scope.moment, scope.text, digest].joined(separator: "\n")
    }

    func signature(_ credentials: S3Credentials, _ scope: Scope) -> String {
        var key = SymmetricKey(data: Data("AWS4\(credentials.secretKey)".utf8))
        for word in [String(scope.day), scope.region, scope.service, "aws4_request"] {
            key = SymmetricKey(data: Self.code(word, key))
        }
        return hexadecimal(Self.code(stringToSign(scope), key))
    }

    private static func code(_ text: String, _ key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)
    }

    /// Encoded and sorted: an address that is made of it is the one that is signed.
    package static func canonicalQuery(_ query: [(name: String, value: String)]) -> String {
        query.map { (encoded($0.name), encoded($0.value)) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
            .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    }

    /// AWS's `UriEncode`: all but unreserved bytes, with upper-case digits.
    package static func encoded(_ text: String, keeping kept: String = "") -> String {
        let plain = Set(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~\(kept)".utf8)
        return text.utf8.map { byte in
            plain.contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + hexadecimal([byte]).uppercased()
        }.joined()
    }

    private var signedHeaders: String {
        canonicalHeaders.map(\.name).joined(separator: ";")
    }

    /// Lower-case names in order, each once; values trimmed, runs of spaces made one.
    private var canonicalHeaders: [(name: String, value: String)] {
        Dictionary(grouping: headers) { $0.name.lowercased() }
            .map { name, group in
                let values = group.map { $0.value.split(separator: " ").joined(separator: " ") }
                return (name, values.joined(separator: ","))
            }
            .sorted { $0.name < $1.name }
    }
}

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Storage
import Synchronization

/// Where Facebook's Graph API is asked, and in which version.
package struct GraphAddress: Sendable, Equatable {
    package static let facebook = "https://graph.facebook.com"
    package static let newest = "v25.0"

    let base: String
    package let version: String

    /// Nil unless it begins with https, or is on this machine.
    package init?(_ url: String = facebook, version: String = newest) {
        let local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"]
        guard url.hasPrefix("https://") || local.contains(where: url.hasPrefix),
            GraphID.isID(version.replacing(".", with: "-"))
        else { return nil }
        base = (url.hasSuffix("/") ? String(url.dropLast()) : url) + "/" + version
        self.version = version
    }
}

/// Asks Facebook's Graph API, each time within ten seconds.
///
/// The token goes in a header: addresses stand in logs. Facebook's pages on leads show it in the
/// address, so where the header is taken for no token that is tried once more, and kept to if it
/// helps.
package final class MetaGraph: Sendable {
    package let address: GraphAddress
    private let client: HTTPClient
    /// Whether the token goes in the address.
    private let isInAddress = Atomic(false)

    private static let seconds: Int64 = 10
    private static let bytesMax = 8 << 20
    private static let connectionsMax = 32

    package init(_ address: GraphAddress) {
        self.address = address
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: .seconds(Self.seconds)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
            Self.connectionsMax
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        client.shutdown { _ in }
    }

    /// What Facebook answered, and how long to rest now.
    package struct Answer: Sendable {
        package let json: JSON
        package let pauseSeconds: Int?
    }

    /// - Throws: `GraphFault` for anything but a success.
    func ask(
        _ method: HTTPMethod = .GET, _ path: String, _ query: [(name: String, value: String)] = [],
        token: String
    ) async throws -> Answer {
        let before = isInAddress.load(ordering: .relaxed)
        do {
            return try await ask(method, path, query, token: token, inAddress: before)
        } catch let fault as GraphFault where fault.remedy == .reconnect && !before {
            let answer = try await ask(method, path, query, token: token, inAddress: true)
            isInAddress.store(true, ordering: .relaxed)
            return answer
        }
    }

    private func ask(
        _ method: HTTPMethod, _ path: String, _ query: [(name: String, value: String)],
        token: String, inAddress: Bool
    ) async throws -> Answer {
        let named = inAddress ? query + [("access_token", token)] : query
        let pairs = named.map { "\(GraphText.encoded($0.name))=\(GraphText.encoded($0.value))" }
        let tail = pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
        var request = HTTPClientRequest(url: "\(address.base)/\(path)\(tail)")
        request.method = method
        if !inAddress { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        request.headers.add(name: "accept", value: "application/json")
        do {
            return try await answer(to: request)
        } catch let fault as GraphFault {
            // Facebook repeats a token that it cannot read.
            throw GraphFault(
                fault.remedy, code: fault.code, fault.words.replacing(token, with: "…"))
        } catch {
            try Task.checkCancellation()
            throw GraphFault(.later, "Facebook does not answer.")
        }
    }

    private func answer(to request: HTTPClientRequest) async throws -> Answer {
        let deadline = NIODeadline.now() + .seconds(Self.seconds)
        let response = try await client.execute(request, deadline: deadline)
        var bytes: [UInt8] = []
        // The deadline of the client ends with the head of the answer.
        for try await piece in response.body {
            bytes.append(contentsOf: piece.readableBytesView)
            guard bytes.count <= Self.bytesMax, NIODeadline.now() < deadline else {
                throw GraphFault(.later, "Facebook says too much, or too slowly.")
            }
        }
        let json = try? JSON(parsing: bytes)
        let status = Int(response.status.code)
        let pause = GraphUsage.pauseSeconds(
            app: response.headers.first(name: "x-app-usage"),
            business: response.headers.first(name: "x-business-use-case-usage"))
        guard (200...299).contains(status), let json, json["error"] == nil else {
            throw GraphFault(status: status, json ?? .null, pause: pause)
        }
        return Answer(json: json, pauseSeconds: pause)
    }
}

/// Text in an address (RFC 3986).
enum GraphText {
    static func encoded(_ text: String) -> String {
        var all = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), 0x2D, 0x2E, 0x5F, 0x7E:
                all.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                all += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return all
    }
}

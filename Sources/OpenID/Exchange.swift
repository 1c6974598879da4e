import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Storage

/// A request to a provider.
struct ProviderRequest: Sendable {
    let url: ProviderURL
    var headers: [(name: String, value: String)] = []
    /// Sent as a form by POST; nil for GET.
    var form: [(name: String, value: String)]?
}

/// Asks providers: within ten seconds and a megabyte, no further than they themselves say, and
/// only where they may be.
struct Exchange: Sendable {
    let neighbourhood: Neighbourhood

    private static let seconds: Int64 = 10
    private static let bytesMax = 1 << 20

    /// - Returns: The status, and the body as JSON; null when it is none.
    /// - Throws: `ProviderFault` when there is no answer.
    func send(_ request: ProviderRequest) async throws -> (status: Int, json: JSON) {
        let deadline = NIODeadline.now() + .seconds(Self.seconds)
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: try await configuration(for: request.url.host, until: deadline))
        let result: Result<(status: Int, json: JSON), any Error>
        do { result = .success(try await ask(client, request, until: deadline)) } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        do { return try result.get() } catch let fault as ProviderFault { throw fault } catch {
            try Task.checkCancellation()
            throw ProviderFault("\(request.url.host) does not answer. Try again in a moment.")
        }
    }

    private func ask(
        _ client: HTTPClient, _ request: ProviderRequest, until deadline: NIODeadline
    ) async throws -> (status: Int, json: JSON) {
        var sent = HTTPClientRequest(url: request.url.text)
        sent.headers.add(name: "accept", value: "application/json")
        for header in request.headers { sent.headers.add(name: header.name, value: header.value) }
        if let form = request.form {
            sent.method = .POST
            sent.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
            sent.body = .bytes(ByteBuffer(string: FormText.encoded(form)))
        }
        let response = try await client.execute(sent, deadline: deadline)
        var bytes: [UInt8] = []
        // The deadline of the client ends with the head of the answer.
        for try await piece in response.body {
            bytes.append(contentsOf: piece.readableBytesView)
            guard bytes.count <= Self.bytesMax, NIODeadline.now() < deadline else {
                throw ProviderFault("\(request.url.host) says too much, or too slowly.")
            }
        }
        return (Int(response.status.code), (try? JSON(parsing: bytes)) ?? .null)
    }

    /// The host's name is looked up here, and the address that was checked is the one that is
    /// asked: a name that means another address a moment later leads nowhere.
    private func configuration(
        for host: String, until deadline: NIODeadline
    ) async throws -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: .seconds(5)))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        guard IPAddress(host) == nil else { return configuration }
        let addresses = try await lookedUp(host, until: deadline)
        guard let address = addresses.first(where: neighbourhood.allows) else {
            throw ProviderFault(
                addresses.isEmpty
                    ? "There is no host \(host)." : "\(host) is not an address on the internet.")
        }
        configuration.dnsOverride = [host: address.description]
        return configuration
    }

    /// Those of IPv4 first: not every machine has a way to the others.
    private func lookedUp(
        _ host: String, until deadline: NIODeadline
    ) async throws -> [IPAddress] {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let promise = loop.makePromise(of: [IPAddress].self)
        let late = loop.scheduleTask(deadline: deadline) {
            promise.fail(ProviderFault("\(host) is not found in time."))
        }
        NIOThreadPool.singleton.submit { _ in promise.succeed(IPAddress.all(of: host)) }
        defer { late.cancel() }
        return try await promise.futureResult.get().sorted { $0.width < $1.width }
    }
}

extension IPAddress {
    /// What a host's name means here and now. It waits for the name servers.
    fileprivate static func all(of host: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        return sequence(first: first, next: { $0?.pointee.ai_next }).prefix { $0 != nil }
            .compactMap { info in
                info?.pointee.ai_addr.flatMap { IPAddress($0, info?.pointee.ai_addrlen ?? 0) }
            }
    }

    private init?(_ address: UnsafeMutablePointer<sockaddr>, _ length: socklen_t) {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard
            getnameinfo(
                address, length, &text, socklen_t(text.count), nil, 0, Int32(NI_NUMERICHOST)) == 0
        else { return nil }
        self.init(
            String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
}

/// `application/x-www-form-urlencoded`, as RFC 6749 has it in bodies, queries and credentials.
enum FormText {
    static func encoded(_ pairs: [(name: String, value: String)]) -> String {
        pairs.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
    }

    static func encoded(_ text: String) -> String {
        var all = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                all.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                all += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return all
    }
}

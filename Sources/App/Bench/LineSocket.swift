import Foundation
import Synchronization

/// A connection that is waited for, read line by line. For one thread.
final class LineSocket: Sendable {
    private let socket: Int32
    private let rest = Mutex<[UInt8]>([])

    /// - Throws: A sentence when nobody listens.
    init(to port: Int) throws {
        socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let code = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard socket >= 0, code == 0 else {
            throw Refusal("Connecting failed: \(String(cString: strerror(errno)))")
        }
        var isOn: Int32 = 1
        setsockopt(
            socket, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Whoever waits for a line gets none any more.
    func end() { shutdown(socket, Int32(SHUT_RDWR)) }

    deinit { close(socket) }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard Foundation.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Refusal("Sending failed: \(String(cString: strerror(errno)))")
        }
    }

    /// A request and the status of its answer, whose body is read away.
    func ask(
        _ method: String, _ path: String, _ body: String, headers: [String: String]
    ) throws -> Int {
        let more = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
        try send(
            """
            \(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r
            Content-Length: \(body.utf8.count)\r\n\(more)\r\n\(body)
            """)
        let status = line().flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
        var length = 0
        while let head = line(), !head.isEmpty {
            let pair = head.split(separator: ":", maxSplits: 1)
            if pair.first?.lowercased() == "content-length", let last = pair.last {
                length = Int(last.filter(\.isNumber)) ?? 0
            }
        }
        return take(length) ? status : 0
    }

    /// The next line without its end; nil when there is none any more.
    func line() -> String? {
        while true {
            let line = rest.withLock { rest -> [UInt8]? in
                guard let end = rest.firstIndex(of: 10) else { return nil }
                let line = Array(rest[..<end])
                rest.removeFirst(end + 1)
                return line
            }
            if let line {
                return String(
                    decoding: line.last == 13 ? line.dropLast() : line[...], as: UTF8.self)
            }
            if !receive() { return nil }
        }
    }

    private func take(_ count: Int) -> Bool {
        while rest.withLock({ $0.count < count }) {
            if !receive() { return false }
        }
        rest.withLock { $0.removeFirst(count) }
        return true
    }

    private func receive() -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &piece, piece.count, 0)
        guard count > 0 else { return false }
        rest.withLock { $0.append(contentsOf: piece.prefix(count)) }
        return true
    }
}

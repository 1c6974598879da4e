import Foundation
import Web

/// Many open pages that listen to `/live`. One thread waits for all their sockets: what they
/// cost is not to be taken for the server's.
struct Crowd {
    private let port: Int
    private var sockets: [pollfd] = []
    /// What each has been sent since it was last listened to.
    private var heard: [[UInt8]] = []

    /// Between two looks at the sockets: a look at each piece that comes would cost more than
    /// the server does.
    private static let pause: UInt32 = 1000
    private static let secondsMax = 30.0

    /// Opens so many pages, in turns of those who are signed in with `sessions`.
    ///
    /// - Throws: A sentence when one is not let in.
    init(_ sessions: [String], count: Int, port: Int) throws {
        self.port = port
        for number in 0..<count {
            let socket = try Self.connected(to: port)
            sockets.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0))
            heard.append([])
            try Self.send(
                "GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
                    + "Cookie: \(Site.sessionCookie)=\(sessions[number % sessions.count])\r\n\r\n",
                to: socket)
        }
        _ = try listen(for: "event: hello", since: .now)
    }

    func leave() {
        for socket in sockets { close(socket.fd) }
    }

    /// Sends a request from elsewhere and returns the milliseconds until each page was told
    /// something with `word` in it.
    mutating func times(of word: String, after request: String) throws -> [Double] {
        let socket = try Self.connected(to: port)
        defer { close(socket) }
        let start = ContinuousClock.now
        try Self.send(request, to: socket)
        let times = try listen(for: word, since: start)
        var answer = [UInt8](repeating: 0, count: 4096)
        let length = recv(socket, &answer, answer.count, 0)
        let text = String(decoding: answer.prefix(max(0, length)), as: UTF8.self)
        guard text.hasPrefix("HTTP/1.1 2") else { throw Refusal("The write failed: \(text)") }
        return times
    }

    /// Waits until each has been sent `word`.
    private mutating func listen(
        for word: String, since start: ContinuousClock.Instant
    ) throws -> [Double] {
        var times: [Double] = []
        // Who has heard it is asked no more.
        var waiting = sockets
        while times.count < sockets.count {
            guard start.secondsAgo < Self.secondsMax else {
                throw Refusal("\(sockets.count - times.count) open pages were not told.")
            }
            poll(&waiting, nfds_t(waiting.count), 100)
            for number in waiting.indices where waiting[number].revents != 0 {
                if try hears(word, number) {
                    waiting[number].fd = -1
                    times.append((ContinuousClock.now - start) / .milliseconds(1))
                }
                waiting[number].revents = 0
            }
            usleep(Self.pause)
        }
        return times
    }

    /// Takes what has come for one of them; whether the word is in it.
    private mutating func hears(_ word: String, _ number: Int) throws -> Bool {
        var count = 0
        withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
            count = recv(
                sockets[number].fd, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { heard[number].append(contentsOf: buffer.prefix(count)) }
        }
        guard count > 0 else {
            throw Refusal(
                "The server closed an open page: \(String(decoding: heard[number], as: UTF8.self))")
        }
        let isThere = strstr(heard[number].map { CChar(bitPattern: $0) } + [0], word) != nil
        // The word may come in two pieces.
        heard[number] = isThere ? [] : heard[number].suffix(word.utf8.count - 1)
        return isThere
    }

    private static func connected(to port: Int) throws -> Int32 {
        let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
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
        return socket
    }

    private static func send(_ text: String, to socket: Int32) throws {
        let bytes = Array(text.utf8)
        guard
            Foundation.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
        else {
            throw Refusal("Sending failed: \(String(cString: strerror(errno)))")
        }
    }
}

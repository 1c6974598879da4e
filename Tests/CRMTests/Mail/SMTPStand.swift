import Foundation
import Glibc
import Synchronization

/// A relay on loopback that says what it is told to, one connection at a time.
final class SMTPStand: Sendable {
    let port: Int
    private let socket: Int32
    private let state: Mutex<State>

    private struct State {
        var answers: [Answer] = []
        var messages: [String] = []
        var connections = 0
    }

    /// What becomes of a message.
    enum Answer: Sendable {
        case takes
        /// Said instead of taking the recipient.
        case refusesRecipient(String)
        /// Said after the whole message.
        case refusesMessage(String)
        case hangsUp
    }

    /// - Parameter answers: To one connection after the other; then all is taken.
    init(_ answers: [Answer]) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && listen(socket, 8) == 0
                    && getsockname(socket, $0, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        self.socket = socket
        port = Int(UInt16(bigEndian: address.sin_port))
        state = Mutex(State(answers: answers))
        Thread { [self] in serve() }.start()
    }

    var messages: [String] { state.withLock { $0.messages } }
    var connections: Int { state.withLock { $0.connections } }

    /// Ends the thread.
    func stop() {
        shutdown(socket, Int32(SHUT_RDWR))
    }

    private func serve() {
        while true {
            let peer = accept(socket, nil, nil)
            guard peer >= 0 else { break }
            let answer = state.withLock { state in
                state.connections += 1
                return state.answers.isEmpty ? .takes : state.answers.removeFirst()
            }
            talk(peer, answer)
            close(peer)
        }
        close(socket)
    }

    private func talk(_ peer: Int32, _ answer: Answer) {
        if case .hangsUp = answer { return }
        guard let file = fdopen(dup(peer), "r") else { return }
        defer { fclose(file) }
        say("220 stand.example", to: peer)
        while let line = line(of: file) {
            switch (line.prefix(4).uppercased(), answer) {
            case ("RCPT", .refusesRecipient(let words)): say(words, to: peer)
            case ("DATA", _):
                say("354 Go on", to: peer)
                let message = message(from: file)
                if case .refusesMessage(let words) = answer {
                    say(words, to: peer)
                } else {
                    state.withLock { $0.messages.append(message) }
                    say("250 Queued", to: peer)
                }
            case ("QUIT", _): return say("221 Bye", to: peer)
            default: say("250 Fine", to: peer)
            }
        }
    }

    private func message(from file: UnsafeMutablePointer<FILE>) -> String {
        var message = ""
        while let line = line(of: file), line != "." { message += line + "\n" }
        return message
    }

    private func line(of file: UnsafeMutablePointer<FILE>) -> String? {
        var buffer = [CChar](repeating: 0, count: 2048)
        guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self
        )
        .trimmingCharacters(in: .newlines)
    }

    private func say(_ words: String, to peer: Int32) {
        let bytes = Array((words + "\r\n").utf8)
        _ = send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}

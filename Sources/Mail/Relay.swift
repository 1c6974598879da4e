import CCurl
import Foundation
import Synchronization

/// The server that takes our mail and carries it further.
package struct Relay: Sendable {
    package let address: RelayAddress
    package let from: Mailbox
    private let password: String?

    private static let connectSeconds = 15
    private static let totalSeconds = 60

    package init(_ address: RelayAddress, password: String? = nil, from: Mailbox) {
        self.address = address
        self.password = password
        self.from = from
    }

    /// Hands a message over, on a thread of its own: libcurl blocks.
    ///
    /// - Throws: `Undelivered`; `CancellationError` when the task was cancelled.
    package func deliver(_ message: MIMEMessage) async throws {
        let stop = Stop()
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { caller in
                let thread = Thread { caller.resume(returning: hand(over: message, stop)) }
                thread.name = "smtp"
                thread.start()
            }
        } onCancel: {
            stop.flag.store(true, ordering: .relaxed)
        }
        try Task.checkCancellation()
        if let outcome { throw outcome }
    }

    private final class Stop: Sendable {
        let flag = Atomic<Bool>(false)
    }

    private static let isSetUp = smtp_global() == CURLE_OK

    private func hand(over message: MIMEMessage, _ stop: Stop) -> Undelivered? {
        guard Self.isSetUp else { return .later("libcurl does not start.") }
        var texts = Texts()
        defer { texts.free() }
        let bytes = message.bytes
        var delivery = smtp_delivery()
        delivery.url = texts.keep(address.url(introducedAs: from.domain))
        delivery.user = address.user.flatMap { texts.keep($0) }
        delivery.password = texts.keep(password ?? "")
        delivery.from = texts.keep("<\(from.address)>")
        delivery.to = texts.keep("<\(message.recipient)>")
        delivery.authorities = address.authorities.flatMap { texts.keep($0) }
        delivery.tls = Int(
            address.security == .none ? CURLUSESSL_NONE.rawValue : CURLUSESSL_ALL.rawValue)
        delivery.connect_seconds = Self.connectSeconds
        delivery.total_seconds = Self.totalSeconds
        delivery.length = bytes.count
        delivery.context = Unmanaged.passUnretained(stop).toOpaque()
        delivery.stopped = { context in
            guard let context else { return 0 }
            let stop = Unmanaged<Stop>.fromOpaque(context).takeUnretainedValue()
            return stop.flag.load(ordering: .relaxed) ? 1 : 0
        }
        let code = withExtendedLifetime(stop) {
            bytes.withUnsafeBytes { buffer in
                delivery.bytes = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
                return smtp_deliver(&delivery)
            }
        }
        guard code != CURLE_OK else { return nil }
        return Self.undelivered(
            code, refusal: Self.text(&delivery.refusal), error: Self.text(&delivery.error))
    }

    /// 5xx is for good, but not where it is our sign-in that was refused: then the settings are
    /// wrong, and the message is not to blame.
    static func undelivered(_ code: CURLcode, refusal: String, error: String) -> Undelivered {
        switch code {
        case CURLE_LOGIN_DENIED: .later("The relay refused the sign-in. \(refusal)")
        case _ where refusal.hasPrefix("5"): .never(refusal)
        case _ where !refusal.isEmpty: .later(refusal)
        default: .later(error.isEmpty ? String(cString: curl_easy_strerror(code)) : error)
        }
    }

    /// What stands in a C array, as one line that may be shown.
    private static func text<Characters>(_ characters: inout Characters) -> String {
        withUnsafeBytes(of: &characters) { buffer in
            HeaderText.clean(String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self))
        }
    }

    /// C strings that live as long as one delivery.
    private struct Texts {
        private var kept: [UnsafeMutablePointer<CChar>] = []

        mutating func keep(_ text: String) -> UnsafePointer<CChar>? {
            guard let copy = strdup(text) else { return nil }
            kept.append(copy)
            return UnsafePointer(copy)
        }

        func free() {
            for text in kept { Foundation.free(text) }
        }
    }
}

/// Why a message did not go out, in the server's words or libcurl's.
package enum Undelivered: Error, Equatable, CustomStringConvertible {
    /// It may go out another time.
    case later(String)
    /// Refused for good.
    case never(String)

    package var description: String {
        switch self {
        case .later(let words), .never(let words): words
        }
    }

    var isFinal: Bool {
        if case .never = self { true } else { false }
    }
}

import Foundation
import Storage

/// A message as it goes over the wire: a text and the same as HTML (RFC 5322, RFC 2046 §5.1.4).
package struct MIMEMessage: Sendable, Equatable {
    package let id: UUID
    package let from: Mailbox
    package let recipient: String
    package let subject: String
    package let text: String
    package let html: String
    package let at: Instant

    package init(
        id: UUID, from: Mailbox, recipient: String, subject: String, text: String, html: String,
        at: Instant
    ) {
        self.id = id
        self.from = from
        self.recipient = recipient
        self.subject = subject
        self.text = text
        self.html = html
        self.at = at
    }

    /// The same at every try, so that who gets it twice can tell.
    package var messageID: String { "<\(id.uuidString.lowercased())@\(from.domain)>" }

    package var bytes: [UInt8] {
        // Neither part can hold it: quoted-printable writes `=3D` for an equals sign.
        let boundary = "=_\(id.uuidString.lowercased())"
        let lines = [
            "From: \(from.header)", "To: \(recipient)",
            "Subject: \(HeaderText.unstructured(subject))", "Date: \(Self.date(at))",
            "Message-ID: \(messageID)", "MIME-Version: 1.0",
            // RFC 3834: no machine shall answer.
            "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All",
            "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"", "",
            "--\(boundary)", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable", "", QuotedPrintable.encoded(text),
            "--\(boundary)", "Content-Type: text/html; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable", "", QuotedPrintable.encoded(html),
            "--\(boundary)--", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Thu, 26 Nov 2026 08:38:11 +0000`
    static func date(_ at: Instant) -> String {
        // 2026-11-26T08:38:11…Z
        let text = at.text
        let fields = text.prefix(10).split(separator: "-")
        let day = Int(at.microseconds / 86_400_000_000)
        let month = months[(Int(fields[1]) ?? 1) - 1]
        let clock = text.dropFirst(11).prefix(8)
        return "\(days[day % 7]), \(fields[2]) \(month) \(fields[0]) \(clock) +0000"
    }
}

/// RFC 2045 §6.7: what any server passes on unchanged.
enum QuotedPrintable {
    private static let lineMax = 76

    /// Lines end in CRLF, however they ended before.
    static func encoded(_ text: String) -> String {
        text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
            .map { line(Array($0.utf8)) }.joined(separator: "\r\n")
    }

    private static func line(_ bytes: [UInt8]) -> String {
        var (lines, line) = ("", "")
        for (place, byte) in bytes.enumerated() {
            let isBlank = byte == 0x20 || byte == 0x09
            let isLast = place + 1 == bytes.count
            let isPlain = (0x21...0x7E).contains(byte) && byte != 0x3D
            let piece =
                isPlain || (isBlank && !isLast)
                ? String(UnicodeScalar(byte)) : "=\(hex(byte >> 4))\(hex(byte & 15))"
            // One place is kept for the sign that the line goes on.
            if line.utf8.count + piece.utf8.count >= lineMax {
                lines += line + "=\r\n"
                line = ""
            }
            line += piece
        }
        return lines + line
    }

    private static func hex(_ digit: UInt8) -> String {
        String(digit, radix: 16, uppercase: true)
    }
}

import Foundation
import Storage
import Testing

@testable import Mail

@Suite struct MIMEMessageTests {
    private static func message(
        from: Mailbox = Mailbox(name: "Vantage", address: "crm@vantage.example"),
        subject: String = "Hello", text: String = "Hi", html: String = "<p>Hi</p>"
    ) -> MIMEMessage {
        MIMEMessage(
            id: UUID(uuidString: "018f3c5e-0000-7000-8000-00000000000A")!, from: from,
            recipient: "nia@vantage.example", subject: subject, text: text, html: html,
            at: Instant("2026-11-26T08:38:11Z")!)
    }

    private static func headers(_ message: MIMEMessage) -> [String] {
        let text = String(decoding: message.bytes, as: UTF8.self)
        let head = text.prefix(upTo: text.range(of: "\r\n\r\n")!.lowerBound)
        return head.replacing("\r\n ", with: " ").split(separator: "\r\n").map(String.init)
    }

    @Test func `a message has the headers that a machine's mail needs`() {
        let headers = Self.headers(Self.message())
        for line in [
            "From: \"Vantage\" <crm@vantage.example>", "To: nia@vantage.example",
            "Subject: Hello", "Date: Thu, 26 Nov 2026 08:38:11 +0000",
            "Message-ID: <018f3c5e-0000-7000-8000-00000000000a@vantage.example>",
            "MIME-Version: 1.0", "Auto-Submitted: auto-generated",
        ] { #expect(headers.contains(line), "\(line)") }
    }

    @Test(arguments: [
        "Hi\r\nBcc: eve@rival.example", "Hi\nBcc: eve@rival.example", "Hi\rBcc: eve@rival.example",
        "Hi\u{2028}Bcc: eve@rival.example", "Hi\u{0}\u{85}\r\n\r\nBcc: eve@rival.example",
        "=?utf-8?Q?Hi=0D=0ABcc:_eve@rival.example?=", String(repeating: "é\r\n", count: 90),
    ])
    func `no text becomes a header`(text: String) {
        let plain = Self.headers(Self.message()).count
        for message in [
            Self.message(subject: text),
            Self.message(from: Mailbox(name: text, address: "crm@vantage.example")),
        ] {
            let headers = Self.headers(message)
            #expect(headers.count == plain)
            #expect(!headers.contains { $0.hasPrefix("Bcc") || $0.contains("=?utf-8?Q?") })
        }
    }

    @Test func `lines stay short, ASCII and free of a boundary, whatever is in them`() {
        let words = String(repeating: "Grüße = 100 % — ", count: 60)
        let message = Self.message(
            subject: words, text: words + " \n.\n--=_x\nFrom here", html: "<p>\(words)</p>")
        let text = String(decoding: message.bytes, as: UTF8.self)
        let lines = text.replacing("\r\n", with: "\n").split(separator: "\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 78 && $0.utf8.allSatisfy { $0 < 0x80 } })
        #expect(lines.count { $0.hasPrefix("--=_") } == 3)
        #expect(!text.replacing("\r\n", with: "").contains("\n"))
    }

    @Test func `a mailbox is an address with or without a name`() {
        #expect(Mailbox("Crm@Vantage.example")?.header == "crm@vantage.example")
        #expect(
            Mailbox("\"Vantage\" <crm@vantage.example>")?.header
                == "\"Vantage\" <crm@vantage.example>")
        #expect(
            Mailbox("Käse <crm@vantage.example>")?.header
                == "=?utf-8?B?S8Okc2U=?= <crm@vantage.example>")
        for text in [
            "", "nobody", "Vantage <>", "a@b", "x <a@vantage.example\r\nBcc: e@r.example>",
        ] {
            #expect(Mailbox(text) == nil, "\(text)")
        }
    }
}

@Suite struct RelayAddressTests {
    @Test func `an address says host, port, user and what protects it`() throws {
        let plain = try RelayAddress("smtp://crm@mail.example")
        #expect(plain.url(introducedAs: "acme.example") == "smtp://mail.example:587/acme.example")
        #expect((plain.user, plain.security) == ("crm", .required))
        let implicit = try RelayAddress("smtps://crm%40acme.example@mail.example?ca=/etc/ca.pem")
        #expect(implicit.url(introducedAs: "x") == "smtps://mail.example:465/x")
        #expect((implicit.user, implicit.authorities) == ("crm@acme.example", "/etc/ca.pem"))
        #expect(try RelayAddress("smtp://127.0.0.1:25?tls=none").security == .none)
    }

    @Test(arguments: [
        "", "mail.example", "http://mail.example", "smtp://", "smtp://u:secret@mail.example",
        "smtp://u@mail.example?tls=none", "smtp://mail.example?tls=maybe", "smtps://m?tls=none",
    ])
    func `what cannot be meant is refused without a secret in the words`(text: String) {
        let fault = #expect(throws: RelayFault.self) { _ = try RelayAddress(text) }
        #expect(fault?.description.contains("secret") == false)
    }
}

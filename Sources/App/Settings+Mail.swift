import CRM
import Foundation
import Mail

extension Settings {
    /// How people are reached by mail.
    ///
    /// - Throws: A refusal that names the setting.
    func mailing() throws -> Mailing {
        Mailing(relay: try mailRelay(), site: try site())
    }

    private func mailRelay() throws -> Relay? {
        guard let relay else { return nil }
        let address: RelayAddress
        do { address = try RelayAddress(relay) } catch {
            throw Refusal("IPERFORM_SMTP cannot be used: \(error)")
        }
        guard let from = mailFrom.flatMap({ Mailbox($0) }) else {
            throw Refusal("With IPERFORM_SMTP, IPERFORM_MAIL_FROM must be an e-mail address.")
        }
        let password = try password()
        guard (address.user == nil) == (password == nil) else {
            throw Refusal(
                "IPERFORM_SMTP has a user and IPERFORM_SMTP_PASSWORD a password, or neither has.")
        }
        return Relay(address, password: password, from: from)
    }

    private func password() throws -> String? {
        guard let relayPasswordFile else { return relayPassword }
        do {
            return try String(contentsOfFile: relayPasswordFile, encoding: .utf8)
                .trimmingCharacters(in: .newlines)
        } catch {
            throw Refusal("IPERFORM_SMTP_PASSWORD_FILE cannot be read: \(error)")
        }
    }

    /// Without a slash at its end.
    private func site() throws -> String {
        guard let publicURL else { return "http://\(host):\(port)" }
        guard let parts = URLComponents(string: publicURL),
            ["http", "https"].contains(parts.scheme),
            let host = parts.host, !host.isEmpty, ["", "/"].contains(parts.path),
            parts.query == nil, parts.fragment == nil, parts.user == nil
        else {
            throw Refusal("IPERFORM_PUBLIC_URL must be https://HOST, without anything behind.")
        }
        return publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
    }
}

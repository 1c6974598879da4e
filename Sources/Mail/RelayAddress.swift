import Foundation

/// Where mail is handed over: `smtp://user@host:587?tls=required`, or `smtps://…` where TLS is
/// spoken from the first byte.
package struct RelayAddress: Sendable, Equatable {
    package enum Security: String, Sendable {
        /// STARTTLS, or nothing is sent.
        case required
        /// For a relay on the same machine.
        case none
        /// TLS from the first byte.
        case implicit
    }

    package let host: String
    package let port: Int
    package let user: String?
    package let security: Security
    /// A file of certificates to trust instead of the system's.
    package let authorities: String?

    /// - Throws: `RelayFault`, a sentence without a secret.
    package init(_ text: String) throws {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme,
            ["smtp", "smtps"].contains(scheme), let host = parts.host, !host.isEmpty
        else { throw RelayFault("It must be smtp://HOST or smtps://HOST.") }
        guard parts.password == nil else {
            throw RelayFault("The password belongs in IPERFORM_SMTP_PASSWORD.")
        }
        var (security, authorities) = (Security.required, String?.none)
        if scheme == "smtps" { security = .implicit }
        for item in parts.queryItems ?? [] {
            switch (item.name, item.value) {
            case ("tls", "required"): break
            case ("tls", "none") where scheme == "smtp": security = .none
            case ("ca", let file?) where !file.isEmpty: authorities = file
            default: throw RelayFault("It takes tls=required, tls=none and ca=FILE.")
            }
        }
        let user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        guard user == nil || security != .none else {
            throw RelayFault("With a user it takes TLS: without, the password could be read.")
        }
        self.host = host
        self.port = parts.port ?? (scheme == "smtps" ? 465 : 587)
        self.user = user
        self.security = security
        self.authorities = authorities
    }

    /// As libcurl takes it; the path is how we introduce ourselves.
    func url(introducedAs name: String) -> String {
        let host = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        return "\(security == .implicit ? "smtps" : "smtp")://\(host):\(port)/\(name)"
    }
}

/// What is wrong with the relay's settings.
package struct RelayFault: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

import Foundation

/// What to do when a server and we do not agree on encryption.
enum TLSAdvice {
    /// By what libpq or the server says (fe-secure-openssl.c, fe-connect.c and auth.c of
    /// PostgreSQL's sources).
    private static let advice = [
        "no encryption": "Add sslmode=require to the address, or verify-full with sslrootcert.",
        "SSL off": "Add sslmode=require to the address, or verify-full with sslrootcert.",
        "does not support SSL": "Set ssl = on at the server, or take sslmode out of the address.",
        "certificate verify failed":
            "Name in sslrootcert the certificate of who signed the server's.",
        "root certificate file":
            "Name in sslrootcert the certificate of who signed the server's.",
        "does not match host name":
            "Name the server as its certificate does, or be content with sslmode=verify-ca.",
    ]

    /// The line that there is something to do about, with what that is: of one address of the
    /// server it may be said, and of another that nobody answers there.
    static func line(of message: String) -> String? {
        for line in message.split(separator: "\n") {
            if let todo = advice.first(where: { line.contains($0.key) })?.value {
                return "\(line.trimmingCharacters(in: .whitespaces)). \(todo)"
            }
        }
        return nil
    }
}

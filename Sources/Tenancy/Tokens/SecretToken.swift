import Crypto
import Foundation

/// Secrets that are handed out once and stored only as a hash: sessions, refresh tokens, API
/// keys, form tokens.
package enum SecretToken {
    /// 256 random bits in 43 characters of base64url (RFC 4648 §5, no padding).
    package static func random() -> String {
        let key = SymmetricKey(size: .bits256)
        return key.withUnsafeBytes { Base64URL.text($0) }
    }

    /// SHA-256 of the token. A plain hash is enough: the token itself cannot be guessed.
    package static func hash(_ token: String) -> [UInt8] {
        Array(SHA256.hash(data: Data(token.utf8)))
    }
}

enum Base64URL {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

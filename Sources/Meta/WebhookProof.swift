import Crypto
import Foundation

/// What proves that a call of the webhook comes from Facebook.
package enum WebhookProof {
    /// Whether `header` is the HMAC-SHA256 of these very bytes under the app's secret, as
    /// `sha256=` and hexadecimal digits. It takes as long whatever they are.
    package static func isSigned(_ body: [UInt8], _ header: String?, secret: [UInt8]) -> Bool {
        let prefix = "sha256="
        let given =
            header.map { $0.hasPrefix(prefix) ? bytes($0.dropFirst(prefix.count)) : [] } ?? []
        return HMAC<SHA256>.isValidAuthenticationCode(
            given, authenticating: body, using: SymmetricKey(data: secret))
    }

    /// Whether both are the same, in a time that says nothing of either.
    package static func isSame(_ given: String, _ kept: [UInt8]) -> Bool {
        SHA256.hash(data: Data(given.utf8)) == SHA256.hash(data: kept)
    }

    /// What Facebook would send; for those who stand in for it.
    package static func signature(of body: [UInt8], secret: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: body, using: SymmetricKey(data: secret))
        return "sha256="
            + code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private static func bytes(_ digits: Substring) -> [UInt8] {
        let utf8 = Array(digits.utf8)
        guard utf8.count == 64 else { return [] }
        var bytes: [UInt8] = []
        for at in stride(from: 0, to: utf8.count, by: 2) {
            let pair = String(decoding: utf8[at...(at + 1)], as: UTF8.self)
            guard pair.allSatisfy(\.isHexDigit), let byte = UInt8(pair, radix: 16) else {
                return []
            }
            bytes.append(byte)
        }
        return bytes
    }
}

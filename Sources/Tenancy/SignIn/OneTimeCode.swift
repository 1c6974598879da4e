import Crypto
import Foundation
import Storage

/// One-time codes by time (RFC 6238): SHA-1, six digits, half a minute, as every authenticator
/// app makes them.
package struct OneTimeCode: Sendable {
    /// The seed that the server and the app share.
    package let seed: [UInt8]

    package static let digits = 6
    static let secondsInStep: Int64 = 30
    /// Steps before and after now that count too: clocks differ, and people type.
    static let stepsAside: Int64 = 1
    /// RFC 4226 §4 R6 asks for 160 bits.
    private static let seedBytes = 20

    package init(seed: [UInt8]) {
        self.seed = seed
    }

    package static func random() -> OneTimeCode {
        let key = SymmetricKey(size: .init(bitCount: seedBytes * 8))
        return OneTimeCode(seed: key.withUnsafeBytes { Array($0) })
    }

    static func step(at now: Instant) -> Int64 {
        now.microseconds / 1_000_000 / secondsInStep
    }

    /// The code of a step (RFC 4226 §5.3).
    package func code(step: Int64, digits: Int = OneTimeCode.digits) -> String {
        let counter = withUnsafeBytes(of: step.bigEndian) { Array($0) }
        let hash = Array(
            HMAC<Insecure.SHA1>.authenticationCode(
                for: counter, using: SymmetricKey(data: seed)))
        let offset = Int(hash[hash.count - 1] & 15)
        let number = hash[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let modulus = (0..<digits).reduce(UInt32(1)) { product, _ in product * 10 }
        let code = String((number & 0x7FFF_FFFF) % modulus)
        return String(repeating: "0", count: digits - code.count) + code
    }

    package func code(at now: Instant) -> String { code(step: Self.step(at: now)) }

    /// The step whose code this is, of those that count now; nil for a wrong code. Every step is
    /// compared, and each in the same time.
    func step(of code: String, at now: Instant) -> Int64? {
        let now = Self.step(at: now)
        var found: Int64?
        for step in now - Self.stepsAside...now + Self.stepsAside
        where Self.areSame(self.code(step: step), code) {
            found = step
        }
        return found
    }

    /// In the same time for all codes. The parentheses are needed: in Swift `|` and `^` bind alike.
    static func areSame(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The seed in the letters that people type into an app (RFC 4648 §6).
    package var text: String { Base32.text(seed) }

    /// What the square picture holds: the `otpauth` address that apps read.
    package func address(of account: String, at company: String) -> String {
        let issuer = Self.encoded(company)
        // The colon as it is: not every app takes it encoded.
        return "otpauth://totp/\(issuer):\(Self.encoded(account))?secret=\(text)&issuer=\(issuer)"
            + "&algorithm=SHA1&digits=\(Self.digits)&period=\(Self.secondsInStep)"
    }

    private static let unreserved = CharacterSet(
        charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}

/// Base32 (RFC 4648 §6) without padding.
enum Base32 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var (bits, count) = (0, 0)
        for byte in bytes {
            bits = bits << 8 | Int(byte)
            count += 8
            while count >= 5 {
                count -= 5
                text.append(letters[bits >> count & 31])
            }
            bits &= 1 << count - 1
        }
        if count > 0 { text.append(letters[bits << (5 - count) & 31]) }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Codes for who has lost the app: each is good once. Stored hashed.
enum RecoveryCode {
    static let count = 10
    /// 80 bits: too many to try, even for who has the hashes.
    private static let bytes = 10

    /// `abcd-efgh-ijkl-mnop`.
    static func random() -> String {
        let key = SymmetricKey(size: .init(bitCount: bytes * 8))
        let letters = Array(key.withUnsafeBytes { Base32.text(Array($0)) }.lowercased())
        return stride(from: 0, to: letters.count, by: 4)
            .map { String(letters[$0..<min($0 + 4, letters.count)]) }.joined(separator: "-")
    }

    /// As typed, with or without dashes and capitals.
    static func hash(_ code: String, of user: ID<User>) -> [UInt8] {
        let plain = code.lowercased().filter { $0.isLetter || $0.isNumber }
        return SecretToken.hash("recovery \(user) \(plain)")
    }
}

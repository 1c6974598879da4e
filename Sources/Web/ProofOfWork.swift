import Crypto
import Foundation
import Storage

/// A piece of work for a sender's browser, as Altcha has it in its first version: to find the
/// number whose hash we named. One form costs a moment, a flood of them hours.
package struct ProofOfWork {
    /// Of one form, so that what was done for one is worth nothing at another.
    private let key: SymmetricKey

    /// How large the number may be: half of it is tried on average.
    package static let numberMax = 50_000
    /// For how long a challenge is good.
    package static let seconds = 3600

    package struct Challenge: Sendable, Equatable {
        package let salt: String
        package let challenge: String
        package let signature: String

        package var json: JSON {
            [
                "algorithm": "SHA-256", "challenge": .string(challenge),
                "maxnumber": .integer(Int64(ProofOfWork.numberMax)), "salt": .string(salt),
                "signature": .string(signature),
            ]
        }
    }

    /// A proof that was accepted: it is good once, until then.
    package struct Accepted: Sendable, Equatable {
        package let challenge: String
        package let expiresAt: Instant
    }

    package init(key: SymmetricKey) {
        self.key = key
    }

    package func challenge(at now: Instant) -> Challenge {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<12).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let end = now.adding(seconds: Self.seconds).microseconds / 1_000_000
        // The & at its end keeps the number from being read as part of the time.
        return challenge(
            salt: "\(Self.hex(random))?expires=\(end)&",
            number: Int.random(in: 0...Self.numberMax, using: &generator))
    }

    package func challenge(salt: String, number: Int) -> Challenge {
        let challenge = Self.hex(SHA256.hash(data: Data("\(salt)\(number)".utf8)))
        return Challenge(salt: salt, challenge: challenge, signature: sign(challenge))
    }

    /// Reads what a browser sent back; nil when it is no proof, of another form, or too late.
    package func accept(_ payload: String, at now: Instant) -> Accepted? {
        guard payload.utf8.count <= 2000, let data = Data(base64Encoded: payload),
            let json = try? JSON(parsing: Array(data)), json["algorithm"]?.string == "SHA-256",
            let salt = json["salt"]?.string, let number = json["number"]?.integer,
            let challenge = json["challenge"]?.string, let signature = json["signature"]?.string,
            (0...Int64(Self.numberMax)).contains(number), salt.hasSuffix("&"),
            let expiry = Self.expiry(of: salt), now < expiry
        else { return nil }
        let made = self.challenge(salt: salt, number: Int(number))
        guard made.challenge == challenge, Self.isSame(made.signature, signature) else {
            return nil
        }
        return Accepted(challenge: challenge, expiresAt: expiry)
    }

    private static func expiry(of salt: String) -> Instant? {
        guard let match = salt.firstMatch(of: /\?expires=([0-9]{1,12})&$/),
            let seconds = Int64(match.1)
        else { return nil }
        return Instant(microseconds: seconds * 1_000_000)
    }

    private func sign(_ challenge: String) -> String {
        Self.hex(HMAC<SHA256>.authenticationCode(for: Data(challenge.utf8), using: key))
    }

    /// In a time that does not tell where they differ.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

import CArgon2
import Foundation

/// Hashes and checks passwords with argon2id (RFC 9106), off the shared threads.
package final class Passwords: Sendable {
    private let pool = HashingPool()

    /// No password that was ever taken is longer.
    private static let typedMax = 200

    // OWASP's second recommendation: 19 MiB, two passes, one lane; about 30 ms.
    private static let passes: UInt32 = 2
    private static let memoryKibibytes: UInt32 = 19_456
    private static let lanes: UInt32 = 1
    private static let saltBytes = 16
    private static let hashBytes = 32
    private static let prefix = "$argon2id$v=19$m=\(memoryKibibytes),t=\(passes),p=\(lanes)$"

    /// The hash of no password, checked when there is no account, so that the answer takes as
    /// long as for one that exists.
    private static let nobody =
        prefix + String(repeating: "A", count: 22) + "$" + String(repeating: "A", count: 43)

    package init() {}

    deinit {
        pool.stop()
    }

    /// The hash, as a PHC string with a new salt, of a password that somebody chooses.
    ///
    /// - Parameter person: What it must not contain: name, e-mail and company of who will use it.
    /// - Throws: `Problem.invalid` on "password" with what to do, and `Problem.busy` when too many
    ///   wait for a hash.
    package func hash(_ password: String, of person: [String] = []) async throws -> String {
        if let fault = PasswordPolicy.fault(in: password, of: person) {
            throw Problem.invalid("password", fault)
        }
        return try await rehash(password)
    }

    /// The hash of a password that was chosen before and is right, whatever is asked of new ones.
    func rehash(_ password: String) async throws -> String {
        let bytes = Self.bytes(password)
        return try await pool.run { try Self.argon2id(bytes) }
    }

    /// Whether the password is the one that was hashed. With nil it is not, and that takes as
    /// long to find out.
    ///
    /// - Throws: `Problem.busy` when too many wait for a hash.
    package func verify(_ password: String, against hash: String?) async throws -> Bool {
        // No password is longer, so this one is wrong; hashing it would only take longer.
        guard let hash, password.count <= Self.typedMax else {
            _ = try await pool.run { try Self.matches([], Self.nobody) }
            return false
        }
        let bytes = Self.bytes(password)
        return try await pool.run { try Self.matches(bytes, hash) }
    }

    /// Whether a hash was made with other parameters than today's.
    package static func needsRehash(_ hash: String) -> Bool {
        !hash.hasPrefix(prefix)
    }

    /// The same characters typed on different systems may come composed or decomposed.
    private static func bytes(_ password: String) -> [UInt8] {
        Array(password.precomposedStringWithCanonicalMapping.utf8)
    }

    /// Anything but a match or a mismatch is a failure: an account must not be locked because
    /// there was no memory to check its password.
    private static func matches(_ password: [UInt8], _ hash: String) throws -> Bool {
        switch argon2id_verify(hash, password, password.count) {
        case ARGON2_OK.rawValue: return true
        case ARGON2_VERIFY_MISMATCH.rawValue: return false
        case let code: throw HashingFailure(code: Int(code))
        }
    }

    private static func argon2id(_ password: [UInt8]) throws -> String {
        var random = SystemRandomNumberGenerator()
        let salt = (0..<saltBytes).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let length = argon2_encodedlen(
            passes, memoryKibibytes, lanes, UInt32(saltBytes), UInt32(hashBytes), Argon2_id)
        var encoded = [CChar](repeating: 0, count: length)
        let code = argon2id_hash_encoded(
            passes, memoryKibibytes, lanes, password, password.count, salt, salt.count,
            hashBytes, &encoded, encoded.count)
        guard code == ARGON2_OK.rawValue else { throw HashingFailure(code: Int(code)) }
        return String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }
}

/// libargon2 could not hash: it got no memory, or a stored hash is damaged.
struct HashingFailure: Error {
    let code: Int
}

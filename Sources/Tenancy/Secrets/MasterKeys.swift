import Crypto
import Foundation

/// The keys that secrets at rest are sealed under. They are never in the database: who has only a
/// copy of that can open nothing.
///
/// The first key seals, each of them opens. To change it, put a new one first, seal everything
/// anew, and take the old one away.
package struct MasterKeys: Sendable {
    let newest: MasterKey
    private let byID: [[UInt8]: MasterKey]

    package static let bytesInKey = 32

    /// - Parameter text: Keys in base64, with white space or commas between, the newest first.
    /// - Throws: `BadKey` when one is no key, or there is none.
    package init(_ text: String) throws {
        let words = text.split { $0.isWhitespace || $0 == "," }
        let keys = try words.enumerated().map { number, word in
            guard let bytes = Data(base64Encoded: String(word)), bytes.count == Self.bytesInKey
            else { throw BadKey(place: number + 1) }
            return MasterKey(bytes)
        }
        guard let newest = keys.first else { throw BadKey(place: 1) }
        self.newest = newest
        byID = Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// A new key as text.
    package static func random() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
    }

    /// What the newest key is called in the database and in messages: eight hexadecimal digits.
    package var newestName: String { MasterKey.name(newest.id) }

    func key(_ id: [UInt8]) -> MasterKey? { byID[id] }

    /// A text that should have been keys. It is not repeated: it may be half of one.
    package struct BadKey: Error, CustomStringConvertible {
        let place: Int

        package var description: String {
            "Key \(place) is not \(MasterKeys.bytesInKey) bytes in base64. "
                + "`openssl rand -base64 \(MasterKeys.bytesInKey)` makes one."
        }
    }
}

/// One key, with what it is called.
struct MasterKey: Sendable {
    let key: SymmetricKey
    let id: [UInt8]

    static let idBytes = 4

    init(_ bytes: Data) {
        key = SymmetricKey(data: bytes)
        let label = Data("iperform master key id".utf8)
        id = Array(HMAC<SHA256>.authenticationCode(for: label, using: key).prefix(Self.idBytes))
    }

    static func name(_ id: [UInt8]) -> String {
        id.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

import Crypto
import Foundation
import Storage

/// What a secret is for, and whose it is: sealed for one place it opens at no other.
package struct SecretPlace: Sendable, Equatable {
    package let tenant: ID<Tenant>
    package let purpose: Purpose
    package let record: UUID

    package enum Purpose: String, Sendable, CaseIterable, SQLConvertible {
        /// The seed of a person's one-time codes; the record is the person.
        case totp
        /// What proves us to a company's identity provider; the record is the company.
        case openIDClient = "openid_client"
        /// What Facebook signs with, what it names itself by, and what we read leads with; the
        /// record is the connection.
        case metaApp = "meta_app"
        case metaVerify = "meta_verify"
        case metaPage = "meta_page"
    }

    package init(_ tenant: ID<Tenant>, _ purpose: Purpose, _ record: UUID) {
        self.tenant = tenant
        self.purpose = purpose
        self.record = record
    }

    /// Ids are as long as each other and the purpose is last, so no two places read the same.
    fileprivate var bound: Data {
        Data("iperform secret 1\n\(tenant)\n\(UUIDv7.text(record))\n\(purpose.rawValue)".utf8)
    }
}

/// A secret under AES-256-GCM: format, key id, nonce (12), ciphertext, tag (16).
package struct SealedSecret: Sendable, Equatable {
    package let bytes: [UInt8]

    private static let format: UInt8 = 1
    private static let headBytes = 1 + MasterKey.idBytes

    package init(stored bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Seals under the newest key, with a nonce of its own.
    package init(sealing secret: [UInt8], for place: SecretPlace, with keys: MasterKeys) throws {
        let key = keys.newest
        let box = try AES.GCM.seal(secret, using: key.key, authenticating: place.bound)
        bytes = [Self.format] + key.id + Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    var keyID: [UInt8] { Array(bytes.dropFirst().prefix(MasterKey.idBytes)) }

    /// - Throws: `SealBroken`, also when it was sealed for another place.
    package func opened(for place: SecretPlace, with keys: MasterKeys) throws -> [UInt8] {
        guard bytes.first == Self.format, bytes.count > Self.headBytes else {
            throw SealBroken.damaged(place)
        }
        guard let key = keys.key(keyID) else {
            throw SealBroken.keyMissing(MasterKey.name(keyID))
        }
        do {
            let box = try AES.GCM.SealedBox(combined: bytes.dropFirst(Self.headBytes))
            return Array(try AES.GCM.open(box, using: key.key, authenticating: place.bound))
        } catch {
            throw SealBroken.damaged(place)
        }
    }
}

/// Why a secret does not open. For the log and the command line; the outside hears of an incident.
package enum SealBroken: Error, Equatable, CustomStringConvertible {
    case keyMissing(String)
    case damaged(SecretPlace)

    package var description: String {
        switch self {
        case .keyMissing(let name):
            """
            A secret is sealed under the master key \(name), which is not among those given. Add \
            it to IPERFORM_MASTER_KEY or the key file, behind the newest.
            """
        case .damaged(let place):
            """
            The \(place.purpose.rawValue) secret of record \(UUIDv7.text(place.record)) was changed \
            since it was sealed, or belongs elsewhere.
            """
        }
    }
}

import Crypto
import Foundation
import JWTKit
import Storage

/// The ES256 keys of the installation: the newest signs, all of them verify.
struct SigningKeys: Sendable {
    let collection: JWTKeyCollection
    let kids: [String]
    /// The public keys as a JWK set (RFC 7517).
    let jwks: [UInt8]

    private static let prefix = "jwt.es256."

    var signing: JWKIdentifier { JWKIdentifier(string: kids.last ?? "") }

    /// Reads the keys, and makes the first one when there is none.
    static func load(from database: Database, at now: Instant) async throws -> SigningKeys {
        let pems = try await database.translated {
            let pems = try await database.read { try await stored(in: $0) }
            if !pems.isEmpty { return pems }
            return try await database.write { try await storedOrFirst(in: $0, at: now) }
        }
        return try await SigningKeys(pems: pems)
    }

    /// Another process may have been faster to make the first.
    private static func storedOrFirst(
        in tx: any Transaction, at now: Instant
    ) async throws -> [[UInt8]] {
        let pems = try await stored(in: tx)
        if !pems.isEmpty { return pems }
        let key = P256.Signing.PrivateKey()
        let name = prefix + JWK(key.publicKey).thumbprint
        return [
            try await InstallationKeys.findOrMake(name, in: tx, at: now) {
                Array(key.pemRepresentation.utf8)
            }
        ]
    }

    private static func stored(in tx: any Transaction) async throws -> [[UInt8]] {
        try await tx.column(
            """
            SELECT value
            FROM installation_keys
            WHERE name LIKE \(prefix + "%")
            ORDER BY created_at, name
            """)
    }

    private init(pems: [[UInt8]]) async throws {
        collection = JWTKeyCollection()
        var published: [JWK] = []
        for pem in pems {
            let key = try P256.Signing.PrivateKey(
                pemRepresentation: String(decoding: pem, as: UTF8.self))
            let jwk = JWK(key.publicKey)
            await collection.add(
                ecdsa: try ES256PrivateKey(backing: key),
                kid: JWKIdentifier(string: jwk.thumbprint))
            published.append(jwk)
        }
        kids = published.map(\.thumbprint)
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("keys") { $0.array(published) { $1.write(to: &$0) } }
        }
        jwks = writer.bytes
    }
}

/// A public P-256 key as JSON Web Key (RFC 7518 §6.2).
private struct JWK {
    let x: String
    let y: String

    init(_ key: P256.Signing.PublicKey) {
        let point = key.rawRepresentation
        x = Base64URL.text(point.prefix(32))
        y = Base64URL.text(point.suffix(32))
    }

    /// RFC 7638: the hash of the required members in alphabetical order. Serves as `kid`.
    var thumbprint: String {
        let members = #"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#
        return Base64URL.text(SHA256.hash(data: Data(members.utf8)))
    }

    func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("kty", "EC")
            $0.member("crv", "P-256")
            $0.member("x", x)
            $0.member("y", y)
            $0.member("use", "sig")
            $0.member("alg", "ES256")
            $0.member("kid", thumbprint)
        }
    }
}

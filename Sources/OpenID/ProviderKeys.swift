import JWTKit
import Storage

/// The public keys that a provider signs with (RFC 7517), of the kinds that are taken: RSA with
/// SHA-256 and P-256.
struct ProviderKeys: Sendable {
    enum Algorithm: String, Sendable {
        case rs256 = "RS256"
        case es256 = "ES256"
    }

    struct Key: Sendable {
        let id: String?
        let algorithm: Algorithm
        let collection: JWTKeyCollection
    }

    private let keys: [Key]

    private static let countMax = 100

    /// Keys of other kinds, and those that are not for signatures, are left out.
    init(_ json: JSON) async {
        var keys: [Key] = []
        for jwk in (json["keys"]?.array ?? []).prefix(Self.countMax) {
            if let key = await Self.key(jwk) { keys.append(key) }
        }
        self.keys = keys
    }

    /// The key of a token: by its id, else the only one of its kind.
    func key(_ id: String?, _ algorithm: Algorithm) -> Key? {
        let fitting = keys.filter { $0.algorithm == algorithm }
        if let id { return fitting.first { $0.id == id } }
        return fitting.count == 1 ? fitting[0] : nil
    }

    private static func key(_ jwk: JSON) async -> Key? {
        guard jwk["use"]?.string ?? "sig" == "sig" else { return nil }
        let collection = JWTKeyCollection()
        let algorithm: Algorithm
        switch (jwk["kty"]?.string, jwk["crv"]?.string) {
        case ("RSA", _):
            guard let modulus = jwk["n"]?.string, let exponent = jwk["e"]?.string,
                let key = try? Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent)
            else { return nil }
            algorithm = .rs256
            await collection.add(rsa: key, digestAlgorithm: .sha256)
        case ("EC", "P-256"):
            guard let x = jwk["x"]?.string, let y = jwk["y"]?.string,
                let key = try? ES256PublicKey(parameters: (x: x, y: y))
            else { return nil }
            algorithm = .es256
            await collection.add(ecdsa: key)
        default: return nil
        }
        // A key that is for another algorithm is for no other (RFC 8725 §3.1).
        guard jwk["alg"]?.string ?? algorithm.rawValue == algorithm.rawValue else { return nil }
        return Key(id: jwk["kid"]?.string, algorithm: algorithm, collection: collection)
    }
}

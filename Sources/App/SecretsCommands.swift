import Storage
import Tenancy

/// Seals everything under the newest master key; interrupted, it goes on when given again.
///
/// - Throws: A refusal that names the key which is missing.
package func rotateSecrets(_ installation: Installation) async throws {
    let keys = installation.masterKeys
    let sealed: Int
    do {
        sealed = try await Secrets.resealAll(in: installation.database, with: keys)
    } catch let broken as SealBroken {
        throw Refusal(broken.description)
    }
    let noun = sealed == 1 ? "secret" : "secrets"
    say("\(sealed) \(noun) sealed anew. All are under the master key \(keys.newestName) now.")
}

import Storage
import Tenancy

/// Lets a company's people and programs in from anywhere again. Servers that run know of it
/// within five seconds.
///
/// - Throws: A refusal when there is no such company.
package func clearAddresses(_ installation: Installation, tenant slug: String) async throws {
    let database = installation.database
    let tenant = try await database.translated {
        try await database.read { try await Tenants.find(slug: slug, in: $0) }
    }
    guard let tenant else { throw Refusal("There is no company \(slug).") }
    try await database.write(as: .system(tenant.id)) { try await AddressList($0).clear() }
    say("\(tenant.name) is let in from anywhere.")
}

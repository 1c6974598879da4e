import CRM
import Foundation
import Storage
import Tenancy

/// Makes a company with its pipeline and its first administrator, who gets the leads that no
/// rule takes; returns its slug.
///
/// - Throws: `Problem.invalid` naming what is wrong.
package func createTenant(
    _ installation: Installation, name: String, adminEmail: String, adminPassword: String,
    region: String = "US", currency: String = "USD", timeZone: String = "UTC"
) async throws -> (tenant: ID<Tenant>, slug: String, admin: ID<User>) {
    let hash = try await Passwords().hash(adminPassword)
    let new = NewTenant(
        name: name, admin: ("Administrator", adminEmail, hash), defaultRegion: region,
        defaultCurrency: currency, timeZone: timeZone)
    return try await installation.database.translated {
        try await installation.database.write { tx in
            let made = try await Tenants.create(new, in: tx, at: .now)
            let scope = Scope(
                caller: .system(made.tenant), tx: tx, now: .now)
            try await Stages(scope).install()
            // Until the company has rules of its own, no lead stays without an owner.
            let fallback = AssignmentRule(fallback: .user(made.admin))
            try await Assignment(scope).replace(with: [fallback])
            return made
        }
    }
}

import CRM
import Foundation
import Storage
import Tenancy

/// What a company counts with: the region its phone numbers are read in (ISO 3166), its
/// currency (ISO 4217), and where its days begin (IANA).
package struct Locality: Sendable {
    package let region: String
    package let currency: String
    package let timeZone: String

    package init(region: String = "US", currency: String = "USD", timeZone: String = "UTC") {
        self.region = region
        self.currency = currency
        self.timeZone = timeZone
    }
}

/// Makes a company with its pipeline and its first administrator, who gets the leads that no
/// rule takes; returns its slug.
///
/// - Throws: `Problem.invalid` naming what is wrong.
package func createTenant(
    _ installation: Installation, name: String, adminEmail: String, adminPassword: String,
    locality: Locality = Locality()
) async throws -> (tenant: ID<Tenant>, slug: String, admin: ID<User>) {
    let hash = try await Passwords().hash(adminPassword, of: [name, adminEmail])
    let new = NewTenant(
        name: name, admin: ("Administrator", adminEmail, hash), defaultRegion: locality.region,
        defaultCurrency: locality.currency, timeZone: locality.timeZone)
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

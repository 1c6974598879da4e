import Storage

/// The companies of this installation. Only what is not yet in one of them asks here.
package enum Tenants {
    /// Makes a company and its first administrator. Its pipeline is made by the CRM, in the
    /// same transaction.
    ///
    /// - Throws: `Problem.invalid` with every field that is wrong.
    package static func create(
        _ new: NewTenant, in tx: any Transaction, at now: Instant
    ) async throws -> (tenant: ID<Tenant>, slug: String, admin: ID<User>) {
        let new = try new.normalised()
        let tenant = ID<Tenant>()
        let slug = try await freeSlug(for: new.slug ?? new.name, in: tx)
        try await tx.execute(
            """
            INSERT INTO tenants (id, slug, name, default_region, default_currency, time_zone,
                created_at)
            VALUES (\(tenant), \(slug), \(new.name), \(new.defaultRegion),
                \(new.defaultCurrency), \(new.timeZone), \(now))
            """)
        let scope = Scope(caller: .system(tenant), tx: tx, now: now)
        try await scope.record(
            Event("tenant.created", tenant.uuid) {
                $0.member("name", new.name)
                $0.member("slug", slug)
            })
        let admin = try await Users(scope).create(
            NewUser(
                email: new.adminEmail, name: new.adminName, role: .companyAdmin,
                passwordHash: new.adminPasswordHash))
        return (tenant, slug, admin.id)
    }

    package static func find(
        slug: String, in tx: any Transaction
    ) async throws -> TenantProfile? {
        try await tx.first(
            """
            SELECT \(TenantProfile.columns)
            FROM tenants
            WHERE slug = \(slug)
            """)
    }

    /// - Throws: `Problem.notFound` when there is none.
    package static func find(
        _ id: ID<Tenant>, in tx: any Transaction
    ) async throws -> TenantProfile {
        let tenant: TenantProfile? = try await tx.first(
            """
            SELECT \(TenantProfile.columns)
            FROM tenants
            WHERE id = \(id)
            """)
        guard let tenant else { throw Problem.notFound("company") }
        return tenant
    }

    /// All companies by name, for the command line and for the jobs that go round.
    package static func all(in tx: any Transaction) async throws -> [TenantProfile] {
        try await tx.all(
            """
            SELECT \(TenantProfile.columns)
            FROM tenants
            ORDER BY name, id
            """)
    }

    private static func freeSlug(
        for name: String, in tx: any Transaction
    ) async throws -> String {
        let base = Slug.make(from: name)
        // A slug has no character that LIKE takes for a pattern.
        let taken: [String] = try await tx.column(
            """
            SELECT slug
            FROM tenants
            WHERE slug = \(base) OR slug LIKE \("\(base)-%")
            """)
        return Slug.firstFree(base, taken: Set(taken))
    }
}

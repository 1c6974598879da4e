import Storage

/// What a company goes by, and what its people mean when they do not say.
package struct TenantProfile: Sendable, Equatable {
    package let id: ID<Tenant>
    /// The name by which people sign in; never changes.
    package let slug: String
    package var name: String
    /// ISO 3166-1 alpha-2: the country of a phone number written without one.
    package var defaultRegion: String
    /// ISO 4217.
    package var defaultCurrency: String
    /// IANA name: where a day begins.
    package var timeZone: String
}

extension TenantProfile: RowDecodable {
    /// With the table's name, because it is also read in joins.
    static let columns: SQL = """
        tenants.id, tenants.slug, tenants.name, tenants.default_region, tenants.default_currency,
        tenants.time_zone
        """

    package init(row: inout Row) throws {
        id = try row.next()
        slug = try row.next()
        name = try row.next()
        defaultRegion = try row.next()
        defaultCurrency = try row.next()
        timeZone = try row.next()
    }
}

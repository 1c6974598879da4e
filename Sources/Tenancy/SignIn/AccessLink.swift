import Storage

/// A link that stands in for a password, once: in a mail, so who uses it can read that mailbox.
package struct AccessLink: Sendable, Equatable {
    package enum Purpose: String, Sendable, SQLConvertible {
        /// Into an account that has no password yet.
        case invitation
        case passwordReset = "password_reset"

        package var lifetimeSeconds: Int {
            switch self {
            case .invitation: 7 * 86_400
            case .passwordReset: 3600
            }
        }
    }

    package let user: ID<User>
    package let createdAt: Instant
    package let expiresAt: Instant
}

extension AccessLink: RowDecodable {
    package init(row: inout Row) throws {
        user = try row.next()
        createdAt = try row.next()
        expiresAt = try row.next()
    }
}

/// Whom a link that was presented belongs to.
package struct PresentedLink: Sendable, Equatable {
    /// The person of the link, as who what it is for is done.
    package let caller: Caller
    package let user: ID<User>
    package let name: String
    package let email: String
    package let company: String
    /// The company's short name.
    package let slug: String
}

extension PresentedLink: RowDecodable {
    package init(row: inout Row) throws {
        let tenant: ID<Tenant> = try row.next()
        user = try row.next()
        name = try row.next()
        email = try row.next()
        company = try row.next()
        slug = try row.next()
        caller = Caller(tenant: tenant, actor: .user(user), as: try HeldRole(row: &row))
    }
}

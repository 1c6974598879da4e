/// What somebody types to sign in.
package struct Credentials: Sendable {
    /// The company's slug.
    package var tenant: String
    package var email: String
    package var password: String

    package init(tenant: String, email: String, password: String) {
        self.tenant = tenant
        self.email = email
        self.password = password
    }
}

import Storage
import Tenancy

/// Makes somebody a platform operator, of whatever company: a new person with a password, or one
/// who is there already.
///
/// - Parameters:
///   - tenant: The company's short name.
///   - password: For a new person; nil for one who is there.
/// - Throws: `Problem.invalid` naming what is wrong, or a refusal.
package func makeOperator(
    _ installation: Installation, tenant: String, name: String?, email: String, password: String?
) async throws -> String {
    let database = installation.database
    let company = try await database.read { try await Tenants.find(slug: tenant, in: $0) }
    guard let company else { throw Refusal("There is no company \(tenant).") }
    let system = Caller.system(company.id)
    let known = try await database.read(as: system) { scope in
        try await Users(scope).list().first { $0.email == EmailAddress.normalised(email) }
    }
    if let known {
        _ = try await database.write(as: system) { scope in
            try await Users(scope).change(
                known.id, UserChange(role: .platformOperator, active: true))
        }
        return "\(known.name) is a platform operator now."
    }
    guard let name, let password else {
        throw Refusal("There is nobody with this e-mail yet: give --name and --password-file.")
    }
    let hash = try await Passwords().hash(password, of: [name, email, company.name])
    let new = NewUser(email: email, name: name, role: .platformOperator, passwordHash: hash)
    try await database.write(as: system) { _ = try await Users($0).create(new) }
    return "\(name) is a platform operator now."
}

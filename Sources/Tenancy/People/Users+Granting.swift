import Storage

/// Who may give whom which role.
extension Users {
    /// The person with the role that the own one is made of.
    ///
    /// - Parameter role: What was asked for besides; nil for what follows.
    /// - Throws: `Problem.invalid` when there is no such role, or it is made of another one.
    func placed(_ user: User, role: Role?, over old: User? = nil) async throws -> User {
        guard let id = user.customRole, id != old?.customRole || user.role != old?.role else {
            return user
        }
        guard let custom = try await Roles(scope).first(id) else {
            throw Problem.invalid("custom_role", "There is no such role.")
        }
        let made = custom.base.label.lowercased()
        guard role == nil || role == custom.base else {
            throw Problem.invalid("custom_role", "“\(custom.name)” is made of the role \(made).")
        }
        var user = user
        user.role = custom.base
        return user
    }

    /// A platform operator stands above companies, so no company makes one; and nobody gives a
    /// role that may more than they may.
    func mustBeGrantable(_ user: User) async throws {
        guard user.role != .platformOperator || scope.caller.actor.kind == .system else {
            throw Problem.invalid("role", "Platform operators are made on the command line.")
        }
        var grants = Grants.of(user.role)
        if let id = user.customRole {
            grants = try await Roles(scope).first(id)?.grants ?? .nothing
        }
        guard scope.caller.grants.covers(grants) else {
            throw Problem.invalid(
                user.customRole == nil ? "role" : "custom_role",
                "This role may more than you may, so it is not yours to give.")
        }
    }

    /// Who may more is changed by others: a new e-mail or password would make them one's own.
    ///
    /// - Throws: `Problem.forbidden`
    func mustCover(_ id: ID<User>) async throws {
        guard try await scope.caller.grants.covers(Roles(scope).held(by: id).grants) else {
            throw Problem.forbidden("This person may more than you may. Ask an admin.")
        }
    }
}

import Storage
import Tenancy

/// Which leads a caller reaches: the row predicate of every statement on leads.
///
/// | role | reaches |
/// |---|---|
/// | company admin, executive | all |
/// | manager | what people in the subtree of own teams own or share, and own |
/// | salesperson | what they own or share |
/// | others | nothing yet |
package enum Reach: Sendable, Hashable {
    case all
    case team(of: ID<User>)
    case own(ID<User>)
    case nothing

    package init(_ caller: Caller) {
        switch (caller.role, caller.user) {
        case (.companyAdmin, _), (.executive, _): self = .all
        case (.manager, let user?): self = .team(of: user)
        case (.salesperson, let user?): self = .own(user)
        default: self = .nothing
        }
    }

    /// `AND …` on `leads l`.
    package func sql(in tenant: ID<Tenant>) -> SQL {
        switch self {
        case .all: ""
        case .nothing: "AND 1 = 0"
        case .own(let user): Self.ownedOrShared(by: "(\(user))", in: tenant)
        case .team(let manager):
            Self.ownedOrShared(by: "(\(Teams.managedUsers(of: manager, in: tenant)))", in: tenant)
        }
    }

    /// People of a team that have an arm each; of a larger one they share one.
    private static let armsMax = 40

    /// Predicates (`AND …` on `leads l`) that together are this reach; a lead may meet several.
    ///
    /// For the first leads in an order: each of them has its order from an index, where
    /// “owned or shared” in one would read and sort all that a person has.
    package func arms(in scope: Scope) async throws -> [SQL] {
        let users: [ID<User>]
        switch self {
        case .all, .nothing: return [sql(in: scope.tenant)]
        case .own(let user): users = [user]
        case .team(let manager):
            users = try await scope.tx.column(
                Teams.managedUsers(of: manager, in: scope.tenant), as: ID<User>.self)
        }
        let list = SQL.list(users)
        let owned: [SQL] =
            users.count <= Self.armsMax
            ? users.map { "AND l.owner_id = \($0)" } : ["AND l.owner_id IN \(list)"]
        return owned + ["AND l.id IN (\(Self.shared(with: list, in: scope.tenant)))"]
    }

    /// `users` is a parenthesised list or query of user ids.
    private static func ownedOrShared(by users: SQL, in tenant: ID<Tenant>) -> SQL {
        "AND (l.owner_id IN \(users) OR l.id IN (\(shared(with: users, in: tenant))))"
    }

    private static func shared(with users: SQL, in tenant: ID<Tenant>) -> SQL {
        """
        SELECT c.lead_id FROM lead_co_owners c
        WHERE c.tenant_id = \(tenant) AND c.user_id IN \(users)
        """
    }

    /// The in-memory twin of `sql`, for pushes. `managed` are the users of a manager's teams,
    /// the manager included.
    package func includes(
        owner: ID<User>?, coOwners: Set<ID<User>>, managed: Set<ID<User>>
    ) -> Bool {
        switch self {
        case .all: true
        case .nothing: false
        case .own(let user): owner == user || coOwners.contains(user)
        case .team: owner.map(managed.contains) ?? false || !coOwners.isDisjoint(with: managed)
        }
    }
}

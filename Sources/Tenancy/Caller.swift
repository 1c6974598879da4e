import Foundation
import Storage

/// A company that uses the product. Nothing crosses from one to another.
package enum Tenant {}

/// Who acts: a tenant, an actor in it, and the role the actor has.
package struct Caller: Sendable, Equatable {
    package let tenant: ID<Tenant>
    package let actor: Actor
    package let held: HeldRole
    /// What the caller may: those of the role, or fewer.
    package let grants: Grants

    /// - Parameter grants: Nil for those of the role.
    package init(tenant: ID<Tenant>, actor: Actor, role: Role, grants: Grants? = nil) {
        self.tenant = tenant
        self.actor = actor
        held = HeldRole(role)
        self.grants = grants ?? held.grants
    }

    /// - Parameter rights: Those of an API key; nil for all that the role has.
    package init(
        tenant: ID<Tenant>, actor: Actor, as held: HeldRole, limitedTo rights: Set<Right>? = nil
    ) {
        self.tenant = tenant
        self.actor = actor
        self.held = held
        grants = rights.map(held.grants.limited) ?? held.grants
    }

    /// One of the nine; what a company's own role was made of.
    package var role: Role { held.base }

    /// The product itself, in one tenant: captures, timers, the command line.
    package static func system(_ tenant: ID<Tenant>, as actor: Actor = .system) -> Caller {
        Caller(tenant: tenant, actor: actor, role: .companyAdmin)
    }

    /// The person who acts, or whose API key does.
    package var user: ID<User>? { actor.user }

    /// The API key that acts, if one does.
    package var key: ID<APIKey>? {
        actor.kind == .apiKey ? actor.id.map(ID<APIKey>.init) : nil
    }

    /// The person who acts and nobody else: an API key acts as its maker, but what guards that
    /// person is not its to see or change.
    package func person() throws -> ID<User> {
        guard actor.kind == .user, let user else {
            throw Problem.forbidden("Only the person can do this, signed in.")
        }
        return user
    }

    /// Whether the right is there at all, on whosever records.
    package func may(_ right: Right) -> Bool { !grants[right].isEmpty }

    /// - Throws: `Problem.forbidden`, naming the right.
    package func must(_ right: Right) throws {
        guard may(right) else {
            throw Problem.forbidden("This needs the right to \(right.words).")
        }
    }
}

/// Who or what did something; stands on every event.
package struct Actor: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable, SQLConvertible {
        case user
        case apiKey = "api_key"
        case form
        case importRun = "import"
        case system
        /// A platform operator inside a company, by a `BreakGlass` whose id is the actor's.
        case `operator`
        /// A connection to another system, by its id.
        case connection
    }

    package let kind: Kind
    package let id: UUID?
    /// The person behind the actor, when there is one.
    package let user: ID<User>?

    package init(kind: Kind, id: UUID?, user: ID<User>? = nil) {
        self.kind = kind
        self.id = id
        self.user = user
    }

    package static func user(_ id: ID<User>) -> Actor {
        Actor(kind: .user, id: id.uuid, user: id)
    }

    package static let system = Actor(kind: .system, id: nil)
}

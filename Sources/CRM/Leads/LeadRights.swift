import Storage
import Tenancy

/// What the caller may do to one lead that they see, without a statement for each right.
struct LeadRights: Sendable {
    private let lead: Lead
    private let shares: [Share]
    private let circle: Circle
    private let scope: Scope

    private static let ofPeople: Span = [.team, .territory, .partner]

    init(_ lead: Lead, _ shares: [Share], in scope: Scope) async throws {
        self.lead = lead
        self.shares = shares
        self.scope = scope
        let grants = scope.caller.grants
        let needsCircle = grants.rights.contains {
            grants[$0] != grants[.leadsRead] && !grants[$0].isDisjoint(with: Self.ofPeople)
        }
        circle = needsCircle ? try await Circle(of: scope.caller, in: scope) : Circle()
    }

    func may(_ right: Right) -> Bool {
        guard scope.caller.may(right) else { return false }
        // What is seen by the same spans is reached by them.
        if scope.caller.grants[right] == scope.caller.grants[.leadsRead] { return true }
        return Reach(scope.caller, right).includes(
            owner: lead.owner, territory: lead.territory, shares: shares, circle, at: scope.now)
    }
}

import Storage
import Tenancy
import Views

/// What the caller may do to one lead that they see, without a statement for each right.
struct LeadRights: Sendable {
    private let lead: Lead
    private let all: PageRights

    init(_ lead: Lead, _ shares: [Share], in scope: Scope) async throws {
        self.lead = lead
        all = try await PageRights([lead.id: shares], scope.caller.grants.rights, in: scope)
    }

    func may(_ right: Right) -> Bool { all.may(right, on: lead) }

    var acts: LeadActs { all.acts(on: lead) }
}

/// What the caller may do to each of the leads of a page that they see: the same statements
/// whatever their number, and none for who may do the same with all of them.
struct PageRights: Sendable {
    private let shares: [ID<Lead>: [Share]]
    private let circle: Circle
    private let scope: Scope

    private static let ofPeople: Span = [.team, .territory, .partner]

    /// For what cards and rows offer.
    init(of leads: [Lead], in scope: Scope) async throws {
        let rights = LeadActs.rights.map(\.right)
        let needsShares = Self.partial(rights, scope.caller.grants).contains { $0 != .own }
        try await self.init(
            needsShares ? Shares(scope).list(of: leads.map(\.id)) : [:], rights, in: scope)
    }

    init(
        _ shares: [ID<Lead>: [Share]], _ rights: [Right], in scope: Scope
    ) async throws {
        self.shares = shares
        self.scope = scope
        let needsCircle = Self.partial(rights, scope.caller.grants).contains {
            !$0.isDisjoint(with: Self.ofPeople)
        }
        circle = needsCircle ? try await Circle(of: scope.caller, in: scope) : Circle()
    }

    /// The spans that cover some of the leads that are seen, and not others.
    private static func partial(_ rights: [Right], _ grants: Grants) -> [Span] {
        rights.map { grants[$0] }.filter { $0 != grants[.leadsRead] && !$0.isEmpty }
    }

    func may(_ right: Right, on lead: Lead) -> Bool {
        guard scope.caller.may(right) else { return false }
        // What is seen by the same spans is reached by them.
        if scope.caller.grants[right] == scope.caller.grants[.leadsRead] { return true }
        return Reach(scope.caller, right).includes(
            owner: lead.owner, territory: lead.territory, shares: shares[lead.id] ?? [], circle,
            at: scope.now)
    }

    func acts(on lead: Lead) -> LeadActs {
        LeadActs { may($0, on: lead) }
    }
}

extension LeadActs {
    /// What each of them asks for.
    static let rights: [(act: LeadActs, right: Right)] = [
        (.work, .leadsWork), (.close, .leadsClose), (.assign, .leadsAssign),
    ]

    init(_ may: (Right) -> Bool) {
        self = Self.rights.reduce([]) { acts, line in
            may(line.right) ? acts.union(line.act) : acts
        }
    }

    /// Whether there is any that the caller may do to some lead.
    static func any(for caller: Caller) -> LeadActs { LeadActs { caller.may($0) } }

    /// For who may do the same with all leads that they see; nil where it depends on the lead.
    static func same(for caller: Caller) -> LeadActs? {
        let grants = caller.grants
        let isSame = rights.allSatisfy { _, right in
            grants[right].isEmpty || grants[right] == grants[.leadsRead]
        }
        return isSame ? any(for: caller) : nil
    }
}

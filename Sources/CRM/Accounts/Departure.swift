import Storage
import Tenancy

/// Somebody leaves: their open work goes on with somebody else, in the same transaction, so that
/// nothing is nobody's.
///
/// | what | where it goes |
/// |---|---|
/// | leads, open or on hold | to whom was chosen, with their follow-ups |
/// | leads that were won or lost | stay theirs, as history |
/// | follow-ups on leads of others, handed to them or not | to the lead's owner |
/// | follow-ups on leads without an owner who is there | to whom was chosen, each with its lead |
/// | leads shared with them | to whom was chosen; by the rules, they remain with their owners |
/// | teams they manage, people who report to them | to their superior, or to nobody |
struct Departure: Sendable {
    let scope: Scope
    let leaver: User

    /// Where open work goes.
    enum Choice: Sendable, Equatable {
        case user(ID<User>)
        case rules
        case superior
    }

    /// What went where.
    struct Result: Sendable, Equatable {
        var leads = 0
        var followUps = 0
        var shares = 0
    }

    /// Leads, follow-ups or shares that one transaction takes.
    static let most = 20_000
    /// Taken with one statement of each kind.
    static let setSize = 500

    /// Changes a person to one who can no longer sign in.
    ///
    /// - Parameter choice: Needed when there is open work.
    /// - Throws: `Problem.invalid` on `hand_over` naming what is open when there is no choice, or
    ///   one that cannot be followed; `conflict` when it is too much at once.
    static func deactivate(
        _ id: ID<User>, _ change: UserChange, version: Int, handingOver choice: Choice?,
        in scope: Scope
    ) async throws -> User {
        try scope.caller.must(.peopleEdit)
        let before = try await Users(scope).find(id)
        let work = try await OpenWork(of: before, in: scope)
        // First of all, so that no rule gives them anything.
        let user = try await Users(scope).change(id, change, version: version)
        guard before.isActive, work.needsHandOver else { return user }
        guard work.openLeads <= most, work.followUps <= most, work.shares <= most else {
            throw Problem.conflict(
                "\(before.name) has \(work.words), more than \(most) of one kind. Assign some first."
            )
        }
        guard let choice else {
            throw Problem.invalid(
                "hand_over",
                """
                \(before.name) has \(work.words). Say where they go: to a person, by the assignment \
                rules, or to their manager.
                """)
        }
        try await Departure(scope: scope, leaver: before).handOver(by: choice, work)
        return user
    }

    private func handOver(by choice: Choice, _ work: OpenWork) async throws {
        var heirs = try await Heirs(by: choice, work, leaver, in: scope)
        var result = Result()
        result.leads = try await handOverLeads(to: &heirs)
        result.followUps = try await handOverFollowUps(to: &heirs)
        result.shares = try await handOverShares(to: heirs.one)
        try await heirs.save(in: scope)
        let (done, to) = (result, heirs.one)
        try await scope.record(
            Event("user.handed_over", leaver.id.uuid) { body in
                body.member("by", choice.name)
                body.member("to", to)
                body.member("leads", done.leads)
                body.member("follow_ups", done.followUps)
                body.member("shares", done.shares)
                body.member("teams", work.teams)
                body.member("reports", work.reports)
            })
    }
}

extension Departure.Choice {
    var name: String {
        switch self {
        case .user: "user"
        case .rules: "rules"
        case .superior: "manager"
        }
    }
}

/// Who gets the work of somebody who leaves.
struct Heirs: Sendable {
    /// Nil when the rules say, lead by lead.
    let one: ID<User>?
    private let reason: String
    private let leaver: User
    private var rota: Rota?

    init(
        by choice: Departure.Choice, _ work: OpenWork, _ leaver: User, in scope: Scope
    ) async throws {
        self.leaver = leaver
        switch choice {
        case .rules:
            (one, reason) = (nil, "")
            rota = try await Rotas(scope).whole()
        case .superior:
            guard let superior = work.superior else {
                throw Problem.invalid(
                    "hand_over",
                    "\(leaver.name) has no active manager. Choose a person or the assignment rules."
                )
            }
            one = superior.id
            reason = "\(leaver.name) left; it went to their manager."
        case .user(let id):
            one = id
            reason = "\(leaver.name) left; it was handed over."
        }
        if let one { try await Self.mustWork(one, in: scope) }
    }

    /// - Throws: `Problem.invalid` when no rule takes the lead.
    mutating func owner(of lead: Lead) async throws -> Assignment.Choice {
        if let one { return Assignment.Choice(owner: one, reason: reason) }
        let question = Rota.Question(draft: try LeadDraft(lead), mayWait: false)
        guard let choice = rota?.decide(question).choice else {
            throw Problem.invalid(
                "hand_over",
                "No assignment rule takes “\(lead.title)”. Add one, or choose a person instead.")
        }
        return Assignment.Choice(
            owner: choice.owner, reason: "\(leaver.name) left. \(choice.reason)")
    }

    func save(in scope: Scope) async throws {
        if let rota { try await Rotas(scope).save(rota) }
    }

    static func mayOwnLeads(_ role: Role) -> Bool {
        !Grants.of(role)[.leadsRead].isDisjoint(with: [.own, .team, .company])
    }

    /// Whoever gets leads must be there, and see leads that they own.
    private static func mustWork(_ id: ID<User>, in scope: Scope) async throws {
        try await Owners(scope).checkIsColleague(id, field: "hand_over")
        let heir = try await Users(scope).find(id)
        guard mayOwnLeads(heir.role) else {
            throw Problem.invalid(
                "hand_over", "\(heir.name), \(heir.role.label.lowercased()), cannot own leads.")
        }
    }
}

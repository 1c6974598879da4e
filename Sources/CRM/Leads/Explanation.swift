import Storage
import Tenancy

/// Why somebody may do something to a lead, or may not, in words.
struct Explanation: Sendable {
    let right: Right
    /// What makes it so.
    var because: [String] = []
    /// What would be needed.
    var missing: [String] = []

    var isAllowed: Bool { missing.isEmpty }
}

/// Looks at a lead with somebody else's eyes.
struct Explainer: Sendable {
    private let scope: Scope
    private let caller: Caller
    let person: User
    /// What the person is, whoever asks.
    let held: HeldRole
    /// What the person may; of oneself by an API key, what that may.
    let grants: Grants
    private let lead: Lead?
    private let shares: [Share]
    private let circle: Circle

    /// Of a person of the caller's company. Oneself may always be asked about, others by who
    /// manages people.
    ///
    /// - Parameter lead: One that the caller sees; nil for the rights themselves, on whatever lead.
    /// - Throws: `Problem.notFound`, `forbidden`
    init(of user: ID<User>, on lead: ID<Lead>?, in scope: Scope) async throws {
        if scope.caller.user != user { try scope.caller.must(.peopleEdit) }
        self.scope = scope
        person = try await Users(scope).find(user)
        held = try await Roles(scope).held(by: user)
        // An API key may have less than its maker.
        let isKey = scope.caller.key != nil && scope.caller.user == user
        grants = isKey ? scope.caller.grants : held.grants
        caller = Caller(
            tenant: scope.tenant, actor: .user(user), as: held,
            limitedTo: isKey ? Set(grants.rights) : nil)
        guard let lead else {
            (self.lead, shares, circle) = (nil, [], Circle())
            return
        }
        self.lead = try await Leads(scope).find(lead)
        shares = try await Shares(scope).list(of: [lead])[lead] ?? []
        circle = try await Circle(of: caller, in: scope)
    }

    func explain(_ right: Right) -> Explanation {
        var explanation = Explanation(right: right)
        let span = grants[right]
        guard person.isActive else {
            explanation.missing = ["\(person.name) can no longer sign in."]
            return explanation
        }
        guard !span.isEmpty else {
            explanation.missing = [refusal(of: right)]
            return explanation
        }
        let words = ListFormat.text(span.words)
        explanation.because = ["\(roleName) may \(right.words): \(words)."]
        guard let lead, !span.contains(.company) else { return explanation }
        let matches = matches(span, lead)
        explanation.because += matches
        if matches.isEmpty {
            explanation.missing = Self.unmet(span, lead)
            if let narrowed = narrowing(of: right) { explanation.missing.append(narrowed) }
        }
        return explanation
    }

    private var roleName: String {
        let base = person.role.label.lowercased()
        return held.own.map { "The role “\($0.name)”, made of \(base)," } ?? "The role \(base)"
    }

    /// Who has not got the right: the key, the company's own role, or the role it is made of.
    private func refusal(of right: Right) -> String {
        if !held.grants[right].isEmpty {
            return "This API key has no right to \(right.words), though \(person.name) has."
        }
        let base = person.role.label.lowercased()
        if let own = held.own, !Grants.of(person.role)[right].isEmpty {
            return """
                The role “\(own.name)” takes away the right to \(right.words), which \(base) has.
                """
        }
        return "The role \(base) has no right to \(right.words)."
    }

    /// What the company's own role took away of a right that is there.
    private func narrowing(of right: Right) -> String? {
        let whole = Grants.of(person.role)[right]
        guard let own = held.own, held.grants[right] != whole else { return nil }
        let base = person.role.label.lowercased()
        return """
            The role “\(own.name)” narrows this right. What it is made of, \(base), covers \
            \(ListFormat.text(whole.words)).
            """
    }

    /// Each way in which the lead is within the span.
    private func matches(_ span: Span, _ lead: Lead) -> [String] {
        var matches: [String] = []
        func holds(_ single: Span) -> Bool {
            span.contains(single)
                && Reach(caller, spanning: single).includes(
                    owner: lead.owner, territory: lead.territory, shares: shares, circle,
                    at: scope.now)
        }
        if holds(.own) { matches.append("\(person.name) owns it.") }
        for share in shares where share.user == person.id && span.contains(share.relation.span) {
            matches.append("It is shared with \(person.name) as \(share.relation.phrase).")
        }
        if holds(.team) {
            if let owner = lead.owner, circle.managed.contains(owner), owner != person.id {
                matches.append("\(lead.ownerName ?? "Its owner"), who owns it, is of their teams.")
            } else if lead.owner == person.id {
                matches.append("\(person.name) owns it.")
            }
            for share in shares where share.user.map(circle.managed.contains) ?? false {
                matches.append("It is shared with \(share.name), who is of their teams.")
            }
        }
        if holds(.partner) {
            let name = shares.first { $0.partner == circle.partner }?.name ?? "their company"
            matches.append("\(name) has it as a partner.")
        }
        if holds(.territory) {
            matches.append("It is in their territory, \(circle.territory ?? "").")
        }
        return matches
    }

    private static func unmet(_ span: Span, _ lead: Lead) -> [String] {
        let owner = lead.ownerName.map { "\($0) owns it" } ?? "Nobody owns it"
        return ["“\(lead.title)” is none of the \(ListFormat.text(span.words)). \(owner)."]
    }
}

extension Share.Relation {
    fileprivate var phrase: String {
        switch self {
        case .coOwner: "a co-owner"
        case .watcher: "a watcher"
        case .warrior: "a warrior"
        case .partner: "a partner"
        }
    }
}

/// Lists in a sentence.
enum ListFormat {
    /// “a, b or c”.
    static func text(_ pieces: [String]) -> String {
        guard pieces.count > 1, let last = pieces.last else { return pieces.first ?? "" }
        return pieces.dropLast().joined(separator: ", ") + " or " + last
    }
}

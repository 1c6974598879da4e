/// Whose records a right covers: several together mean any of them.
package struct Span: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Mine: I am the owner.
    package static let own = Span(rawValue: 1 << 0)
    /// Shared with me as a co-owner or a watcher.
    package static let shared = Span(rawValue: 1 << 1)
    /// Handed to me to work on.
    package static let assigned = Span(rawValue: 1 << 2)
    /// Owned by, or shared with, me or people of the teams below me.
    package static let team = Span(rawValue: 1 << 3)
    /// Of my territory or one inside it.
    package static let territory = Span(rawValue: 1 << 4)
    /// Brought by, or handed to, my partner company.
    package static let partner = Span(rawValue: 1 << 5)
    /// Of customers whose tickets I work on.
    package static let tickets = Span(rawValue: 1 << 6)
    /// All of the company.
    package static let company = Span(rawValue: 1 << 7)

    package static let none: Span = []

    /// Each single one with its stored name and its words in an explanation.
    package static let all: [(span: Span, name: String, words: String)] = [
        (.own, "own", "leads that they own"),
        (.shared, "shared", "leads shared with them"),
        (.assigned, "assigned", "leads handed to them"),
        (.team, "team", "leads of their teams"),
        (.territory, "territory", "leads of their territory"),
        (.partner, "partner", "leads of their partner company"),
        (.tickets, "tickets", "leads of customers whose tickets they work on"),
        (.company, "company", "all leads of the company"),
    ]

    /// The stored names, in order.
    package var names: [String] {
        Self.all.filter { contains($0.span) }.map(\.name)
    }

    package var words: [String] {
        Self.all.filter { contains($0.span) }.map(\.words)
    }

    /// - Returns: Nil when one of the names is unknown.
    package init?(names: [String]) {
        self = []
        for name in names {
            guard let known = Self.all.first(where: { $0.name == name }) else { return nil }
            insert(known.span)
        }
    }

    /// Whether `other` covers nothing that this does not: the whole company covers everything,
    /// a team covers what one owns or shares.
    package func covers(_ other: Span) -> Bool {
        if contains(.company) { return true }
        let wide: Span = contains(.team) ? union([.own, .shared]) : self
        return wide.isSuperset(of: other)
    }
}

/// What is left out of a lead for somebody who reaches it. A field that one may not see, one may
/// not set or look for either.
package struct Mask: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// E-mail and phone of a lead that has left the first stage.
    package static let contactsOnceTaken = Mask(rawValue: 1 << 0)
    /// E-mail and phone, always.
    package static let contacts: Mask = [Mask(rawValue: 1 << 1), .contactsOnceTaken]
    /// What was noted and said inside the company, and why who got the lead.
    package static let internalNotes = Mask(rawValue: 1 << 2)
    /// Tags, the company's own fields, the score, where the lead came from and what other
    /// systems call it.
    package static let companyFields = Mask(rawValue: 1 << 3)

    /// Each with its stored name, which never changes, and what it leaves out in words.
    package static let all: [(mask: Mask, name: String, words: String)] = [
        (.contactsOnceTaken, "contacts_once_taken_up", "contacts, once the lead is taken up"),
        (.contacts, "contacts", "contacts"),
        (.internalNotes, "internal_notes", "internal notes"),
        (.companyFields, "company_fields", "tags, own fields, score and attribution"),
    ]

    /// Those of `all` that say what this is, without what another of them says too.
    private var single: [(mask: Mask, name: String, words: String)] {
        let held = Self.all.filter { contains($0.mask) }
        return held.filter { one in !held.contains { $0.mask.isStrictSuperset(of: one.mask) } }
    }

    /// The stored names, in order.
    package var names: [String] { single.map(\.name) }

    package var words: [String] { single.map(\.words) }

    /// - Returns: Nil when one of the names is unknown.
    package init?(names: [String]) {
        self = []
        for name in names {
            guard let known = Self.all.first(where: { $0.name == name }) else { return nil }
            insert(known.mask)
        }
    }
}

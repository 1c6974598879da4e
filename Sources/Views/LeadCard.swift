/// What is to be done next on a lead, and how pressing it is.
package struct NextStep: Sendable, Equatable {
    package enum Urgency: Sendable { case none, later, today, late }

    package var kind: ActivityKind?
    /// As "3d late", "Today", "Tomorrow", "In 4d", "No next step"; or "Reply by 14:30".
    package var text: String
    package var urgency: Urgency
    /// Instead of the kind's; nil for that.
    package var icon: String?

    package init(kind: ActivityKind?, text: String, urgency: Urgency, icon: String? = nil) {
        self.icon = icon
        self.kind = kind
        self.text = text
        self.urgency = urgency
    }
}

/// What a person does with a lead.
package enum ActivityKind: String, Sendable, CaseIterable {
    case call, email, whatsapp, meeting, note

    package var label: String { self == .whatsapp ? "WhatsApp" : rawValue.capitalizedFirst }
    var icon: String {
        switch self {
        case .call: "phone"
        case .email: "mail"
        case .whatsapp: "whatsapp"
        case .meeting: "video"
        case .note: "pen-line"
        }
    }
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

/// A drawing that carries meaning, with its words for those who cannot see it.
package struct Glyph: Sendable, Equatable {
    package var icon: String
    package var label: String

    package init(icon: String, label: String) {
        self.icon = icon
        self.label = label
    }
}

/// What the viewer may do to a lead where it stands in a list.
package struct LeadActs: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Log, plan, and move it while it is open.
    package static let work = LeadActs(rawValue: 1)
    /// Win, lose and reopen it.
    package static let close = LeadActs(rawValue: 2)
    /// Give it to somebody.
    package static let assign = LeadActs(rawValue: 4)

    package static let all: LeadActs = [.work, .close, .assign]

    /// What is missing, for the scripts; most viewers miss nothing, and it takes no room.
    var lacking: HTML? {
        guard self != .all else { return nil }
        let names = [(LeadActs.work, "work"), (.close, "close"), (.assign, "assign")]
        let missing = names.filter { !contains($0.0) }.map(\.1)
        return " data-lacks=\"\(missing.joined(separator: " "))\""
    }
}

/// A lead as a card of the board.
package struct LeadCard: Sendable, Equatable {
    package var id: String
    package var version: Int
    /// The stage's key.
    package var stage: String
    /// The company, or whatever else the lead is known by.
    package var title: String
    /// The second line, as "Sofia Haddad · North".
    package var detail: String
    package var valueMinor: Int
    /// The value ready to show, as "$9.2k".
    package var value: String
    package var owner: Person?
    /// Where it came from: a drawing and its name.
    package var source: Glyph
    package var next: NextStep
    /// Longer in its stage than the stage allows.
    package var isStalled: Bool
    package var may: LeadActs

    package init(
        id: String, version: Int, stage: String, title: String, detail: String,
        value: (minor: Int, text: String)
    ) {
        self.id = id
        self.version = version
        self.stage = stage
        self.title = title
        self.detail = detail
        valueMinor = value.minor
        self.value = value.text
        owner = nil
        source = Glyph(icon: "globe", label: "Source not known")
        next = NextStep(kind: nil, text: "No next step", urgency: .none)
        isStalled = false
        may = .all
    }
}

/// One card; ten elements, because a board may show three hundred.
///
/// `isFirst` makes it the one card of its column in the tab order.
package func leadCard(_ lead: LeadCard, isFirst: Bool = false) -> HTML {
    """
    <li class="card\(when: lead.isStalled, " cold")" data-record data-id="\(lead.id)" \
    data-version="\(lead.version)" data-stage="\(lead.stage)" data-value="\(lead.valueMinor)" \
    data-name="\(lead.title)"\(lead.may.lacking) tabindex="\(isFirst ? 0 : -1)">\
    <a href="/leads/\(lead.id)" data-open="\(lead.id)" tabindex="-1">\(lead.title)</a>\
    \(ownerDisc(lead.owner))<span class="who">\(lead.detail)</span>\
    <b class="v num">\(lead.value)</b>\(sourceGlyph(lead))\(nextStepTag(lead.next))</li>
    """
}

private func ownerDisc(_ owner: Person?) -> HTML {
    guard let owner else {
        return "<span class=\"av none\" title=\"No owner yet\">?</span>"
    }
    return avatar(owner)
}

private func sourceGlyph(_ lead: LeadCard) -> HTML {
    """
    <svg class="i i-s src" role="img" aria-label="\(lead.source.label)">\
    <use href="/assets/icons.svg#\(lead.source.icon)"/></svg>
    """
}

/// Nothing when the text is empty: for a lead that is decided.
package func nextStepTag(_ next: NextStep) -> HTML {
    guard !next.text.isEmpty else { return "" }
    let weight: Weight =
        switch next.urgency {
        case .late: .bad
        case .today: .warn
        case .later, .none: .plain
        }
    return tag(next.text, weight, icon: next.icon ?? next.kind?.icon ?? "calendar")
}

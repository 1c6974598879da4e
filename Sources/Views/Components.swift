// Small parts that every page is made of. Each is a function named after what it shows.

/// A person as shown beside work: a name and a coloured disc of initials.
package struct Person: Sendable, Equatable {
    package var id: String
    package var name: String
    package var initials: String
    /// Degrees on the colour wheel, 0–359.
    package var hue: Int

    package init(id: String, name: String, initials: String, hue: Int) {
        self.id = id
        self.name = name
        self.initials = initials
        self.hue = hue
    }
}

/// One entry of a select: the value sent and the words shown.
package struct Choice: Sendable, Equatable {
    package var value: String
    package var label: String
    package var isSelected: Bool

    package init(_ value: String, _ label: String, isSelected: Bool = false) {
        self.value = value
        self.label = label
        self.isSelected = isSelected
    }
}

/// The colour of a stage; its place in the pipeline, or how it ended.
package enum Tone: Sendable, Equatable {
    /// 1–8; later stages share the last colour.
    case step(Int)
    case hold, won, lost

    /// The name of the CSS custom property.
    var property: String {
        switch self {
        case .step(let place): "--stage-\(min(max(place, 1), 8))"
        case .hold: "--hold"
        case .won: "--won"
        case .lost: "--lost"
        }
    }

    /// Marks stages that a lead is closed in, for the scripts.
    var ends: HTML? { self == .won || self == .lost ? " data-ends" : nil }
}

/// A stage by key, words and colour.
package struct StageName: Sendable, Equatable {
    package var key: String
    package var label: String
    package var tone: Tone

    package init(key: String, label: String, tone: Tone) {
        self.key = key
        self.label = label
        self.tone = tone
    }
}

/// How much a small tag or notice asks for attention.
package enum Weight: String, Sendable { case plain = "", good, warn, bad, info }

/// A drawing of the sprite, by Lucide name; decoration only, so hidden from screen readers.
///
/// A new name must also be listed in `Scripts/icons.txt`.
package func icon(_ name: String, small: Bool = false) -> HTML {
    """
    <svg class="i\(when: small, " i-s")" aria-hidden="true">\
    <use href="/assets/icons.svg#\(name)"/></svg>
    """
}

package enum AvatarSize: String, Sendable { case small = "", medium = " m", large = " l" }

package func avatar(_ person: Person, _ size: AvatarSize = .small) -> HTML {
    """
    <span class="av\(size.rawValue)" style="--h:\(person.hue)" title="\(person.name)">\
    \(person.initials)</span>
    """
}

/// The disc of a company: its first letter, coloured by `hue`.
package func emblem(_ name: String, hue: Int, _ size: AvatarSize = .small) -> HTML {
    let letter = name.first.map { String($0).uppercased() } ?? "?"
    return """
        <span class="av\(size.rawValue)" style="--h:\(hue)" aria-hidden="true">\(letter)</span>
        """
}

package func tag(_ text: String, _ weight: Weight = .plain, icon name: String? = nil) -> HTML {
    """
    <span class="tag \(weight.rawValue)">\(name.map { icon($0, small: true) })\(text)</span>
    """
}

/// A stage's name behind its coloured dot.
package func stageBadge(_ stage: StageName) -> HTML {
    """
    <span class="stage" style="--c:var(\(stage.tone.property))">\(stage.label)</span>
    """
}

package func options(_ choices: [Choice]) -> HTML {
    "\(choices.map { choice in optionElement(choice) })"
}

private func optionElement(_ choice: Choice) -> HTML {
    """
    <option value="\(choice.value)"\(when: choice.isSelected, " selected")>\(choice.label)</option>
    """
}

/// A message with a next thing to do, in place of a list that has nothing to show.
package func emptyState(
    _ title: String, _ text: String, icon name: String, action: HTML? = nil
) -> HTML {
    """
    <div class="empty">\(icon(name))<h2>\(title)</h2><p>\(text)</p>\(action)</div>
    """
}

/// A sentence across the page: something went wrong, or is good to know.
package func notice(_ weight: Weight, _ text: String, action: HTML? = nil) -> HTML {
    let name =
        switch weight {
        case .good: "check"
        case .bad, .warn: "triangle-alert"
        case .info, .plain: "info"
        }
    return """
        <div class="notice \(weight.rawValue)"\(when: weight == .bad, " role=\"alert\"")>\
        \(icon(name))<p>\(text)</p>\(action)</div>
        """
}

/// A surface with a heading; `actions` stand at the end of the heading's line.
package func panel(
    _ title: String, subtitle: String? = nil, actions: HTML? = nil, body: HTML
) -> HTML {
    """
    <section class="panel"><header><h2>\(title)</h2>\
    \(subtitle.map { "<span class=\"sub\">\($0)</span>" as HTML })\
    <span class="grow"></span>\(actions)</header>\(body)</section>
    """
}

/// A bar filled to `percent`, named for screen readers.
package func meter(percent: Int, label: String) -> HTML {
    """
    <div class="meter" style="--p:\(min(max(percent, 0), 100))%" role="img" \
    aria-label="\(label)"><i></i></div>
    """
}

/// Previous and next page of a list; a missing address shows the button as disabled.
package func pager(previous: String?, next: String?, text: String) -> HTML {
    """
    <nav class="pager" aria-label="Pages"><span class="num">\(text)</span>\
    \(pagerLink(previous, "Previous", "chevron-left"))\(pagerLink(next, "Next", "chevron-right"))\
    </nav>
    """
}

private func pagerLink(_ url: String?, _ text: String, _ symbol: String) -> HTML {
    guard let url else {
        return "<span class=\"btn\" aria-disabled=\"true\">\(icon(symbol))\(text)</span>"
    }
    return "<a class=\"btn\" href=\"\(url: url)\">\(icon(symbol))\(text)</a>"
}

/// A day of a lead's history, newest entry first.
package struct TimelineDay: Sendable {
    /// As "Today", "Yesterday" or "12 November".
    package var label: String
    package var entries: [TimelineEntry]

    package init(_ label: String, _ entries: [TimelineEntry]) {
        self.label = label
        self.entries = entries
    }
}

/// One thing that happened: who did what, when, and what they wrote.
package struct TimelineEntry: Sendable {
    package enum Shade: String, Sendable { case plain = "", call, mail, chat, move, bad, good }

    package var icon: String
    package var shade: Shade
    /// Nil when nobody did it, as for an import or a form.
    package var who: String?
    /// Follows `who`, as "logged a call ·".
    package var text: String
    /// Set in bold after the text, as "Connected, 6 min".
    package var emphasis: String?
    /// The hour as shown and as RFC 3339.
    package var time: (shown: String, exact: String)
    package var quote: String?

    package init(
        icon: String, shade: Shade = .plain, who: String?, text: String, emphasis: String? = nil,
        time: (shown: String, exact: String)
    ) {
        self.icon = icon
        self.shade = shade
        self.who = who
        self.text = text
        self.emphasis = emphasis
        self.time = time
        quote = nil
    }
}

/// The history by day; alone, the answer to `?part=timeline`.
package func timeline(_ lead: LeadPage) -> HTML {
    let older: HTML? = lead.olderURL.map {
        "<a class=\"btn ghost\" href=\"\(url: $0)\" data-older>Show older</a>"
    }
    if lead.timeline.isEmpty { return "<p class=\"muted\">Nothing has happened yet.</p>" }
    return "\(lead.timeline.map(timelineDay))\(older)"
}

private func timelineDay(_ day: TimelineDay) -> HTML {
    """
    <h3 class="day">\(day.label)</h3><ul class="tl">\(day.entries.map(timelineEntry))</ul>
    """
}

private func timelineEntry(_ entry: TimelineEntry) -> HTML {
    """
    <li><span class="ic \(entry.shade.rawValue)">\(icon(entry.icon, small: true))</span><div><p>\
    \(entry.who.map { "<b>\($0)</b> " as HTML })\(entry.text)\
    \(entry.emphasis.map { " <b>\($0)</b>" as HTML }) \
    <time datetime="\(entry.time.exact)">\(entry.time.shown)</time></p>\
    \(entry.quote.map { "<p class=\"q\">\($0)</p>" as HTML })</div></li>
    """
}

/// A step that is planned on a lead.
package struct FollowUpRow: Sendable {
    package var id: String
    package var next: NextStep
    /// The exact moment, as "Tue 24 Nov, 10:00".
    package var when: String
    package var who: String
    package var notes: String?
    /// Whether the reader may do it or put it off.
    package var canDo = false
    package var hand = Hand.none

    /// Whether the reader may hand it on to somebody, or back.
    package enum Hand: Sendable { case none, over, back }

    package init(id: String, next: NextStep, when: String, who: String, notes: String? = nil) {
        self.id = id
        self.next = next
        self.when = when
        self.who = who
        self.notes = notes
    }
}

func followUpList(_ lead: LeadPage) -> HTML {
    let rows = lead.followUps.map(followUpItem)
    return """
        <section data-part="follow-ups" aria-label="Planned">\
        \(when: !rows.isEmpty, "<ul class=\"plan\">\(rows)</ul>")</section>
        """
}

private func followUpItem(_ row: FollowUpRow) -> HTML {
    """
    <li data-follow-up="\(row.id)">\(nextStepTag(row.next))\
    <span class="what"><b>\(row.next.kind?.label ?? "Follow-up")</b> \(row.when)\
    <small>\(row.who)\(row.notes.map { " · \($0)" as HTML })</small></span>\
    <span class="row">\(handButton(row.hand))\(when: row.canDo, followUpButtons)</span></li>
    """
}

private func handButton(_ hand: FollowUpRow.Hand) -> HTML? {
    switch hand {
    case .none: nil
    case .over:
        """
        <button class="btn ghost" type="button" data-hand-over>\(icon("user-plus"))Hand over</button>
        """
    case .back:
        """
        <button class="btn ghost" type="button" data-recall>\(icon("undo-2"))Take back</button>
        """
    }
}

/// Done, and the days a step can be put off by; shared with the Today page.
let followUpButtons: HTML = """
    <button class="btn" type="button" data-done>\(icon("check"))Done</button>\
    <select class="pick" data-later aria-label="Put off">\
    <option value="">Later…</option><option value="1d">Tomorrow</option>\
    <option value="3d">In 3 days</option><option value="7d">Next week</option></select>
    """

/// What a person has to do today, most pressing first.
package struct TodayPage: Sendable {
    /// As "Good morning, Asha".
    package var greeting: String
    /// As "3 overdue, 6 due today, 2 new".
    package var summary: String
    package var sections: [TodaySection]

    package init(greeting: String, summary: String, sections: [TodaySection]) {
        self.greeting = greeting
        self.summary = summary
        self.sections = sections
    }
}

package struct TodaySection: Sendable {
    /// Unique on the page, as `overdue`.
    package var key: String
    package var title: String
    package var weight: Weight
    /// All of them, shown or not.
    package var count: Int
    package var rows: [TodayRow]
    /// The whole list elsewhere.
    package var moreURL: String?

    package init(
        key: String, title: String, weight: Weight, count: Int, rows: [TodayRow],
        moreURL: String? = nil
    ) {
        self.key = key
        self.title = title
        self.weight = weight
        self.count = count
        self.rows = rows
        self.moreURL = moreURL
    }
}

/// A lead with the step that is due, or a lead that waits for a first one.
package struct TodayRow: Sendable {
    package enum Action: Sendable {
        /// A planned step, to be done or put off by who may.
        case followUp(id: String, canDo: Bool = true)
        /// Nobody's lead: take it or give it to somebody.
        case unassigned
        /// A new lead: open and call it.
        case fresh
    }
    package var card: LeadCard
    package var hue: Int
    package var stage: StageName
    /// The exact moment or age, as "10:00" or "12 min ago".
    package var when: String
    /// What was written when the step was planned.
    package var notes: String?
    package var action: Action

    package init(
        card: LeadCard, stage: StageName, when: String, action: Action, hue: Int = 0,
        notes: String? = nil
    ) {
        self.card = card
        self.stage = stage
        self.when = when
        self.action = action
        self.hue = hue
        self.notes = notes
    }
}

package func todayPage(_ page: TodayPage, in shellPage: ShellPage) -> HTML {
    shell(shellPage, body: todayBody(page), assets: ["js/table.js"])
}

/// The sections; alone, the answer to a fragment request.
package func todayBody(_ page: TodayPage) -> HTML {
    let sections = page.sections.filter { !$0.rows.isEmpty }
    return """
        <div class="today" data-part="today"><div class="hello"><h2>\(page.greeting)</h2>\
        <p>\(page.summary)</p></div>\
        \(when: sections.isEmpty, allDone)\(sections.map(todaySection))</div>
        """
}

private let allDone = emptyState(
    "All done for now", "Nothing is due. A good moment to call somebody new.",
    icon: "sun",
    action: "<a class=\"btn\" href=\"/pipeline\">\(icon("kanban"))Open the pipeline</a>")

private func todaySection(_ section: TodaySection) -> HTML {
    """
    <section class="panel list" aria-labelledby="today-\(section.key)"><header>\
    <h2 id="today-\(section.key)">\(section.title)</h2>\(tag(String(section.count), section.weight))\
    <span class="grow"></span>\
    \(section.moreURL.map { "<a class=\"btn ghost\" href=\"\(url: $0)\">See all</a>" as HTML })\
    </header><ul class="tasks">\(section.rows.map(todayRow))</ul></section>
    """
}

private func todayRow(_ row: TodayRow) -> HTML {
    let card = row.card
    return """
        <li data-record data-id="\(card.id)" data-version="\(card.version)" \
        data-stage="\(card.stage)" data-name="\(card.title)"\(card.may.lacking) tabindex="-1"\
        \(followUp(row.action))>\
        \(emblem(card.title, hue: row.hue, .medium))\
        <div class="what"><a class="co" href="/leads/\(card.id)" data-open="\(card.id)">\
        \(card.title)</a><p>\(card.detail)\(row.notes.map { " · “\($0)”" as HTML })</p></div>\
        <span class="tagcell">\(nextStepTag(card.next))</span>\
        <span class="num muted desk">\(row.when)</span>\
        <span class="desk">\(stageBadge(row.stage))</span><b class="num desk">\(card.value)</b>\
        <span>\(card.owner.map { avatar($0) })</span>\(rowAction(row))</li>
        """
}

private func followUp(_ action: TodayRow.Action) -> HTML? {
    guard case .followUp(let id, _) = action else { return nil }
    return " data-follow-up=\"\(id)\""
}

/// What the viewer may do about it, if anything.
private func rowAction(_ row: TodayRow) -> HTML {
    let may = row.card.may
    switch row.action {
    case .followUp(_, let canDo):
        return canDo ? "<span class=\"row\">\(followUpButtons)</span>" : ""
    case .unassigned:
        guard may.contains(.assign) else { return "" }
        return """
            <span class="row"><button class="btn" type="button" data-take>\(icon("user-plus"))Take it\
            </button><button class="btn" type="button" data-pick-owner>Assign</button></span>
            """
    case .fresh:
        guard may.contains(.work) else { return "" }
        return """
            <span class="row"><button class="btn" type="button" data-open-log>\(icon("phone"))Log call\
            </button></span>
            """
    }
}

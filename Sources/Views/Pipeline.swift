/// The board: open stages side by side, and where leads go that leave it.
package struct PipelinePage: Sendable {
    package var columns: [PipelineColumn]
    package var filters: [FilterMenu]
    /// Clears every filter; nil while none is set.
    package var clearURL: String?
    package var keeping: ViewKeeping?
    /// The same rows as a table.
    package var tableURL: String
    /// As "212 leads · $4.2M · weighted $1.3M".
    package var summary: String
    /// The key of the stage class → the stage a drop on the dock means.
    package var dock: [StageName]
    /// No lead at all in the tenant, as opposed to none that matches.
    package var isFresh: Bool
    /// How the viewer may bring in the first lead.
    package var canCreate: Bool
    package var canImport: Bool

    package init(
        columns: [PipelineColumn], filters: [FilterMenu], tableURL: String, summary: String,
        dock: [StageName]
    ) {
        self.columns = columns
        self.filters = filters
        self.tableURL = tableURL
        self.summary = summary
        self.dock = dock
        clearURL = nil
        keeping = nil
        isFresh = false
        (canCreate, canImport) = (true, true)
    }

    /// Cards to send per column on first paint: 50, fewer when there are many columns, because
    /// the board's cost is its number of elements (300 cards stay under 3,500).
    package static func cardsPerColumn(columns: Int) -> Int {
        min(50, 300 / max(columns, 1))
    }
}

package struct PipelineColumn: Sendable {
    package var stage: StageName
    package var cards: [LeadCard]
    /// All leads of the stage, shown or not.
    package var count: Int
    package var totalMinor: Int
    /// The sum ready to show.
    package var total: String
    package var probability: Int
    /// Sum × probability, ready to show.
    package var weighted: String
    /// The address of the next cards (`?part=column&stage=…&after=…`); nil when all are shown.
    package var moreURL: String?

    package init(
        stage: StageName, cards: [LeadCard], count: Int, total: (minor: Int, text: String),
        probability: Int, weighted: String
    ) {
        self.stage = stage
        self.cards = cards
        self.count = count
        totalMinor = total.minor
        self.total = total.text
        self.probability = probability
        self.weighted = weighted
        moreURL = nil
    }
}

package func pipelinePage(_ page: PipelinePage, in shellPage: ShellPage) -> HTML {
    shell(
        shellPage, tools: pipelineTools(page), body: pipelineBody(page), extra: dock(page.dock),
        assets: ["js/board.js", "js/drag.js"])
}

/// The answer to a fragment request for the whole page.
package func pipelineBody(_ page: PipelinePage) -> HTML {
    if page.isFresh { return "<div class=\"whole\" data-part=\"board\">\(freshBoard(page))</div>" }
    return """
        <div class="strip" role="group" aria-label="Jump to a stage">\(page.columns.map(stripLink))\
        </div><div class="board" id="board" data-part="board">\(page.columns.map(pipelineColumn))</div>
        """
}

private func pipelineTools(_ page: PipelinePage) -> HTML {
    let views = segments(
        [
            (MenuLink("Board", url: "/pipeline", isCurrent: true), "kanban"),
            (MenuLink("Table", url: page.tableURL), "table-2"),
        ], label: "View")
    return """
        \(views)\(page.filters.map(filterChip))\(page.clearURL.map(clearLink))\
        \(page.keeping.map(keepingChip))\
        <span class="grow"></span><span class="desk num muted" data-summary>\(page.summary)</span>
        """
}

/// The way back to the unfiltered list.
func clearLink(_ url: String) -> HTML {
    "<a class=\"chip clear\" href=\"\(url: url)\">\(icon("x", small: true))Clear</a>"
}

private func stripLink(_ column: PipelineColumn) -> HTML {
    """
    <a href="#col-\(column.stage.key)" style="--c:var(\(column.stage.tone.property))">\
    \(column.stage.label) <span class="num" data-strip="\(column.stage.key)">\(column.count)</span></a>
    """
}

/// One stage with its cards; alone, the answer to `?part=column&stage=…`.
package func pipelineColumn(_ column: PipelineColumn) -> HTML {
    let key = column.stage.key
    return """
        <section class="col" id="col-\(key)" data-stage="\(key)" data-label="\(column.stage.label)" \
        data-count="\(column.count)" data-total="\(column.totalMinor)" \
        data-probability="\(column.probability)" \
        style="--c:var(\(column.stage.tone.property))" aria-labelledby="h-\(key)">\
        <header><i class="pip"></i><h2 id="h-\(key)">\(column.stage.label) \
        <span class="num" data-tally="count">\(column.count)</span></h2>\
        <div class="sum num"><span data-tally="total">\(column.total)</span>\
        <span>\(column.probability)% → <span data-tally="weighted">\(column.weighted)</span></span>\
        </div></header>\
        <ul class="cards" aria-labelledby="h-\(key)">\(pipelineCards(column))</ul></section>
        """
}

/// The cards of a column and what follows them; alone, the answer to `?part=column&after=…`.
package func pipelineCards(_ column: PipelineColumn) -> HTML {
    let cards = column.cards.enumerated().map { leadCard($1, isFirst: $0 == 0) }
    let more: HTML? = column.moreURL.map { url in
        """
        <li class="more"><a class="btn ghost" href="\(url: url)" data-more>Show more</a></li>
        """
    }
    return "\(cards)\(more)<li class=\"none\">No leads here</li>"
}

private func dock(_ stages: [StageName]) -> HTML {
    "<div class=\"dock\" aria-hidden=\"true\">\(stages.map(dockTarget))</div>"
}

private func dockTarget(_ stage: StageName) -> HTML {
    let symbol =
        switch stage.tone {
        case .won: "trophy"
        case .lost: "circle-x"
        case .hold, .step: "pause"
        }
    return """
        <div data-outcome="\(stage.key)" data-label="\(stage.label)"\(stage.tone.ends) \
        style="--c:var(\(stage.tone.property))">\(icon(symbol))\(stage.label)</div>
        """
}

private func freshBoard(_ page: PipelinePage) -> HTML {
    guard page.canCreate else {
        return emptyState(
            "No leads yet", "Those that you may see stand here.", icon: "kanban")
    }
    let importing: HTML = "<a class=\"btn\" href=\"/import\">\(icon("upload"))Import</a>"
    return emptyState(
        "Your pipeline starts here",
        "Add the first lead by hand, import a spreadsheet, or paste a form into your website.",
        icon: "kanban",
        action: """
            <div class="row"><button class="btn primary" type="button" data-new>\(icon("plus"))\
            New lead</button>\(when: page.canImport, importing)</div>
            """)
}

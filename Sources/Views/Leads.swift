/// All leads the viewer may see, as a table of one page.
package struct LeadsPage: Sendable {
    package var columns: [LeadColumn]
    package var rows: [LeadRow]
    package var filters: [FilterMenu]
    package var clearURL: String?
    /// The same filters on the board.
    package var boardURL: String
    /// As "100 of 14,832 leads".
    package var summary: String
    package var previousURL: String?
    package var nextURL: String?
    /// The viewer may assign and move in bulk.
    package var canChange: Bool
    package var keeping: ViewKeeping?
    /// The view in force, shown as a heading; nil for all leads.
    package var viewName: String?

    package init(
        columns: [LeadColumn], rows: [LeadRow], filters: [FilterMenu], boardURL: String,
        summary: String, canChange: Bool
    ) {
        self.columns = columns
        self.rows = rows
        self.filters = filters
        self.boardURL = boardURL
        self.summary = summary
        self.canChange = canChange
        clearURL = nil
        previousURL = nil
        nextURL = nil
        viewName = nil
        keeping = nil
    }
}

/// A heading of the table; a link when the list can be sorted by it.
package struct LeadColumn: Sendable {
    package enum Order: String, Sendable { case ascending, descending }

    package var label: String
    package var sortURL: String?
    package var order: Order?
    package var isNumeric: Bool

    package init(
        _ label: String, sortURL: String? = nil, order: Order? = nil, isNumeric: Bool = false
    ) {
        self.label = label
        self.sortURL = sortURL
        self.order = order
        self.isNumeric = isNumeric
    }
}

/// A lead as a row. Its cells stand in the order company, stage, value, next step, contact,
/// owner, source, territory, created, in stage; `LeadsPage.columns` heads them.
package struct LeadRow: Sendable {
    package var card: LeadCard
    package var hue: Int
    package var stage: StageName
    package var contact: String
    package var territory: String
    package var created: String
    /// As "8d".
    package var age: String

    package init(card: LeadCard, stage: StageName, contact: String, hue: Int = 0) {
        self.card = card
        self.stage = stage
        self.contact = contact
        self.hue = hue
        territory = ""
        created = ""
        age = ""
    }
}

package func leadsPage(_ page: LeadsPage, in shellPage: ShellPage) -> HTML {
    shell(
        shellPage, tools: leadsTools(page),
        body: "\(leadsBody(page))\(when: page.canChange, bulkBar)", assets: ["js/table.js"])
}

/// The table with its pager; alone, the answer to a fragment request.
package func leadsBody(_ page: LeadsPage) -> HTML {
    guard !page.rows.isEmpty else {
        let nothing = emptyState(
            "No leads match", "Change or clear the filters, or add a lead.", icon: "search",
            action: page.clearURL.map { "<a class=\"btn\" href=\"\(url: $0)\">Clear filters</a>" })
        return "<div class=\"whole\" data-part=\"table\">\(nothing)</div>"
    }
    return """
        <div class="tablewrap" tabindex="0" role="region" aria-label="Leads" data-part="table">\
        <table class="grid"><thead><tr>\(when: page.canChange, selectAllCell)\
        \(page.columns.map(headCell))</tr></thead>\
        <tbody>\(page.rows.map { leadRow($0, selectable: page.canChange) })</tbody></table>\
        \(pager(previous: page.previousURL, next: page.nextURL, text: page.summary))</div>
        """
}

private func leadsTools(_ page: LeadsPage) -> HTML {
    let views = segments(
        [
            (MenuLink("Board", url: page.boardURL), "kanban"),
            (MenuLink("Table", url: "/leads", isCurrent: true), "table-2"),
        ], label: "View")
    return """
        \(views)\(page.viewName.map { tag($0, .info) })\(page.filters.map(filterChip))\
        \(page.clearURL.map(clearLink))\(page.keeping.map(keepingChip))<span class="grow"></span>\
        <span class="desk num muted">\(page.summary)</span>
        """
}

private let selectAllCell: HTML = """
    <th class="pickcell"><input type="checkbox" data-select-all aria-label="Select all"></th>
    """

func headCell(_ column: LeadColumn) -> HTML {
    let style: HTML = column.isNumeric ? " class=\"n\"" : ""
    guard let url = column.sortURL else { return "<th scope=\"col\"\(style)>\(column.label)</th>" }
    let order: HTML? = column.order.map { " aria-sort=\"\($0.rawValue)\"" }
    let arrow = column.order.map {
        icon($0 == .ascending ? "arrow-up" : "arrow-down", small: true)
    }
    return """
        <th scope="col"\(style)\(order)><a href="\(url: url)">\(column.label)\(arrow)</a></th>
        """
}

/// One row; alone, what a live update replaces.
package func leadRow(_ row: LeadRow, selectable: Bool) -> HTML {
    let card = row.card
    let box: HTML = """
        <input type="checkbox" data-select aria-label="Select \(card.title)">
        """
    let pick: HTML = "<td class=\"pickcell\">\(when: !card.may.isEmpty, box)</td>"
    return """
        <tr data-record data-id="\(card.id)" data-version="\(card.version)" \
        data-stage="\(card.stage)" data-name="\(card.title)"\(card.may.lacking) tabindex="-1">\
        \(when: selectable, pick)\
        <td><a class="co" href="/leads/\(card.id)" data-open="\(card.id)">\
        \(emblem(card.title, hue: row.hue))\(card.title)</a></td>\
        <td>\(stageBadge(row.stage))</td><td class="n">\(card.value)</td>\
        <td>\(nextStepTag(card.next))</td><td>\(row.contact)</td><td>\(ownerCell(card.owner))</td>\
        <td>\(card.source.label)</td><td>\(row.territory)</td><td>\(row.created)</td>\
        <td class="n">\(row.age)</td></tr>
        """
}

func ownerCell(_ owner: Person?) -> HTML {
    guard let owner else { return "<span class=\"muted\">Nobody</span>" }
    return "<span class=\"owner\">\(avatar(owner))\(owner.name)</span>"
}

private let bulkBar: HTML = """
    <div class="bulk" role="toolbar" aria-label="Selected leads" hidden>\
    <b><span class="num" data-selected>0</span> selected</b>\
    <button class="btn" type="button" data-bulk="move">\(icon("arrow-right-left"))Move stage \
    <kbd>S</kbd></button>\
    <button class="btn" type="button" data-bulk="assign">\(icon("user-plus"))Assign \
    <kbd>A</kbd></button>\
    <button class="btn ghost icon" type="button" data-bulk="clear" aria-label="Clear selection">\
    \(icon("x"))</button></div>
    """

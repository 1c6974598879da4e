/// Leads that were won, as customers.
package struct CustomersPage: Sendable {
    package var rows: [CustomerRow]
    /// As "86 customers · $1.9M won".
    package var summary: String
    package var filters: [FilterMenu]
    package var previousURL: String?
    package var nextURL: String?

    package init(rows: [CustomerRow], summary: String, filters: [FilterMenu] = []) {
        self.rows = rows
        self.summary = summary
        self.filters = filters
        previousURL = nil
        nextURL = nil
    }
}

package struct CustomerRow: Sendable {
    /// The lead it was won from, which holds its history.
    package var card: LeadCard
    package var hue: Int
    package var contact: String
    package var wonOn: String
    package var territory: String

    package init(
        card: LeadCard, contact: String, wonOn: String, territory: String, hue: Int = 0
    ) {
        self.card = card
        self.contact = contact
        self.wonOn = wonOn
        self.territory = territory
        self.hue = hue
    }
}

package func customersPage(_ page: CustomersPage, in shellPage: ShellPage) -> HTML {
    shell(
        shellPage,
        tools: """
            \(page.filters.map(filterChip))<span class="grow"></span>\
            <span class="num muted">\(page.summary)</span>
            """,
        body: customersBody(page), assets: ["js/table.js"])
}

package func customersBody(_ page: CustomersPage) -> HTML {
    guard !page.rows.isEmpty else {
        let nothing = emptyState(
            "No customers yet", "A lead that is won becomes a customer and keeps its history.",
            icon: "trophy",
            action: "<a class=\"btn\" href=\"/pipeline\">\(icon("kanban"))Open the pipeline</a>")
        return "<div class=\"whole\" data-part=\"table\">\(nothing)</div>"
    }
    let isPaged = page.previousURL != nil || page.nextURL != nil
    let heads = [
        LeadColumn("Company"), LeadColumn("Won value", isNumeric: true), LeadColumn("Won on"),
        LeadColumn("Contact"), LeadColumn("Owner"), LeadColumn("Source"), LeadColumn("Territory"),
    ]
    return """
        <div class="tablewrap" tabindex="0" role="region" aria-label="Customers" data-part="table">\
        <table class="grid plain"><thead><tr>\(heads.map(headCell))</tr></thead>\
        <tbody>\(page.rows.map(customerRow))</tbody></table>\
        \(when: isPaged, pager(previous: page.previousURL, next: page.nextURL, text: page.summary))\
        </div>
        """
}

private func customerRow(_ row: CustomerRow) -> HTML {
    let card = row.card
    return """
        <tr data-record data-id="\(card.id)" data-version="\(card.version)" \
        data-stage="\(card.stage)" data-name="\(card.title)"\(card.may.lacking) tabindex="-1">\
        <td><a class="co" href="/leads/\(card.id)" data-open="\(card.id)">\
        \(emblem(card.title, hue: row.hue))\(card.title)</a></td>\
        <td class="n">\(card.value)</td><td>\(row.wonOn)</td><td>\(row.contact)</td>\
        <td>\(ownerCell(card.owner))</td><td>\(card.source.label)</td><td>\(row.territory)</td></tr>
        """
}

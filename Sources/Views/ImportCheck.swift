/// Step two: what would happen to every row, before anything is written.
func checkStep(_ page: ImportPage) -> HTML {
    guard page.state != .checking else { return workingPanel(page) }
    let counts = page.counts
    let importable = counts.created + counts.merged
    return """
        <section class="panel flush" aria-labelledby="check-title">\
        <header><h2 id="check-title">Nothing is saved yet</h2>\
        <span class="sub">\(counted(counts.total, "row", "rows")) read</span></header>\
        \(checkTabs(page))\(checkedRows(page))</section>\
        <footer class="map-foot"><p class="err" data-form-error role="alert" hidden></p>\
        <a class="btn" href="\(url: "/import/\(page.id)?step=map")">Change the mapping</a>\
        <button class="btn primary" type="button" data-commit="\(page.id)"\
        \(when: importable == 0, " disabled")>Import \(counted(importable, "row", "rows"))</button>\
        </footer>
        """
}

private func checkTabs(_ page: ImportPage) -> HTML {
    let counts = page.counts
    let all: [(ImportOutcome?, String, Int)] = [
        (nil, "All rows", counts.total), (.create, "New leads", counts.created),
        (.update, "Updates", counts.updated),
        (.duplicate, "Duplicates", counts.merged - counts.updated),
        (.rejected, "Rejected", counts.rejected),
    ]
    let links = all.map { outcome, label, count -> (MenuLink, count: String?) in
        let query = outcome.map { "&outcome=\($0.rawValue)" } ?? ""
        let link = MenuLink(
            label, url: "/import/\(page.id)?step=check\(query)", isCurrent: outcome == page.filter)
        return (link, count: grouped(count))
    }
    return tabs(links, label: "Rows by outcome")
}

func checkedRows(_ page: ImportPage) -> HTML {
    guard !page.rows.isEmpty else {
        return page.filter == .rejected
            ? emptyState("No row is rejected", "Every row of the file can be used.", icon: "check")
            : emptyState("No rows here", "Choose another outcome above.", icon: "list-filter")
    }
    return """
        <div class="tablewrap" role="region" aria-label="Rows of the file" tabindex="0">\
        <table class="grid all stacked checked"><thead><tr><th class="n">Row</th><th>Outcome</th>\
        <th>Lead</th><th>Contact</th><th>Why</th></tr></thead><tbody>\(page.rows.map(checkedRow))\
        </tbody></table></div>\(page.nextURL.map(olderLink))
        """
}

private func checkedRow(_ row: ImportRow) -> HTML {
    let title: HTML =
        if let url = row.leadURL {
            "<a class=\"link\" href=\"\(url: url)\">\(row.title)</a>"
        } else {
            "\(row.title)"
        }
    return """
        <tr><td class="n" data-label="Row">\(row.number)</td>\
        <td>\(outcomeTag(row.outcome))</td><td class="strong">\(title)</td>\
        <td data-label="Contact">\(row.contact)</td>\
        <td class="wrap">\(row.reasons.map { "<span class=\"row-why\">\($0)</span>" as HTML })\
        \(row.changes.map(rowChange))</td></tr>
        """
}

private func rowChange(_ change: (label: String, before: String, after: String)) -> HTML {
    let before: HTML? =
        change.before.isEmpty
        ? nil : "<del>\(change.before)</del>\(icon("arrow-right", small: true))"
    let after: HTML = change.after.isEmpty ? "<i>empty</i>" : "<ins>\(change.after)</ins>"
    return "<span class=\"row-change\"><b>\(change.label)</b> \(before)\(after)</span>"
}

private func outcomeTag(_ outcome: ImportOutcome) -> HTML {
    switch outcome {
    case .create: tag("New lead", .good, icon: "plus")
    case .update: tag("Update", .warn, icon: "pen-line")
    case .duplicate: tag("Duplicate", .info, icon: "merge")
    case .rejected: tag("Rejected", .bad, icon: "circle-x")
    case .undone: tag("Taken back", .plain, icon: "undo-2")
    }
}

/// The link at the end of a long list.
func olderLink(_ url: String) -> HTML {
    "<p class=\"more-link\"><a class=\"btn\" href=\"\(url: url)\">Show more</a></p>"
}

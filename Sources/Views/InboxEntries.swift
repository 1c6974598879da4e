/// What arrived, newest first, under tabs by outcome.
func entriesPanel(_ page: InboxPage) -> HTML {
    """
    <section class="panel flush" aria-labelledby="entries-title"><header>\
    <h2 id="entries-title">What arrived</h2></header>\(entryTabs(page))\(entryList(page))</section>
    """
}

private func entryTabs(_ page: InboxPage) -> HTML {
    let all = MenuLink("All", url: "/inbox", isCurrent: page.filter == nil)
    let rest = InboxOutcome.allCases.map { outcome -> (MenuLink, count: String?) in
        let link = MenuLink(
            outcome.look.label, url: "/inbox?outcome=\(outcome.rawValue)",
            isCurrent: outcome == page.filter)
        return (link, count: grouped(page.ledger[outcome]))
    }
    return tabs([(all, count: grouped(page.ledger.received))] + rest, label: "Entries by outcome")
}

private func entryList(_ page: InboxPage) -> HTML {
    entryLines(page.entries, page.filter, olderURL: page.olderURL)
}

func entryLines(_ entries: [InboxEntry], _ filter: InboxOutcome?, olderURL: String?) -> HTML {
    guard !entries.isEmpty else { return emptyEntries(filter) }
    return """
        <ul class="entries">\(entries.map(inboxEntry))</ul>\(olderURL.map(olderLink))
        """
}

private func emptyEntries(_ filter: InboxOutcome?) -> HTML {
    switch filter {
    case nil:
        emptyState(
            "Nothing has arrived yet",
            "Leads from forms, imports and the API are noted here before anything else happens.",
            icon: "inbox",
            action: "<a class=\"btn\" href=\"/settings/forms\">Make a form</a>")
    case .quarantined:
        emptyState("No spam", "Nothing is held back.", icon: "shield-check")
    case .refused:
        emptyState("Nothing was refused", "Everything could be read.", icon: "check")
    case .created, .merged, .waiting:
        emptyState("Nothing here", "Choose another outcome above.", icon: "list-filter")
    }
}

private func inboxEntry(_ entry: InboxEntry) -> HTML {
    let look = entry.outcome.look
    return """
        <li class="entry" id="entry-\(entry.id)"><span class="entry-mark">\(icon(entry.icon))</span>\
        <div class="entry-main"><p class="entry-line"><b>\(entry.summary)</b>\
        \(tag(look.label, look.weight, icon: look.icon))</p>\
        <p class="entry-note">\(entry.source) · \(entry.when)\(leadLink(entry))</p>\
        \(when: !entry.reason.isEmpty, "<p class=\"entry-why\">\(entry.reason)</p>")\
        \(when: !entry.payload.isEmpty, payload(entry.payload))</div>\
        \(entryAction(entry))</li>
        """
}

private func leadLink(_ entry: InboxEntry) -> HTML? {
    guard let url = entry.leadURL else { return nil }
    return " · <a class=\"link\" href=\"\(url: url)\">\(entry.leadName ?? "Open the lead")</a>"
}

private func payload(_ text: String) -> HTML {
    """
    <details class="raw"><summary>As it arrived</summary>\
    <pre tabindex="0">\(text)</pre></details>
    """
}

private func entryAction(_ entry: InboxEntry) -> HTML? {
    if entry.canRelease {
        let release = Write("POST /inbox/\(entry.id)/release", said: "Released; it is a lead now")
        let button = entryButton("Release", icon: "shield-check", release, about: entry)
        guard entry.canDelete else { return button }
        let delete = Write("DELETE /inbox/\(entry.id)", said: "Deleted")
        return """
            <span class="entry-acts">\(button)\(doButton(
                "Delete \(entry.summary)", icon: "trash-2", delete,
                confirm: "What it says and its files go for good. That it came stays in the ledger."))\
            </span>
            """
    }
    if entry.canReplay {
        let replay = Write("POST /inbox/\(entry.id)/replay", said: "Tried again")
        return entryButton("Try again", icon: "rotate-cw", replay, about: entry)
    }
    return nil
}

private func entryButton(
    _ label: String, icon symbol: String, _ write: Write, about entry: InboxEntry
) -> HTML {
    """
    <button class="btn" type="button" data-do \(write.attributes) \
    aria-label="\(label): \(entry.summary)">\(icon(symbol))\(label)</button>
    """
}

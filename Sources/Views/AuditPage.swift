package func auditPage(_ frame: ShellPage, _ page: AuditPage) -> HTML {
    shell(frame, body: auditBody(page), assets: ["js/forms.js"])
}

/// The page without its frame; also the answer to a request for a fragment.
package func auditBody(_ page: AuditPage) -> HTML {
    """
    <div class="leaf" data-region="audit">\(searchPanel(page))\(entriesPanel(page))\
    \(when: page.retention != nil, retentionDialog)</div>
    """
}

private func searchPanel(_ page: AuditPage) -> HTML {
    let search = page.search
    let people: HTML? =
        search.people.isEmpty
        ? nil : control("person", "Person", .select([Choice("", "Anybody")] + search.people))
    return """
        <section class="panel" aria-label="Search"><form class="searchform" action="/audit" \
        method="get" role="search">\
        \(control("q", "Search", .text, value: search.words))\
        \(control("action", "What", .select([Choice("", "Everything")] + search.actions)))\(people)\
        \(control("from", "From", .date, value: search.from))\
        \(control("to", "To", .date, value: search.to))\
        <div class="searchform-acts"><button class="btn primary" type="submit">\
        \(icon("search"))Search</button>\
        \(when: !search.isEmpty, "<a class=\"btn ghost\" href=\"/audit\">Clear</a>")</div>\
        </form></section>
        """
}

private func control(
    _ name: String, _ label: String, _ kind: Field.Kind, value: String = ""
) -> HTML {
    field(Field(name, label, kind, value: value), prefix: "audit")
}

private func entriesPanel(_ page: AuditPage) -> HTML {
    """
    <section class="panel flush" aria-labelledby="audit-title"><header class="wraps">\
    <h2 id="audit-title">\(page.search.isAll ? "What was done" : "What you may see")</h2>\
    <span class="grow"></span>\(when: page.showsBreakGlass, breakGlassLink)\
    \(retentionButton(page.retention))\(page.exports.map(export))\
    </header>\(entryList(page))</section>
    """
}

private let breakGlassLink: HTML = """
    <a class="btn" href="/break-glass">\(icon("eye"))Break-glass</a>
    """

private func export(_ link: MenuLink) -> HTML {
    """
    <a class="btn" href="\(url: link.url)" download aria-label="Download as \(link.label)">\
    \(icon("download"))\(link.label)</a>
    """
}

private func retentionButton(_ retention: AuditPage.Retention?) -> HTML? {
    guard let retention else { return nil }
    let days = retention.days.map(String.init) ?? ""
    let write = Write("PUT /audit/retention", said: "Saved")
    return """
        <button class="btn" type="button" data-open-form="audit-retention" \(write.attributes) \
        data-fill-days="\(days)">\(icon("clock"))\
        \(retention.days.map { "Kept \($0) days" } ?? "Kept for good")</button>
        """
}

private let retentionDialog: HTML = dialog(
    id: "audit-retention", title: "How long to keep the log",
    text: "Older entries go every night. What is left can still be proven.", submit: "Save",
    body: field(
        Field("days", "Days", .number).with(hint: "From 90 on. Empty keeps everything."),
        prefix: "audit-retention"))

private func entryList(_ page: AuditPage) -> HTML {
    guard !page.entries.isEmpty else {
        return page.search.isEmpty
            ? emptyState(
                "Nothing is in the log yet",
                "Sign-ins, refusals, exports and changes of people, keys and settings stand here.",
                icon: "history")
            : emptyState(
                "Nothing was found", "Search for less, or for another time.", icon: "search",
                action: "<a class=\"btn\" href=\"/audit\">Show everything</a>")
    }
    return """
        <ul class="entries">\(page.entries.map(entry))</ul>\(page.olderURL.map(olderLink))
        """
}

private func entry(_ line: AuditLine) -> HTML {
    let remote: HTML? = line.remote.isEmpty ? nil : " · from \(line.remote)"
    let detail = ["entry: \(line.number)"] + line.detail + ["hash: \(line.hash)"]
    return """
        <li class="entry" id="audit-\(line.number)">\
        <span class="entry-mark">\(icon(line.icon))</span>\
        <div class="entry-main"><p class="entry-line"><b>\(line.what)</b>\(subject(line))\
        \(when: line.isWarning, tag("Turned away", .warn))</p>\
        <details class="raw"><summary>\(line.who) · \
        <time datetime="\(line.moment)">\(line.when)</time>\(remote)</summary>\
        <pre tabindex="0">\(detail.joined(separator: "\n"))</pre></details></div></li>
        """
}

private func subject(_ line: AuditLine) -> HTML? {
    guard !line.subject.isEmpty else { return nil }
    guard let url = line.subjectURL else { return "<span>\(line.subject)</span>" }
    return "<a class=\"link\" href=\"\(url: url)\">\(line.subject)</a>"
}

/// The page at `/duplicates`.
package func duplicatesPage(_ frame: ShellPage, _ page: DuplicatesPage) -> HTML {
    shell(
        frame, body: duplicatesBody(page), assets: ["css/duplicates.css", "js/duplicates.js"])
}

/// The page without its frame; also the answer to a request for a fragment.
package func duplicatesBody(_ page: DuplicatesPage) -> HTML {
    """
    <div class="twins" data-region="duplicates">\(queue(page))\
    <div class="leaf twins-main">\(page.current.map(comparison) ?? nothing(page))</div></div>
    """
}

private func nothing(_ page: DuplicatesPage) -> HTML {
    page.isDismissed
        ? emptyState(
            "Nothing was set aside", "Pairs that you say are not the same are kept here.",
            icon: "copy",
            action: "<a class=\"btn\" href=\"/duplicates\">Back to the queue</a>")
        : emptyState(
            "No duplicates to look at",
            "Leads that come in or change are compared with all others, and all once a night.",
            icon: "check", action: "<a class=\"btn\" href=\"/leads\">All leads</a>")
}

// MARK: The queue

private func queue(_ page: DuplicatesPage) -> HTML {
    let kinds = tabs(
        [
            (MenuLink("To look at", url: "/duplicates", isCurrent: !page.isDismissed), count: nil),
            (
                MenuLink(
                    "Not the same", url: "/duplicates?state=dismissed",
                    isCurrent: page.isDismissed), count: nil
            ),
        ], label: "Pairs by state")
    return """
        <nav class="twins-queue" aria-label="Pairs"><header><h2>\(page.summary)</h2></header>\(kinds)\
        <ol>\(page.pairs.map(queueLine))</ol>\
        \(page.moreURL.map { "<a class=\"btn\" href=\"\(url: $0)\">More</a>" as HTML })</nav>
        """
}

private func queueLine(_ line: DuplicateLine) -> HTML {
    """
    <li><a href="\(url: line.url)"\(when: line.isCurrent, " aria-current=\"true\"") \
    data-pair="\(line.id)"><span class="cut"><b>\(line.first)</b><br>\(line.second)</span>\
    \(tag("\(line.percent) %", line.isLikely ? .warn : .plain))</a></li>
    """
}

// MARK: Side by side

private func comparison(_ pair: DuplicateComparison) -> HTML {
    """
    <form class="panel flush twins-pair" data-pair="\(pair.id)" \
    data-first="\(pair.first.id)" data-second="\(pair.second.id)" \
    aria-labelledby="twins-title"><header><h2 id="twins-title" tabindex="-1">\
    \(pair.isLikely ? "Very likely the same" : "Perhaps the same")</h2>\
    <span class="sub num">\(pair.percent) %</span><span class="grow"></span>\
    <span class="desk">\(keys)</span></header>\
    <ul class="twins-why" aria-label="Why">\(pair.evidence.map(reason))</ul>\
    \(pair.obstacle.map { notice(.warn, $0) })\
    <div class="twins-heads" role="radiogroup" aria-label="Which lead stays">\
    \(head(pair.first, "first", isKept: pair.staysFirst))\
    \(head(pair.second, "second", isKept: !pair.staysFirst))</div>\
    <div class="twins-fields">\(pair.fields.map { fieldRow($0, pair) })</div>\
    <footer><button class="btn primary" type="submit"\(when: pair.obstacle != nil, " disabled")>\
    \(icon("merge"))Merge<kbd>M</kbd></button>\
    <button class="btn" type="button" data-dismiss>\(icon("x"))Not the same<kbd>X</kbd></button>\
    <span class="hint">What hangs on both goes to the one that stays. You can undo it.</span>\
    </footer></form>
    """
}

private let keys: HTML = """
    <span class="hint"><kbd>J</kbd> <kbd>K</kbd> pairs · <kbd>1</kbd> <kbd>2</kbd> side · \
    <kbd>U</kbd> undo</span>
    """

private func reason(_ evidence: DuplicateEvidence) -> HTML {
    """
    <li>\(tag(evidence.words, evidence.isFor ? .good : .bad, icon: evidence.isFor ? "check" : "x"))</li>
    """
}

private func head(_ side: DuplicateSide, _ name: String, isKept: Bool) -> HTML {
    """
    <div class="twins-head"><label><input type="radio" name="into" value="\(name)"\
    \(when: isKept, " checked")><span>Stays</span></label>\
    <div class="twins-who">\(emblem(side.title, hue: side.hue, .medium))\
    <div class="cut"><a class="link strong" href="\(url: side.url)" data-open="\(side.id)">\
    \(side.title)</a><p class="entry-note">\(side.note)</p></div></div>\(stageBadge(side.stage))</div>
    """
}

private func fieldRow(_ field: DuplicateField, _ pair: DuplicateComparison) -> HTML {
    guard field.differs else {
        return """
            <div class="twins-row"><span class="label">\(field.label)</span>\
            <span class="twins-cell">\(shown(field.first))</span>\
            <span class="twins-cell">\(shown(field.second))</span></div>
            """
    }
    return """
        <fieldset class="twins-row differs"><legend class="label">\(field.label)</legend>\
        \(option(field, "first", field.first, isChosen: pair.staysFirst))\
        \(option(field, "second", field.second, isChosen: !pair.staysFirst))</fieldset>
        """
}

private func shown(_ text: String) -> String { text.isEmpty ? "—" : text }

private func option(
    _ field: DuplicateField, _ side: String, _ text: String, isChosen: Bool
) -> HTML {
    """
    <label class="twins-cell"><input type="radio" name="\(field.name)" value="\(side)" data-field\
    \(when: isChosen, " checked")><span>\(text)</span></label>
    """
}

/// The server is at work: reading, checking or importing.
func workingPanel(_ page: ImportPage) -> HTML {
    if page.state == .undoing { return undoingPanel(page) }
    let isRun = page.step == .run
    let title =
        switch page.state {
        case .waiting: "Waiting for its turn"
        case .running: "Importing"
        default: "Reading the file"
        }
    let counts = page.counts
    return """
        <section class="panel run" aria-labelledby="run-title" data-run>\
        <h2 id="run-title">\(title)</h2>\
        <div class="run-bar"><progress max="100"\(runValue(counts)) aria-labelledby="run-title">\
        </progress><b class="num" data-run-percent>\(percentText(counts))</b></div>\
        <p class="sub num" data-run-rows>\(rowsText(counts))</p>\
        \(when: isRun, tally(counts))\
        <p class="hint">\(isRun ? "You can leave this page; the import goes on." : "")</p>\
        <div class="run-foot"><p class="err" data-form-error role="alert" hidden></p>\
        <button class="btn" type="button" data-cancel-import="\(page.id)">\(icon("circle-x"))\
        \(isRun ? "Stop the import" : "Cancel")</button></div></section>
        """
}

private func undoingPanel(_ page: ImportPage) -> HTML {
    let counts = page.counts
    return """
        <section class="panel run" aria-labelledby="run-title" data-run>\
        <h2 id="run-title">Taking the import back</h2>\
        <div class="run-bar"><progress max="100" value="\(counts.percentUndone)" \
        aria-labelledby="run-title"></progress>\
        <b class="num" data-run-percent>\(counts.percentUndone)%</b></div>\
        \(undoneTally(counts))\
        <p class="hint">You can leave this page; it goes on.</p></section>
        """
}

private func undoneTally(_ counts: ImportCounts) -> HTML {
    """
    <dl class="tally">\(tallyItem("Rows taken back", counts.undone, "undone", "good"))\
    \(tallyItem("Rows that stay", counts.kept, "kept", "bad"))</dl>
    """
}

/// Without a total the bar only shows that something is going on.
private func runValue(_ counts: ImportCounts) -> HTML? {
    counts.total > 0 ? " value=\"\(counts.percent)\"" : nil
}

private func percentText(_ counts: ImportCounts) -> String {
    counts.total > 0 ? "\(counts.percent)%" : ""
}

private func rowsText(_ counts: ImportCounts) -> String {
    counts.total > 0
        ? "\(grouped(counts.done)) of \(counted(counts.total, "row", "rows"))"
        : counts.done > 0 ? "\(counted(counts.done, "row", "rows")) so far" : "Starting…"
}

private func tally(_ counts: ImportCounts) -> HTML {
    """
    <dl class="tally">\(tallyItem("Created", counts.created, "created", "good"))\
    \(tallyItem("Updated", counts.updated, "updated", "info"))\
    \(tallyItem("Duplicates", counts.merged - counts.updated, "duplicates", "info"))\
    \(tallyItem("Rejected", counts.rejected, "rejected", "bad"))</dl>
    """
}

private func tallyItem(_ label: String, _ number: Int, _ key: String, _ tone: String) -> HTML {
    """
    <div class="\(number > 0 ? tone : "")"><dt>\(label)</dt>\
    <dd class="num" data-run-count="\(key)">\(grouped(number))</dd></div>
    """
}

/// The end: what came of the file, and what to do next.
func outcomePanel(_ page: ImportPage) -> HTML {
    let counts = page.counts
    let (symbol, weight, title) = outcomeWords(page.state)
    let rejected: HTML = """
        <a class="btn" href="\(url: "/api/v1/imports/\(page.id)/errors.\(page.format)")" download>\
        \(icon("download"))Download the rejected rows</a>
        """
    let mayUndo = page.mayUndo && page.state != .undone && counts.created + counts.merged > 0
    return """
        <section class="panel run" aria-labelledby="run-title">\
        <span class="run-mark \(weight.rawValue)">\(icon(symbol))</span>\
        <h2 id="run-title">\(title)</h2>\
        <p class="sub num">\(rowsText(counts))</p>\
        \(page.state == .undone ? undoneTally(counts) : tally(counts))\
        \(when: counts.rejected > 0, "<p class=\"hint\">\(rejectedHint)</p>")\
        <p class="err" data-form-error role="alert" hidden></p>\
        <div class="run-foot">\(when: counts.rejected > 0, rejected)\
        \(when: mayUndo, undoQuestion(page))\
        <a class="btn" href="/import">Import another file</a>\
        \(page.leadsURL.map(leadsLink))</div></section>\
        \(when: page.state == .undone && !page.rows.isEmpty, keptRows(page))
        """
}

/// The button asks in its place, so that one slip takes nothing back.
private func undoQuestion(_ page: ImportPage) -> HTML {
    """
    <button class="btn" type="button" data-ask-undo aria-expanded="false">\
    \(icon("undo-2"))Take the import back</button>\
    <div class="run-ask" hidden><p>Leads that it made go; leads that it changed are as before. \
    What was worked on since stays.</p>\
    <div><button class="btn danger" type="button" data-undo-import="\(page.id)">Take it back</button>\
    <button class="btn" type="button" data-ask-undo>Keep it</button></div></div>
    """
}

private func keptRows(_ page: ImportPage) -> HTML {
    """
    <section class="panel flush" aria-labelledby="kept-title">\
    <header><h2 id="kept-title">Rows that stay</h2></header>\(checkedRows(page))</section>
    """
}

private let rejectedHint =
    "The file has your rows in their order and one more column that says what is wrong. "
    + "Correct it and import it again: rows already imported are recognised."

private func leadsLink(_ url: String) -> HTML {
    "<a class=\"btn primary\" href=\"\(url: url)\">See the leads\(icon("arrow-right"))</a>"
}

private func outcomeWords(_ state: ImportState) -> (String, Weight, String) {
    switch state {
    case .failed: ("triangle-alert", .bad, "The import stopped")
    case .cancelled: ("circle-x", .plain, "The import was stopped")
    case .undone: ("undo-2", .plain, "Taken back")
    default: ("check", .good, "Imported")
    }
}

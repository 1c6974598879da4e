/// The page at `/inbox`: everything that came from outside, and what became of it.
package func inboxPage(_ frame: ShellPage, _ page: InboxPage) -> HTML {
    shell(frame, body: inboxBody(page), assets: ["js/forms.js"])
}

/// The page without its frame; also the answer to a request for a fragment.
package func inboxBody(_ page: InboxPage) -> HTML {
    """
    <div class="leaf" data-region="inbox">\(page.warning.map(warned))\
    \(balancePanel(page.ledger))\(sourcesPanel(page))\
    \(entriesPanel(page))\(confirmDialog)</div>
    """
}

private func warned(_ text: String, _ url: String) -> HTML {
    notice(.bad, text, action: "<a class=\"btn\" href=\"\(url: url)\">Look into it</a>")
}

// MARK: The ledger

/// The words and the colour of an outcome.
struct OutcomeLook {
    var label: String
    var color: String
    var weight: Weight
    var icon: String
}

extension InboxOutcome {
    var look: OutcomeLook {
        switch self {
        case .created:
            OutcomeLook(label: "Created", color: "--won", weight: .good, icon: "plus")
        case .merged:
            OutcomeLook(label: "Merged", color: "--stage-3", weight: .info, icon: "merge")
        case .quarantined:
            OutcomeLook(
                label: "Quarantined", color: "--stage-7", weight: .warn, icon: "shield-alert")
        case .refused:
            OutcomeLook(label: "Refused", color: "--lost", weight: .bad, icon: "circle-x")
        case .waiting:
            OutcomeLook(label: "Waiting", color: "--stage-1", weight: .plain, icon: "clock")
        }
    }
}

private func balancePanel(_ ledger: InboxLedger) -> HTML {
    let outcomes = InboxOutcome.allCases
    let words = outcomes.map { "\($0.look.label) \(grouped(ledger[$0]))" }.joined(separator: ", ")
    return """
        <section class="panel ledger" aria-labelledby="ledger-title"><header>\
        <h2 id="ledger-title">Ledger</h2><span class="grow"></span>\(balanceTag(ledger))</header>\
        <p class="ledger-sum"><b class="num">\(grouped(ledger.received))</b> received</p>\
        <div class="ledger-bar" role="img" aria-label="\(words)">\
        \(outcomes.compactMap { ledgerPart($0, ledger) })</div>\
        <dl class="ledger-legend">\(outcomes.map { ledgerTerm($0, ledger) })</dl></section>
        """
}

private func balanceTag(_ ledger: InboxLedger) -> HTML {
    let difference = ledger.difference
    guard difference != 0 else { return tag("Balanced", .good, icon: "check") }
    let words = difference > 0 ? "unaccounted for" : "too many outcomes"
    return tag("\(grouped(Int(difference.magnitude))) \(words)", .bad, icon: "triangle-alert")
}

private func ledgerPart(_ outcome: InboxOutcome, _ ledger: InboxLedger) -> HTML? {
    guard ledger[outcome] > 0 else { return nil }
    return "<i style=\"--n:\(ledger[outcome]);--c:var(\(outcome.look.color))\"></i>"
}

private func ledgerTerm(_ outcome: InboxOutcome, _ ledger: InboxLedger) -> HTML {
    """
    <div style="--c:var(\(outcome.look.color))"><dt>\(outcome.look.label)</dt>\
    <dd class="num">\(grouped(ledger[outcome]))</dd></div>
    """
}

private func sourcesPanel(_ page: InboxPage) -> HTML? {
    guard !page.sources.isEmpty else { return nil }
    let heads = InboxOutcome.allCases.map { "<th class=\"n\">\($0.look.label)</th>" as HTML }
    return """
        <section class="panel flush"><header><h2>By source</h2></header>\
        <div class="tablewrap" role="region" aria-label="Ledger by source" tabindex="0">\
        <table class="grid all stacked"><thead><tr><th>Source</th><th class="n">Received</th>\(heads)\
        <th>Last</th><th>Balance</th></tr></thead><tbody>\(page.sources.map(sourceRow))</tbody>\
        </table></div></section>
        """
}

private func sourceRow(_ source: InboxSource) -> HTML {
    let cells = InboxOutcome.allCases.map { outcome -> HTML in
        let number = source.ledger[outcome]
        return """
            <td class="n\(when: number == 0, " zero")" data-label="\(outcome.look.label)">\
            \(grouped(number))</td>
            """
    }
    return """
        <tr><td><span class="co">\(icon(source.icon))\(source.name)</span></td>\
        <td class="n strong" data-label="Received">\(grouped(source.ledger.received))</td>\(cells)\
        <td data-label="Last">\(source.last)</td><td>\(balanceTag(source.ledger))</td></tr>
        """
}

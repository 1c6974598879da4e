/// The page at `/import/{id}`: one import, in the step it stands at.
package func importPage(_ frame: ShellPage, _ page: ImportPage) -> HTML {
    shell(
        frame, body: importBody(page), assets: ["css/import.css", "js/forms.js", "js/import.js"])
}

/// The page without its frame; also the answer to a request for a fragment.
package func importBody(_ page: ImportPage) -> HTML {
    """
    <div class="leaf wizard" data-region="import" data-import="\(page.id)" \
    data-state="\(page.state.rawValue)" data-step="\(page.step.name)">\
    \(wizardHead(page))\(page.problem.map { notice(.bad, $0) })\(stepBody(page))</div>
    """
}

private func stepBody(_ page: ImportPage) -> HTML {
    switch page.step {
    case .map: page.mapping.map { mappingForm(page, $0) } ?? workingPanel(page)
    case .check: checkStep(page)
    case .run: workingPanel(page)
    case .done: outcomePanel(page)
    }
}

private func wizardHead(_ page: ImportPage) -> HTML {
    """
    <header class="wizard-head"><span class="drop-mark">\(icon("file-spreadsheet"))</span>\
    <div><h2>\(page.fileName)</h2><p>\(page.note)</p></div>\
    <ol class="wizard-steps" aria-label="Steps">\
    \(wizardStep(page, .map, "Map columns"))\(wizardStep(page, .check, "Check"))\
    \(wizardStep(page, page.step == .done ? .done : .run, "Import"))</ol></header>
    """
}

/// A step that can be gone back to is a link; the others only show where one stands.
private func wizardStep(_ page: ImportPage, _ step: ImportStep, _ label: String) -> HTML {
    let isPast = step < page.step || page.state == .done
    let isLink = page.state == .checked && step <= .check && step != page.step
    let mark: HTML = isPast ? icon("check", small: true) : "\(min(step.rawValue, 3))"
    let text: HTML = "<span class=\"wizard-mark\">\(mark)</span>\(label)"
    let address = "/import/\(page.id)?step=\(step.name)"
    let inner: HTML =
        isLink ? "<a href=\"\(url: address)\">\(text)</a>" : "<span>\(text)</span>"
    return """
        <li\(when: step == page.step, " aria-current=\"step\"")\
        \(when: isPast, " class=\"past\"")>\(inner)</li>
        """
}

/// A count with separators between thousands, as people read it.
package func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (place, digit) in digits.enumerated() {
        if place > 0, (digits.count - place).isMultiple(of: 3) { text.append(",") }
        text.append(digit)
    }
    return number < 0 ? "−\(text)" : text
}

/// "1 row", "2,310 rows".
func counted(_ number: Int, _ one: String, _ many: String) -> String {
    "\(grouped(number)) \(number == 1 ? one : many)"
}

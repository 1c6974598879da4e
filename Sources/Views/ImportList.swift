/// The page at `/import`.
package func importsPage(_ frame: ShellPage, _ page: ImportsPage) -> HTML {
    shell(
        frame, body: importsBody(page), assets: ["css/import.css", "js/forms.js", "js/import.js"])
}

/// The page without its frame; also the answer to a request for a fragment.
package func importsBody(_ page: ImportsPage) -> HTML {
    """
    <div class="leaf" data-region="imports">\(dropZone(page.limit))\(pastImports(page))</div>
    """
}

private func dropZone(_ limit: String) -> HTML {
    """
    <form class="drop" id="upload" aria-label="Import leads from a file">\
    <span class="drop-mark">\(icon("file-spreadsheet"))</span>\
    <h2>Drop a file with leads here</h2>\
    <p>or <label class="drop-pick"><input class="vh" type="file" name="file" \
    accept=".xlsx,.csv,.json,.xml,text/csv,application/json,application/xml" \
    aria-describedby="upload-note">choose a file</label></p>\
    <p class="drop-note" id="upload-note">Excel, CSV, JSON or XML, \(limit). Nothing is saved \
    before you have seen what would happen to every row.</p>\
    <p class="drop-note">New here? Fill in a template: \
    <a class="link" href="/api/v1/imports/template.xlsx" download>Excel</a>, \
    <a class="link" href="/api/v1/imports/template.csv" download>CSV</a>, \
    <a class="link" href="/api/v1/imports/template.json" download>JSON</a> or \
    <a class="link" href="/api/v1/imports/template.xml" download>XML</a>.</p>\
    <p class="err" id="upload-error" role="alert" hidden></p>\
    <div class="drop-sending" hidden><progress max="100" value="0" aria-label="Sending the file">\
    </progress><span></span></div></form>
    """
}

private func pastImports(_ page: ImportsPage) -> HTML {
    guard !page.imports.isEmpty else {
        return emptyState(
            "No imports yet", "Files you import are listed here, with what became of their rows.",
            icon: "history")
    }
    return """
        <section class="panel flush"><header><h2>Past imports</h2></header>\
        <div class="tablewrap" role="region" aria-label="Past imports" tabindex="0">\
        <table class="grid all stacked"><thead><tr><th>File</th><th>State</th><th class="n">Rows</th>\
        <th class="n">Created</th><th class="n">Merged</th><th class="n">Rejected</th><th>By</th>\
        <th>Started</th></tr></thead><tbody>\(page.imports.map(pastImport))</tbody></table></div>\
        \(page.nextURL.map(olderLink))</section>
        """
}

private func pastImport(_ row: ImportSummary) -> HTML {
    """
    <tr data-import="\(row.id)"><td><a class="co" href="\(url: "/import/\(row.id)")">\
    \(icon("file-spreadsheet"))<span class="cut">\(row.fileName)</span></a></td>\
    <td>\(importBadge(row.state))</td>\
    \(countCell("Rows", row.counts.total))\(countCell("Created", row.counts.created))\
    \(countCell("Merged", row.counts.merged))\(countCell("Rejected", row.counts.rejected))\
    <td data-label="By">\(row.by)</td><td data-label="Started">\(row.when)</td></tr>
    """
}

private func countCell(_ label: String, _ number: Int) -> HTML {
    "<td class=\"n\" data-label=\"\(label)\">\(grouped(number))</td>"
}

/// The state of an import as a tag.
func importBadge(_ state: ImportState) -> HTML {
    switch state {
    case .checking: tag("Checking", .info, icon: "loader-circle")
    case .checked: tag("Ready to import", .warn, icon: "clock")
    case .waiting: tag("Waiting", .info, icon: "clock")
    case .running: tag("Importing", .info, icon: "loader-circle")
    case .done: tag("Done", .good, icon: "check")
    case .failed: tag("Failed", .bad, icon: "triangle-alert")
    case .cancelled: tag("Cancelled", icon: "circle-x")
    case .undoing: tag("Taking back", .info, icon: "loader-circle")
    case .undone: tag("Taken back", icon: "undo-2")
    }
}

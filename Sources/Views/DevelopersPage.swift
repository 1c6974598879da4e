/// The page at `/developers`: how to use the API, and every operation of it.
package func developersPage(_ frame: ShellPage, _ page: DevelopersPage) -> HTML {
    shell(
        frame, body: developersBody(page),
        assets: ["css/developers.css", "js/forms.js", "js/developers.js"])
}

/// The page without its frame; also the answer to a request for a fragment.
package func developersBody(_ page: DevelopersPage) -> HTML {
    """
    <div class="dev" data-region="developers">\(operationList(page))\
    <div class="dev-body" tabindex="-1">\(guide(page))\
    \(page.groups.map { groupSection($0, page) })</div></div>
    """
}

private func operationList(_ page: DevelopersPage) -> HTML {
    let guideLinks = guideSections.map { "<a href=\"#\($0.id)\">\($0.title)</a>" as HTML }
    return """
        <nav class="dev-nav" aria-label="API"><div class="dev-find">\(icon("search"))\
        <input class="input" type="search" id="find-operation" placeholder="Find an operation" \
        aria-label="Find an operation" autocomplete="off" spellcheck="false"></div>\
        <p class="vh" role="status" data-found></p>\
        <div class="dev-list"><section><h2>Guide</h2>\(guideLinks)</section>\
        \(page.groups.map(groupLinks))\
        <p class="hint" data-none hidden>No operation has these words.</p></div></nav>
        """
}

private func groupLinks(_ group: APIGroup) -> HTML {
    """
    <section data-group><h2>\(group.name)</h2>\(group.operations.map(operationLink))</section>
    """
}

private func operationLink(_ operation: APIOperation) -> HTML {
    """
    <a href="#\(operation.id)" data-operation \
    data-words="\(operation.method) \(operation.path) \(operation.summary)">\
    \(methodTag(operation.method))<span>\(operation.summary)</span></a>
    """
}

/// The method of a request in its colour.
func methodTag(_ method: String) -> HTML {
    "<span class=\"verb\" data-verb=\"\(method)\">\(method == "DELETE" ? "DEL" : method)</span>"
}

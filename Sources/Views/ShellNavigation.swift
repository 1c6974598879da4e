// The sidebar of a wide screen and the tab bar of a phone.

func sidebar(_ page: ShellPage) -> HTML {
    let workspace: [Place] = [.imports, .jobs, .outbox, .audit, .settings, .developers]
    let daily = page.nav.places.filter { !workspace.contains($0) }
    let rest = page.nav.places.filter(workspace.contains)
    return """
        <nav class="side" aria-label="Main">\
        <div class="brand"><span class="mark">\(icon("zap"))</span>\
        <span>\(page.tenant)<small>\(page.subtitle ?? "iPerform")</small></span></div>\
        <button class="searchbtn" type="button" data-palette>\(icon("search"))Search or command\
        <kbd data-mod>K</kbd></button>\
        <div class="nav">\(daily.map { placeLink($0, page.nav) })\(savedViews(page.nav.savedViews))\
        <h2>Workspace</h2>\(rest.map { placeLink($0, page.nav) })</div>\
        <div class="foot"><button class="me" type="button" popovertarget="me-menu">\
        \(avatar(page.user, .medium))<span>\(page.user.name)</span>\
        \(when: page.glass == nil, "<span class=\"live\" data-live>Live</span>")</button></div>\
        \(menu(id: "me-menu", label: "Your settings", body: userMenu))</nav>
        """
}

private func placeLink(_ place: Place, _ nav: ShellNav) -> HTML {
    let hot: HTML = nav.urgent.contains(place) ? " hot" : ""
    let count: HTML? = nav.counts[place].map {
        "<span class=\"n num\(hot)\" data-count=\"\(place.rawValue)\">\($0)</span>"
    }
    return """
        <a href="\(place.url)"\(when: place == nav.current, " aria-current=\"page\"")>\
        \(icon(place.icon))\(place.label)\(count)</a>
        """
}

private func savedViews(_ views: [SavedView]) -> HTML {
    guard !views.isEmpty else { return "" }
    return "<h2>Saved views</h2>\(views.map(savedView))"
}

private func savedView(_ view: SavedView) -> HTML {
    let color =
        switch view.weight {
        case .plain: "--ink-3"
        case .good: "--won"
        case .warn: "--warn"
        case .bad: "--bad"
        case .info: "--info"
        }
    return """
        <a href="\(url: view.url)"><i class="dot" style="--c:var(\(color))"></i>\(view.label)\
        \(view.count.map { "<span class=\"n num\">\($0)</span>" as HTML })</a>
        """
}

private let userMenu: HTML = """
    <h3>Theme</h3><div class="seg" role="group" aria-label="Theme">\
    <button type="button" data-theme-set="">System</button>\
    <button type="button" data-theme-set="light">Light</button>\
    <button type="button" data-theme-set="dark">Dark</button></div>\
    <label class="switch"><input type="checkbox" role="switch" data-single-keys checked>\
    <span>Single-key shortcuts</span></label>\
    <a class="item" href="/account/security">\(icon("shield-check"))Sign-in and sessions</a>\
    <button class="item" type="button" data-sheet>\(icon("keyboard"))Keyboard shortcuts<kbd>?</kbd>\
    </button>\
    <button class="item" type="button" data-sign-out>\(icon("log-out"))Sign out</button>
    """

func tabBar(_ page: ShellPage) -> HTML {
    let places: [Place] = [.today, .pipeline, .leads]
    let shown = places.filter(page.nav.places.contains)
    let more = page.nav.places.filter { !places.contains($0) }
    return """
        <nav class="tabbar" aria-label="Sections">\
        \(shown.prefix(2).map { tabLink($0, page.nav) })\
        \(when: page.canCreate, newLeadTab)\
        \(shown.dropFirst(2).map { tabLink($0, page.nav) })\
        <button type="button" popovertarget="more-menu">\(icon("menu"))More</button>\
        \(menu(id: "more-menu", label: "More", body: moreBody(more, page.nav.savedViews)))</nav>
        """
}

private let newLeadTab: HTML = """
    <button type="button" data-new aria-label="New lead"><span class="plus">\(icon("plus"))\
    </span></button>
    """

private func tabLink(_ place: Place, _ nav: ShellNav) -> HTML {
    """
    <a href="\(place.url)"\(when: place == nav.current, " aria-current=\"page\"")>\
    \(icon(place.icon))\(place.label)</a>
    """
}

private func moreBody(_ places: [Place], _ views: [SavedView]) -> HTML {
    let saved = views.map { view -> HTML in
        "<a class=\"item\" href=\"\(url: view.url)\">\(icon("star"))\(view.label)</a>"
    }
    let heading: HTML = saved.isEmpty ? "" : "<h3>Saved views</h3>"
    return "\(places.map(moreLink))\(heading)\(saved)<hr>\(userMenu)"
}

private func moreLink(_ place: Place) -> HTML {
    "<a class=\"item\" href=\"\(place.url)\">\(icon(place.icon))\(place.label)</a>"
}

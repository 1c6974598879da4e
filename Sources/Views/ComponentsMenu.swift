// Menus in the browser's own top layer: they work before any script has run.

/// One entry of a menu; a link, so it can be opened, copied and bookmarked.
package struct MenuLink: Sendable {
    package var label: String
    package var url: String
    package var isCurrent: Bool

    package init(_ label: String, url: String, isCurrent: Bool = false) {
        self.label = label
        self.url = url
        self.isCurrent = isCurrent
    }
}

/// A filter above a list: its name, the value in force (nil: none) and the other values.
package struct FilterMenu: Sendable {
    /// Unique on the page, as `owner`.
    package var id: String
    package var label: String
    package var icon: String
    package var value: String?
    package var links: [MenuLink]

    package init(id: String, label: String, icon: String, value: String?, links: [MenuLink]) {
        self.id = id
        self.label = label
        self.icon = icon
        self.value = value
        self.links = links
    }
}

/// A filter as a chip that opens its menu; dashed while nothing is chosen.
package func filterChip(_ filter: FilterMenu) -> HTML {
    """
    <button class="chip\(when: filter.value != nil, " on")" type="button" \
    popovertarget="menu-\(filter.id)">\(icon(filter.icon, small: true))\(filter.label)\
    \(filter.value.map { " <b>\($0)</b>" as HTML })</button>\
    \(menu(id: "menu-\(filter.id)", label: filter.label, body: "\(filter.links.map(menuLink))"))
    """
}

/// A popover list; open it from a button with `popovertarget="id"`.
package func menu(id: String, label: String, body: HTML) -> HTML {
    """
    <div class="menu" id="\(id)" popover role="group" aria-label="\(label)">\(body)</div>
    """
}

package func menuLink(_ link: MenuLink) -> HTML {
    """
    <a href="\(url: link.url)"\(when: link.isCurrent, " aria-current=\"true\"")>\(link.label)\
    \(when: link.isCurrent, icon("check", small: true))</a>
    """
}

/// One of two or more ways to look at the same rows.
package func segments(_ links: [(MenuLink, icon: String)], label: String) -> HTML {
    """
    <div class="seg" role="group" aria-label="\(label)">\(links.map { segment($0, $1) })</div>
    """
}

private func segment(_ link: MenuLink, _ symbol: String) -> HTML {
    """
    <a href="\(url: link.url)"\(when: link.isCurrent, " aria-current=\"page\"")>\
    \(icon(symbol))\(link.label)</a>
    """
}

/// Tabs that are links: each has an address and, where known, a count.
package func tabs(_ links: [(MenuLink, count: String?)], label: String) -> HTML {
    "<nav class=\"tabs\" aria-label=\"\(label)\">\(links.map { tab($0, $1) })</nav>"
}

private func tab(_ link: MenuLink, _ count: String?) -> HTML {
    """
    <a href="\(url: link.url)"\(when: link.isCurrent, " aria-current=\"page\"")>\(link.label)\
    \(count.map { " <span class=\"n num\">\($0)</span>" as HTML })</a>
    """
}

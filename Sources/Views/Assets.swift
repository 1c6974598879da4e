/// Where the browser finds each asset: logical name → address with a content hash.
///
/// Logical names are paths inside `Assets/` (`js/app.js`), plus `css/app.css`, which is the
/// files of `stylesheetParts` joined in order, and the outputs of `Scripts/assets.py`
/// (`inter.woff2`, `icons.svg`). A name without an entry is served under `/assets/` as it is.
/// The sprite is always referred to as `/assets/icons.svg`, so serve that name with
/// revalidation instead of for ever.
package struct Assets: Sendable {
    package var urls: [String: String]

    package init(urls: [String: String]) { self.urls = urls }

    /// The cascade in order; the layers are declared in the first file.
    package static let stylesheetParts = [
        "css/tokens.css", "css/base.css", "css/shell.css", "css/parts.css", "css/overlays.css",
        "css/board.css", "css/lead.css", "css/table.css", "css/pages.css", "css/phone.css",
    ]

    /// What some pages ask for besides.
    package static let pageStylesheets = [
        "css/developers.css", "css/duplicates.css", "css/import.css", "css/settings.css",
    ]

    /// The modules every signed-in page needs.
    static let kernel = [
        "js/app.js", "js/dom.js", "js/moves.js", "js/drawer.js", "js/lead.js", "js/palette.js",
        "js/rank.js",
    ]

    package func url(_ name: String) -> String { urls[name] ?? "/assets/\(name)" }

    /// Inter is optional: without it the system font is used.
    var font: String? { urls["inter.woff2"] }

    /// The joined stylesheet, or its parts where the server does not join them.
    var stylesheets: [String] {
        if let joined = urls["css/app.css"] { [joined] } else { Self.stylesheetParts.map(url) }
    }

    /// Lets `import "./dom.js"` in a module find the hashed file.
    var imports: [String: String] {
        var map: [String: String] = [:]
        for (name, url) in urls where name.hasSuffix(".js") { map["/assets/\(name)"] = url }
        return map
    }
}

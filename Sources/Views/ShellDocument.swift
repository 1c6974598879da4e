/// An HTML document with the product's styles; pages without a session use it directly.
///
/// `names` are modules and stylesheets beside the common one, by logical name; each is asked for at
/// once, so imports do not chain.
package func document(
    title: String, session: PageSession, body: HTML, assets names: [String] = [], head: HTML = ""
) -> HTML {
    let assets = session.assets
    let styles = assets.stylesheets + names.filter(isStyle).map(assets.url)
    return """
        <!doctype html><html lang="en"><head><meta charset="utf-8"><title>\(title)</title>\
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">\
        <meta name="color-scheme" content="light dark">\
        <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f6f6f8">\
        <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0d0e11">\
        \(session.csrf.map { "<meta name=\"csrf\" content=\"\($0)\">" as HTML })\
        \(head)<link rel="icon" href="\(favicon)">\
        \(fontFace(assets, nonce: session.nonce))\
        \(styles.map { "<link rel=\"stylesheet\" href=\"\(url: $0)\">" as HTML })\
        <script nonce="\(session.nonce)">\(themeScript)</script>\
        <script type="importmap" nonce="\(session.nonce)">{"imports":\(json: assets.imports)}</script>\
        \(names.filter { !isStyle($0) }.map { script(assets.url($0)) })\
        </head><body>\(body)</body></html>
        """
}

private func isStyle(_ name: String) -> Bool { name.hasSuffix(".css") }

private func script(_ address: String) -> HTML {
    "<script type=\"module\" src=\"\(url: address)\"></script>"
}

/// Applies the stored theme, and what the command key is called here, before the first paint,
/// so that nothing flashes.
private let themeScript: HTML = """
    try{const t=localStorage.getItem("theme");if(t)document.documentElement.dataset.theme=t}catch{}
    if(!/Mac|iP/.test(navigator.platform))document.documentElement.dataset.keys="pc"
    """

/// The mark as an inline drawing, which spares a request.
private let favicon: HTML = """
    data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E\
    %3Crect width='24' height='24' rx='7' fill='%234f5bd5'/%3E\
    %3Cpath d='M13 4 6 13.5h5L10.5 20 18 10.5h-5.500z' fill='white'/%3E%3C/svg%3E
    """

/// Declared by script, because the content security policy allows no inline style.
private func fontFace(_ assets: Assets, nonce: String) -> HTML? {
    guard let font = assets.font else { return nil }
    return """
        <link rel="preload" href="\(url: font)" as="font" type="font/woff2" crossorigin>\
        <script nonce="\(nonce)">{const{src}=\(json: ["src": "url(\(font))"]);\
        document.fonts.add(new FontFace("Inter",src,{weight:"100 900",display:"swap"}))}</script>
        """
}

import Views

/// What a reader of HTML finds in a page: enough to catch a forgotten tag or a broken reference.
struct PagesMarkup {
    struct Tag {
        let name: String
        let attributes: [String: String]
    }

    private(set) var tags: [Tag] = []
    /// Closing tags that do not close what is open, and what is open at the end.
    private(set) var faults: [String] = []

    private static let void: Set = ["meta", "link", "input", "br", "hr", "img"]

    init(_ html: HTML) {
        var open: [String] = []
        for match in html.text.matches(of: /<(\/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*?)(\/?)>/) {
            let name = String(match.2)
            if match.1 == "/" {
                if open.last == name { open.removeLast() } else { faults.append("</\(name)>") }
                continue
            }
            tags.append(Tag(name: name, attributes: Self.attributes(match.3)))
            if match.4.isEmpty, !Self.void.contains(name) { open.append(name) }
        }
        faults += open.map { "<\($0)>" }
    }

    private static func attributes(_ text: Substring) -> [String: String] {
        var found: [String: String] = [:]
        for match in text.matches(of: /([a-zA-Z_:-]+)(?:="([^"]*)")?/) {
            found[String(match.1)] = match.2.map(String.init) ?? ""
        }
        return found
    }

    func values(_ attribute: String) -> [String] { tags.compactMap { $0.attributes[attribute] } }

    /// Ids that stand twice.
    var doubledIDs: [String] {
        Dictionary(grouping: values("id")) { $0 }.filter { $1.count > 1 }.keys.sorted()
    }

    /// Names in `for`, `aria-labelledby`, `aria-describedby` and `list` that no element has.
    var danglingReferences: [String] {
        let ids = Set(values("id"))
        let references = ["for", "aria-labelledby", "aria-describedby", "aria-controls", "list"]
        let names = references.flatMap(values).flatMap { $0.split(separator: " ") }
        return names.map(String.init).filter { !ids.contains($0) }
    }

    /// `onclick` and its like, which the content security policy would refuse.
    var inlineHandlers: [String] {
        tags.flatMap { $0.attributes.keys }.filter { $0.hasPrefix("on") }
    }
}

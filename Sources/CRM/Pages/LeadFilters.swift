import Storage
import Tenancy
import Views
import Web

/// The filter chips above boards and tables: links that change one part of the query.
struct LeadFilters {
    let path: String
    let query: Query
    let frame: Shells.Frame

    var menus: [FilterMenu] {
        [owner, source, territory, created].compactMap { $0 }
    }

    /// Nil while no filter is set.
    var clearURL: String? {
        query.pairs.contains { $0.name.hasPrefix("filter[") } ? path : nil
    }

    /// The viewer's view of exactly this list, or the offer to save it as one. Nil where
    /// nothing is filtered or sorted.
    func keeping(_ place: PersonalView.Place) -> ViewKeeping? {
        let query = query.encoded(without: "cursor", "part", "stage", "after", "limit")
        guard !query.isEmpty else { return nil }
        let own = frame.views.first { $0.place == place && $0.query == query }
        return own.map { .kept(id: $0.id.description, name: $0.name) }
            ?? .offered(place: place.rawValue, query: query)
    }

    private var owner: FilterMenu? {
        let people =
            [("me", "Mine"), ("none", "Nobody's")]
            + frame.people.map { ($0.id.description, $0.name) }
        return menu("filter[owner]", "Owner", "users", people)
    }

    private var source: FilterMenu? {
        menu(
            "filter[source]", "Source", "globe",
            frame.words.sources.map { ($0, Faces.glyph(source: $0).label) })
    }

    private var territory: FilterMenu? {
        menu(
            "filter[territory]", "Territory", "map-pin",
            frame.words.territories.map { ($0, $0) })
    }

    private var created: FilterMenu? {
        let today = frame.faces.time.today
        let (year, month, _) = today.civil
        let quarter = Day(year: year, month: (month - 1) / 3 * 3 + 1, day: 1) ?? today
        let days = [
            (Day(number: today.number - 6), "Last 7 days"),
            (Day(year: year, month: month, day: 1) ?? today, "This month"),
            (quarter, "This quarter"), (Day(year: year, month: 1, day: 1) ?? today, "This year"),
        ]
        return menu(
            "filter[created_at][gte]", "Created", "calendar", days.map { ($0.0.text, $0.1) })
    }

    private func menu(
        _ name: String, _ label: String, _ icon: String, _ values: [(String, String)]
    ) -> FilterMenu? {
        guard !values.isEmpty else { return nil }
        let chosen = query[name]
        let links = values.map { value, label in
            MenuLink(label, url: url(with: name, value), isCurrent: value == chosen)
        }
        let any = MenuLink("Any", url: url(with: name, nil), isCurrent: chosen == nil)
        return FilterMenu(
            id: "filter-\(label.lowercased())", label: label, icon: icon,
            value: chosen.map { value in values.first { $0.0 == value }?.1 ?? value },
            links: [any] + links)
    }

    /// This page with one parameter set or taken away, from its beginning.
    func url(with name: String, _ value: String?) -> String {
        Self.url(
            path, query.encoded(without: name, "cursor", "after", "part"),
            value.map { "\(Query.encoded(name))=\(Query.encoded($0))" })
    }

    static func url(_ path: String, _ parts: String?...) -> String {
        let query = parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "&")
        return query.isEmpty ? path : "\(path)?\(query)"
    }
}

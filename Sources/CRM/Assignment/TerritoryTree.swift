import Storage

/// A sales region, and the one that it is part of. Leads and people name territories in words;
/// one that stands in no tree is its own.
package struct Territory: Sendable, Equatable {
    package let name: String
    package let parent: String?

    package init(_ name: String, in parent: String? = nil) {
        self.name = name
        self.parent = parent
    }
}

extension Territory: RowDecodable {
    package init(row: inout Row) throws {
        name = try row.next()
        parent = try row.next()
    }
}

/// Territories by what they are part of. Letter case does not matter.
struct TerritoryTree: Sendable {
    private let parents: [String: String]

    init(_ territories: [Territory]) {
        let pairs = territories.compactMap { territory in
            territory.parent.map { (territory.name.lowercased(), $0.lowercased()) }
        }
        parents = Dictionary(pairs) { first, _ in first }
    }

    /// The territory and all that it is part of, the nearest first.
    func path(of name: String) -> [String] {
        var path = [name.lowercased()]
        while let parent = parents[path[path.count - 1]], !path.contains(parent) {
            path.append(parent)
        }
        return path
    }
}

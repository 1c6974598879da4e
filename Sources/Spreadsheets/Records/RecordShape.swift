/// Which nodes of a tree are its records, and what columns these have.
///
/// Records are the outermost nodes that occur more than once beside each other and have nodes of
/// their own. In a file with a single record it is the outermost node that has values. Columns are
/// the places of values within a record, in the order in which they first occur, named by their
/// path: `address.city`.
struct RecordShape: Sendable {
    /// A place in the tree: where nodes of one name within nodes of one place are.
    struct Place: Sendable {
        let name: String
        let parent: Int?
        let depth: Int
        var children: [String: Int] = [:]
        /// The most that stand beside each other.
        var siblings = 0
        var hasValue = false
        /// Of its values in a record; nil outside the records.
        var column: Int?
    }

    fileprivate(set) var places = [Place(name: "", parent: nil, depth: 0)]
    fileprivate(set) var records = 0
    fileprivate(set) var columns: [String] = []

    fileprivate init() {}

    fileprivate mutating func child(_ name: String, of parent: Int) throws -> Int {
        if let known = places[parent].children[name] { return known }
        let depth = places[parent].depth + 1
        guard depth <= RecordLimits.depth else {
            throw SpreadsheetError.malformed(row: nil, what: "too deeply nested")
        }
        guard places.count < RecordLimits.places else {
            throw SpreadsheetError.tooManyColumns(row: 1, limit: RecordLimits.places)
        }
        places.append(Place(name: name, parent: parent, depth: depth))
        places[parent].children[name] = places.count - 1
        return places.count - 1
    }

    fileprivate mutating func finish(_ limits: SpreadsheetLimits) throws {
        let inner = places.indices.filter { !places[$0].children.isEmpty }
        let repeated = inner.filter { places[$0].siblings > 1 }
        let holding = inner.filter { place in
            place != 0 && places[place].children.values.contains { places[$0].hasValue }
        }
        func outermost(_ candidates: [Int]) -> Int? {
            candidates.min { one, other in
                (places[one].depth, -places[one].siblings, one)
                    < (places[other].depth, -places[other].siblings, other)
            }
        }
        records = outermost(repeated) ?? outermost(holding) ?? 0
        for place in places.indices where places[place].hasValue {
            guard let path = path(to: place) else { continue }
            places[place].column = columns.count
            columns.append(path)
        }
        guard !columns.isEmpty else {
            throw SpreadsheetError.notASpreadsheet(found: "a file without records")
        }
        guard columns.count <= limits.columns else {
            throw SpreadsheetError.tooManyColumns(row: 1, limit: limits.columns)
        }
    }

    /// The place's path within a record; nil when it is in none.
    private func path(to place: Int) -> String? {
        var names: [String] = []
        var at = place
        while at != records {
            names.append(places[at].name)
            guard let parent = places[at].parent else { return nil }
            at = parent
        }
        // A record that is a mere value.
        return names.isEmpty ? "value" : names.reversed().joined(separator: ".")
    }
}

/// Reads a file through once for its shape.
final class ShapeReading: RecordTree {
    private var shape = RecordShape()
    private var path = [0]
    /// How many children of each name the open nodes have.
    private var counts: [[String: Int]] = [[:]]

    /// - Throws: `SpreadsheetError`
    static func shape(
        limits: SpreadsheetLimits, _ source: (ShapeReading) throws -> any RecordSource
    ) throws -> RecordShape {
        let reading = ShapeReading()
        let source = try source(reading)
        while try source.readOn() {}
        try reading.shape.finish(limits)
        return reading.shape
    }

    func open(_ name: String, isListed: Bool) throws {
        let place = try shape.child(name, of: path[path.count - 1])
        counts[counts.count - 1][name, default: 0] += 1
        let siblings = max(counts[counts.count - 1][name] ?? 1, isListed ? 2 : 1)
        shape.places[place].siblings = max(shape.places[place].siblings, siblings)
        path.append(place)
        counts.append([:])
    }

    func value(_ cell: Cell) {
        shape.places[path[path.count - 1]].hasValue = true
    }

    func close() {
        path.removeLast()
        counts.removeLast()
    }
}

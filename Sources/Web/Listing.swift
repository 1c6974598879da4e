import Storage
import Tenancy

/// What a list can be filtered and sorted by: one table per list, from which the statement,
/// the cursor and the documentation are made.
package struct Listing: Sendable {
    package let columns: [Column]
    package let defaultSort: String
    package static let limitMax = 200
    package static let limitDefault = 50

    /// A filter, a sort key, or both.
    package struct Column: Sendable {
        package enum Kind: Sendable {
            case text, integer, instant, day, id
            /// One of these words.
            case choice([String])
        }

        package let name: String
        package let kind: Kind
        /// What is compared; null never matches.
        package let expression: SQL
        /// What is sorted by: not null. Nil when the list cannot be sorted by it.
        package let sort: SQL?
        /// Overrides how an equality filter compares.
        package let equals: (@Sendable (String, Scope) throws -> SQL)?

        package init(
            _ name: String, _ kind: Kind, _ expression: SQL, sort: SQL? = nil,
            equals: (@Sendable (String, Scope) throws -> SQL)? = nil
        ) {
            self.name = name
            self.kind = kind
            self.expression = expression
            self.sort = sort
            self.equals = equals
        }
    }

    package init(_ columns: [Column], defaultSort: String) {
        self.columns = columns
        self.defaultSort = defaultSort
    }

    /// The parameters every route of this list takes.
    package var parameters: [Route.Parameter] {
        let sorts = columns.filter { $0.sort != nil }.map(\.name).joined(separator: ", ")
        return filterParameters + [
            .init("sort", .text(max: 200), "Comma-separated, - for descending. Of: \(sorts)."),
            .init("limit", .integer(1...Int64(Self.limitMax)), "Rows a page; 50 unless told."),
            .init("cursor", .text(max: 2000), "`next` of the page before."),
        ]
    }

    package var filterParameters: [Route.Parameter] {
        columns.map { column in
            .init("filter[\(column.name)]", .text(max: 2000), column.note)
        }
    }
}

extension Listing.Column {
    fileprivate var note: String {
        switch kind {
        case .choice(let choices): "One or more of \(choices.joined(separator: ", ")), by comma."
        case .text: "This text; several by comma; [ne] for any other."
        case .id: "One or more ids, by comma."
        case .integer, .instant, .day: "Equal; or with [gte], [gt], [lte], [lt]."
        }
    }

    fileprivate func value(_ text: String, _ field: String) throws -> SQL {
        switch kind {
        case .text: return "\(text)"
        case .choice(let choices):
            guard choices.contains(text) else {
                throw Problem.invalid(field, "Give one of: \(choices.joined(separator: ", ")).")
            }
            return "\(text)"
        case .integer:
            guard let integer = Int64(text) else {
                throw Problem.invalid(field, "Give a whole number.")
            }
            return "\(integer)"
        case .instant:
            guard let instant = Instant(text) else {
                throw Problem.invalid(field, "Give a time like 2026-11-22T09:30:00Z, or a day.")
            }
            return "\(instant)"
        case .day:
            guard let day = Day(text) else {
                throw Problem.invalid(field, "Give a day like 2026-11-22.")
            }
            return "\(day)"
        case .id:
            guard let id = ID<Never>(text) else { throw Problem.invalid(field, "Give an id.") }
            return "\(id)"
        }
    }
}

/// A list request, read from its query string.
package struct ListRequest: Sendable {
    package struct Sort: Sendable {
        package let column: Listing.Column
        package let descending: Bool
    }

    package let filters: [(column: Listing.Column, operation: String, value: String)]
    package let sorts: [Sort]
    package let limit: Int
    package let cursor: String?
    /// The query without its cursor: what a cursor belongs to.
    package let signature: String

    /// - Throws: `Problem.invalid` naming each parameter that this list does not take.
    package init(_ query: Query, _ listing: Listing, also known: Set<String> = []) throws {
        var filters: [(Listing.Column, String, String)] = []
        var faults: [Problem.Fault] = []
        for (name, value) in query.pairs {
            if name.hasPrefix("filter[") {
                do { filters.append(try Self.filter(name, value, listing)) } catch Problem.invalid(
                    let found)
                {
                    faults += found
                }
            } else if !["sort", "limit", "cursor"].contains(name), !known.contains(name) {
                faults.append(.init(String(name.prefix(100)), "There is no such parameter here."))
            }
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        self.filters = filters
        sorts = try Self.sorts(query["sort"] ?? listing.defaultSort, listing)
        limit = try Self.limit(query["limit"])
        cursor = query["cursor"]
        signature = query.encoded(without: "cursor", "limit")
    }

    /// A page of our own, asked for as the API's list takes it, so that both page in the same way.
    package init(
        _ listing: Listing, _ column: String, _ value: String?, cursor: String?
    ) throws {
        let pairs = [
            value.map { (name: "filter[\(column)]", value: $0) },
            cursor.map { (name: "cursor", value: $0) },
        ]
        try self.init(Query(pairs: pairs.compactMap { $0 }), listing)
    }

    private static func limit(_ text: String?) throws -> Int {
        guard let text else { return Listing.limitDefault }
        guard let limit = Int(text), (1...Listing.limitMax).contains(limit) else {
            throw Problem.invalid("limit", "Give a number from 1 to \(Listing.limitMax).")
        }
        return limit
    }

    private static func filter(
        _ name: String, _ value: String, _ listing: Listing
    ) throws -> (Listing.Column, String, String) {
        let parts = name.dropFirst("filter[".count).split(
            separator: "]", omittingEmptySubsequences: false)
        let operation = parts.count > 1 ? String(parts[1].drop { $0 == "[" }) : ""
        guard name.hasSuffix("]"), let key = parts.first,
            let column = listing.columns.first(where: { $0.name == key }),
            ["", "eq", "ne", "gte", "gt", "lte", "lt"].contains(operation)
        else {
            let known = listing.columns.map(\.name).joined(separator: ", ")
            throw Problem.invalid(String(name.prefix(100)), "Filter by one of: \(known).")
        }
        guard value.utf8.count <= 4000, !value.utf8.contains(0) else {
            throw Problem.invalid(name, "Give at most 4000 bytes, without NUL.")
        }
        return (column, operation, value)
    }

    private static func sorts(_ text: String, _ listing: Listing) throws -> [Sort] {
        var sorts: [Sort] = []
        for word in text.split(separator: ",").prefix(4) {
            let name = word.drop { $0 == "-" }
            guard let column = listing.columns.first(where: { $0.name == name }),
                column.sort != nil
            else {
                let known = listing.columns.filter { $0.sort != nil }.map(\.name)
                throw Problem.invalid("sort", "Sort by: \(known.joined(separator: ", ")).")
            }
            sorts.append(Sort(column: column, descending: word.hasPrefix("-")))
        }
        // The order is total: ids break every tie.
        if !sorts.contains(where: { $0.column.name == "id" }),
            let id = listing.columns.first(where: { $0.name == "id" })
        {
            sorts.append(Sort(column: id, descending: sorts.last?.descending ?? false))
        }
        return sorts
    }
}

extension ListRequest {
    /// `AND …` for the filters.
    package func conditions(in scope: Scope) throws -> SQL {
        var all: SQL = ""
        for filter in filters {
            all = all + "AND \(try condition(filter.column, filter.operation, filter.value, scope))"
        }
        return all
    }

    private func condition(
        _ column: Listing.Column, _ operation: String, _ text: String, _ scope: Scope
    ) throws -> SQL {
        let field = "filter[\(column.name)]"
        if let equals = column.equals {
            if case .choice = column.kind { _ = try values(of: text, column, field) }
            return try Self.compare("(\(try equals(text, scope)))", operation, field)
        }
        let values = try values(of: text, column, field)
        let (expression, first) = (column.expression, values[0])
        guard values.count == 1 || ["", "eq", "ne"].contains(operation) else {
            throw Problem.invalid(field, "Give one value to compare with.")
        }
        switch operation {
        case "gte": return "\(expression) >= \(first)"
        case "gt": return "\(expression) > \(first)"
        case "lte": return "\(expression) <= \(first)"
        case "lt": return "\(expression) < \(first)"
        case "ne":
            return """
                (\(expression) IS NULL OR \(expression) NOT IN (\(SQL.joined(values, by: ", "))))
                """
        default:
            return values.count == 1
                ? "\(expression) = \(first)"
                : "\(expression) IN (\(SQL.joined(values, by: ", ")))"
        }
    }

    /// The values of a filter, of which there is at least one.
    private func values(
        of text: String, _ column: Listing.Column, _ field: String
    ) throws -> [SQL] {
        let words = text.split(separator: ",", omittingEmptySubsequences: true)
        guard (1...Self.valuesMax).contains(words.count) else {
            throw Problem.invalid(field, "Give 1 to \(Self.valuesMax) values, by comma.")
        }
        return try words.map { try column.value(String($0), field) }
    }

    private static let valuesMax = 100

    /// A comparison that the list itself makes: it is so, or it is not. What is unknown is
    /// other than anything.
    private static func compare(_ match: SQL, _ operation: String, _ field: String) throws -> SQL {
        switch operation {
        case "", "eq": return match
        case "ne": return "NOT COALESCE(\(match), FALSE)"
        default: throw Problem.invalid(field, "It can be compared with eq and ne only.")
        }
    }

    package var order: SQL {
        SQL.joined(
            sorts.map { sort in
                sort.descending ? "\(sort.column.sort ?? "") DESC" : (sort.column.sort ?? "")
            }, by: ", ")
    }

    /// The sort expressions, to be selected behind a row's own columns.
    package var sortColumns: SQL {
        SQL.joined(sorts.map { $0.column.sort ?? "" }, by: ", ")
    }

    /// One page out of the `limit + 1` rows that were read, and the cursor of the next.
    package func page<Element>(
        _ rows: [(element: Element, place: [JSON])], _ cursors: Cursors
    ) -> (elements: [Element], next: String?) {
        let page = rows.prefix(limit)
        guard rows.count > limit, let last = page.last else { return (rows.map(\.element), nil) }
        return (page.map(\.element), cursors.cursor(after: last.place, of: signature))
    }

    /// A row's place, read from `sortColumns`.
    package func place(_ row: inout Row) throws -> [JSON] {
        try sorts.map { sort in
            switch sort.column.kind {
            case .text, .choice: .string(try row.next())
            case .integer, .instant, .day: .integer(try row.next())
            case .id: .string(UUIDv7.text(try row.next()))
            }
        }
    }

    /// `AND …` for the rows behind the cursor: by a comparison of rows, which an index finds the
    /// place of, unless one sort rises and another falls.
    package func behind(_ cursors: Cursors) throws -> SQL {
        guard let cursor else { return "" }
        let values = try cursors.values(cursor, of: signature)
        guard values.count == sorts.count else {
            throw Problem.invalid("cursor", "This cursor is not of this list.")
        }
        let columns = sorts.map { $0.column.sort ?? "" }
        let bound = try zip(sorts, values).map { try Self.bound($0, $1) }
        let signs: [SQL] = sorts.map { $0.descending ? "<" : ">" }
        if sorts.allSatisfy({ $0.descending == sorts[0].descending }) {
            return """
                AND (\(SQL.joined(columns, by: ", "))) \(signs[0]) (\(SQL.joined(bound, by: ", ")))
                """
        }
        let alternatives: [SQL] = sorts.indices.map { index in
            let equal: [SQL] = (0..<index).map { "\(columns[$0]) = \(bound[$0])" }
            let behind: SQL = "\(columns[index]) \(signs[index]) \(bound[index])"
            return "(\(SQL.joined(equal + [behind], by: " AND ")))"
        }
        return """
            AND \(columns[0]) \(signs[0])= \(bound[0])
            AND (\(SQL.joined(alternatives, by: " OR ")))
            """
    }

    private static func bound(_ sort: Sort, _ value: JSON) throws -> SQL {
        switch (sort.column.kind, value) {
        case (.id, .string(let text)):
            if let id = ID<Never>(text) { return "\(id)" }
        case (.text, .string(let text)), (.choice, .string(let text)):
            return "\(text)"
        case (.integer, .integer(let integer)), (.instant, .integer(let integer)),
            (.day, .integer(let integer)):
            return "\(integer)"
        default: break
        }
        throw Problem.invalid("cursor", "This cursor is not of this list.")
    }
}

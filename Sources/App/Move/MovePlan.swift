import Storage

/// What goes where, from the two catalogs: tables and columns by their names, a value as what
/// both ends can hold.
struct MovePlan {
    let tables: [TableShape]

    /// - Throws: A refusal that names a table or a column without a place at the other end.
    init(from sources: [TableShape], to targets: [TableShape]) throws {
        let names = Set(sources.map(\.name)).symmetricDifference(targets.map(\.name))
        if let name = names.min() { throw Refusal("There is a table \(name) at one end only.") }
        tables = try zip(sources, targets).map(Self.pair)
    }

    private static func pair(_ source: TableShape, _ target: TableShape) throws -> TableShape {
        guard !source.key.isEmpty, source.key == target.key else {
            throw Refusal("The table \(source.name) has not the same primary key at both ends.")
        }
        let known = Set(source.columns.map(\.name))
        if let lacking = target.columns.first(where: { !known.contains($0.name) && !$0.isOptional })
        {
            throw Refusal("The source has nothing for \(target.name).\(lacking.name).")
        }
        let columns = try source.columns.compactMap { column -> ColumnShape? in
            // What one engine alone has, it makes for itself: an event's transaction.
            guard let twin = target.columns.first(where: { $0.name == column.name }) else {
                return nil
            }
            guard let kind = column.kind.shared(with: twin.kind) else {
                throw Refusal("\(source.name).\(column.name) is of another type at each end.")
            }
            return ColumnShape(name: column.name, kind: kind, isOptional: column.isOptional)
        }
        return TableShape(name: source.name, columns: columns, key: source.key)
    }
}

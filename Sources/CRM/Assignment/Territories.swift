import Storage
import Tenancy
import Web

/// The sales regions of a company and what they are part of.
package struct Territories: Sendable {
    let scope: Scope

    static let max = 2000

    package init(_ scope: Scope) {
        self.scope = scope
    }

    package func list() async throws -> [Territory] {
        try await scope.tx.all(
            """
            SELECT name, parent FROM territories
            WHERE tenant_id = \(scope.tenant) ORDER BY position LIMIT \(Self.max)
            """)
    }

    /// Replaces them all; the order of the list is theirs.
    package func replace(with territories: [Territory]) async throws {
        try scope.caller.must(.settingsEdit)
        try check(territories)
        try await scope.tx.execute("DELETE FROM territories WHERE tenant_id = \(scope.tenant)")
        try await scope.tx.insert(
            Array(territories.enumerated()),
            into: "INSERT INTO territories (tenant_id, name, parent, position)"
        ) { position, territory in
            [
                .uuid(scope.tenant.uuid), .text(territory.name), .init(territory.parent),
                .integer(Int64(position)),
            ]
        }
        try await scope.record(
            Event("territories.changed", nil) { $0.member("territories", territories.count) })
    }

    private func check(_ territories: [Territory]) throws {
        var faults: [Problem.Fault] = []
        var seen: Set<String> = []
        let names = Set(territories.map { $0.name.lowercased() })
        let tree = TerritoryTree(territories)
        let roots = Set(territories.filter { $0.parent == nil }.map { $0.name.lowercased() })
        for (index, territory) in territories.enumerated() {
            let name = territory.name.lowercased()
            if !seen.insert(name).inserted {
                faults.append(.init("territories[\(index)].name", "There are two of this name."))
            }
            guard let parent = territory.parent?.lowercased() else { continue }
            if !names.contains(parent) {
                faults.append(
                    .init("territories[\(index)].parent", "There is no such territory here."))
            } else if !roots.contains(tree.path(of: name).last ?? "") {
                faults.append(
                    .init("territories[\(index)].parent", "It would be a part of itself."))
            }
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
    }
}

extension [Territory] {
    static let schema = Schema.named(
        "Territories",
        .object([
            .init(
                "territories",
                .list(
                    .object([
                        .init("name", .text(max: 120), required: true),
                        .init(
                            "parent", .optional(.text(max: 120)),
                            "What it is part of, by name; that stands in the list, too."),
                    ]), max: Territories.max), required: true)
        ]))

    /// As the API reads and takes them.
    var whole: WholeList {
        WholeList { writer in
            writer.object { body in
                body.member("territories", objects: self) { body, territory in
                    body.member("name", territory.name)
                    body.member("parent", territory.parent)
                }
            }
        }
    }

    /// - Throws: `Problem.invalid` naming each that has no name.
    init(_ input: Fields) throws {
        var faults: [Problem.Fault] = []
        self = (input.list("territories") ?? []).enumerated().compactMap { index, input in
            guard let name = input.text("name") else {
                faults.append(.init("territories[\(index)].name", "A name is needed."))
                return nil
            }
            return Territory(name, in: input.text("parent"))
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
    }
}

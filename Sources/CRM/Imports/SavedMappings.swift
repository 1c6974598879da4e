import Storage
import Tenancy
import Web

/// A mapping that a company keeps under a name, for files of the same kind.
package struct SavedMapping: Sendable, RowDecodable {
    package let id: ID<SavedMapping>
    package var name: String
    package var mapping: Mapping
    package var version: Int

    static let columns: SQL = "id, name, mapping, version"

    package init(row: inout Row) throws {
        id = try row.next()
        name = try row.next()
        mapping = try Mapping(JSON(parsing: row.next(String.self)))
        version = try row.next()
    }

    init(named name: String, _ mapping: Mapping) {
        (id, version) = (ID(), 1)
        (self.name, self.mapping) = (name, mapping)
    }
}

/// A company's saved mappings, for all who import.
package struct SavedMappings: Sendable {
    let scope: Scope

    private static let max = 200

    package init(_ scope: Scope) {
        self.scope = scope
    }

    package func list() async throws -> [SavedMapping] {
        try scope.caller.must(.importsRun)
        return try await scope.tx.all(
            """
            SELECT \(SavedMapping.columns) FROM import_mappings
            WHERE tenant_id = \(scope.tenant) ORDER BY name, id LIMIT \(Self.max)
            """)
    }

    package func find(_ id: ID<SavedMapping>) async throws -> SavedMapping {
        try scope.caller.must(.importsRun)
        let found: SavedMapping? = try await scope.tx.first(
            """
            SELECT \(SavedMapping.columns) FROM import_mappings
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
        guard let found else { throw Problem.notFound("mapping") }
        return found
    }

    /// - Throws: `Problem.invalid` when the name is taken, `conflict` when there are too many.
    package func create(_ saved: SavedMapping) async throws -> SavedMapping {
        try await check(saved)
        guard try await list().count < Self.max else {
            throw Problem.conflict("You have \(Self.max) saved mappings. Delete one first.")
        }
        try await naming(saved) {
            try await scope.tx.execute(
                """
                INSERT INTO import_mappings (tenant_id, id, name, mapping, created_at)
                VALUES (\(scope.tenant), \(saved.id), \(saved.name), \(saved.mapping.json.text),
                    \(scope.now))
                """)
        }
        try await record("created", saved)
        return saved
    }

    /// - Throws: `Problem.stale` when `version` is not the mapping's.
    package func change(
        _ id: ID<SavedMapping>, version: Int, _ edit: @Sendable (inout SavedMapping) -> Void
    ) async throws -> SavedMapping {
        var saved = try await find(id)
        guard saved.version == version else {
            throw Problem.stale("Somebody else changed this mapping. Reload and try again.")
        }
        edit(&saved)
        saved.version += 1
        try await check(saved)
        let changed = saved
        try await naming(changed) {
            try await scope.tx.execute(
                """
                UPDATE import_mappings SET name = \(changed.name),
                    mapping = \(changed.mapping.json.text), version = \(changed.version)
                WHERE tenant_id = \(scope.tenant) AND id = \(id)
                """)
        }
        try await record("changed", changed)
        return changed
    }

    package func delete(_ id: ID<SavedMapping>) async throws {
        let saved = try await find(id)
        try await scope.tx.execute(
            "DELETE FROM import_mappings WHERE tenant_id = \(scope.tenant) AND id = \(id)")
        try await record("deleted", saved)
    }

    private func check(_ saved: SavedMapping) async throws {
        try scope.caller.must(.importsRun)
        var faults: [Problem.Fault] = []
        if saved.name.isEmpty { faults.append(.init("name", "Give the mapping a name.")) }
        if saved.mapping.columns.isEmpty {
            faults.append(.init("mapping.columns", "Map at least one column."))
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
    }

    private func naming(_ saved: SavedMapping, _ write: () async throws -> Void) async throws {
        do { try await write() } catch StorageError.unique {
            throw Problem.invalid("name", "“\(saved.name)” is there already. Choose another name.")
        }
    }

    private func record(_ what: String, _ saved: SavedMapping) async throws {
        try await scope.record(
            Event("import_mapping.\(what)", saved.id.uuid) { $0.member("name", saved.name) })
    }
}

extension [SavedMapping] {
    /// The one that was made for files like this: all of its columns are here, and it knows more
    /// of the columns than others do.
    func fitting(_ headers: [String]) -> SavedMapping? {
        let headers = Set(headers)
        return filter { $0.mapping.columns.keys.allSatisfy(headers.contains) }
            .max { $0.mapping.columns.count < $1.mapping.columns.count }
    }
}

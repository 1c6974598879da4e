import Storage

/// A company that brings leads, or works on some that are handed to it.
package struct Partner: Sendable, Equatable {
    package let id: ID<Partner>
    package var name: String
    package var deactivatedAt: Instant?
    package var version: Int
}

extension Partner: RowDecodable {
    static let columns: SQL = "id, name, deactivated_at, version"

    package init(row: inout Row) throws {
        id = try row.next()
        name = try row.next()
        deactivatedAt = try row.next()
        version = try row.next()
    }
}

/// The partner companies of the caller's company.
package struct Partners: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    package static let listMax = 10_000

    /// All by name; who does not read all people sees the own one only.
    package func list() async throws -> [Partner] {
        var own: SQL = ""
        if !scope.caller.grants[.peopleRead].contains(.company) {
            own = """
                AND id = (SELECT partner_id FROM users
                    WHERE tenant_id = \(scope.tenant) AND id = \(scope.caller.user))
                """
        }
        return try await scope.tx.all(
            """
            SELECT \(Partner.columns)
            FROM partners
            WHERE tenant_id = \(scope.tenant) \(own)
            ORDER BY lower(name), id
            LIMIT \(Self.listMax)
            """)
    }

    /// - Throws: `Problem.invalid` on the name.
    package func create(name: String) async throws -> Partner {
        try scope.caller.must(.peopleEdit)
        let partner = Partner(
            id: ID<Partner>(), name: try Self.checked(name), deactivatedAt: nil, version: 1)
        try await refusingTakenName {
            try await scope.tx.execute(
                """
                INSERT INTO partners (tenant_id, id, name, created_at)
                VALUES (\(scope.tenant), \(partner.id), \(partner.name), \(scope.now))
                """)
        }
        try await scope.record(
            Event("partner.created", partner.id.uuid) { $0.member("name", partner.name) })
        return partner
    }

    /// Renames a company, or ends or resumes working with it.
    ///
    /// - Throws: `Problem.notFound`, `stale` when `version` is not its own, `invalid` on the name.
    package func change(
        _ id: ID<Partner>, name: String?, active: Bool?, version: Int
    ) async throws -> Partner {
        try scope.caller.must(.peopleEdit)
        let old = try await find(id)
        guard old.version == version else {
            throw Problem.stale("Somebody else changed this partner meanwhile. Look at it again.")
        }
        var new = old
        if let name { new.name = try Self.checked(name) }
        if let active { new.deactivatedAt = active ? nil : old.deactivatedAt ?? scope.now }
        guard new != old else { return old }
        new.version += 1
        let partner = new
        try await refusingTakenName {
            try await scope.tx.execute(
                """
                UPDATE partners
                SET name = \(partner.name), deactivated_at = \(partner.deactivatedAt),
                    version = \(partner.version)
                WHERE tenant_id = \(scope.tenant) AND id = \(id)
                """)
        }
        var changes = FieldChanges()
        changes.note("name", old.name, partner.name)
        changes.note(
            "active", .bool(old.deactivatedAt == nil), .bool(partner.deactivatedAt == nil))
        try await scope.record(Event("partner.changed", id.uuid) { changes.write(to: &$0) })
        return partner
    }

    /// - Throws: `Problem.notFound`
    package func find(_ id: ID<Partner>) async throws -> Partner {
        let partner: Partner? = try await scope.tx.first(
            """
            SELECT \(Partner.columns)
            FROM partners
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
        guard let partner else { throw Problem.notFound("partner") }
        return partner
    }

    package func exists(_ id: ID<Partner>) async throws -> Bool {
        try await scope.tx.value(
            "SELECT 1 FROM partners WHERE tenant_id = \(scope.tenant) AND id = \(id)",
            as: Int.self) != nil
    }

    private static func checked(_ name: String) throws -> String {
        var faults: [Problem.Fault] = []
        let name = faults.name("name", name)
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        return name
    }

    private func refusingTakenName(_ statement: () async throws -> Int) async throws {
        do {
            _ = try await statement()
        } catch StorageError.unique {
            throw Problem.invalid("name", "There is a partner of this name already.")
        }
    }
}

import Storage

/// The roles that the caller's company made, besides the nine.
///
/// Who manages people makes and changes them. Nobody gives what they do not have themselves, be it
/// by a role or by what a role comes to: otherwise a narrowed admin would widen the own role.
package struct Roles: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    package static let listMax = 200

    /// All by name.
    package func list() async throws -> [CustomRole] {
        try scope.caller.must(.peopleEdit)
        return try await scope.tx.all(
            """
            SELECT \(CustomRole.columns)
            FROM roles
            WHERE tenant_id = \(scope.tenant)
            ORDER BY lower(name), id
            LIMIT \(Self.listMax)
            """)
    }

    /// How many have each, those who left included.
    package func people() async throws -> [ID<CustomRole>: Int] {
        let rows = try await scope.tx.rows(
            """
            SELECT custom_role_id, COUNT(*)
            FROM users
            WHERE tenant_id = \(scope.tenant) AND custom_role_id IS NOT NULL
            GROUP BY custom_role_id
            """
        ) { row in try (row.next(ID<CustomRole>.self), row.next(Int.self)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// - Throws: `Problem.notFound`, also for a role of another company.
    package func find(_ id: ID<CustomRole>) async throws -> CustomRole {
        try scope.caller.must(.peopleEdit)
        guard let role = try await first(id) else { throw Problem.notFound("role") }
        return role
    }

    /// Clones one of the nine, perhaps narrower.
    ///
    /// - Throws: `Problem.invalid` on a field, `conflict` when there are too many.
    package func create(_ base: Role, _ input: RoleInput) async throws -> CustomRole {
        try scope.caller.must(.peopleEdit)
        guard base != .platformOperator else {
            throw Problem.invalid("base", "Platform operators are made on the command line.")
        }
        let blank = CustomRole(
            id: ID(), name: "", base: base, changes: [:], masks: [], version: 1,
            createdAt: scope.now)
        let role = try input.applied(to: blank)
        try mustCover(role)
        guard try await list().count < Self.listMax else {
            throw Problem.conflict("A company has at most \(Self.listMax) roles of its own.")
        }
        try await refusingTakenName {
            try await scope.tx.execute(
                """
                INSERT INTO roles (tenant_id, id, name, base, changes, masks, version, created_at)
                VALUES (\(scope.tenant), \(role.id), \(role.name), \(role.base),
                    \(role.changes.json.text), \(role.masks.json.text), \(role.version),
                    \(role.createdAt))
                """)
        }
        try await scope.record(
            Event("role.created", role.id.uuid) { body in
                body.member("name", role.name)
                body.member("base", role.base.rawValue)
                body.member("changes", role.changes.json)
                body.member("masks", role.masks.json)
            })
        return role
    }

    /// Renames a role or says anew in what it is narrower. Who has it may from then on what it says.
    ///
    /// - Throws: `Problem.notFound`, `stale`, `invalid` on a field.
    package func change(
        _ id: ID<CustomRole>, _ input: RoleInput, version: Int
    ) async throws -> CustomRole {
        let old = try await find(id)
        guard old.version == version else { throw Self.changedMeanwhile }
        var new = try input.applied(to: old)
        try mustCover(old)
        try mustCover(new)
        guard new != old else { return old }
        new.version += 1
        let role = new
        try await refusingTakenName {
            try await scope.tx.execute(
                """
                UPDATE roles
                SET name = \(role.name), changes = \(role.changes.json.text),
                    masks = \(role.masks.json.text), version = \(role.version)
                WHERE tenant_id = \(scope.tenant) AND id = \(id)
                """)
        }
        let changes = old.changes(to: role)
        try await scope.record(
            Event("role.changed", id.uuid) { body in
                body.member("name", role.name)
                changes.write(to: &body)
            })
        return role
    }

    /// - Throws: `Problem.notFound`, `stale`, `conflict` while somebody has it.
    package func delete(_ id: ID<CustomRole>, version: Int? = nil) async throws {
        let role = try await find(id)
        guard version == nil || version == role.version else { throw Self.changedMeanwhile }
        try mustCover(role)
        let people = try await people()[id] ?? 0
        guard people == 0 else {
            throw Problem.conflict(
                """
                \(people == 1 ? "1 person has" : "\(people) people have") this role. Give them \
                another one first.
                """)
        }
        try await scope.tx.execute(
            "DELETE FROM roles WHERE tenant_id = \(scope.tenant) AND id = \(id)")
        try await scope.record(
            Event("role.deleted", id.uuid) { body in
                body.member("name", role.name)
                body.member("base", role.base.rawValue)
            })
    }

    /// What somebody is today, and so what they may.
    ///
    /// - Throws: `Problem.notFound`
    package func held(by user: ID<User>) async throws -> HeldRole {
        let held: HeldRole? = try await scope.tx.first(
            """
            SELECT \(HeldRole.columns)
            FROM users \(HeldRole.join)
            WHERE users.tenant_id = \(scope.tenant) AND users.id = \(user)
            """)
        guard let held else { throw Problem.notFound("user") }
        return held
    }

    func first(_ id: ID<CustomRole>) async throws -> CustomRole? {
        try await scope.tx.first(
            """
            SELECT \(CustomRole.columns)
            FROM roles
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
    }

    private func mustCover(_ role: CustomRole) throws {
        guard scope.caller.grants.covers(role.grants) else {
            throw Problem.forbidden("This role may more than you may, so it is not yours to make.")
        }
    }

    private static let changedMeanwhile = Problem.stale(
        "Somebody else changed this role meanwhile. Look at it again.")

    private func refusingTakenName(_ statement: () async throws -> Int) async throws {
        do {
            _ = try await statement()
        } catch StorageError.unique {
            throw Problem.invalid("name", "There is a role of this name already.")
        }
    }
}

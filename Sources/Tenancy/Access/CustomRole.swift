import Storage

/// A role that a company made: one of the nine, narrowed.
package struct CustomRole: Sendable, Equatable {
    package let id: ID<CustomRole>
    package var name: String
    package let base: Role
    /// Narrower spans by right; what is not named is as in the base.
    package var changes: [Right: Span]
    /// What is masked besides what the base's is.
    package var masks: Mask
    package var version: Int
    package let createdAt: Instant

    /// What it has today: never more than its base has today.
    package var grants: Grants { .of(base, changes, masks) }
}

extension CustomRole: RowDecodable {
    static let columns: SQL = "id, name, base, changes, masks, version, created_at"

    package init(row: inout Row) throws {
        id = try row.next()
        name = try row.next()
        base = try row.next()
        changes = try .init(stored: row.next())
        masks = try .init(stored: row.next())
        version = try row.next()
        createdAt = try row.next()
    }
}

/// What somebody is today: one of the nine roles, or one that their company made of it.
package struct HeldRole: Sendable, Equatable {
    /// The company's own role, as it stands with a person.
    package struct Own: Sendable, Equatable {
        package let id: ID<CustomRole>
        package let name: String
    }

    package let base: Role
    package let own: Own?
    package let grants: Grants

    package init(_ role: Role) {
        (base, own, grants) = (role, nil, .of(role))
    }

    /// As people call it.
    package var label: String { own?.name ?? base.label }
}

extension HeldRole: RowDecodable {
    /// Of `users` with `join`.
    static let columns: SQL = """
        users.role, users.custom_role_id, roles.name, roles.changes, roles.masks
        """

    static let join: SQL = """
        LEFT JOIN roles ON roles.tenant_id = users.tenant_id AND roles.id = users.custom_role_id
        """

    package init(row: inout Row) throws {
        base = try row.next()
        let id: ID<CustomRole>? = try row.next()
        let (name, changes, masks): (String?, String?, String?) = try (
            row.next(), row.next(), row.next()
        )
        own = id.map { Own(id: $0, name: name ?? "") }
        if let changes, let masks {
            grants = try .of(base, .init(stored: changes), .init(stored: masks))
        } else {
            // A role that is not there gives nothing: it must not give its base.
            grants = id == nil ? .of(base) : .nothing
        }
    }
}

extension Grants {
    fileprivate static func of(_ base: Role, _ changes: [Right: Span], _ masks: Mask) -> Grants {
        of(base).narrowed(by: changes, masking: masks)
    }
}

extension [Right: Span] {
    /// `{"leads.read": ["own"]}`
    package var json: JSON {
        .object(
            [String: JSON](
                uniqueKeysWithValues: map { right, span in
                    (right.rawValue, .array(span.names.map(JSON.string)))
                }))
    }

    /// A right that is no longer there is passed over; a span that is not known is none.
    fileprivate init(stored text: String) throws {
        self = [:]
        for (name, span) in try JSON(parsing: text).object ?? [:] {
            guard let right = Right(rawValue: name) else { continue }
            self[right] = Span(names: span.array?.compactMap(\.string) ?? []) ?? Span.none
        }
    }
}

extension Mask {
    package var json: JSON { .array(names.map(JSON.string)) }

    /// One that is not known any more masks nothing.
    fileprivate init(stored text: String) throws {
        let names = try JSON(parsing: text).array?.compactMap(\.string) ?? []
        self = names.compactMap { Mask(names: [$0]) }.reduce([]) { $0.union($1) }
    }
}

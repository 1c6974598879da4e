import Storage

/// A role to be, or what to change of one: as it was sent, to be checked against its base. Nil
/// leaves a field as it is.
package struct RoleInput: Sendable {
    package var name: String?
    /// Spans by right, by name. All of them: what is not named is as in the base.
    package var changes: [String: [String]]?
    package var masks: [String]?

    package init(
        name: String? = nil, changes: [String: [String]]? = nil, masks: [String]? = nil
    ) {
        self.name = name
        self.changes = changes
        self.masks = masks
    }

    /// - Throws: `Problem.invalid` with every field that is wrong: a span that is wider than the
    ///   base's above all.
    func applied(to role: CustomRole) throws -> CustomRole {
        var role = role
        var faults: [Problem.Fault] = []
        if let name { role.name = faults.roleName(name) }
        if let changes { role.changes = faults.narrowing(changes, of: role.base) }
        if let masks { role.masks = faults.masks(masks, besides: Grants.of(role.base).masks) }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        return role
    }
}

extension [Problem.Fault] {
    fileprivate mutating func roleName(_ text: String) -> String {
        let name = name("name", text)
        if Role.allCases.contains(where: { $0.label.lowercased() == name.lowercased() }) {
            append(.init("name", "One of the nine roles is called that."))
        }
        return name
    }

    /// What differs from the base.
    fileprivate mutating func narrowing(
        _ given: [String: [String]], of base: Role
    ) -> [Right: Span] {
        var changes: [Right: Span] = [:]
        for (name, names) in given.sorted(by: { $0.key < $1.key }) {
            let field = "changes.\(name)"
            guard let right = Right(rawValue: name) else {
                append(.init(field, "There is no such right."))
                continue
            }
            guard let span = Span(names: names) else {
                let known = Span.all.map(\.name).joined(separator: ", ")
                append(.init(field, "Give some of \(known); or [] to take it away."))
                continue
            }
            let whole = Grants.of(base)[right]
            if span == whole { continue }
            if !whole.covers(span) {
                append(.init(field, whole.refusal(base)))
            } else if !right.spans.isSuperset(of: span) {
                let known = right.spans.names.joined(separator: ", ")
                append(.init(field, "This right is had by \(known), or [] to take it away."))
            } else {
                changes[right] = span
            }
        }
        return changes
    }

    fileprivate mutating func masks(_ names: [String], besides base: Mask) -> Mask {
        guard let masks = Mask(names: names) else {
            let known = Mask.all.map(\.name).joined(separator: ", ")
            append(.init("masks", "Give some of \(known)."))
            return []
        }
        return base.isSuperset(of: masks) ? [] : masks
    }
}

extension Span {
    /// Why a role that is made of `base` cannot have more.
    fileprivate func refusal(_ base: Role) -> String {
        let role = base.label.lowercased()
        return isEmpty
            ? "The role \(role) does not have this right."
            : "The role \(role) has no more than: \(names.joined(separator: ", "))."
    }
}

extension CustomRole {
    /// What differs, in the words of an event: the name, each right's spans and what is masked.
    func changes(to other: CustomRole) -> FieldChanges {
        var changes = FieldChanges()
        changes.note("name", name, other.name)
        for right in Right.allCases {
            changes.note(right.rawValue, grants[right].json, other.grants[right].json)
        }
        changes.note("masks", grants.masks.json, other.grants.masks.json)
        return changes
    }
}

extension Span {
    fileprivate var json: JSON { .array(names.map(JSON.string)) }
}

/// One of the nine roles as a column of the table.
package struct RoleColumn: Sendable {
    /// Its key, as the API calls it.
    package var role: String
    package var name: String

    package init(_ role: String, _ name: String) { (self.role, self.name) = (role, name) }
}

/// A right as a line of the table: what each column has of it, in words; empty for nothing.
package struct RightRow: Sendable {
    package var label: String
    package var spans: [String]

    package init(_ label: String, spans: [String]) { (self.label, self.spans) = (label, spans) }
}

/// A role that the company made.
package struct RoleRow: Sendable {
    package var id: String
    package var version: Int
    package var name: String
    /// Key and name of the role that it was made of.
    package var base: RoleColumn
    /// How many have it.
    package var people: Int
    /// In what it is narrower, a sentence each.
    package var differences: [String] = []
    /// The value of each control of the dialog in which it is narrowed.
    package var values: [(name: String, value: String)] = []

    package init(id: String, version: Int, name: String, base: RoleColumn, people: Int) {
        (self.id, self.version, self.name) = (id, version, name)
        (self.base, self.people) = (base, people)
    }
}

/// What may be narrowed of one of the nine: a dialog for all that are made of it.
package struct NarrowForm: Sendable {
    /// A right with the spans that it can have, the widest first.
    package struct Line: Sendable {
        package var right: String
        package var label: String
        package var choices: [Choice]

        package init(_ right: String, _ label: String, choices: [Choice]) {
            (self.right, self.label, self.choices) = (right, label, choices)
        }
    }

    package var base: RoleColumn
    /// By what the rights are about.
    package var groups: [(noun: String, lines: [Line])]
    /// What can be hidden besides what the base's is.
    package var masks: [Choice]

    package init(
        base: RoleColumn, groups: [(noun: String, lines: [Line])], masks: [Choice]
    ) {
        (self.base, self.groups, self.masks) = (base, groups, masks)
    }
}

package struct RolesPage: Sendable {
    package var own: [RoleRow]
    package var columns: [RoleColumn]
    package var rights: [RightRow]
    /// For each base of `own`.
    package var forms: [NarrowForm]

    package init(
        own: [RoleRow], columns: [RoleColumn], rights: [RightRow], forms: [NarrowForm] = []
    ) {
        (self.own, self.columns, self.rights, self.forms) = (own, columns, rights, forms)
    }
}

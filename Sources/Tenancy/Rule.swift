/// A named condition on a caller and a resource. Declared beside the resource, checked inside
/// the operation, so that pages, API, jobs and imports all pass it.
package struct Rule<Resource>: Sendable {
    package let name: String
    package let permits: @Sendable (Caller, Resource) -> Bool

    package init(_ name: String, permits: @escaping @Sendable (Caller, Resource) -> Bool) {
        self.name = name
        self.permits = permits
    }

    package static func role(_ roles: Role...) -> Rule {
        let names = roles.map(\.label).joined(separator: " or ")
        return Rule("the role \(names)") { caller, _ in roles.contains(caller.role) }
    }

    package static func || (left: Rule, right: Rule) -> Rule {
        Rule("\(left.name), or \(right.name)") {
            left.permits($0, $1) || right.permits($0, $1)
        }
    }
}

extension Rule where Resource == Void {
    /// Settings of the company: people, teams, stages, rules, forms, keys.
    package static var administer: Rule { .role(.companyAdmin) }
}

extension Caller {
    /// - Throws: `Problem.forbidden`, naming what the rule asks for.
    package func must<Resource>(_ rule: Rule<Resource>, _ resource: Resource) throws {
        guard rule.permits(self, resource) else {
            throw Problem.forbidden("This needs \(rule.name).")
        }
    }

    package func must(_ rule: Rule<Void>) throws {
        try must(rule, ())
    }
}

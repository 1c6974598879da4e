import Storage

/// A team to be.
package struct NewTeam: Sendable {
    package var name: String
    package var parent: ID<Team>?
    package var manager: ID<User>?

    package init(name: String, parent: ID<Team>? = nil, manager: ID<User>? = nil) {
        self.name = name
        self.parent = parent
        self.manager = manager
    }
}

/// What to change of a team. Nil leaves a field as it is; `.some(nil)` empties it.
package struct TeamChange: Sendable, Equatable {
    package var name: String?
    package var parent: ID<Team>??
    package var manager: ID<User>??

    package init(name: String? = nil, parent: ID<Team>?? = nil, manager: ID<User>?? = nil) {
        self.name = name
        self.parent = parent
        self.manager = manager
    }

    func applied(to team: Team) throws -> Team {
        var team = team
        var faults: [Problem.Fault] = []
        if let name { team.name = faults.name("name", name) }
        if let parent { team.parent = parent }
        if let manager { team.manager = manager }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        return team
    }
}

extension Team {
    func changes(to other: Team) -> FieldChanges {
        var changes = FieldChanges()
        changes.note("name", name, other.name)
        changes.note("parent", parent, other.parent)
        changes.note("manager", manager, other.manager)
        return changes
    }
}

/// A team where it stands in the tree.
package struct TeamNode: Sendable, Equatable {
    package let team: Team
    /// 0 for a team without parent.
    package let depth: Int
    /// People in the team itself who are active.
    package let members: Int
}

enum TeamTree {
    /// Every parent right before its children, siblings in the order given.
    static func ordered(_ teams: [(team: Team, members: Int)]) -> [TeamNode] {
        let children = Dictionary(grouping: teams) { $0.team.parent }
        var nodes: [TeamNode] = []
        func add(below parent: ID<Team>?, depth: Int) {
            for (team, members) in children[parent] ?? [] {
                nodes.append(TeamNode(team: team, depth: depth, members: members))
                add(below: team.id, depth: depth + 1)
            }
        }
        add(below: nil, depth: 0)
        return nodes
    }
}

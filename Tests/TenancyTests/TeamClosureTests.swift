import DatabaseSupport
import Storage
import Testing

@testable import Tenancy

@Suite struct TeamClosureTests {
    /// SplitMix64: the same moves at every run.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private struct Path: Hashable {
        let ancestor: ID<Team>
        let descendant: ID<Team>
        let depth: Int
    }

    /// The closure as it is defined: every team with itself, its parent, the parent's parent …
    private func closure(of parents: [ID<Team>: ID<Team>?]) -> Set<Path> {
        var paths: Set<Path> = []
        for team in parents.keys {
            var (ancestor, depth) = (ID<Team>?.some(team), 0)
            while let current = ancestor {
                paths.insert(Path(ancestor: current, descendant: team, depth: depth))
                ancestor = parents[current] ?? nil
                depth += 1
            }
        }
        return paths
    }

    private func stored(in ground: Ground, of tenant: ID<Tenant>) async throws -> Set<Path> {
        let paths = try await ground.database.read { tx in
            try await tx.rows(
                """
                SELECT ancestor_id, descendant_id, depth
                FROM team_closure
                WHERE tenant_id = \(tenant)
                """
            ) {
                Path(
                    ancestor: try $0.next(), descendant: try $0.next(), depth: try $0.next())
            }
        }
        return Set(paths)
    }

    /// Builds a tree of twelve teams and answers each team's parent.
    private func tree(in ground: Ground, _ dice: inout Dice) async throws -> [ID<Team>: ID<Team>?] {
        var teams: [ID<Team>] = []
        var parents: [ID<Team>: ID<Team>?] = [:]
        for number in 0..<12 {
            let parent = number % 3 == 0 ? nil : teams.randomElement(using: &dice)
            let team = try await ground.team("T\(number)", below: parent)
            teams.append(team.id)
            parents[team.id] = parent
        }
        return parents
    }

    @Test(arguments: EngineKind.allCases, [1, 2, 3] as [UInt64])
    func `after any moves the closure is what its definition says`(
        on engine: EngineKind, seed: UInt64
    ) async throws {
        try await Ground.with(engine) { ground in
            // Another company's tree must not be touched by any of it.
            let theirs = try await ground.write(as: ground.eve) {
                let top = try await Teams($0).create(NewTeam(name: "Top"))
                return try await Teams($0).create(NewTeam(name: "Low", parent: top.id))
            }
            var dice = Dice(state: seed)
            var parents = try await tree(in: ground, &dice)
            let teams = parents.keys.sorted()
            var refused = 0
            for _ in 0..<40 {
                let team = try #require(teams.randomElement(using: &dice))
                let isToTop = Int.random(in: 0..<5, using: &dice) == 0
                let parent = isToTop ? nil : teams.randomElement(using: &dice)
                let isBelowItself = closure(of: parents).contains {
                    $0.ancestor == team && $0.descendant == parent
                }
                if isBelowItself {
                    let problem = await problem { try await move(team, below: parent, in: ground) }
                    #expect(problem?.fields == ["parent"])
                    refused += 1
                } else {
                    try await move(team, below: parent, in: ground)
                    parents[team] = parent
                }
                #expect(try await stored(in: ground, of: ground.acme.id) == closure(of: parents))
            }
            #expect(refused > 0)
            let rival = try await stored(in: ground, of: ground.rival.id)
            #expect(rival.count == 3)
            #expect(rival.contains { $0.descendant == theirs.id && $0.depth == 1 })
        }
    }

    private func move(
        _ team: ID<Team>, below parent: ID<Team>?, in ground: Ground
    ) async throws {
        try await ground.write(as: ground.ada) {
            try await Teams($0).change(team, TeamChange(parent: .some(parent)))
        }
    }
}

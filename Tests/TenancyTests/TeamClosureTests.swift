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
            try await tx.rows("""
                SELECT ancestor_id, descendant_id, depth
                FROM team_closure
                WHERE tenant_id = \(tenant)
                """) {
                    Path(
                        ancestor: try $0.next(), descendant: try $0.next(), depth: try $0.next())
                }
        }
        return Set(paths)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `after any moves the closure is what its definition says`(seed: UInt64) async throws {
        try await Ground.with { ground in
            var dice = Dice(state: seed)
            var parents: [ID<Team>: ID<Team>?] = [:]
            var teams: [ID<Team>] = []
            // Another company's tree must not be touched by any of it.
            let theirs = try await ground.write(as: ground.eve) {
                let top = try await Teams($0).create(NewTeam(name: "Top"))
                return try await Teams($0).create(NewTeam(name: "Low", parent: top.id))
            }
            for number in 0..<12 {
                let parent = teams.isEmpty ? nil : [nil, teams.randomElement(using: &dice)][number % 2]
                let team = try await ground.team("T\(number)", below: parent)
                teams.append(team.id)
                parents[team.id] = parent
            }
            var refused = 0
            for _ in 0..<40 {
                let team = try #require(teams.randomElement(using: &dice))
                let parent = Bool.random(using: &dice) || teams.count < 2
                    ? teams.randomElement(using: &dice) : nil
                let paths = closure(of: parents)
                let isBelowItself = paths.contains { $0.ancestor == team && $0.descendant == parent }
                let change = TeamChange(parent: .some(parent))
                if isBelowItself {
                    let problem = await problem {
                        try await ground.write(as: ground.ada) {
                            try await Teams($0).change(team, change)
                        }
                    }
                    #expect(problem?.fields == ["parent"])
                    refused += 1
                } else {
                    try await ground.write(as: ground.ada) {
                        try await Teams($0).change(team, change)
                    }
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
}

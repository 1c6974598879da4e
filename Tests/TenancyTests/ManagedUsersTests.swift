import DatabaseSupport
import Storage
import Testing

@testable import Tenancy

@Suite struct ManagedUsersTests {
    private struct Pair: Hashable {
        let manager: ID<User>
        let user: ID<User>
    }

    /// Who reports to whom and who manages what, as the tables have it.
    private struct Company {
        var users: [(id: ID<User>, team: ID<Team>?, manager: ID<User>?)] = []
        var teams: [ID<Team>: (parent: ID<Team>?, manager: ID<User>?)] = [:]

        init(_ tenant: ID<Tenant>, _ tx: any Transaction) async throws {
            users = try await tx.rows(
                "SELECT id, team_id, manager_id FROM users WHERE tenant_id = \(tenant)"
            ) { (id: try $0.next(), team: try $0.next(), manager: try $0.next()) }
            let rows = try await tx.rows(
                "SELECT id, parent_id, manager_id FROM teams WHERE tenant_id = \(tenant)"
            ) {
                (
                    id: try $0.next(ID<Team>.self), parent: try $0.next(ID<Team>?.self),
                    manager: try $0.next(ID<User>?.self)
                )
            }
            for row in rows { teams[row.id] = (parent: row.parent, manager: row.manager) }
        }

        /// Everybody with themselves, the managers of their team and of those above it, and whom
        /// they report to, by whatever way.
        var pairs: Set<Pair> {
            var pairs: Set<Pair> = []
            let managers = Dictionary(uniqueKeysWithValues: users.map { ($0.id, $0.manager) })
            for user in users {
                pairs.insert(Pair(manager: user.id, user: user.id))
                var team = user.team
                while let current = team {
                    if let manager = teams[current]?.manager {
                        pairs.insert(Pair(manager: manager, user: user.id))
                    }
                    team = teams[current]?.parent
                }
                var above = user.manager
                while let current = above {
                    pairs.insert(Pair(manager: current, user: user.id))
                    above = managers[current] ?? nil
                }
            }
            return pairs
        }
    }

    /// What is kept, and what is defined.
    private func answers(
        in ground: Ground, of tenant: ID<Tenant>
    ) async throws -> (kept: Set<Pair>, defined: Set<Pair>) {
        try await ground.database.read { tx in
            let kept = try await tx.rows(
                "SELECT manager_id, user_id FROM managed_users WHERE tenant_id = \(tenant)"
            ) { Pair(manager: try $0.next(), user: try $0.next()) }
            return (Set(kept), try await Company(tenant, tx).pairs)
        }
    }

    /// Moves, promotes, lets go: what is refused changes nothing.
    private func turn(_ ground: Ground, _ dice: inout Dice) async throws -> Bool {
        let (users, teams) = try await ground.read(as: ground.ada) { scope in
            (
                try await scope.tx.column(
                    "SELECT id FROM users WHERE tenant_id = \(scope.tenant) ORDER BY id",
                    as: ID<User>.self),
                try await scope.tx.column(
                    "SELECT id FROM teams WHERE tenant_id = \(scope.tenant) ORDER BY id",
                    as: ID<Team>.self)
            )
        }
        let (user, team) = (dice.pick(users), dice.pick(teams))
        let other = dice.chance(80) ? dice.pick(users) : nil
        let parent = dice.chance(80) ? dice.pick(teams) : nil
        let kind = dice.pick(Array(0..<6))
        do {
            try await ground.write(as: ground.ada) { scope in
                var change = UserChange()
                switch kind {
                case 0: change.team = .some(parent)
                case 1: change.manager = .some(other)
                case 2: change.active = false
                case 3: change.active = true
                case 4:
                    _ = try await Teams(scope).change(team, TeamChange(parent: .some(parent)))
                default:
                    _ = try await Teams(scope).change(team, TeamChange(manager: .some(other)))
                }
                if change != UserChange() { _ = try await Users(scope).change(user, change) }
            }
            return true
        } catch is Problem {
            return false
        }
    }

    @Test(arguments: EngineKind.allCases, [1, 2, 3] as [UInt64])
    func `after any moves everybody answers for whom the definition says`(
        on engine: EngineKind, seed: UInt64
    ) async throws {
        try await Ground.with(engine) { ground in
            var dice = Dice(seed: seed)
            var teams: [ID<Team>] = []
            var users: [ID<User>] = [ground.acme.admin]
            for number in 0..<6 {
                let (parent, manager) = (teams.randomElement(using: &dice), dice.pick(users))
                teams.append(
                    try await ground.team("T\(number)", below: parent, manager: manager).id)
                for name in ["a", "b"] {
                    let team = dice.chance(80) ? dice.pick(teams) : nil
                    users.append(try await ground.hire("\(name)\(number)", .manager, team: team).id)
                }
            }
            let theirs = try await answers(in: ground, of: ground.rival.id)
            var (done, refused) = (0, 0)
            for _ in 0..<60 {
                if try await turn(ground, &dice) { done += 1 } else { refused += 1 }
                let ours = try await answers(in: ground, of: ground.acme.id)
                #expect(ours.kept == ours.defined)
            }
            #expect(done > 30)
            #expect(refused > 0)
            #expect(theirs.kept.count == 1)
            #expect(try await answers(in: ground, of: ground.rival.id).kept == theirs.kept)
        }
    }
}

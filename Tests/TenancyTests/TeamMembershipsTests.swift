import DatabaseSupport
import Storage
import Testing

@testable import Tenancy

@Suite struct TeamMembershipsTests {
    /// Moves a person about by chance, some moves at the same moment, and says where they were.
    private static func wander(
        _ ground: Ground, _ user: ID<User>, among teams: [ID<Team>], _ dice: inout Dice
    ) async throws -> [(at: Instant, team: ID<Team>?)] {
        var path: [(at: Instant, team: ID<Team>?)] = []
        var now = Ground.now
        for _ in 0..<25 {
            if dice.chance(70) { now = now.adding(seconds: 1 + dice.pick([0, 60, 86_400])) }
            let team = dice.chance(80) ? dice.pick(teams) : nil
            let moment = now
            try await ground.write(as: ground.ada, at: moment) {
                try await Users($0).change(user, UserChange(team: .some(team)))
            }
            path.append((moment, team))
        }
        return path
    }

    @Test(arguments: EngineKind.allCases, 1...3)
    func `the times of a person never overlap, leave no gap, and say where they were`(
        on engine: EngineKind, seed: UInt64
    ) async throws {
        try await Ground.with(engine) { ground in
            var dice = Dice(seed: seed)
            let teams = [
                try await ground.team("A").id, try await ground.team("B").id,
                try await ground.team("C").id,
            ]
            let user = try await ground.hire("tom", team: teams[0]).id
            let path = try await Self.wander(ground, user, among: teams, &dice)
            let times = try await ground.read(as: ground.ada) {
                try await TeamMemberships($0).list(of: user)
            }
            for (later, earlier) in zip(times, times.dropFirst()) {
                let end = try #require(earlier.until)
                #expect(earlier.from < end && end <= later.from)
                // Side by side, it is another team: the same one goes on.
                if end == later.from { #expect(earlier.team != later.team) }
            }
            #expect(times.first?.until == nil || path.last?.team == nil)
            for (number, step) in path.enumerated() {
                let next = number + 1 < path.count ? path[number + 1].at : step.at.adding(days: 9)
                guard next > step.at else { continue }
                for moment in [step.at, next.adding(seconds: -1)] where moment >= step.at {
                    let team = try await ground.read(as: ground.ada) {
                        try await TeamMemberships($0).team(of: user, at: moment)
                    }
                    #expect(team == step.team)
                }
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the team of then names what was done then, and outlives the team`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let (old, new) = (try await ground.team("Old"), try await ground.team("New"))
            let user = try await ground.hire("tom", team: old.id).id
            let later = Ground.now.adding(days: 3)
            try await ground.write(as: ground.ada, at: later) {
                try await Users($0).change(user, UserChange(team: .some(new.id)))
                // The same one again.
                try await Users($0).change(user, UserChange(name: "Tom", team: .some(new.id)))
                try await Teams($0).delete(old.id)
            }
            let times = try await ground.read(as: ground.ada) {
                try await TeamMemberships($0).list(of: user)
            }
            #expect(times.map(\.teamName) == ["New", "Old"])
            #expect(times.map(\.until) == [nil, later])
            #expect(times.map(\.from) == [later, Ground.now])
            let tenant = ground.acme.id
            let team = TeamMemberships.team(of: "e.subject_id", at: "e.at", in: tenant)
            let found: [ID<Team>?] = try await ground.read(as: ground.ada) { scope in
                try await scope.tx.rows(
                    """
                    SELECT \(team) FROM events e
                    WHERE e.tenant_id = \(tenant) AND e.subject_id = \(user)
                    ORDER BY e.seq
                    """
                ) { try $0.next(ID<Team>?.self) }
            }
            #expect(found == [old.id, new.id, new.id])
            let foreign = await problem {
                try await ground.read(as: ground.eve) {
                    try await TeamMemberships($0).list(of: user)
                }
            }
            #expect(foreign == .notFound("user"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who leaves is followed by their superior, for their people and their teams`(
        on engine: EngineKind
    ) async throws {
        try await Ground.with(engine) { ground in
            let max = try #require(ground.max.user)
            let top = try await ground.team("Top", manager: max)
            let team = try await ground.team("Below", below: top.id)
            let lead = try await ground.hire("lou", .manager, team: team.id)
            let sam = try #require(ground.sam.user)
            try await ground.write(as: ground.ada) { scope in
                try await Teams(scope).change(team.id, TeamChange(manager: .some(lead.id)))
                var change = UserChange()
                change.manager = .some(lead.id)
                try await Users(scope).change(sam, change)
            }
            try await ground.write(as: ground.ada) {
                try await Users($0).change(lead.id, UserChange(active: false))
            }
            #expect(try await Self.managers(of: sam, team.id, ground) == [max, max])
            // Nobody is above him; and who reports to him is not.
            try await ground.write(as: ground.ada) {
                try await Users($0).change(max, UserChange(active: false))
            }
            #expect(try await Self.managers(of: sam, top.id, ground) == [nil, nil])
        }
    }

    private static func managers(
        of user: ID<User>, _ team: ID<Team>, _ ground: Ground
    ) async throws -> [ID<User>?] {
        try await ground.read(as: ground.ada) { scope in
            [try await Users(scope).find(user).manager, try await Teams(scope).find(team).manager]
        }
    }
}

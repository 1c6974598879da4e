import DatabaseSupport
import Storage
import Testing

@testable import Tenancy

@Suite struct TeamsTests {
    @Test(arguments: EngineKind.allCases)
    func `the list is the tree from its top, with those who are in each team`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let sales = try await ground.team("Sales")
            let west = try await ground.team("West", below: sales.id)
            _ = try await ground.team("East", below: sales.id)
            _ = try await ground.team("Wien", below: west.id)
            _ = try await ground.team("Partners")
            _ = try await ground.hire("a", team: west.id)
            let left = try await ground.hire("b", team: west.id)
            try await ground.write(as: ground.ada) {
                try await Users($0).change(left.id, UserChange(active: false))
            }
            let nodes = try await ground.read(as: ground.sam) { try await Teams($0).list() }
            #expect(nodes.map(\.team.name) == ["Partners", "Sales", "East", "West", "Wien"])
            #expect(nodes.map(\.depth) == [0, 0, 1, 1, 2])
            #expect(nodes.map(\.members) == [0, 0, 0, 1, 0])
            let rival = try await ground.read(as: ground.eve) { try await Teams($0).list() }
            #expect(rival.isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `names are unique in a company`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            _ = try await ground.team("Sales")
            let west = try await ground.team("West")
            #expect(await problem { try await ground.team(" Sales ") }?.fields == ["name"])
            #expect(await problem { try await ground.team("") }?.fields == ["name"])
            let renamed = await problem {
                try await ground.write(as: ground.ada) {
                    try await Teams($0).change(west.id, TeamChange(name: "Sales"))
                }
            }
            #expect(renamed?.fields == ["name"])
            let elsewhere = try await ground.write(as: ground.eve) {
                try await Teams($0).create(NewTeam(name: "Sales"))
            }
            #expect(elsewhere.name == "Sales")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a change writes what changed and raises the version`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let west = try await ground.team("West")
            let max = try #require(ground.max.user)
            let changed = try await ground.write(as: ground.ada) {
                try await Teams($0).change(
                    west.id, TeamChange(name: "Far West", manager: max), version: 1)
            }
            #expect(changed.version == 2)
            let found = try await ground.read(as: ground.ada) { try await Teams($0).find(west.id) }
            #expect(found == changed)
            let event = try await ground.events(of: ground.acme.id, named: "team.changed").last
            #expect(event?["after"]?["name"] == "Far West")
            #expect(event?["before"]?["manager"] == .null)
            let stale = await problem {
                try await ground.write(as: ground.ada) {
                    try await Teams($0).change(west.id, TeamChange(name: "West"), version: 1)
                }
            }
            #expect(stale?.isStale == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `parents and managers are of the same company and active`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let foreign = try await ground.write(as: ground.eve) {
                try await Teams($0).create(NewTeam(name: "Theirs"))
            }
            let west = try await ground.team("West")
            #expect(
                await problem { try await ground.team("A", below: foreign.id) }?.fields
                    == ["parent"])
            #expect(
                await problem { try await ground.team("A", manager: ground.rival.admin) }?.fields
                    == ["manager"])
            let moved = await problem {
                try await ground.write(as: ground.ada) {
                    try await Teams($0).change(west.id, TeamChange(parent: foreign.id))
                }
            }
            #expect(moved?.fields == ["parent"])
            let left = try await ground.hire("left", .manager)
            try await ground.write(as: ground.ada) {
                try await Users($0).change(left.id, UserChange(active: false))
            }
            let managed = await problem {
                try await ground.write(as: ground.ada) {
                    try await Teams($0).change(west.id, TeamChange(manager: left.id))
                }
            }
            #expect(managed?.fields == ["manager"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `another company's team is not found`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let west = try await ground.team("West")
            let read = await problem {
                try await ground.read(as: ground.eve) { try await Teams($0).find(west.id) }
            }
            #expect(read == .notFound("team"))
            let changed = await problem {
                try await ground.write(as: ground.eve) {
                    try await Teams($0).change(west.id, TeamChange(name: "Mine"))
                }
            }
            #expect(changed == .notFound("team"))
            let deleted = await problem {
                try await ground.write(as: ground.eve) { try await Teams($0).delete(west.id) }
            }
            #expect(deleted == .notFound("team"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `only company admins change teams`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let west = try await ground.team("West")
            let made = await problem {
                try await ground.write(as: ground.max) {
                    try await Teams($0).create(NewTeam(name: "Mine"))
                }
            }
            #expect(made?.isForbidden == true)
            let changed = await problem {
                try await ground.write(as: ground.max) {
                    try await Teams($0).change(west.id, TeamChange(manager: ground.max.user))
                }
            }
            #expect(changed?.isForbidden == true)
            let deleted = await problem {
                try await ground.write(as: ground.max) { try await Teams($0).delete(west.id) }
            }
            #expect(deleted?.isForbidden == true)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a team cannot stand below itself`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let top = try await ground.team("Top")
            let middle = try await ground.team("Middle", below: top.id)
            let bottom = try await ground.team("Bottom", below: middle.id)
            for parent in [top.id, middle.id, bottom.id] {
                let problem = await problem {
                    try await ground.write(as: ground.ada) {
                        try await Teams($0).change(top.id, TeamChange(parent: parent))
                    }
                }
                #expect(problem?.fields == ["parent"])
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `only an empty team is deleted`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let top = try await ground.team("Top")
            let west = try await ground.team("West", below: top.id)
            let person = try await ground.hire("a", team: west.id)
            for team in [top.id, west.id] {
                let problem = await problem {
                    try await ground.write(as: ground.ada) { try await Teams($0).delete(team) }
                }
                #expect(problem?.isConflict == true)
            }
            try await ground.write(as: ground.ada) { scope in
                _ = try await Users(scope).change(person.id, UserChange(team: .some(nil)))
                try await Teams(scope).delete(west.id)
                try await Teams(scope).delete(top.id)
            }
            #expect(try await ground.count("SELECT count(*) FROM team_closure") == 0)
            let events = try await ground.events(of: ground.acme.id, named: "team.deleted")
            #expect(events == [["name": "West"], ["name": "Top"]])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a team that a rule gives leads to is not deleted`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let west = try await ground.team("West")
            try await ground.write(as: ground.ada) { scope in
                try await scope.tx.execute(
                    """
                    INSERT INTO assignment_rules (tenant_id, id, position, name, team_id)
                    VALUES (\(scope.tenant), \(ID<Team>()), 1, 'all', \(west.id))
                    """)
            }
            let problem = await problem {
                try await ground.write(as: ground.ada) { try await Teams($0).delete(west.id) }
            }
            #expect(problem?.isConflict == true)
            let kept = try await ground.read(as: ground.ada) { try await Teams($0).find(west.id) }
            #expect(kept == west)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a manager answers for everybody in the teams below, and for nobody else`(
        on engine: EngineKind
    )
        async throws
    {
        try await Ground.with(engine) { ground in
            let (max, sam) = (try #require(ground.max.user), try #require(ground.sam.user))
            let top = try await ground.team("Top")
            let west = try await ground.team("West", below: top.id, manager: max)
            let wien = try await ground.team("Wien", below: west.id)
            let inTop = try await ground.hire("top", team: top.id)
            let inWest = try await ground.hire("west", team: west.id)
            let inWien = try await ground.hire("wien", team: wien.id)
            func managed(by user: ID<User>, in tenant: ID<Tenant>) async throws -> Set<ID<User>> {
                let found: [ID<User>] = try await ground.database.read {
                    try await $0.column(
                        """
                        SELECT id
                        FROM users
                        WHERE tenant_id = \(tenant)
                            AND id IN (\(Teams.managedUsers(of: user, in: tenant)))
                        """)
                }
                return Set(found)
            }
            #expect(try await managed(by: max, in: ground.acme.id) == [max, inWest.id, inWien.id])
            #expect(try await managed(by: sam, in: ground.acme.id) == [sam])
            #expect(try await managed(by: inTop.id, in: ground.acme.id) == [inTop.id])
            #expect(try await managed(by: max, in: ground.rival.id).isEmpty)
        }
    }
}

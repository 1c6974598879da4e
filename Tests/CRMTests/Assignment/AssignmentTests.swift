import CRM
import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@Suite struct AssignmentTests {
    private static func rule(
        _ name: String, to person: Person? = nil, team: ID<Team>? = nil, _ conditions: JSON = [:]
    ) -> JSON {
        let user: JSON = ["user": .string(person?.id.description ?? "")]
        return [
            "name": .string(name), "when": conditions,
            "to": team.map { ["team": .string($0.description)] } ?? user,
        ]
    }

    private static func set(_ world: World, _ rules: [JSON], fallback: JSON = nil) async throws {
        let answer = try await world.ada.put(
            "/api/v1/assignment-rules", ["rules": .array(rules), "fallback": fallback])
        #expect(answer.status == 200, "\(answer.text)")
    }

    private static func owner(_ world: World, _ fields: JSON) async throws -> (String?, String) {
        var all = fields.object ?? [:]
        all["company"] = "Orchard"
        let made = try await world.ada.post("/api/v1/leads", .object(all))
        return (made.json["owner_name"]?.string, made.json["owner_reason"]?.string ?? "")
    }

    @Test(arguments: EngineKind.allCases)
    func `the first rule that matches decides, and says why`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            try await Self.set(
                world,
                [
                    Self.rule("Partners", to: world.wes, ["source": "partner"]),
                    Self.rule("East", to: world.nik, ["territory": "East"]),
                    Self.rule(
                        "Large", to: world.sia, ["value_min": 1000, "value_max": 2000]),
                ])
            let both = try await Self.owner(world, ["source": "Partner", "territory": "East"])
            #expect(both.0 == "Wes")
            #expect(both.1.contains("Partners"))
            #expect(try await Self.owner(world, ["territory": "EAST"]).0 == "Nik")
            for (value, name) in [(999, nil), (1000, "Sia"), (2000, "Sia"), (2001, nil)] {
                let found = try await Self.owner(world, ["value_minor": .integer(Int64(value))])
                #expect(found.0 == name)
            }
            let nobody = try await Self.owner(world, [:])
            #expect(nobody.0 == nil)
            #expect(nobody.1.contains("No rule matched"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a team takes turns, passing over who is away, and the next rule takes over`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            let east = try #require(world.teams["East"])
            try await Self.set(
                world, [Self.rule("East", team: east)],
                fallback: ["user": .string(world.wes.id.description)])
            var owners: [String?] = []
            for _ in 0..<6 { owners.append(try await Self.owner(world, [:]).0) }
            // North is below East; managers take no turns.
            #expect(Set(owners.prefix(3)) == ["Sam", "Sia", "Nik"])
            #expect(Array(owners.prefix(3)) == Array(owners.suffix(3)))
            func away(_ people: [Person], until: Instant?) async throws {
                for person in people {
                    _ = try await world.asking(world.ada) { scope in
                        try await scope.tx.execute(
                            """
                            UPDATE users SET away_until = \(until)
                            WHERE tenant_id = \(scope.tenant) AND id = \(person.id)
                            """)
                    }
                }
            }
            try await away([world.sam], until: world.clock.now.adding(days: 1))
            let without = try await (0..<4).asyncMap { _ in try await Self.owner(world, [:]).0 }
            #expect(Set(without) == ["Sia", "Nik"])
            try await away([world.sia, world.nik], until: world.clock.now.adding(days: 1))
            let fallen = try await Self.owner(world, [:])
            #expect(fallen.0 == "Wes")
            #expect(fallen.1.contains("fallback"))
            world.clock.advance(seconds: 86_400)
            #expect(try await Self.owner(world, [:]).0 != "Wes")
        }
    }

    /// Whose leads are that come at the same moment.
    private static func ownersAtOnce(_ world: World, _ count: Int) async throws -> [String?] {
        try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<count { group.addTask { try await owner(world, [:]).0 } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `leads that come at the same time are shared as evenly as one after the other`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let east = try #require(world.teams["East"])
            try await Self.set(world, [Self.rule("East", team: east)])
            var owners: [String?: Int] = [:]
            for _ in 0..<4 {
                let six = try await Self.ownersAtOnce(world, 6)
                for owner in six { owners[owner, default: 0] += 1 }
            }
            #expect(owners == ["Sam": 8, "Sia": 8, "Nik": 8])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a salesperson keeps what they enter; others may name an owner of theirs`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            try await Self.set(world, [Self.rule("All", to: world.wes)])
            let own = try await world.sam.post("/api/v1/leads", ["company": "A"])
            #expect(own.json["owner_name"] == "Sam")
            func naming(_ person: Person, _ owner: Person) async throws -> Answer {
                try await person.post(
                    "/api/v1/leads",
                    ["company": "B", "owner": .string(owner.id.description)])
            }
            #expect(try await naming(world.max, world.nik).json["owner_name"] == "Nik")
            #expect(try await naming(world.max, world.wes).status == 403)
            #expect(try await naming(world.sam, world.sia).status == 403)
            #expect(try await naming(world.ada, world.roy).faults == ["owner"])
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(
        _ transform: (Element) async throws -> Value
    ) async throws -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}

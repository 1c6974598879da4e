import DatabaseSupport
import HTTPTypes
import Storage
import TestSupport
import Testing

/// Custom fields and assignment rules: lists that are read and replaced as a whole.
@Suite struct WholeListRoutesTests {
    private static let fieldsPath = "/api/v1/custom-fields"
    private static let rulesPath = "/api/v1/assignment-rules"

    private static func put(
        _ path: String, _ body: JSON, by person: Person, seen: String
    ) async throws -> Int {
        try await person.browser.send(.put, path, body, headers: [.ifMatch: seen]).status
    }

    @Test(arguments: EngineKind.allCases)
    func `custom fields are read as they were put, in their company`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let put = try await world.ada.put(
                Self.fieldsPath,
                [
                    "fields": [
                        [
                            "key": "erp", "label": "ERP", "type": "choice",
                            "choices": ["SAP", "Tally", "SAP"],
                        ],
                        ["key": "sites", "label": "Sites", "type": "number", "choices": ["no"]],
                    ]
                ])
            #expect(put.status == 200)
            let kept: JSON = [
                "fields": [
                    ["key": "erp", "label": "ERP", "type": "choice", "choices": ["SAP", "Tally"]],
                    ["key": "sites", "label": "Sites", "type": "number"],
                ]
            ]
            #expect(put.json == kept)
            let read = try await world.sam.get(Self.fieldsPath)
            #expect(read.json == kept)
            #expect(read.headers[.eTag] == put.headers[.eTag])
            #expect(try await world.eve.get(Self.fieldsPath).json == ["fields": []])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `every wrong member of a list is named`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let wrong = try await world.ada.put(
                Self.fieldsPath,
                [
                    "fields": [
                        ["key": "2nd", "label": " ", "type": "text"],
                        ["key": "kind", "label": "Kind", "type": "choice"],
                    ]
                ])
            #expect(wrong.faults == ["fields[0].key", "fields[0].label", "fields[1].choices"])
            let double = try await world.ada.put(
                Self.fieldsPath,
                [
                    "fields": [
                        ["key": "a", "label": "A", "type": "text"],
                        ["key": "a", "label": "B", "type": "text"],
                    ]
                ])
            #expect(double.faults == ["fields"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `nobody replaces what they have not seen`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let ada = world.ada
            let bodies: [(String, JSON)] = [
                (
                    Self.fieldsPath, ["fields": [["key": "a", "label": "A", "type": "text"]]]
                ),
                (
                    Self.rulesPath,
                    ["rules": [], "fallback": ["user": .string(ada.id.description)]]
                ),
            ]
            for (path, body) in bodies {
                let seen = try #require(try await ada.get(path).headers[.eTag])
                #expect(try await Self.put(path, body, by: ada, seen: seen) == 200)
                #expect(try await Self.put(path, body, by: ada, seen: seen) == 412)
                let now = try #require(try await ada.get(path).headers[.eTag])
                #expect(try await Self.put(path, body, by: ada, seen: now) == 200)
                #expect(try await ada.put(path, body).status == 200)
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the lists are for admins to change`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            for person in [world.eva, world.max, world.sam] {
                let fields = try await person.put(Self.fieldsPath, ["fields": []])
                #expect(fields.status == 403)
                let rules = try await person.put(Self.rulesPath, ["rules": []])
                #expect(rules.status == 403)
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `assignment rules are kept in order and read as they were put`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let east = try #require(world.teams["East"]).description
            let rules: JSON = [
                "rules": [
                    [
                        "name": "Large", "when": ["value_min": 5_000_000, "source": "partner"],
                        "to": ["user": .string(world.wes.id.description)], "active": true,
                    ],
                    [
                        "name": "East", "when": ["territory": "East", "product": "Field app"],
                        "to": ["team": .string(east)], "active": false,
                    ],
                ], "fallback": ["team": .string(east)],
            ]
            let put = try await world.ada.put(Self.rulesPath, rules)
            #expect(put.json == rules)
            #expect(try await world.ada.get(Self.rulesPath).json == rules)
            let id = try await world.ada.lead(
                ["company": "Large Ltd", "source": "partner", "value_minor": 6_000_000])
            let lead = try await world.ada.get("/api/v1/leads/\(id)")
            #expect(lead.json["owner"] == .string(world.wes.id.description))
            let none: JSON = ["rules": [], "fallback": .null]
            #expect(try await world.ada.put(Self.rulesPath, none).json == none)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a rule gives leads to one of the company's people or teams`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let own = JSON.string(world.sam.id.description)
            let foreign = JSON.string(world.roy.id.description)
            let rules: [(to: JSON, when: JSON, faults: [String])] = [
                (["user": foreign], [:], ["rules[0].to"]),
                ([:], [:], ["rules[0].to"]),
                (["user": own, "team": own], [:], ["rules[0].to"]),
                (
                    ["user": own], ["value_min": 2, "value_max": 1],
                    ["rules[0].when.value_max"]
                ),
                (["user": own], [:], []),
            ]
            for (to, when, faults) in rules {
                let rule: JSON = ["name": "R", "when": when, "to": to]
                let answer = try await world.ada.put(Self.rulesPath, ["rules": [rule]])
                #expect(answer.faults == faults)
                #expect(answer.status == (faults.isEmpty ? 200 : 422))
            }
        }
    }
}

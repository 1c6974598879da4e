import HTTPTypes
import Storage
import Testing

/// Custom fields and assignment rules: lists that are read and replaced as a whole.
@Suite struct WholeListRoutesTests {
    private static let fields: JSON = [
        "fields": [
            ["key": "erp", "label": "ERP", "type": "choice", "choices": ["SAP", "Tally", "SAP"]],
            ["key": "branches", "label": "Branches", "type": "number", "choices": ["no"]],
        ]
    ]

    private static func etag(_ answer: Answer) -> Int? {
        answer.headers[.eTag].flatMap { Int($0.filter(\.isNumber)) }
    }

    @Test func `custom fields are read as they were put`() async throws {
        try await World.with { world in
            let (ada, sam) = (world.ada, world.sam)
            let put = try await ada.put("/api/v1/custom-fields", Self.fields)
            #expect(put.status == 200)
            let kept: JSON = [
                "fields": [
                    ["key": "erp", "label": "ERP", "type": "choice", "choices": ["SAP", "Tally"]],
                    ["key": "branches", "label": "Branches", "type": "number"],
                ]
            ]
            #expect(put.json == kept)
            let read = try await sam.get("/api/v1/custom-fields")
            #expect(read.json == kept)
            #expect(Self.etag(read) == Self.etag(put))
            let eve = world.eve
            #expect(try await eve.get("/api/v1/custom-fields").json == ["fields": []])
        }
    }

    @Test func `every wrong member of a list is named`() async throws {
        try await World.with { world in
            let ada = world.ada
            let wrong = try await ada.put("/api/v1/custom-fields",
                [
                    "fields": [
                        ["key": "2nd", "label": " ", "type": "text"],
                        ["key": "kind", "label": "Kind", "type": "choice"],
                    ]
                ])
            #expect(wrong.status == 422)
            #expect(wrong.faults == ["fields[0].key", "fields[0].label", "fields[1].choices"])
            let double = try await ada.put("/api/v1/custom-fields",
                [
                    "fields": [
                        ["key": "a", "label": "A", "type": "text"],
                        ["key": "a", "label": "B", "type": "text"],
                    ]
                ])
            #expect(double.status == 422)
        }
    }

    @Test(arguments: ["/api/v1/custom-fields", "/api/v1/assignment-rules"])
    func `nobody replaces what they have not seen`(path: String) async throws {
        try await World.with { world in
            let ada = world.ada
            let seen = try #require(Self.etag(try await ada.get(path)))
            let target: JSON = ["user": .string(ada.id.description)]
            let body: JSON =
                path.hasSuffix("fields") ? Self.fields : ["rules": [], "fallback": target]
            #expect(try await ada.put(path, body, version: seen).status == 200)
            #expect(try await ada.put(path, body, version: seen).status == 412)
            let now = try #require(Self.etag(try await ada.get(path)))
            #expect(try await ada.put(path, body, version: now).status == 200)
        }
    }

    @Test(arguments: ["/api/v1/custom-fields", "/api/v1/assignment-rules"])
    func `the lists are for admins to change`(path: String) async throws {
        try await World.with { world in
            let sam = world.max
            let body: JSON = path.hasSuffix("fields") ? ["fields": []] : ["rules": []]
            #expect(try await sam.put(path, body).status == 403)
        }
    }

    @Test func `assignment rules are kept in order and read as they were put`() async throws {
        try await World.with { world in
            let ada = world.ada
            let team = try await ada.post("/api/v1/teams", ["name": "East"])
            let rules: JSON = [
                "rules": [
                    [
                        "name": "Large", "when": ["value_min": 5_000_000, "source": "partner"],
                        "to": ["user": .string(ada.id.description)], "active": true,
                    ],
                    [
                        "name": "East", "when": ["territory": "East", "product": "Field app"],
                        "to": ["team": .string(team.id)], "active": false,
                    ],
                ], "fallback": ["team": .string(team.id)],
            ]
            let put = try await ada.put("/api/v1/assignment-rules", rules)
            #expect(put.json == rules)
            #expect(try await ada.get("/api/v1/assignment-rules").json == rules)
            let none = try await ada.put("/api/v1/assignment-rules", ["rules": [], "fallback": .null])
            #expect(none.json == ["rules": [], "fallback": .null])
        }
    }

    @Test func `a rule gives leads to one of the company's people or teams`() async throws {
        try await World.with { world in
            let (ada, eve) = (world.ada, world.eve)
            func put(_ to: JSON, when: JSON = [:]) async throws -> Answer {
                try await ada.put("/api/v1/assignment-rules",
                    ["rules": [["name": "R", "when": when, "to": to]]])
            }
            let (own, foreign) = (ada.id.description, eve.id.description)
            #expect(try await put(["user": .string(foreign)]).faults == ["rules[0].to"])
            #expect(try await put([:]).faults == ["rules[0].to"])
            let both: JSON = ["user": .string(own), "team": .string(own)]
            #expect(try await put(both).faults == ["rules[0].to"])
            let upsideDown = try await put(
                ["user": .string(own)], when: ["value_min": 2, "value_max": 1])
            #expect(upsideDown.faults == ["rules[0].when.value_max"])
            #expect(try await put(["user": .string(own)]).status == 200)
        }
    }
}

import DatabaseSupport
import HTTPTypes
import Storage
import TestSupport
import Testing
import Web

/// The conventions of the API, on leads: what every other route does the same way.
@Suite struct ConventionsTests {
    private static let leads = "/api/v1/leads"

    private static func send(_ body: String, as type: String?, by person: Person) async throws
        -> Answer
    {
        var headers: HTTPFields = [:]
        headers[.contentType] = type
        return try await person.browser.send(
            .post, leads, bytes: Array(body.utf8), headers: headers)
    }

    @Test(arguments: EngineKind.allCases)
    func `a body that cannot be read is 400, one of another kind 415`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            for body in ["{", "", "{\"company\":\"\\ud800\"}", "{\"value_minor\":1e999}"] {
                let answer = try await Self.send(body, as: "application/json", by: world.sam)
                #expect(answer.status == 400, "\(body)")
                #expect(answer.headers[.contentType] == "application/problem+json")
            }
            for type in ["text/plain", "application/xml", nil] {
                #expect(try await Self.send("{}", as: type, by: world.sam).status == 415)
            }
            let other = try await Self.send(
                "{\"company\":\"A\"}", as: "Application/JSON; charset=utf-8", by: world.sam)
            #expect(other.status == 201)
            let huge = "{\"notes\":\"" + String(repeating: "x", count: 1 << 20) + "\"}"
            #expect(try await Self.send(huge, as: "application/json", by: world.sam).status == 413)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `every wrong field is named, and nothing is written`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let answer = try await world.sam.post(
                Self.leads,
                [
                    "company": .string(String(repeating: "x", count: 201)), "contact_name": 7,
                    "email": "a\0@b.example", "value_minor": -1, "colour": "red",
                    "tags": ["ok", 3], "owner": "nobody",
                ])
            #expect(answer.status == 422)
            #expect(
                Set(answer.faults) == [
                    "company", "contact_name", "email", "value_minor", "colour", "tags[1]", "owner",
                ])
            let numbers: [JSON] = [.number(1.5), .number(1e40), "12", .integer(Int64.max), true]
            for number in numbers {
                let answer = try await world.sam.post(
                    Self.leads, ["company": "A", "value_minor": number])
                #expect(answer.faults == ["value_minor"])
            }
            let more = try await world.sam.post(
                Self.leads, ["company": "A", "email": "nobody at all", "currency": "12"])
            #expect(Set(more.faults) == ["email", "currency"])
            #expect(
                try await world.sam.post(Self.leads, ["company": " ", "notes": "n"]).status == 422)
            #expect(try await world.ada.get(Self.leads).data.isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a change names the version it was made to`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            let path = "\(Self.leads)/\(id)"
            #expect(try await world.sam.get(path).headers[.eTag] == "\"1\"")
            let blind = try await world.sam.browser.send(.patch, path, ["product": "Suite"])
            #expect(blind.status == 428)
            let changed = try await world.sam.patch(path, ["product": "Suite"], version: 1)
            #expect(changed.status == 200)
            #expect(changed.headers[.eTag] == "\"2\"")
            #expect(try await world.sam.patch(path, ["product": "X"], version: 1).status == 412)
            for tag in ["\"nonsense\"", "*", "\"99999999999999999999\"", ""] {
                let answer = try await world.sam.browser.send(
                    .patch, path, ["product": "X"], headers: [.ifMatch: tag])
                #expect(answer.status == 412, "\(tag)")
            }
            let weak = try await world.sam.browser.send(
                .patch, path, ["product": "Y"], headers: [.ifMatch: "W/\"2\""])
            #expect(weak.status == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the same key gives the first answer again, and only to the same request`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            let key: HTTPFields = [.idempotencyKey: "order-1"]
            let body: JSON = ["contact_name": "Nameless"]
            let first = try await world.sam.post(Self.leads, body, headers: key)
            let again = try await world.sam.post(Self.leads, body, headers: key)
            #expect((first.status, again.status) == (201, 201))
            #expect(again.json == first.json)
            #expect(again.headers[.eTag] == first.headers[.eTag])
            #expect(again.headers[.location] == first.headers[.location])
            #expect(try await world.sam.get(Self.leads).data.count == 1)
            let other = try await world.sam.post(
                Self.leads, ["contact_name": "Other"], headers: key)
            #expect(other.status == 422)
            #expect(other.faults == ["Idempotency-Key"])
            // Another caller's key is another key.
            let sia = try await world.sia.post(Self.leads, ["contact_name": "Other"], headers: key)
            #expect(sia.status == 201)
            let long: HTTPFields = [.idempotencyKey: String(repeating: "k", count: 201)]
            #expect(try await world.sam.post(Self.leads, body, headers: long).status == 422)
            world.clock.advance(seconds: 86_400 + 1)
            #expect(try await world.sam.post(Self.leads, body, headers: key).status == 201)
            #expect(try await world.ada.get(Self.leads).data.count == 3)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what failed may be tried again under the same key`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            let key: HTTPFields = [.idempotencyKey: "k"]
            let path = "\(Self.leads)/\(id)/transition"
            #expect(try await world.sam.post(path, ["to": "lost"], headers: key).status == 422)
            let lost: JSON = ["to": "lost", "lost_reason": "budget"]
            #expect(try await world.sam.post(path, lost, headers: key).status == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `requests at the same time under one key have one effect`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await world.sam.post(
                            Self.leads, ["contact_name": "Once"],
                            headers: [.idempotencyKey: "same"]
                        ).status
                    }
                }
                return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
            }
            #expect(statuses == [201])
            #expect(try await world.sam.get(Self.leads).data.count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `every answer says what is left of the allowance, the last one when to come back`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine, requestsAMinute: 4) { world in
            let first = try await world.sam.get(Self.leads)
            #expect(first.headers[.rateLimit] == "4")
            #expect(first.headers[.rateRemaining] == "3")
            let missing = try await world.sam.get("\(Self.leads)/nothing")
            #expect(missing.status == 404)
            #expect(missing.headers[.rateRemaining] == "2")
            _ = try await world.sam.get(Self.leads)
            _ = try await world.sam.get(Self.leads)
            let spent = try await world.sam.get(Self.leads)
            #expect(spent.status == 429)
            #expect(spent.headers[.rateRemaining] == "0")
            let seconds = try #require(spent.headers[.retryAfter].flatMap { Int($0) })
            #expect((1...60).contains(seconds))
            #expect(try await world.sam.page("/today").status == 429)
            #expect(try await world.sia.get(Self.leads).status == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `another method is 405 with those that would do; no address is 404`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let wrong = try await world.sam.delete(Self.leads)
            #expect(wrong.status == 405)
            #expect(wrong.headers[.allow] == "GET, POST")
            #expect(wrong.headers[.contentType] == "application/problem+json")
            let path = "\(Self.leads)/018f3c5e-0000-7000-8000-000000000000"
            #expect(try await world.sam.put(path).headers[.allow] == "GET, PATCH")
            #expect(try await world.sam.get("/api/v1/nothing").status == 404)
            #expect(try await world.sam.page("/nothing").text.contains("<html"))
        }
    }

    @Test func `a full disk is 507, keeps nothing by halves, and is over when there is room`()
        async throws
    {
        try await World.with(.sqlite) { world in
            let notes = String(repeating: "long ", count: 1900)
            try await world.database.write {
                _ = try await $0.rows("PRAGMA max_page_count = 1") { _ in }
            }
            var statuses: [Int] = []
            for number in 0..<20 where statuses.last != 507 {
                let answer = try await world.sam.post(
                    Self.leads, ["company": .string("Firm \(number)"), "notes": .string(notes)])
                statuses.append(answer.status)
            }
            #expect(statuses.last == 507)
            let kept = statuses.count { $0 == 201 }
            #expect(try await world.sam.get(Self.leads).data.count == kept)
            try await world.database.write {
                _ = try await $0.rows("PRAGMA max_page_count = 9999999") { _ in }
            }
            _ = try await world.sam.lead(["company": "Room again"])
            try await Books.check(world)
        }
    }
}

extension HTTPField.Name {
    static let idempotencyKey = Self("Idempotency-Key")!
    static let rateLimit = Self("RateLimit-Limit")!
    static let rateRemaining = Self("RateLimit-Remaining")!
}

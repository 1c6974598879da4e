import DatabaseSupport
import Storage
import TestSupport
import Testing
import Web

@Suite struct ListTests {
    /// Leads of several stages, sources, owners and values, with many ties.
    static func fill(_ world: World, count: Int = 23) async throws {
        var dice = Dice(seed: 7)
        for number in 0..<count {
            let person = dice.pick([world.sam, world.sia, world.nik])
            var fields: [String: JSON] = [
                "company": .string(dice.pick(["Orchard", "Cedar", "Üben", "zeta"])),
                "external_id": .string("X-\(number)"),
                "source": .string(dice.pick(["referral", "web_form", "partner"])),
                "territory": .string(dice.pick(["East", "West"])),
                "tags": dice.chance(30) ? ["v\"i%p"] : [],
            ]
            if dice.chance(60) {
                fields["value_minor"] = .integer(dice.pick([100, 2000, 2000, 30_000]))
                fields["currency"] = .string(dice.pick(["USD", "EUR"]))
            }
            let id = try await person.lead(.object(fields))
            let to = dice.pick(["open", "connected", "won", "lost"])
            if to != "open" {
                _ = try await person.post(
                    "/api/v1/leads/\(id)/transition",
                    ["to": .string(to), "lost_reason": to == "lost" ? "budget" : nil])
            }
            if dice.chance(50) { world.clock.advance(seconds: 3600) }
        }
    }

    static func list(_ person: Person, _ query: String) async throws -> [JSON] {
        var (all, cursor): ([JSON], String?) = ([], nil)
        repeat {
            let more = cursor.map { "&cursor=\($0)" } ?? ""
            let page = try await person.get("/api/v1/leads?limit=4&\(query)\(more)")
            guard page.status == 200, page.data.count <= 4 else { throw Unreadable(answer: page) }
            all += page.data
            cursor = page.json["next"]?.string
        } while cursor != nil && all.count < 500
        return all
    }

    struct Unreadable: Error { let answer: Answer }

    @Test(
        arguments: EngineKind.allCases,
        [
            "sort=id", "sort=-created_at", "sort=company,-value_minor", "sort=-value_minor",
            "sort=next_follow_up_at", "sort=stage,-company,id", "sort=-closed_at", "sort=source",
            "sort=-stage_entered_at,company", "sort=contact_name", "sort=updated_at", "limit=4",
        ])
    func `pages follow each other without a gap or a repetition`(
        on engine: EngineKind, query: String
    ) async throws {
        try await World.with(engine) { world in
            try await Self.fill(world)
            let paged = try await Self.list(world.ada, query).compactMap { $0["id"]?.string }
            let whole = try await world.ada.get("/api/v1/leads?\(query)&limit=200").data
                .compactMap { $0["id"]?.string }
            #expect(paged.count == 23)
            #expect(Set(paged).count == 23)
            if query != "limit=4" { #expect(paged == whole) }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a sort sorts`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            try await Self.fill(world)
            let values = try await Self.list(world.ada, "sort=-value_minor").map {
                $0["value_minor"]?.integer ?? -1
            }
            #expect(values == values.sorted(by: >))
            let names = try await Self.list(world.ada, "sort=company").compactMap {
                $0["company"]?.string
            }
            #expect(
                names == names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
        }
    }

    @Test(
        arguments: EngineKind.allCases,
        [
            ("filter[stage]=won", "stage", ["won"]),
            ("filter[stage]=won,lost", "stage", ["won", "lost"]),
            ("filter[stage_class]=open", "stage_class", ["open"]),
            ("filter[stage_class][ne]=open", "stage_class", ["won", "lost"]),
            ("filter[source][ne]=referral,partner", "source", ["web_form"]),
            ("filter[source][eq]=partner", "source", ["partner"]),
            ("filter[owner]=me", "owner_name", []),
            ("filter[territory]=West", "territory", ["West"]),
            ("filter[company]=%C3%9Cben", "company", ["Üben"]),
            ("filter[q]=ORCH", "company", ["Orchard"]),
            ("filter[external_id]=X-3", "external_id", ["X-3"]),
            (
                "filter[value_minor][gte]=2000&filter[value_minor][lt]=30000", "value_minor",
                ["2000"]
            ),
            ("filter[tag]=v%22i%25p", "tags", [#"["v\"i%p"]"#]),
        ])
    func `a filter lets through what it names, and the count agrees`(
        on engine: EngineKind, _ given: (String, String, [String])
    ) async throws {
        let (query, field, values) = given
        try await World.with(engine) { world in
            try await Self.fill(world)
            let query = query.replacing("[", with: "%5B").replacing("]", with: "%5D")
            let found = try await Self.list(world.ada, query)
            let seen = found.map { $0[field]?.string ?? $0[field]?.text ?? "" }
            #expect(Set(seen) == Set(values))
            let all = try await Self.list(world.ada, "")
            let rest = all.count { lead in
                !values.contains(lead[field]?.string ?? lead[field]?.text ?? "")
            }
            #expect(found.count + rest == all.count)
            let count = try await world.ada.get("/api/v1/leads/count?\(query)").json
            #expect(count["count"]?.integer == Int64(found.count))
            for currency in ["USD", "EUR"] {
                let sum = found.filter { $0["currency"]?.string == currency }
                    .reduce(Int64(0)) { $0 + ($1["value_minor"]?.integer ?? 0) }
                #expect((count["value_minor"]?[currency]?.integer ?? 0) == sum)
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `owners are named by id, me and none`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            try await Self.fill(world)
            _ = try await world.ada.lead(["company": "Nobody's"])
            func count(_ value: String) async throws -> Int {
                let query = "filter%5Bowner%5D\(value)"
                return try await Self.list(world.max, query).count
                    + Self.list(world.ada, query).count
            }
            #expect(try await count("=none") == 1)
            let (sam, others) = (
                try await count("=\(world.sam.id)"), try await count("%5Bne%5D=\(world.sam.id)")
            )
            #expect(sam > 0)
            #expect(sam + others == 23 + 24)
            #expect(try await Self.list(world.sam, "filter%5Bowner%5D=me").count == sam / 2)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `stalled is what stood still for longer than its stage allows`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Slow"])
            let query = "filter%5Bstalled%5D="
            #expect(try await Self.list(world.sam, query + "true").isEmpty)
            world.clock.advance(seconds: 3 * 86_400 + 1)
            _ = try await world.sam.lead(["company": "Fresh"])
            let stalled = try await Self.list(world.sam, query + "true")
            #expect(stalled.compactMap { $0["id"]?.string } == [id])
            #expect(try await Self.list(world.sam, query + "false").count == 1)
        }
    }

    @Test(
        arguments: EngineKind.allCases,
        [
            ("limit=0", "limit"), ("limit=201", "limit"), ("limit=ten", "limit"),
            ("sort=colour", "sort"),
            ("sort=notes", "sort"), ("cursor=nonsense", "cursor"), ("cursor=", "cursor"),
            ("colour=red", "colour"), ("filter[colour]=red", "filter[colour]"),
            ("filter[stage", "filter[stage"), ("filter[created_at]=soon", "filter[created_at]"),
            ("filter[value_minor][gte]=1,2", "filter[value_minor]"),
            ("filter[value_minor]=99999999999999999999", "filter[value_minor]"),
            ("filter[value_minor][like]=1", "filter[value_minor][like]"),
            ("filter[stage_class]=bogus", "filter[stage_class]"),
            ("filter[stage_class][gte]=open", "filter[stage_class]"),
            ("filter[stalled]=maybe", "filter[stalled]"), ("filter[owner]=sam", "filter[owner]"),
            ("filter[id]=7", "filter[id]"), ("filter[source]=", "filter[source]"),
            ("filter[company]=a%00b", "filter[company]"), ("filter[q]=a%00b", "filter[q]"),
        ])
    func `what a list does not understand it says`(on engine: EngineKind, _ given: (String, String))
        async throws
    {
        let (query, field) = given
        try await World.with(engine) { world in
            let query = query.replacing("[", with: "%5B").replacing("]", with: "%5D")
            let answer = try await world.sam.get("/api/v1/leads?\(query)")
            #expect(answer.status == 422)
            #expect(answer.faults == [field])
            if !query.hasPrefix("cursor") {
                #expect(
                    try await world.sam.page("/leads?\(query)").status == 422
                        || query.hasPrefix("limit"))
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a cursor belongs to its list`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            try await Self.fill(world, count: 6)
            let page = try await world.ada.get("/api/v1/leads?sort=company&limit=2")
            let cursor = try #require(page.json["next"]?.string)
            let bent = try await world.ada.get(
                "/api/v1/leads?sort=-company&limit=2&cursor=\(cursor)")
            #expect(bent.status == 422)
            // The rows are still the caller's own, whoever made the cursor.
            let foreign = try await world.eve.get(
                "/api/v1/leads?sort=company&limit=2&cursor=\(cursor)")
            #expect(foreign.data.isEmpty)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `search finds every word anywhere, and takes no pattern`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            _ = try await world.sam.lead(["company": "Orchard 100%", "contact_name": "Fatima"])
            _ = try await world.sam.lead(["company": "Orchard", "contact_name": "Ben_Li"])
            func found(_ text: String) async throws -> [String] {
                let answer = try await world.sam.get("/api/v1/search?q=\(Query.encoded(text))")
                return answer.data.compactMap { $0["title"]?.string }
            }
            #expect(try await found("orch fat") == ["Orchard 100%"])
            #expect(try await found("100%") == ["Orchard 100%"])
            #expect(try await found("n_l") == ["Orchard"])
            #expect(try await found("o_c").isEmpty)
            #expect(try await found(" ").isEmpty)
            let combined = "a" + String(repeating: "\u{301}", count: 30_000)
            for text in [combined, String(repeating: "x", count: 201), "a\0"] {
                let path = "/api/v1/search?q=\(Query.encoded(text))"
                #expect(try await world.sam.get(path).status == 422)
            }
        }
    }
}

import Background
import DatabaseSupport
import Logging
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct DuplicateRoutesTests {
    private static let leads = "/api/v1/leads"

    /// Two spellings of one company, and another company.
    private static func orchards(_ world: World) async throws -> (one: String, other: String) {
        let one = try await world.sam.lead([
            "company": "Orchard Trading Ltd", "contact_name": "Fatima Khan",
            "email": "fatima@orchard.example",
        ])
        let other = try await world.sam.lead([
            "company": "Orchard Trading", "contact_name": "Khan, Fatima",
            "email": "f.khan@orchard.example",
        ])
        _ = try await world.sam.lead(["company": "Vineyard Trading", "contact_name": "Raj Patel"])
        try await world.findDuplicates()
        return (one, other)
    }

    @Test(arguments: EngineKind.allCases)
    func `leads that are alike are told of with what speaks for it`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let (one, other) = try await Self.orchards(world)
            let list = try await world.ada.get(World.duplicates)
            #expect(list.status == 200)
            #expect(list.data.count == 1)
            let pair = try #require(list.data.first)
            let ids = Set(pair["leads"]?.array?.compactMap { $0["id"]?.string } ?? [])
            #expect(ids == [one, other])
            #expect(pair["band"] == "likely")
            #expect(pair["state"] == "open")
            let fields = pair["evidence"]?.array?.compactMap { $0["field"]?.string }
            #expect(fields == ["company", "contact_name", "email"])
            #expect(try await world.pairs(world.ada, "filter%5Bband%5D=possible").isEmpty)
            #expect(try await world.pairs(world.ada, "filter%5Bband%5D=likely").count == 1)
            #expect(try await world.pairs(world.ada, "filter%5Blead%5D=\(one)").count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `only who reaches both leads and may merge is told`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            _ = try await Self.orchards(world)
            let outsider = try await world.wes.lead([
                "company": "Orchard Trading", "contact_name": "Fatima Khan",
            ])
            try await world.findDuplicates()
            #expect(try await world.pairs(world.ada).count == 3)
            let managed = try await world.pairs(world.max)
            #expect(managed.count == 1)
            #expect(!managed.joined().contains(outsider))
            #expect(try await world.sam.get(World.duplicates).status == 403)
            #expect(try await world.pairs(world.eve).isEmpty)
            let pair = try await world.ada.get(World.duplicates).data
                .first { $0.text.contains(outsider) }
            let path = "\(World.duplicates)/\(pair?["id"]?.string ?? "")/dismissal"
            #expect(try await world.max.post(path).status == 404)
            #expect(try await world.eve.post(path).status == 404)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what is not the same is never proposed again, unless one asks`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let (one, _) = try await Self.orchards(world)
            let id = try #require(
                try await world.ada.get(World.duplicates).data.first?["id"]?.string)
            let dismissed = try await world.ada.post("\(World.duplicates)/\(id)/dismissal")
            #expect(dismissed.json["state"] == "dismissed")
            let lead = try await world.sam.get("\(Self.leads)/\(one)")
            _ = try await world.sam.patch(
                "\(Self.leads)/\(one)", ["notes": "Called."], version: lead.version)
            try await world.findDuplicates()
            #expect(try await world.pairs(world.ada).isEmpty)
            #expect(try await world.pairs(world.ada, "filter%5Bstate%5D=dismissed").count == 1)
            let again = try await world.ada.delete("\(World.duplicates)/\(id)/dismissal")
            #expect(again.json["state"] == "open")
            #expect(try await world.pairs(world.ada).count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a pair goes when its leads are no longer alike`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let (one, _) = try await Self.orchards(world)
            let lead = try await world.sam.get("\(Self.leads)/\(one)")
            _ = try await world.sam.patch(
                "\(Self.leads)/\(one)",
                ["company": "Mill", "contact_name": "Ann", "email": "ann@mill.example"],
                version: lead.version)
            try await world.findDuplicates()
            #expect(try await world.pairs(world.ada).isEmpty)
            // And nothing of it is kept.
            let before = try await world.count("SELECT COUNT(*) FROM lead_keys")
            try await world.findDuplicates()
            #expect(try await world.count("SELECT COUNT(*) FROM lead_keys") == before)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `before it is made, a lead can be looked for among those one sees`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let (one, _) = try await Self.orchards(world)
            let path = "\(World.duplicates)/check"
            let draft: JSON = ["company": "Orchard Trading Limited", "contact_name": "Fatima Kahn"]
            let found = try await world.sam.post(path, draft)
            #expect(found.status == 200)
            #expect(found.data.count == 2)
            #expect(found.data.contains { $0["lead"]?["id"]?.string == one })
            #expect(found.data.allSatisfy { $0["band"] == "likely" })
            #expect(try await world.wes.post(path, draft).data.isEmpty)
            #expect(try await world.eva.post(path, draft).status == 403)
            #expect(try await world.sam.post(path, ["company": "Nobody at all"]).data.isEmpty)
            #expect(try await world.sam.get(Self.leads).data.count == 3)
        }
    }

    @Test func `the reader of the feed finds them, and forgets leads that are gone`() async throws {
        try await World.with(.sqlite) { world in
            @Sendable func follow() async throws {
                try await world.database.write { tx in
                    let start = FeedPlace(number: 0)
                    let events = try await Feed.events(after: start, limit: 1000, in: tx)
                    try await DuplicateFinder().take(events, in: tx)
                }
                try await world.run(CompareLeads.self)
            }
            let one = try await world.sam.lead(["company": "Orchard", "contact_name": "Ann Lee"])
            let other = try await world.sam.lead([
                "company": "Orchard Ltd", "contact_name": "Lee, Ann",
            ])
            try await follow()
            #expect(try await world.pairs(world.ada) == [[one, other]])
            _ = try await world.ada.post(
                "\(Self.leads)/\(one)/merge", ["into": .string(other)])
            // Again from the beginning, as after a replay.
            try await follow()
            #expect(try await world.pairs(world.ada).isEmpty)
            let keys: SQL = "SELECT COUNT(DISTINCT lead_id) FROM lead_keys"
            #expect(try await world.count(keys) == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a scan finds what was there before, goes on where it stopped, and finds it once`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let drafts = try (0..<1100).map { number in
                var draft = LeadDraft(source: "manual", currency: "USD")
                // Every hundredth has a twin at the other end.
                let name = number % 100 == 0 ? number % 500 : number
                draft.company = "Firm Q\(name)x Z\(name * 7919 % 9973)w"
                draft.externalID = "S-\(number)"
                return try draft.checked()
            }
            _ = try await world.asking(world.ada) { scope in
                for draft in drafts { _ = try await Leads(scope).create(draft) }
            }
            let asked = try await world.ada.post("\(World.duplicates)/scan")
            #expect(asked.status == 202)
            #expect(try await world.sam.post("\(World.duplicates)/scan").status == 403)
            // One step by whoever is killed then, the rest by the job.
            let walk = DuplicateWalk(world.database, as: .system(world.vantage)) {
                try await world.database.write(as: .system(world.vantage), $0)
            }
            #expect(try await walk.step())
            try await world.run(ScanDuplicates.self)
            let told = try await world.ada.get("\(World.duplicates)/scan").json
            #expect(told["leads"]?.integer == 1100)
            #expect(told["ended_at"]?.string != nil)
            let pairs = try await world.pairs(world.ada, "limit=200")
            #expect(Set(pairs).count == pairs.count)
            #expect(pairs.count >= 7)
            let found = try await world.count("SELECT COUNT(*) FROM duplicate_pairs")
            #expect(try await world.ada.post("\(World.duplicates)/scan").status == 202)
            try await world.run(ScanDuplicates.self)
            #expect(try await world.count("SELECT COUNT(*) FROM duplicate_pairs") == found)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a name that very many have costs nothing and proposes nothing more`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            _ = try await world.asking(world.ada) { scope in
                for number in 0..<450 {
                    var draft = LeadDraft(source: "manual", currency: "USD")
                    draft.company = "Very Big Company"
                    draft.externalID = "B-\(number)"
                    _ = try await Leads(scope).create(draft)
                }
            }
            try await world.findDuplicates()
            // The first of them are under its keys, and no more.
            let most: SQL = """
                SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM lead_keys GROUP BY key) AS blocks
                """
            #expect(try await world.count(most) <= DuplicateSearch.blockMax + 1)
            #expect(try await world.pairs(world.ada, "limit=200").isEmpty)
            // The same of a scan, which writes keys of many at once.
            try await world.database.write { _ = try await $0.execute("DELETE FROM lead_keys") }
            #expect(try await world.ada.post("\(World.duplicates)/scan").status == 202)
            try await world.run(ScanDuplicates.self)
            #expect(try await world.count(most) == DuplicateSearch.blockMax + 1)
            #expect(try await world.pairs(world.ada, "limit=200").isEmpty)
            let told = try await world.ada.get("\(World.duplicates)/scan").json
            #expect(told["crowded_keys"]?.integer ?? 0 >= 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what changes between reading and writing is left to the next look`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let one = try await world.sam.lead(["company": "Orchard", "contact_name": "Ann Lee"])
            let other = try await world.sam.lead([
                "company": "Orchard Ltd", "contact_name": "Lee, Ann",
            ])
            let ids = [one, other].compactMap { ID<Lead>($0) }
            let system = Caller.system(world.vantage)
            let read = try await world.database.read(as: system) { scope in
                try await DuplicateSearch(scope).differences(of: ids)
            }
            let patched = try await world.ada.patch(
                "\(Self.leads)/\(other)", ["company": "Zebra Mills", "contact_name": "Bo Day"],
                version: 1)
            #expect(patched.status == 200)
            try await world.database.write(as: system) { scope in
                try await DuplicateSearch(scope).apply(read)
            }
            let keyed: SQL = "SELECT COUNT(DISTINCT lead_id) FROM lead_keys"
            #expect(try await world.count(keyed) == 1)
            #expect(try await world.pairs(world.ada).isEmpty)
            try await world.findDuplicates()
            #expect(try await world.count(keyed) == 2)
            #expect(try await world.pairs(world.ada).isEmpty)
            // Who works on a lead changes nothing of what it is.
            let twin = try await world.sam.lead(["company": "Orchard", "contact_name": "Lee Ann"])
            try await world.findDuplicates()
            #expect(try await world.pairs(world.ada) == [[one, twin]])
            let again = try await world.database.read(as: system) { scope in
                try await DuplicateSearch(scope).differences(of: [twin].compactMap { ID($0) })
            }
            for id in [one, twin] {
                let worked = try await world.ada.patch(
                    "\(Self.leads)/\(id)", ["product": "Suite"], version: 1)
                #expect(worked.status == 200)
            }
            try await world.database.write(as: system) { scope in
                try await DuplicateSearch(scope).apply(again)
            }
            #expect(try await world.pairs(world.ada) == [[one, twin]])
        }
    }
}

extension World {
    /// Runs the jobs of a kind that wait.
    func run<Some: Job>(_ type: Some.Type) async throws {
        let kind = Some.kind.name
        let ids: [ID<StoredJob>] = try await database.read { tx in
            try await tx.column(
                "SELECT id FROM jobs WHERE kind = \(kind) AND state IN ('waiting', 'scheduled')")
        }
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let runner = JobRunner(database, duplicateHandlers(database), log: log)
        for id in ids { _ = try await runner.run(id, of: vantage) }
    }
}

import App
import DatabaseSupport
import HTTPTypes
import Logging
import NIOCore
import Storage
import Tenancy
import TestSupport
import Testing
import Web

@testable import CRM

/// What people are told without asking for it by name: on live pages, and beside what they ask.
@Suite(.timeLimit(.minutes(10))) struct RightsOutlookTests {
    @Test(arguments: EngineKind.allCases)
    func `live pages are told of a lead just when the matrix says it may be read`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let stage = try await RightsStage.set(world)
            let seen = try await Self.settled(world, FeedPlace(number: 0))
            for leads in stage.leads.values {
                for (standing, lead) in leads {
                    let maker = standing == .otherTenant ? world.eve : world.ada
                    let id = try #require(ID<Lead>(lead))
                    try await world.asking(maker) {
                        try await $0.record(Event("lead.changed", id.uuid))
                    }
                }
            }
            _ = try await Self.settled(world, seen)
            for (name, role) in RightsStage.people {
                let person = try stage.person(name)
                let told = try await Self.told(person, since: seen, in: world)
                let ids = Set(told.compactMap { $0["id"]?.string })
                let own = Set(try #require(stage.leads[name]).values)
                #expect(
                    ids.intersection(own) == Set(try stage.read(by: name, role).values), "\(name)")
                let list = try await person.get("/api/v1/leads?limit=200").data
                #expect(ids == Set(list.compactMap { $0["id"]?.string }), "\(name)")
                #expect(told.allSatisfy { $0["html"]?.string != nil }, "\(name)")
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what a partner's people and a platform operator do not see stands in no answer`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let seen = try await Self.settled(world, FeedPlace(number: 0))
            let ids = try await Self.furnish(world)
            let lead = ids["leads"] ?? ""
            let chief = try await world.seat("op", .platformOperator)
            let more = [
                "/leads/\(lead)?part=timeline", "/pipeline?part=column&stage=first_contact",
                "/api/v1/search?q=\(Self.secret)", "/api/v1/search?q=Partnered",
                "/api/v1/leads?filter%5Bq%5D=\(Self.secret)",
                "/api/v1/leads/count?filter%5Bq%5D=\(Self.secret)",
                "/api/v1/access/explain?subject=lead:\(lead)",
            ]
            let routes = world.server.routes.filter { $0.method == .get && $0.path != "/live" }
            let paths = routes.map { Doors.path($0, ids) } + more
            for (person, words) in [
                (world.pat, [Self.secret]), (chief, [Self.secret, "partnered", "olga"]),
            ] {
                for path in paths {
                    let found = try await Self.words(words, person, path)
                    #expect(found.isEmpty, "\(person.name): \(found) on \(path)")
                }
                for told in try await Self.told(person, since: seen, in: world) {
                    #expect(!told.text.lowercased().contains(Self.secret), "\(person.name)")
                }
            }
            // It is there to be seen: by who may, and in what a partner may see.
            let own = try await world.pat.page("/leads/\(lead)").text
            #expect(own.contains("Partnered Works") && own.contains("Olga"))
            let all = try await world.ada.page("/leads/\(lead)").text
            #expect(all.matches(of: /(?i)hush/).count > 10)
            // Nor may it be guessed.
            for field in ["email", "phone", "external_id", "tag"] {
                let asked = "/api/v1/leads?filter%5B\(field)%5D=\(Self.secret)"
                #expect(try await world.pat.get(asked).status == 403, "\(field)")
            }
            #expect(try await world.pat.get("/api/v1/leads/count").json["count"] == 1)
        }
    }
}

extension RightsOutlookTests {
    /// Stands in all that a partner's people do not see, in small letters.
    private static let secret = "hush"

    /// A lead that has gone some way and is shared with pat's company, and much else.
    private static func furnish(_ world: World) async throws -> [String: String] {
        let ada = world.ada
        let fields: JSON = ["fields": [["key": "size", "label": "Size", "type": "text"]]]
        #expect(try await ada.put("/api/v1/custom-fields", fields).status == 200)
        let olga = try await world.seat("Olga", .salesperson)
        let colleague = try await world.seat("hushed", .salesperson)
        let furniture = Furniture(world: world, admin: ada, name: "Hush")
        var ids = ["users": colleague.id.description]
        for noun in ["teams", "partners", "forms", "imports", "import", "views"] {
            ids[noun] = try await furniture.make(noun, of: ada)
        }
        let lead = try await ada.lead([
            "company": "Partnered Works", "contact_name": "Paula", "email": "hush@hush.example",
            "phone": "+1 212 555 0199", "external_id": "hush-1", "notes": "Hush notes",
            "tags": ["hush"], "custom": ["size": "hush"], "attribution": ["utm_term": "hush"],
            "owner": .string(olga.id.description),
        ])
        ids["leads"] = lead
        let bright = try await ada.get("/api/v1/partners").data.first { $0["name"] == "Bright" }
        let path = "/api/v1/leads/\(lead)"
        for body: JSON in [
            ["partner": bright?["id"] ?? .null, "relation": "partner"],
            ["partner": .string(ids["partners"] ?? ""), "relation": "partner"],
            ["user": .string(colleague.id.description), "relation": "watcher"],
        ] {
            #expect(try await ada.post("\(path)/shares", body).status == 201)
        }
        let call: JSON = [
            "kind": "call", "notes": "Hush, they said", "outcome": "hush",
            "transition": ["to": "first_contact", "note": "Hush move"],
            "next": ["kind": "call", "at": "2026-11-18T10:00:00Z", "notes": "Hush next"],
        ]
        #expect(try await ada.post("\(path)/activities", call).status == 201)
        _ = try await ada.lead([
            "company": "Hush of somebody else", "product": "Hush product",
            "territory": "Hushland", "source": "hush_source", "campaign": "hush",
        ])
        return ids
    }

    /// Which of some words stand in an answer, whole or as a fragment.
    private static func words(
        _ words: [String], _ person: Person, _ path: String
    ) async throws -> [String] {
        let answers = [
            try await person.page(path).text, try await person.page(path, fragment: true).text,
        ]
        // What was asked is told again in the path of a problem.
        let text = answers.joined().lowercased().replacing("q=\(secret)", with: "")
        return words.filter(text.contains)
    }

    /// What somebody who was away since `seen` is told of leads.
    private static func told(
        _ person: Person, since seen: FeedPlace, in world: World
    ) async throws -> [JSON] {
        let feed = try await LiveFeed(
            database: world.database,
            log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let caller = Caller(tenant: person.tenant, actor: .user(person.id), role: person.role)
        var told: [JSON] = []
        var next: FeedPlace? = seen
        while let place = next {
            let piece = try await feed.missed(caller, after: place)
            for message in piece.messages.dropLast() {
                let data = String(buffer: message).split(separator: "\n").last ?? ""
                told.append(try JSON(parsing: String(data.dropFirst("data: ".count))))
            }
            next = piece.next
        }
        return told
    }

    /// Waits until whatever was committed can be read, and returns where that ends.
    private static func settled(_ world: World, _ place: FeedPlace) async throws -> FeedPlace {
        var place = place
        while true {
            let (last, isMore) = try await world.database.read { [place] tx in
                let last = try await Feed.events(after: place, limit: 500, in: tx).last?.place
                return (last, try await Feed.isHeldBack(after: last ?? place, in: tx))
            }
            if last == nil, !isMore { return place }
            place = last ?? place
            if isMore { await Task.yield() }
        }
    }
}

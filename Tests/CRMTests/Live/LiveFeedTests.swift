import DatabaseSupport
import Logging
import NIOCore
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite(.timeLimit(.minutes(15))) struct LiveFeedTests {
    private static func feed(_ world: World) async throws -> LiveFeed {
        try await LiveFeed(
            database: world.database,
            log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private static func caller(_ person: Person) -> Caller {
        Caller(tenant: person.tenant, actor: .user(person.id), role: person.role)
    }

    /// What somebody who was away since `seen` is told of leads.
    private static func missed(
        _ person: Person, since seen: FeedPlace, in world: World
    ) async throws -> [JSON] {
        try await settled(world, seen)
        let feed = try await feed(world)
        var all: [JSON] = []
        var next: FeedPlace? = seen
        while let place = next {
            let piece = try await feed.missed(caller(person), after: place)
            let messages = piece.messages.map { String(buffer: $0) }
            for message in messages.dropLast() {
                let lines = message.split(separator: "\n")
                #expect(lines.count == 3)
                #expect(lines[1] == "event: lead")
                all.append(try JSON(parsing: String(lines[2].dropFirst("data: ".count))))
            }
            #expect(messages.last == piece.next.map { "id: \($0)\n\n" })
            next = piece.next
        }
        return all
    }

    private static func now(_ world: World) async throws -> FeedPlace {
        try await settled(world, FeedPlace(number: 0))
        return try await world.database.read { try await Feed.end(in: $0) }
    }

    /// Waits until whatever was committed can be read: on PostgreSQL that is when every
    /// transaction has ended that began before, also those of other tests.
    private static func settled(_ world: World, _ place: FeedPlace) async throws {
        var place = place
        while true {
            let (last, isMore) = try await world.database.read { [place] tx in
                let last = try await Feed.events(after: place, limit: 500, in: tx).last?.place
                return (last, try await Feed.isHeldBack(after: last ?? place, in: tx))
            }
            place = last ?? place
            if !isMore { return }
            await Task.yield()
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a lead that became part of another goes from the pages of those who saw it`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let (gone, stays) = (
                try await world.sam.lead(["company": "Orchard"]),
                try await world.ada.lead(["company": "Orchards"])
            )
            let seen = try await Self.now(world)
            let answer = try await world.ada.post(
                "/api/v1/leads/\(gone)/merge", ["into": .string(stays)])
            #expect(answer.status == 200)
            for person in [world.sam, world.max, world.ada] {
                let told = try await Self.missed(person, since: seen, in: world)
                let bye = told.filter { $0["id"]?.string == gone }
                #expect(bye.map { $0["name"]?.string } == ["lead.merged"], "\(person.name)")
                #expect(bye.first?["html"] == .null)
            }
            for person in [world.sia, world.eve] {
                #expect(try await Self.missed(person, since: seen, in: world).isEmpty)
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a new lead is told to those who reach it, with its card`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let seen = try await Self.now(world)
            let id = try await world.sam.lead(["company": "Orchard <b>"])
            for person in [world.sam, world.max, world.ada, world.eva] {
                let told = try await Self.missed(person, since: seen, in: world)
                #expect(told.map { $0["id"] } == [.string(id)], "\(person.name)")
                #expect(told.first?["name"] == "lead.created")
                #expect(told.first?["company"] == "Orchard <b>")
                #expect(told.first?["html"]?.string?.contains("Orchard &lt;b&gt;") == true)
                #expect(told.first?["mine"] == .bool(person.name == "sam"))
            }
            for person in [world.sia, world.wes, world.pat, world.eve, world.roy] {
                let told = try await Self.missed(person, since: seen, in: world)
                #expect(told.isEmpty, "\(person.name)")
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who loses a lead learns that it is gone, and nothing of where it is`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            let seen = try await Self.now(world)
            let owner: JSON = ["owner": .string(world.nik.id.description)]
            _ = try await world.max.post("/api/v1/leads/\(id)/assignment", owner)
            let told = try await Self.missed(world.sam, since: seen, in: world)
            #expect(told.map { $0["id"] } == [.string(id)])
            for field in ["owner", "company", "html"] { #expect(told.first?[field] == JSON.null) }
            let nik = try await Self.missed(world.nik, since: seen, in: world)
            #expect(nik.first?["company"] == "Orchard")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who no longer shares a lead learns that it is gone`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let id = try await world.sam.lead(["company": "Orchard"])
            let path = "/api/v1/leads/\(id)/shares"
            let watcher: JSON = [
                "user": .string(world.wes.id.description), "relation": "watcher",
            ]
            let share = try await world.sam.post(path, watcher).json["id"]?.string ?? ""
            let seen = try await Self.now(world)
            _ = try await world.sam.delete("\(path)/\(share)")
            let told = try await Self.missed(world.wes, since: seen, in: world)
            #expect(told.map { $0["name"] } == ["lead.unshared"])
            #expect(told.first?["company"] == JSON.null)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what was missed is told to its end, however much else happened`(
        on engine: EngineKind
    )
        async throws
    {
        try await World.with(engine) { world in
            let seen = try await Self.now(world)
            try await world.asking(world.ada) { scope in
                for _ in 0..<1_100 { try await scope.record(Event("nothing.told", nil)) }
            }
            let id = try await world.sam.lead(["company": "Orchard"])
            let told = try await Self.missed(world.sam, since: seen, in: world)
            #expect(told.map { $0["id"] } == [.string(id)])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who is somebody else now has to ask again`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let feed = try await Self.feed(world)
            let (_, messages) = feed.subscribe(Self.caller(world.sam))
            let listener = Task { for await _ in messages {} }
            let running = Task { try await feed.run() }
            let path = "/api/v1/users/\(world.sam.id)"
            let changed = try await world.ada.patch(path, ["territory": "North"], version: 1)
            #expect(changed.status == 200)
            // However long it takes: a transaction elsewhere may hold the feed back.
            await listener.value
            // Who asks again stays, though the change is among what they missed.
            let (_, again) = feed.subscribe(Self.caller(world.sam))
            _ = try await feed.missed(Self.caller(world.sam), after: FeedPlace(number: 0))
            var stream = again.makeAsyncIterator()
            _ = try await world.sam.lead(["company": "Orchard"])
            while let message = await stream.next(),
                !String(buffer: message).contains("lead.created")
            {}
            feed.stop()
            running.cancel()
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who has a role that is another now has to ask again, and nobody else`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let role = try await world.narrow(world.sam, "Junior", .salesperson)
            let held = try await world.asking(world.ada) {
                try await Roles($0).held(by: world.sam.id)
            }
            let feed = try await Self.feed(world)
            let sam = Caller(tenant: world.vantage, actor: .user(world.sam.id), as: held)
            let (_, messages) = feed.subscribe(sam)
            let (_, others) = feed.subscribe(Self.caller(world.max))
            let listener = Task { for await _ in messages {} }
            let running = Task { try await feed.run() }
            let changed = try await world.ada.patch(
                "/api/v1/roles/\(role)", ["masks": ["contacts"]], version: 1)
            #expect(changed.status == 200)
            await listener.value
            _ = try await world.sam.lead(["company": "Orchard"])
            var stream = others.makeAsyncIterator()
            while let message = await stream.next(),
                !String(buffer: message).contains("lead.created")
            {}
            feed.stop()
            running.cancel()
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `each is told what their own role shows of a lead`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let seen = try await Self.now(world)
            let lead: JSON = ["email": "o@orchard.example", "phone": "+14155550123"]
            let id = try await world.sam.lead(lead)
            let feed = try await Self.feed(world)
            try await Self.settled(world, seen)
            for masks in [Mask.contacts, .internalNotes, []] {
                let caller = Caller(
                    tenant: world.vantage, actor: .user(world.sam.id), role: .salesperson,
                    grants: Grants.of(.salesperson).narrowed(by: [:], masking: masks))
                let told = try await feed.missed(caller, after: seen).messages
                    .map { String(buffer: $0) }.joined()
                #expect(told.contains(id))
                #expect(told.contains("orchard.example") == !masks.contains(.contacts))
            }
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who listens is told as it happens`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let feed = try await Self.feed(world)
            let (_, messages) = feed.subscribe(Self.caller(world.max))
            let heard = Heard()
            let listener = Task {
                for await message in messages.map({ String(buffer: $0) })
                where !message.hasPrefix(":") {
                    await heard.note(message)
                    return
                }
            }
            let running = Task { try await feed.run() }
            // The first is told already: the feed goes on from where it stood when it was made.
            _ = try await world.sam.lead(["company": "Firm"])
            await listener.value
            feed.stop()
            running.cancel()
            #expect(await heard.message?.contains("lead.created") == true)
            #expect(feed.viewerCount == 0)
        }
    }
}

private actor Heard {
    private(set) var message: String?

    func note(_ message: String) { self.message = message }
}

import DatabaseSupport
import Logging
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct LiveFeedTests {
    private static func feed(_ world: World) -> LiveFeed {
        LiveFeed(
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
        let feed = feed(world)
        let (id, messages) = try await feed.subscribe(caller(person), lastSeen: seen)
        feed.unsubscribe(id)
        #expect(feed.viewerCount == 0)
        var all: [JSON] = []
        for await message in messages {
            let lines = message.split(separator: "\n")
            #expect(lines.count == 3)
            #expect(lines[1] == "event: lead")
            all.append(try JSON(parsing: String(lines[2].dropFirst("data: ".count))))
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
        while try await world.database.read({ try await Feed.isHeldBack(after: place, in: $0) }) {
            await Task.yield()
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
            let path = "/api/v1/leads/\(id)/co-owners/\(world.wes.id)"
            _ = try await world.sam.put(path)
            let seen = try await Self.now(world)
            _ = try await world.sam.delete(path)
            let told = try await Self.missed(world.wes, since: seen, in: world)
            #expect(told.map { $0["name"] } == ["lead.unshared"])
            #expect(told.first?["company"] == JSON.null)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who is somebody else now has to ask again`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let feed = Self.feed(world)
            let (_, messages) = try await feed.subscribe(Self.caller(world.sam), lastSeen: nil)
            let heard = Heard()
            let listener = Task {
                for await _ in messages {}
                await heard.note("the end")
            }
            let running = Task { try await feed.run() }
            let path = "/api/v1/users/\(world.sam.id)"
            for number in 1...500 {
                if await heard.message != nil { break }
                let changed = try await world.ada.patch(
                    path, ["territory": .string("T\(number)")], version: number)
                #expect(changed.status == 200)
            }
            #expect(await heard.message == "the end")
            // Who asks again is told what was missed, the change included, and stays.
            let (_, again) = try await feed.subscribe(
                Self.caller(world.sam), lastSeen: FeedPlace(number: 0))
            var stream = again.makeAsyncIterator()
            _ = try await world.sam.lead(["company": "Orchard"])
            while let message = await stream.next(), !message.contains("lead.created") {}
            feed.stop()
            running.cancel()
            await listener.value
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who listens is told as it happens`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let feed = Self.feed(world)
            let (_, messages) = try await feed.subscribe(Self.caller(world.max), lastSeen: nil)
            let heard = Heard()
            let listener = Task {
                for await message in messages {
                    await heard.note(message)
                    return
                }
            }
            let running = Task { try await feed.run() }
            // The feed goes on from where it stood when it started, which may be after the first.
            for number in 0..<500 {
                if await heard.message != nil { break }
                _ = try await world.sam.lead(["company": .string("Firm \(number)")])
            }
            feed.stop()
            running.cancel()
            await listener.value
            #expect(await heard.message?.contains("lead.created") == true)
            #expect(feed.viewerCount == 0)
        }
    }
}

private actor Heard {
    private(set) var message: String?

    func note(_ message: String) { self.message = message }
}

import App
import Background
import DatabaseSupport
import Logging
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct ClockKeeperTests {
    private static let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private static func clock(_ world: World, _ lead: String) async throws -> JSON? {
        try await world.readFeed(ClockKeeper(batchMax: 7))
        let answer = try await world.ada.get("/api/v1/leads/\(lead)/clocks")
        #expect(answer.status == 200, "\(answer.text)")
        return answer.data.first
    }

    private static func kinds(_ clock: JSON?) -> [String] {
        clock?["entries"]?.array?.compactMap { $0["kind"]?.string } ?? []
    }

    private static func respondBy(_ world: World, _ lead: String) async throws -> String? {
        try await world.ada.get("/api/v1/leads/\(lead)").json["respond_by"]?.string
    }

    /// Runs the company's timer as a worker does when its time has come.
    private static func ring(_ world: World) async throws {
        try await world.database.write(as: .system(world.vantage), at: world.clock.now) { scope in
            _ = try await Clocks(scope).breach()
            try await Clocks(scope).plan()
        }
    }

    private static func told(_ world: World, _ name: String) async throws -> Int {
        try await world.database.read { [vantage = world.vantage] tx in
            try await tx.value(
                "SELECT COUNT(*) FROM events WHERE tenant_id = \(vantage) AND name = \(name)") ?? 0
        }
    }

    private static func call(_ world: World, _ lead: String, kind: String = "call") async throws
        -> Answer
    {
        try await world.sam.post(
            "/api/v1/leads/\(lead)/activities", ["kind": .string(kind), "notes": "Spoke"])
    }

    @Test(arguments: EngineKind.allCases)
    func `a lead is to be responded to within the target, and a note is no response`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let lead = try await world.sam.lead(["company": "Orchard"])
            let started = try await Self.clock(world, lead)
            #expect(started?["due_at"] == "2026-11-18T10:30:00Z")
            #expect(try await Self.respondBy(world, lead) == "2026-11-18T10:30:00Z")
            let version = try await world.sam.get("/api/v1/leads/\(lead)").version
            #expect(version == 1)
            let due = "/api/v1/leads?filter%5Brespond_by%5D%5Blt%5D=2026-11-18T10:30:01Z"
            #expect(try await world.sam.get(due).data.count == 1)
            world.clock.advance(seconds: 600)
            _ = try await Self.call(world, lead, kind: "note")
            #expect(Self.kinds(try await Self.clock(world, lead)) == ["started"])
            world.clock.advance(seconds: 600)
            _ = try await Self.call(world, lead)
            let stopped = try await Self.clock(world, lead)
            #expect(Self.kinds(stopped) == ["started", "stopped"])
            #expect(stopped?["worked_seconds"] == 1200)
            #expect(stopped?["breached_at"] == .null)
            #expect(try await Self.respondBy(world, lead) == nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a breach is told once, also when the timer rings again or comes late`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let first = try await world.sam.lead(["company": "First"])
            let second = try await world.sam.lead(["company": "Second"])
            let third = try await world.sam.lead(["company": "Third"])
            try await world.readFeed(ClockKeeper())
            world.clock.advance(seconds: 3600)
            // In time, though the reader has not come to it when the timer rings.
            _ = try await Self.call(world, third)
            world.clock.advance(seconds: 1)
            try await Self.ring(world)
            #expect(try await Self.told(world, "clock.breached") == 2)
            try await Self.ring(world)
            _ = try await Self.call(world, first)
            for (lead, kinds) in [
                (first, ["started", "breached", "stopped"]), (second, ["started", "breached"]),
                (third, ["started", "stopped"]),
            ] {
                #expect(Self.kinds(try await Self.clock(world, lead)) == kinds)
            }
            #expect(try await Self.told(world, "clock.breached") == 2)
            #expect(try await Self.respondBy(world, second) == "2026-11-18T10:30:00Z")
            // Whose timer never rang.
            let fourth = try await world.sam.lead(["company": "Fourth"])
            world.clock.advance(seconds: 7200)
            _ = try await Self.call(world, fourth)
            let late = try await Self.clock(world, fourth)
            #expect(Self.kinds(late) == ["started", "breached", "stopped"])
            #expect(late?["breached_at"] == "2026-11-18T11:30:01Z")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `on hold it rests; another owner, team or policy leaves it as it is`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let lead = try await world.sam.lead(["company": "Orchard"])
            world.clock.advance(seconds: 1800)
            let hold: JSON = ["to": "on_hold", "resume_on": "2026-11-19"]
            _ = try await world.sam.post("/api/v1/leads/\(lead)/transition", hold)
            let paused = try await Self.clock(world, lead)
            #expect(Self.kinds(paused) == ["started", "paused"])
            #expect(paused?["due_at"] == .null)
            #expect(try await Self.respondBy(world, lead) == nil)
            world.clock.advance(seconds: 3600)
            _ = try await world.sam.post("/api/v1/leads/\(lead)/transition", ["to": "open"])
            _ = try await world.ada.post(
                "/api/v1/leads/\(lead)/assignment", ["owner": .string(world.wes.id.description)])
            let policy = try await world.ada.put(
                "/api/v1/policies/first-response", ["target_minutes": 5, "active": true])
            #expect(policy.status == 200, "\(policy.text)")
            let resumed = try await Self.clock(world, lead)
            #expect(resumed?["due_at"] == "2026-11-18T11:30:00Z")
            #expect(resumed?["target_seconds"] == 3600)
            let next = try await world.sam.lead(["company": "Next"])
            #expect(try await Self.clock(world, next)?["target_seconds"] == 300)
            try await world.database.write(as: .system(world.vantage), at: world.clock.now) {
                _ = try await Clocks($0).retarget(after: nil)
            }
            let retargeted = try await Self.clock(world, lead)
            #expect(
                Self.kinds(retargeted) == ["started", "paused", "resumed", "retargeted"])
            #expect(retargeted?["due_at"] == "2026-11-18T11:00:00Z")
            let off = try await world.ada.put(
                "/api/v1/policies/first-response", ["target_minutes": 5, "active": false])
            #expect(off.json["active"] == false)
            let none = try await world.sam.lead(["company": "None"])
            #expect(try await Self.clock(world, none) == nil)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `cards and the lead's page say until when, and then for how long it is overdue`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let lead = try await world.sam.lead(["company": "Orchard"])
            try await world.readFeed(ClockKeeper())
            for (seconds, words) in [
                (0, "Reply by 10:30"), (2520, "19 min left"), (8280, "Overdue 2 h"),
            ] {
                world.clock.advance(seconds: seconds)
                for path in ["/pipeline", "/leads", "/today", "/leads/\(lead)"] {
                    let page = try await world.sam.page(path)
                    #expect(page.text.contains(words), "\(path)")
                }
            }
            _ = try await Self.call(world, lead)
            try await world.readFeed(ClockKeeper())
            #expect(try await !world.sam.page("/pipeline").text.contains("Overdue"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a response that is undone was none`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let lead = try await world.sam.lead(["company": "Orchard"])
            let change = try await Self.call(world, lead).json["change"]?.string
            #expect(Self.kinds(try await Self.clock(world, lead)) == ["started", "stopped"])
            let undo = try await world.sam.post("/api/v1/changes/\(change ?? "")/undo")
            #expect(undo.status == 200, "\(undo.text)")
            let clock = try await Self.clock(world, lead)
            #expect(Self.kinds(clock) == ["started", "stopped", "resumed"])
            #expect(try await Self.respondBy(world, lead) == "2026-11-18T10:30:00Z")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a replay changes nothing, and what is imported or gone has no clock`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let lead = try await world.sam.lead(["company": "Orchard"])
            let other = try await world.sam.lead(["company": "Other"])
            _ = try await Self.call(world, lead)
            _ = try await Self.call(world, lead)
            let before = try await Self.clock(world, lead)
            let gone = try await world.asking(world.ada) { scope in
                var draft = LeadDraft(source: "import", currency: "USD")
                draft.company = "Old"
                let history = History(
                    stage: try await Stages(scope).pipeline().open[0], createdAt: scope.now)
                let old = try await Leads(scope).create(draft, history: history).id
                let gone = ID<Lead>(other)
                try await scope.record(
                    Event("lead.removed", gone?.uuid) { $0.member("import", "x") })
                return old
            }
            #expect(try await Self.clock(world, gone.description) == nil)
            #expect(try await Self.clock(world, other) == nil)
            try await world.database.write {
                try await FeedReaders($0).replay("clocks", since: Instant(microseconds: 0))
            }
            #expect(try await Self.clock(world, lead) == before)
            #expect(try await Self.told(world, "clock.stopped") == 1)
        }
    }
}

extension World {
    /// Has a reader take all that has happened.
    func readFeed(_ reader: some FeedReader) async throws {
        let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let follower = FeedFollower(database, [reader], log: log)
        let deadline = ContinuousClock.now + .seconds(300)
        while true {
            while try await follower.step(reader) {}
            let isAll = try await database.read { tx in
                let standings = try await FeedReaders(tx).standings()
                guard let standing = standings.first(where: { $0.name == reader.name }) else {
                    return false
                }
                try #require(standing.error == nil, "\(standing.error ?? "")")
                guard standing.lag == 0 else { return false }
                return try await !Feed.isHeldBack(after: standing.place, in: tx)
            }
            if isAll { return }
            try #require(ContinuousClock.now < deadline)
        }
    }
}

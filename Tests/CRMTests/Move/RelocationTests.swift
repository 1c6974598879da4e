import App
import CRM
import DatabaseSupport
import Foundation
import HTTPTypes
import Storage
import Synchronization
import Tenancy
import TestSupport
import Testing

/// An installation that goes from one engine to the other.
@Suite(.enabled(if: PostgresServer.address != nil)) struct RelocationTests {
    @Test func `everything answers the same on the other engine, and work goes on`() async throws {
        try await Password.world(.sqlite) { world, credentials in
            let lead = try await Self.live(in: world)
            try await PostgresServer.withDatabase { address in
                try await Self.relocate(world, to: address)
                var settings = world.settings
                settings.databaseAddress = address
                try await world.elsewhere(settings) { moved in
                    try await Self.expectSame(moved, world, lead)
                    try await Self.workOn(moved, credentials)
                }
            }
        }
    }

    @Test func `and back`() async throws {
        try await Password.world(.postgres) { world, credentials in
            let lead = try await Self.live(in: world)
            try await TestDirectory.with { directory in
                let source = try MoveAddress(world.settings.databaseAddress ?? "")
                let target = try MoveAddress("sqlite:\(directory.path)")
                try await Self.run(from: source, to: target)
                var settings = world.settings
                (settings.databaseAddress, settings.dataDirectory) = (nil, directory.path)
                try await world.elsewhere(settings) { moved in
                    try await Self.expectSame(moved, world, lead)
                    try await Self.workOn(moved, credentials)
                }
            }
        }
    }

    @Test func `killed after every few pages it goes on, and is not served before it is done`()
        async throws
    {
        try await World.with(.sqlite) { world in
            let lead = try await Self.live(in: world)
            try await PostgresServer.withDatabase { address in
                var settings = world.settings
                settings.databaseAddress = address
                var kills = 0
                while try await Self.isKilled(world, to: address) {
                    kills += 1
                    await Self.expectRefused(settings, by: world)
                }
                #expect(kills > 5)
                try await world.elsewhere(settings) { try await Self.expectSame($0, world, lead) }
            }
        }
    }

    @Test(arguments: [
        ("leads", "UPDATE leads SET notes = 'Not what was said.' WHERE company = 'Firm 3'"),
        ("stage_intervals", "DELETE FROM stage_intervals WHERE number > 1"),
        ("lead_totals", "UPDATE lead_totals SET value_minor = value_minor + 1"),
        ("sessions", "UPDATE sessions SET csrf = reverse(csrf)"),
    ])
    func `a row that is not the same is found, and its table named`(table: String, damage: String)
        async throws
    {
        try await World.with(.sqlite) { world in
            _ = try await Self.live(in: world)
            try await PostgresServer.withDatabase { address in
                await #expect(throws: Killed.self) {
                    try await Self.relocate(world, to: address, killedBefore: "custom_fields")
                }
                try await PostgresServer.execute(damage, at: address)
                let refusal = await #expect(throws: Refusal.self) {
                    try await Self.relocate(world, to: address)
                }
                #expect(refusal?.description.contains("source in \(table).") == true)
            }
        }
    }

    @Test func `a target that holds anything is left alone`() async throws {
        try await World.with(.sqlite) { world in
            try await World.with(.postgres) { other in
                let refusal = await #expect(throws: Refusal.self) {
                    try await Self.relocate(world, to: other.settings.databaseAddress ?? "")
                }
                #expect(refusal?.description.contains("not empty") == true)
                let me = try await other.ada.get("/api/v1/me")
                #expect(me.status == 200)
            }
        }
    }
}

extension RelocationTests {
    /// The process ends.
    private struct Killed: Error {}

    /// Work of all kinds by people and programs; returns a lead with much behind it.
    private static func live(in world: World) async throws -> String {
        var walk = Walk(world, seed: 3)
        for _ in 0..<12 { try await walk.create() }
        for _ in 0..<60 { _ = try await walk.step(on: walk.dice.pick(walk.leads)) }
        let form = try await world.ada.post("/api/v1/forms", ["name": "Site"])
        #expect(form.status == 201)
        let key = try await world.ada.post("/api/v1/api-keys", ["name": "Shop"])
        let shop = world.nobody.bearing(key.json["token"]?.string ?? "")
        // What a text can hold must arrive as it is.
        let odd = "Tab\there, line\nthere, \\N, \\., 'quotes', 🦆 and \r\n"
        let lead: JSON = ["company": "Odd Ltd", "notes": .string(odd), "email": "odd@odd.example"]
        for _ in 0..<2 { _ = try await shop.send(.post, "/api/v1/leads", lead) }
        let wrong = try await world.nobody.send(
            .post, "/api/v1/sessions", Password.credentials("not the one"))
        #expect(wrong.status != 201)
        return try #require(walk.leads.first).description
    }

    private static func expectSame(_ moved: World, _ world: World, _ lead: String) async throws {
        let paths = [
            "me", "leads?limit=100", "leads?limit=3&sort=-created_at", "leads/count", "stages",
            "inbox", "inbox/ledger", "leads/\(lead)", "leads/\(lead)/timeline", "users", "teams",
            "forms", "api-keys", "views", "assignment-rules",
        ]
        for person in [\World.ada, \World.sam, \World.max, \World.eve] {
            for path in paths {
                let before = try await world[keyPath: person].get("/api/v1/\(path)")
                let after = try await moved[keyPath: person].get("/api/v1/\(path)")
                #expect(before.status == after.status, "\(path)")
                if person == \World.ada { #expect(after.status == 200, "\(path)") }
                #expect(before.text == after.text, "\(path)")
            }
        }
        #expect(try await moved.ada.get("/api/v1/leads/\(lead)/timeline").data.count > 3)
        try await Books.check(moved)
    }

    /// Sign-in, a new lead, a move: numbers and totals go on where they were.
    private static func workOn(_ moved: World, _ credentials: JSON) async throws {
        let signIn = try await moved.nobody.send(.post, "/api/v1/sessions", credentials)
        #expect(signIn.status == 201)
        let highest = "SELECT MAX(seq) FROM events" as SQL
        let before: Int = try await moved.database.read { try await $0.value(highest) } ?? 0
        let lead = try await moved.sam.lead(["company": "After the move", "value_minor": 12])
        let won = try await moved.sam.post("/api/v1/leads/\(lead)/transition", ["to": "won"])
        #expect(won.status == 200)
        let after: Int = try await moved.database.read { try await $0.value(highest) } ?? 0
        #expect(after > before)
        try await Books.check(moved)
    }

    /// Moves a few pages; answers whether that was not all.
    private static func isKilled(_ world: World, to address: String) async throws -> Bool {
        do {
            try await relocate(world, to: address, pages: 5)
            return false
        } catch is Killed {
            return true
        }
    }

    private static func expectRefused(_ settings: Settings, by world: World) async {
        let refusal = await #expect(throws: Refusal.self) {
            try await world.elsewhere(settings) { _ in }
        }
        #expect(refusal?.description.contains("has not ended") == true)
    }

    private static func relocate(
        _ world: World, to address: String, pages: Int = .max, killedBefore table: String = ""
    ) async throws {
        try await run(
            from: MoveAddress("sqlite:\(world.directory.path)"), to: MoveAddress(address),
            pages: pages, killedBefore: table)
    }

    private static func run(
        from: MoveAddress, to: MoveAddress, pages: Int = .max, killedBefore table: String = ""
    ) async throws {
        var relocation = try await Relocation.open(from: from, to: to)
        relocation.tell = { _ in }
        relocation.pageRows = pages == .max ? 5000 : 7
        let copied = Steps()
        relocation.step = { step in
            if case .copied = step, copied.next() > pages { throw Killed() }
            if case .compared(let name) = step, name < table { throw Killed() }
        }
        try await relocation.run()
    }
}

/// Counts what happens on another thread.
private final class Steps: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

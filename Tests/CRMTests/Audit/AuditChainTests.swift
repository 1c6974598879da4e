import App
import Background
import DatabaseSupport
import Foundation
import Logging
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct AuditChainTests {
    /// A world whose log has some entries that are alike.
    private static func withLog(
        on engine: EngineKind, _ body: @Sendable (World, _ last: Int64) async throws -> Void
    ) async throws {
        try await World.with(engine) { world in
            for number in 1...9 {
                let name: JSON = ["name": .string("Key \(number)")]
                try #require(try await world.ada.post("/api/v1/api-keys", name).status == 201)
            }
            try await world.seal()
            guard case .proven(let proof) = try await world.verdict() else {
                Issue.record("not proven")
                return
            }
            #expect(proof.entries == proof.last)
            #expect(proof.last > 15)
            try await body(world, proof.last)
        }
    }

    /// Triggers as they are taken away by somebody who owns the database.
    private static func unguarded(_ engine: EngineKind, _ world: World) async throws {
        switch engine {
        case .sqlite:
            try await world.tampering([
                "DROP TRIGGER audit_stays", "DROP TRIGGER audit_goes_by_retention",
            ])
        case .postgres:
            let address = try #require(world.settings.databaseAddress)
            try await PostgresServer.execute("DROP TRIGGER audit_stays ON audit", at: address)
        }
    }

    private static func broken(_ world: World) async throws -> (number: Int64, words: String)? {
        guard case .broken(let number, let words) = try await world.verdict() else { return nil }
        return (number, words)
    }

    @Test(arguments: EngineKind.allCases)
    func `entries can neither be changed nor taken away, and the head stays`(
        on engine: EngineKind
    ) async throws {
        try await Self.withLog(on: engine) { world, last in
            let tenant = world.vantage
            let tries: [SQL] = [
                "UPDATE audit SET action = 'nothing' WHERE tenant_id = \(tenant) AND number = 3",
                "DELETE FROM audit WHERE tenant_id = \(tenant) AND number = 3",
                "DELETE FROM audit_heads WHERE tenant_id = \(tenant)",
            ]
            for statement in tries {
                await #expect(throws: StorageError.self) { try await world.tampering([statement]) }
            }
            guard case .proven(let proof) = try await world.verdict() else {
                Issue.record("not proven")
                return
            }
            #expect(proof.last == last)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a changed entry is named with what changed`(on engine: EngineKind) async throws {
        try await Self.withLog(on: engine) { world, last in
            try await Self.unguarded(engine, world)
            let tenant = world.vantage
            try await world.tampering([
                """
                UPDATE audit SET action = 'user.changed', at = at + 1
                WHERE tenant_id = \(tenant) AND number = 5
                """
            ])
            let found = try #require(try await Self.broken(world))
            #expect(found.number == 5)
            #expect(found.words == "its at, action changed since it was sealed")

            let slug = try await world.database.read { try await Tenants.find(tenant, in: $0).slug }
            let refusal = await #expect(throws: Refusal.self) {
                _ = try await verifyAudit(world.server.installation, tenant: slug)
            }
            let words = "broken at entry 5: its at, action changed since it was sealed."
            #expect(refusal?.description == "The audit log is \(words)")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `one who hashes a changed entry anew breaks the next`(on engine: EngineKind) async throws {
        try await Self.withLog(on: engine) { world, last in
            try await Self.unguarded(engine, world)
            let tenant = world.vantage
            let other = [UInt8](repeating: 7, count: 32)
            try await world.tampering([
                "UPDATE audit SET hash = \(other) WHERE tenant_id = \(tenant) AND number = \(last)"
            ])
            #expect(try await Self.broken(world)?.number == last)
            try await world.tampering([
                "UPDATE audit SET previous = \(other) WHERE tenant_id = \(tenant) AND number = 6"
            ])
            let found = try #require(try await Self.broken(world))
            #expect(found.number == 6)
            #expect(found.words == "its previous hash is not the hash of entry 5")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an entry missing in the middle is named, and so is an end cut off`(
        on engine: EngineKind
    ) async throws {
        try await Self.withLog(on: engine) { world, last in
            try await Self.unguarded(engine, world)
            let tenant = world.vantage
            try await world.tampering([
                "DELETE FROM audit WHERE tenant_id = \(tenant) AND number >= \(last - 1)"
            ])
            var found = try #require(try await Self.broken(world))
            #expect(found.number == last - 1)
            #expect(found.words == "it is missing: the log ends before its head, \(last)")

            try await world.tampering([
                "DELETE FROM audit WHERE tenant_id = \(tenant) AND number = 4"
            ])
            found = try #require(try await Self.broken(world))
            #expect(found.number == 4)
            #expect(found.words == "it is missing: 5 comes next")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a replay of the feed and several readers add nothing twice`(on engine: EngineKind)
        async throws
    {
        try await Self.withLog(on: engine) { world, last in
            try await world.database.write { tx in
                try await FeedReaders(tx).replay("audit", since: Instant(microseconds: 0))
            }
            let log = world.server.installation.log
            try await withThrowingTaskGroup(of: Void.self) { group in
                for batch in [1, 3, 500] {
                    group.addTask { try await Self.follow(world, batch: batch, log) }
                }
                try await group.waitForAll()
            }
            try await world.seal()
            guard case .proven(let proof) = try await world.verdict() else {
                Issue.record("not proven")
                return
            }
            #expect(proof.last == last)
        }
    }

    private static func follow(_ world: World, batch: Int, _ log: Logger) async throws {
        let sealer = AuditSealer(batchMax: batch)
        let follower = FeedFollower(world.database, [sealer], log: log)
        while try await follower.step(sealer) {}
    }

    @Test(arguments: EngineKind.allCases)
    func `retention takes the oldest away, and what is left can be proven`(on engine: EngineKind)
        async throws
    {
        try await Self.withLog(on: engine) { world, last in
            let path = "/api/v1/audit/retention"
            #expect(try await world.ada.put(path, ["days": 89]).status == 422)
            #expect(try await world.max.put(path, ["days": 90]).status == 403)
            #expect(try await world.ada.put(path, ["days": 90]).status == 200)
            #expect(try await world.ada.get(path).json["days"] == 90)
            let database = world.database
            try await AuditRetention.removeExpired(in: database, at: world.clock.now)
            try await world.seal()
            #expect(try await world.audit(world.ada).first?["number"] == 1)

            let later = Swift.max(Instant.now, world.clock.now).adding(days: 91)
            try await database.write(as: .system(world.vantage), at: later) { scope in
                try await scope.record(Event("key.seen", nil))
            }
            try await world.seal()
            try await AuditRetention.removeExpired(in: database, at: later)
            let left = try await world.audit(world.ada)
            #expect((left.first?["number"]?.integer ?? 0) > last)
            #expect(left.compactMap { $0["action"]?.string } == ["key.seen", "audit.removed"])
            guard case .proven(let proof) = try await world.verdict() else {
                Issue.record("not proven: \(try await world.verdict())")
                return
            }
            #expect(proof.removed > 0)
            #expect(proof.entries == proof.last - proof.removed)
        }
    }
}

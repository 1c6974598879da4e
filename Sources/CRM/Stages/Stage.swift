import Storage
import Tenancy

/// A step of the pipeline. What it is called, how likely it is to be won and when a lead has
/// been in it for too long are the tenant's; what it means (`status`) is the product's.
package struct Stage: Sendable, Equatable {
    package enum Status: String, Sendable, CaseIterable, SQLConvertible {
        case open
        case onHold = "on_hold"
        case won
        case lost
    }

    package let key: String
    package var name: String
    /// Order in the pipeline.
    package let position: Int
    package let status: Status
    /// Percent.
    package var probability: Int
    package var stalledAfterDays: Int?
    package var version: Int

    /// Where every lead begins.
    package static let first = "open"
    /// The stage that needs the time of a demo.
    package static let demoScheduled = "demo_scheduled"
}

extension Stage: RowDecodable {
    static let columns: SQL = "key, name, position, class, probability, stalled_after_days, version"

    package init(row: inout Row) throws {
        key = try row.next()
        name = try row.next()
        position = try row.next()
        status = try row.next()
        probability = try row.next()
        stalledAfterDays = try row.next()
        version = try row.next()
    }
}

/// A tenant's pipeline, in order.
package struct Pipeline: Sendable {
    package let stages: [Stage]

    /// The stages a new tenant starts with.
    static let standard: [Stage] = [
        stage("open", "Open", 1, .open, 5, 3),
        stage("first_contact", "First contact", 2, .open, 10, 5),
        stage("connected", "Connected", 3, .open, 20, 7),
        stage("demo_scheduled", "Demo scheduled", 4, .open, 35, 10),
        stage("demo_given", "Demo given", 5, .open, 50, 10),
        stage("proposal_sent", "Proposal sent", 6, .open, 65, 12),
        stage("negotiation", "Negotiation", 7, .open, 80, 12),
        stage("integration_approved", "Integration approved", 8, .open, 92, 14),
        stage("on_hold", "On hold", 9, .onHold, 10, nil),
        stage("won", "Won", 10, .won, 100, nil),
        stage("lost", "Lost", 11, .lost, 0, nil),
    ]

    package subscript(key: String) -> Stage? {
        stages.first { $0.key == key }
    }

    package var open: [Stage] { stages.filter { $0.status == .open } }

    /// The stages in which a lead is still to be decided: open ones, and on hold.
    package var pending: [Stage] { stages.filter { $0.status == .open || $0.status == .onHold } }

    private static func stage(
        _ key: String, _ name: String, _ position: Int, _ status: Stage.Status,
        _ probability: Int, _ stalled: Int?
    ) -> Stage {
        Stage(
            key: key, name: name, position: position, status: status, probability: probability,
            stalledAfterDays: stalled, version: 1)
    }
}

/// A tenant's stages, in this transaction.
package struct Stages: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    package func pipeline() async throws -> Pipeline {
        Pipeline(
            stages: try await scope.tx.all(
                """
                SELECT \(Stage.columns) FROM stages WHERE tenant_id = \(scope.tenant)
                ORDER BY position
                """))
    }

    /// Gives a new tenant its pipeline.
    package func install() async throws {
        for stage in Pipeline.standard {
            try await scope.tx.execute(
                """
                INSERT INTO stages (tenant_id, key, name, position, class, probability,
                    stalled_after_days)
                VALUES (\(scope.tenant), \(stage.key), \(stage.name), \(stage.position),
                    \(stage.status), \(stage.probability), \(stage.stalledAfterDays))
                """)
        }
    }

    /// Changes what the tenant may change of a stage.
    ///
    /// - Throws: `Problem.stale` when `version` is not the stage's.
    package func change(
        _ key: String, version: Int, _ edit: @Sendable (inout Stage) -> Void
    ) async throws -> Stage {
        try scope.caller.must(.settingsEdit)
        guard var stage = try await pipeline()[key] else { throw Problem.notFound("stage") }
        guard stage.version == version else {
            throw Problem.stale("Somebody else changed this stage. Reload and try again.")
        }
        edit(&stage)
        stage.version += 1
        try await scope.tx.execute(
            """
            UPDATE stages SET name = \(stage.name), probability = \(stage.probability),
                stalled_after_days = \(stage.stalledAfterDays), version = \(stage.version)
            WHERE tenant_id = \(scope.tenant) AND key = \(key)
            """)
        let changed = stage
        try await scope.record(
            Event("stage.changed", nil) {
                $0.member("key", changed.key)
                $0.member("name", changed.name)
                $0.member("probability", changed.probability)
                $0.member("stalled_after_days", changed.stalledAfterDays)
            })
        return stage
    }
}

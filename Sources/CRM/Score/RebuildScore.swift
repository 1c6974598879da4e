import Background
import Storage
import Tenancy

/// Has each company's score made anew: every night.
package struct RebuildScores: Job {
    package static let kind = JobKind("scores.rebuild-all", urgency: .bulk, atOnce: 1)

    package init() {}
}

/// Makes one company's score anew: looks at all of its leads again, tries the score on a fifth of
/// those that are decided, and gives the open ones theirs.
struct RebuildScore: Job {
    static let kind = JobKind("scores.rebuild", urgency: .bulk, atOnce: 1)
}

/// The handlers of what scores leave to do later.
package func scoreHandlers(_ database: Database) -> [JobHandler] {
    [
        JobHandler(RebuildScores.self) { _, run in
            let tenants = try await database.read { try await Tenants.all(in: $0) }
            for tenant in tenants {
                try await database.write(as: .system(tenant.id), at: run.now) { scope in
                    try await Jobs(scope).add(RebuildScore(), key: RebuildScore.kind.name)
                }
            }
        },
        JobHandler(RebuildScore.self) { _, run in
            try await ScoreRebuilding(run: run).rebuild()
        },
    ]
}

private struct ScoreRebuilding {
    let run: JobRun

    private static let atOnce = 500

    func rebuild() async throws {
        try await walk { try await $0.decided(after: $1, limit: Self.atOnce) }
        try await walk { scores, _ in try await scores.gone(limit: Self.atOnce) }
        let census = try await run.read { try await Scores($0).census() }
        try await run.write(isolation: .readCommitted) { scope in
            let scores = Scores(scope)
            try await scores.hold()
            // A write may have come between; then it is counted again where none can.
            if !census.isAsCounted { try await scores.recount() }
            try await scores.keep(census.quality)
        }
        try await walk { try await $0.open(after: $1, limit: Self.atOnce) }
    }

    /// Settles leads in small steps, until there are no more.
    private func walk(
        _ next: @escaping @Sendable (Scores, ID<Lead>?) async throws -> [ID<Lead>]
    ) async throws {
        var last: ID<Lead>?
        repeat {
            let after = last
            last = try await run.write(isolation: .readCommitted) { scope in
                let scores = Scores(scope)
                let ids = try await next(scores, after)
                guard let end = ids.last else { return nil }
                try await scores.settle(ids)
                return end
            }
        } while last != nil
    }
}

extension Scores {
    fileprivate func decided(after last: ID<Lead>?, limit: Int) async throws -> [ID<Lead>] {
        try await ids(after: last, "s.class IN ('won', 'lost')", limit: limit)
    }

    fileprivate func open(after last: ID<Lead>?, limit: Int) async throws -> [ID<Lead>] {
        try await ids(after: last, "s.class NOT IN ('won', 'lost')", limit: limit)
    }

    private func ids(
        after last: ID<Lead>?, _ condition: SQL, limit: Int
    ) async throws -> [ID<Lead>] {
        let behind: SQL = if let last { "AND l.id > \(last)" } else { "" }
        return try await scope.tx.column(
            """
            SELECT l.id FROM leads l
            WHERE l.tenant_id = \(scope.tenant) \(behind) AND l.stage IN (
                SELECT s.key FROM stages s
                WHERE s.tenant_id = \(scope.tenant) AND \(condition))
            ORDER BY l.id LIMIT \(limit)
            """)
    }

    /// Leads that count and are decided no more, or not there.
    fileprivate func gone(limit: Int) async throws -> [ID<Lead>] {
        try await scope.tx.column(
            """
            SELECT o.lead_id FROM score_outcomes o
            WHERE o.tenant_id = \(scope.tenant) AND NOT EXISTS (
                SELECT 1 FROM leads l
                JOIN stages s ON s.tenant_id = l.tenant_id AND s.key = l.stage
                WHERE l.tenant_id = o.tenant_id AND l.id = o.lead_id
                    AND s.class IN ('won', 'lost'))
            ORDER BY o.lead_id LIMIT \(limit)
            """)
    }

    /// What the remembered outcomes add up to.
    struct Census: Sendable {
        /// Whether the counts that are kept are the same.
        let isAsCounted: Bool
        let quality: ScoreQuality?
    }

    func census() async throws -> Census {
        let features = try await setting().features
        var (all, training) = (ScoreTally(), ScoreTally())
        try await eachOutcome { outcome in
            try all.count(outcome)
            if !outcome.isHeldOut { try training.count(outcome) }
        }
        let available = try await available().map(\.key)
        let isAsCounted =
            try await model(of: available) == all.model(of: available)
        guard all.model(of: features).isReady else {
            return Census(isAsCounted: isAsCounted, quality: nil)
        }
        let model = training.model(of: features)
        var trial = ScoreQuality.Census()
        try await eachOutcome { outcome in
            guard outcome.isHeldOut else { return }
            trial.add(chance: model.chance(try outcome.values()), won: outcome.isWon)
        }
        return Census(isAsCounted: isAsCounted, quality: trial.quality)
    }

    /// Counts all outcomes anew.
    func recount() async throws {
        var tally = ScoreTally()
        try await eachOutcome { try tally.count($0) }
        try await scope.tx.execute(
            "DELETE FROM score_counts WHERE tenant_id = \(scope.tenant)")
        try await add(tally)
    }

    private func eachOutcome(_ body: (ScoreOutcome) throws -> Void) async throws {
        try await scope.tx.each(
            """
            SELECT \(ScoreOutcome.columns) FROM score_outcomes WHERE tenant_id = \(scope.tenant)
            """
        ) { row in try body(try ScoreOutcome(row: &row)) }
    }
}

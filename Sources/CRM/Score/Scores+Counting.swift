import Foundation
import Storage
import Tenancy

/// What a decided lead counts as.
struct ScoreOutcome: Sendable, Equatable, RowDecodable {
    let lead: ID<Lead>
    let isWon: Bool
    /// A JSON object, keys in order, so that equal ones have equal texts.
    let traits: String

    init(lead: ID<Lead>, isWon: Bool, traits: [String: String]) {
        self.lead = lead
        self.isWon = isWon
        self.traits = JSON.object(traits.mapValues(JSON.string)).text
    }

    init(row: inout Row) throws {
        lead = try row.next()
        isWon = try row.next()
        traits = try row.next()
    }

    static let columns: SQL = "lead_id, won, traits"

    func values() throws -> [String: String] {
        (try JSON(parsing: traits).object ?? [:]).compactMapValues(\.string)
    }

    /// Whether it is kept from the scores that are tried on it: a fifth of all, by chance, and
    /// always the same.
    var isHeldOut: Bool { lead.uuid.uuid.15 % 5 == 0 }
}

/// Counts by feature and value, to be added to those that are there.
struct ScoreTally: Sendable {
    struct Key: Hashable, Comparable {
        let feature: String
        let value: String

        static func < (left: Key, right: Key) -> Bool {
            (left.feature, left.value) < (right.feature, right.value)
        }
    }

    private(set) var counts: [Key: Decided] = [:]

    /// - Parameter number: -1 to count it no more.
    mutating func count(_ outcome: ScoreOutcome, by number: Int = 1) throws {
        counts[Key(feature: "", value: ""), default: Decided()].count(outcome.isWon, by: number)
        for (feature, value) in try outcome.values() {
            counts[Key(feature: feature, value: value), default: Decided()]
                .count(outcome.isWon, by: number)
        }
    }

    /// Those that change something.
    var changes: [(key: Key, count: Decided)] {
        counts.filter { $0.value.won != 0 || $0.value.lost != 0 }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    func model(of features: [String]) -> ScoreModel {
        var byFeature: [String: [String: Decided]] = [:]
        for (key, count) in counts { byFeature[key.feature, default: [:]][key.value] = count }
        return ScoreModel(
            features: features, all: byFeature[""]?[""] ?? Decided(), counts: byFeature)
    }
}

extension Scores {
    /// Counts leads as they are now, and gives those that are still open their score.
    ///
    /// - Parameter ids: Also of leads that are gone.
    func settle(_ ids: [ID<Lead>]) async throws {
        try await hold()
        let leads = try await leads(ids)
        let eyes = try await Eyes(in: scope)
        let traits = Dictionary(uniqueKeysWithValues: leads.map { ($0.id, eyes.traits(of: $0)) })
        let wanted = leads.filter(\.isDecided).map { lead in
            ScoreOutcome(
                lead: lead.id, isWon: lead.status == .won, traits: traits[lead.id] ?? [:])
        }
        try await remember(wanted, insteadOf: outcomes(of: ids))
        let open = leads.filter { !$0.isDecided }
        guard !open.isEmpty else { return }
        let model = try await model()
        try await write(
            open.map { ($0, model.score(traits[$0.id] ?? [:])) }.filter { $0.score != $1 })
    }

    private func outcomes(of ids: [ID<Lead>]) async throws -> [ScoreOutcome] {
        try await scope.tx.all(
            """
            SELECT \(ScoreOutcome.columns) FROM score_outcomes
            WHERE tenant_id = \(scope.tenant) AND lead_id IN \(SQL.list(ids))
            """)
    }

    private func remember(
        _ wanted: [ScoreOutcome], insteadOf known: [ScoreOutcome]
    ) async throws {
        let before = Dictionary(uniqueKeysWithValues: known.map { ($0.lead, $0) })
        let after = Dictionary(uniqueKeysWithValues: wanted.map { ($0.lead, $0) })
        let gone = known.filter { after[$0.lead] != $0 }
        let new = wanted.filter { before[$0.lead] != $0 }
        guard !gone.isEmpty || !new.isEmpty else { return }
        var tally = ScoreTally()
        for outcome in gone { try tally.count(outcome, by: -1) }
        for outcome in new { try tally.count(outcome) }
        try await scope.tx.execute(
            """
            DELETE FROM score_outcomes
            WHERE tenant_id = \(scope.tenant) AND lead_id IN \(SQL.list(gone.map(\.lead)))
            """)
        try await scope.tx.insert(
            new, into: "INSERT INTO score_outcomes (tenant_id, lead_id, won, traits)"
        ) { outcome in
            [
                .uuid(scope.tenant.uuid), .uuid(outcome.lead.uuid),
                .integer(outcome.isWon ? 1 : 0), .text(outcome.traits),
            ]
        }
        try await add(tally)
    }

    func add(_ tally: ScoreTally) async throws {
        var rest = tally.changes[...]
        while !rest.isEmpty {
            let rows = rest.prefix(200).map { key, count -> [SQLValue] in
                [
                    .uuid(scope.tenant.uuid), .text(key.feature), .text(key.value),
                    .integer(Int64(count.won)), .integer(Int64(count.lost)),
                ]
            }
            try await scope.tx.execute(
                """
                INSERT INTO score_counts AS k (tenant_id, trait, value, won, lost)
                \(SQL.rows(rows))
                ON CONFLICT (tenant_id, trait, value) DO UPDATE SET
                    won = k.won + excluded.won, lost = k.lost + excluded.lost
                """)
            rest = rest.dropFirst(200)
        }
    }

    /// Writes scores beside the leads: their versions stay and the feed says nothing, for nobody
    /// edited them, and each night there would be an event for every lead.
    private func write(_ scores: [(lead: ScoredLead, score: Int?)]) async throws {
        let byScore = Dictionary(grouping: scores) { $0.score }
        try await scope.tx.executeAll(
            byScore.map { score, leads in
                """
                UPDATE leads SET score = \(score) WHERE tenant_id = \(scope.tenant)
                    AND id IN \(SQL.list(leads.map(\.lead.id)))
                """
            })
    }
}

extension ScoredLead {
    var isDecided: Bool { status == .won || status == .lost }
}

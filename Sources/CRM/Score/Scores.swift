import Storage
import Tenancy

/// The score of a company's leads, in this transaction.
///
/// What each decided lead counts as is remembered, so the counts are always those of the leads as
/// they are: whoever tells it of a lead again changes nothing.
struct Scores: Sendable {
    let scope: Scope

    init(_ scope: Scope) {
        self.scope = scope
    }

    static let featuresMax = 20

    /// What a company chose, and how good that was.
    struct Setting: Sendable {
        var features: [String] = ScoreFeature.usual.map(\.rawValue)
        var quality: ScoreQuality?
        var rebuiltAt: Instant?
    }

    func setting() async throws -> Setting {
        let settings = try await scope.tx.rows(
            """
            SELECT features, quality, rebuilt_at FROM score_models
            WHERE tenant_id = \(scope.tenant)
            """
        ) { row in
            let features = try JSON(parsing: row.next(String.self)).array?.compactMap(\.string)
            let quality: String? = try row.next()
            return Setting(
                features: features ?? [], quality: quality.flatMap(ScoreQuality.init),
                rebuiltAt: try row.next())
        }
        return settings.first ?? Setting()
    }

    func model() async throws -> ScoreModel {
        try await model(of: setting().features)
    }

    func model(of features: [String]) async throws -> ScoreModel {
        let rows = try await scope.tx.rows(
            """
            SELECT trait, value, won, lost FROM score_counts
            WHERE tenant_id = \(scope.tenant) AND trait IN \(SQL.list(features + [""]))
            """
        ) { row in
            try (
                row.next(String.self), row.next(String.self),
                Decided(won: row.next(), lost: row.next())
            )
        }
        var counts: [String: [String: Decided]] = [:]
        for (feature, value, count) in rows { counts[feature, default: [:]][value] = count }
        return ScoreModel(
            features: features, all: counts[""]?[""] ?? Decided(), counts: counts)
    }

    /// The features that the company's leads have.
    func available() async throws -> [(key: String, label: String)] {
        let own = try await CustomFields(scope).list().filter(\.isFeature)
        return ScoreFeature.allCases.map { ($0.rawValue, $0.label) }
            + own.map { ($0.feature, $0.label) }
    }

    /// Chooses what the score goes by. The counts are there for all features already; leads get
    /// their new score from a job.
    func choose(_ features: [String]) async throws {
        try scope.caller.must(.settingsEdit)
        let known = Set(try await available().map(\.key))
        let unknown = features.filter { !known.contains($0) }
        guard unknown.isEmpty, Set(features).count == features.count, !features.isEmpty else {
            throw Problem.invalid(
                "features", "Give some of: \(known.sorted().joined(separator: ", ")), each once.")
        }
        try await hold()
        try await scope.tx.execute(
            """
            UPDATE score_models SET features = \(JSON.array(features.map(JSON.string)).text),
                quality = NULL
            WHERE tenant_id = \(scope.tenant)
            """)
        try await scope.record(
            Event("score.changed", nil) { body in
                body.member("features", .array(features.map(JSON.string)))
            })
    }

    /// One at a time counts a company's leads.
    func hold() async throws {
        let usual = JSON.array(Setting().features.map(JSON.string)).text
        try await scope.tx.execute(
            """
            INSERT INTO score_models (tenant_id, features) VALUES (\(scope.tenant), \(usual))
            ON CONFLICT (tenant_id) DO NOTHING
            """)
        _ = try await scope.tx.value(
            """
            SELECT 1 FROM score_models m WHERE m.tenant_id = \(scope.tenant)
            \(scope.tx.dialect.locking("m"))
            """, as: Int.self)
    }

    func keep(_ quality: ScoreQuality?) async throws {
        try await scope.tx.execute(
            """
            UPDATE score_models SET quality = \(quality?.json.text), rebuilt_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant)
            """)
    }

    /// A lead's score with the traits that it comes from.
    func explain(_ lead: Lead) async throws -> (model: ScoreModel, reasons: [ScoreModel.Reason]) {
        let model = try await model()
        guard model.isReady, let scored = try await leads([lead.id]).first else {
            return (model, [])
        }
        return (model, model.reasons(try await Eyes(in: scope).traits(of: scored)))
    }

    /// What leads are looked at with.
    struct Eyes: Sendable {
        private let time: LocalTime
        private let fields: [CustomField]

        init(in scope: Scope) async throws {
            time = try await LocalTime(in: scope)
            fields = try await CustomFields(scope).list().filter(\.isFeature)
        }

        func traits(of lead: ScoredLead) -> [String: String] { lead.traits(time, fields) }
    }

    func leads(_ ids: [ID<Lead>]) async throws -> [ScoredLead] {
        try await scope.tx.all(
            """
            SELECT \(ScoredLead.columns) \(ScoredLead.from)
            WHERE l.tenant_id = \(scope.tenant) AND l.id IN \(SQL.list(ids))
            """)
    }
}

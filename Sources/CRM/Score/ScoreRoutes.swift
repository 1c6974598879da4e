import Background
import HTTPTypes
import Storage
import Tenancy
import Web

/// Scores in the API: what the company's goes by, and why a lead has its own.
struct ScoreRoutes {
    var routes: [Route] {
        [
            .api(
                .get, "/leads/{id}/score", "Explains a lead's score",
                answers: [.init(200, "The score and what it comes from.", Self.leadSchema)],
                handle: explain),
            .api(
                .get, "/score", "Reads what scores go by, and how good they are",
                answers: [.init(200, "The score.", Self.schema)], handle: show),
            .api(
                .put, "/score", "Chooses what scores go by", input: .json(Self.inputSchema),
                answers: [.init(200, "As it is now.", Self.schema), .staleIfMatched],
                handle: choose),
        ].grouped("Score")
    }

    private func explain(_ call: Call) async throws -> Reply {
        let id: ID<Lead> = try call.id(of: "lead")
        let (lead, words) = try await call.read { scope in
            let lead = try await Leads(scope).find(id)
            return (lead, try await ScoreWords(of: lead, in: scope))
        }
        return .json { writer in
            writer.object { body in
                body.member("score", words.isShown ? lead.score : nil)
                body.member("decided", words.decided.all)
                body.member("needed", ScoreModel.decidedMin)
                body.member("won_percent", words.decided.wonPercent)
                body.member("reasons", objects: words.reasons) { body, reason in
                    body.member("feature", reason.feature)
                    body.member("value", reason.value)
                    body.member("won_percent", reason.alike.wonPercent)
                    body.member("decided", reason.alike.all)
                    body.member("text", words.text(reason))
                }
            }
        }
    }

    private func show(_ call: Call) async throws -> Reply {
        try await call.read { scope in
            try scope.caller.must(.settingsEdit)
            return try await ScoreStanding(in: scope)
        }.reply
    }

    private func choose(_ call: Call) async throws -> Reply {
        let seen = try call.versionIfGiven()
        let features = call.input.texts("features") ?? []
        return try await call.write { scope in
            try scope.caller.must(.settingsEdit)
            try await ScoreStanding(in: scope).whole.mustBe(seen)
            try await Scores(scope).choose(features)
            try await Jobs(scope).add(RebuildScore(), key: RebuildScore.kind.name)
            return try await ScoreStanding(in: scope).reply
        }
    }

    private static let percent = Schema.integer(0...100)

    private static let leadSchema = Schema.named(
        "LeadScore",
        .object([
            .init("score", .optional(percent), required: true),
            .init("decided", .integer(0...Int64.max), required: true, "Leads won and lost so far."),
            .init("needed", .integer(1...Int64.max), required: true, "Below that, no scores."),
            .init("won_percent", percent, required: true, "Of all that were decided."),
            .init(
                "reasons",
                .list(
                    .object([
                        .init("feature", .text(max: 100), required: true),
                        .init("value", .text(max: 100), required: true),
                        .init("won_percent", percent, required: true, "Of leads like it."),
                        .init("decided", .integer(0...Int64.max), required: true),
                        .init("text", .text(max: 400), required: true, "In words."),
                    ]), max: 3), required: true, "The strongest first."),
        ]))

    private static let inputSchema = Schema.named(
        "ScoreFeatures",
        .object([
            .init(
                "features", .list(.text(max: 100), max: Scores.featuresMax), required: true,
                "Some of those that are available.")
        ]))

    static let schema = Schema.named(
        "Score",
        .object([
            .init("features", .list(.text(max: 100), max: 200), required: true),
            .init(
                "available",
                .list(
                    .object([
                        .init("key", .text(max: 100), required: true),
                        .init("label", .text(max: 200), required: true),
                    ]), max: 200), required: true),
            .init("decided", .integer(0...Int64.max), required: true),
            .init("needed", .integer(1...Int64.max), required: true),
            .init("rebuilt_at", .optional(.instant), required: true),
            .init(
                "quality", .optional(ScoreQuality.schema), required: true,
                "Tried on a fifth of the decided leads that the score was not made of."),
        ]))
}

/// What a company's score goes by, and how good it is.
struct ScoreStanding: Sendable {
    let setting: Scores.Setting
    let available: [(key: String, label: String)]
    let decided: Decided

    init(in scope: Scope) async throws {
        let scores = Scores(scope)
        setting = try await scores.setting()
        available = try await scores.available()
        decided = try await scores.model(of: []).all
    }

    /// The part that is chosen.
    var whole: WholeList {
        WholeList { writer in
            writer.array(setting.features) { $0.string($1) }
        }
    }

    var reply: Reply {
        .json(version: whole.version) { writer in
            writer.object { body in
                body.member("features", .array(setting.features.map(JSON.string)))
                body.member("available", objects: available) { body, feature in
                    body.member("key", feature.key)
                    body.member("label", feature.label)
                }
                body.member("decided", decided.all)
                body.member("needed", ScoreModel.decidedMin)
                body.member("rebuilt_at", setting.rebuiltAt)
                body.member("quality", setting.quality?.json ?? .null)
            }
        }
    }
}

extension ScoreQuality {
    static let schema = Schema.object([
        .init("auc", .optional(.number), required: true, "0.5 is chance, 1 is perfect."),
        .init("held_out", .integer(0...Int64.max), required: true),
        .init(
            "bands",
            .list(
                .object([
                    .init(
                        "from", .integer(0...90), required: true, "Scores from here, ten of them."),
                    .init("leads", .integer(0...Int64.max), required: true),
                    .init("won", .integer(0...Int64.max), required: true),
                    .init("expected_percent", .integer(0...100), required: true),
                ]), max: 10), required: true),
    ])

    /// As the API gives it, and as it is kept.
    var json: JSON {
        let bands = bands.enumerated().map { index, band -> JSON in
            [
                "from": .integer(Int64(index * 10)), "leads": .integer(Int64(band.decided.all)),
                "won": .integer(Int64(band.decided.won)),
                "expected_percent": .integer(Int64(band.expectedPercent)),
            ]
        }
        return [
            "auc": auc.map { .number(($0 * 1000).rounded() / 1000) } ?? .null,
            "held_out": .integer(Int64(heldOut)), "bands": .array(bands),
        ]
    }

    init?(_ text: String) {
        guard let json = try? JSON(parsing: text), let heldOut = json["held_out"]?.integer else {
            return nil
        }
        switch json["auc"] {
        case .number(let number): auc = number
        case .integer(let whole): auc = Double(whole)
        default: auc = nil
        }
        self.heldOut = Int(heldOut)
        bands = (json["bands"]?.array ?? []).map { json in
            let leads = Int(json["leads"]?.integer ?? 0)
            let won = Int(json["won"]?.integer ?? 0)
            let percent = Double(json["expected_percent"]?.integer ?? 0)
            return Band(
                decided: Decided(won: won, lost: leads - won),
                chances: percent / 100 * Double(leads))
        }
    }
}

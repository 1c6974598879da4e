import Storage
import Tenancy
import Web

extension [AssignmentRule] {
    /// As the API reads and takes them: what is read can be sent back.
    var whole: WholeList {
        WholeList { writer in
            writer.object { body in
                body.member("rules") {
                    $0.array(filter { !$0.isFallback }) { $1.write(to: &$0) }
                }
                body.member("fallback") { writer in
                    if let fallback = first(where: \.isFallback) {
                        fallback.target.write(to: &writer)
                    } else {
                        writer.null()
                    }
                }
            }
        }
    }

    /// - Throws: `Problem.invalid` naming every member that is wrong.
    package init(_ input: Fields) throws {
        var faults: [Problem.Fault] = []
        self = (input.list("rules") ?? []).enumerated().compactMap { index, input in
            AssignmentRule(input, at: "rules[\(index)]", &faults)
        }
        if let fields = input.fields("fallback"),
            let target = AssignmentRule.Target(fields, at: "fallback", &faults)
        {
            append(AssignmentRule(fallback: target))
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
    }
}

extension AssignmentRule {
    private static let rulesMax = 200
    private static let amounts: ClosedRange<Int64> = 0...1_000_000_000_000_000

    static let listSchema = Schema.named(
        "AssignmentRules",
        .object([
            .init(
                "rules", .list(schema, max: rulesMax), required: true,
                "The first that matches decides."),
            .init("fallback", .optional(Target.schema), "Takes what no rule took."),
        ]))

    private static let schema = Schema.object([
        .init("name", .text(max: 80), required: true),
        .init(
            "when",
            .object([
                .init("source", .optional(.text(max: 60))),
                .init("territory", .optional(.text(max: 120))),
                .init("product", .optional(.text(max: 120))),
                .init("value_min", .optional(.integer(amounts)), "In minor units, inclusive."),
                .init("value_max", .optional(.integer(amounts)), "In minor units, inclusive."),
            ]), required: true, "All of these; empty for every lead."),
        .init("to", Target.schema, required: true),
        .init("active", .boolean, "True unless told."),
    ])

    /// The rule that takes what no other did.
    package init(fallback target: Target) {
        self.init(
            id: ID(), name: "Fallback", target: target, isActive: true, isFallback: true)
    }

    /// Nil when its target is wrong; that and what else is wrong is added to `faults`.
    fileprivate init?(_ input: Fields, at path: String, _ faults: inout [Problem.Fault]) {
        let name = input.text("name") ?? ""
        if name.isEmpty { faults.append(.init("\(path).name", "A name is needed.")) }
        guard let to = input.fields("to"), let when = input.fields("when"),
            let target = Target(to, at: "\(path).to", &faults)
        else { return nil }
        self.init(
            id: ID(), name: name, source: when.text("source")?.lowercased(),
            territory: when.text("territory"), product: when.text("product"),
            valueMin: when.integer("value_min"), valueMax: when.integer("value_max"),
            target: target, isActive: input.bool("active") ?? true, isFallback: false)
        if let valueMin, let valueMax, valueMin > valueMax {
            faults.append(
                .init("\(path).when.value_max", "The most must not be less than the least."))
        }
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("name", name)
            body.member("when") { writer in
                writer.object { when in
                    if let source { when.member("source", source) }
                    if let territory { when.member("territory", territory) }
                    if let product { when.member("product", product) }
                    if let valueMin { when.member("value_min", valueMin) }
                    if let valueMax { when.member("value_max", valueMax) }
                }
            }
            body.member("to") { target.write(to: &$0) }
            body.member("active", isActive)
        }
    }
}

extension AssignmentRule.Target {
    fileprivate static let schema = Schema.object([
        .init("user", .optional(.id), "One person."),
        .init("team", .optional(.id), "The people of a team, in turn."),
    ])

    fileprivate init?(_ input: Fields, at path: String, _ faults: inout [Problem.Fault]) {
        switch (input.id("user", of: User.self), input.id("team", of: Team.self)) {
        case (let user?, nil): self = .user(user)
        case (nil, let team?): self = .team(team)
        default:
            faults.append(.init(path, "Give either a user or a team."))
            return nil
        }
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { body in
            switch self {
            case .user(let id): body.member("user", id)
            case .team(let id): body.member("team", id)
            }
        }
    }
}

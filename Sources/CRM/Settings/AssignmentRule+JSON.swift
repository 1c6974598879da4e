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
    private static let conditionsMax = 20
    private static let amounts: ClosedRange<Int64> = 0...1_000_000_000_000_000

    static let listFields: [Schema.Field] = [
        .init(
            "rules", .list(schema, max: rulesMax), required: true,
            "The first that matches decides."),
        .init("fallback", .optional(Target.schema), "Takes what no rule took."),
    ]

    static let listSchema = Schema.named("AssignmentRules", .object(listFields))

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
            ]), "All of these; empty for every lead."),
        .init(
            "conditions", .list(LeadCondition.schema, max: conditionsMax),
            "All of these as well: what `when` has no words for."),
        .init("to", Target.schema, required: true),
        .init("how", Manner.schema, "How somebody of the team is chosen."),
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
        guard let to = input.fields("to"), let target = Target(to, at: "\(path).to", &faults)
        else { return nil }
        let when = input.fields("when") ?? Fields([:])
        if let least = when.integer("value_min"), let most = when.integer("value_max"), least > most
        {
            faults.append(
                .init("\(path).when.value_max", "The most must not be less than the least."))
        }
        let more = (input.list("conditions") ?? []).enumerated().compactMap { index, input in
            LeadCondition(input, at: "\(path).conditions[\(index)]", &faults)
        }
        self.init(
            id: ID(), name: name, conditions: Self.conditions(when) + more, target: target,
            manner: Manner(stored: input["how"] ?? [:]), isActive: input.bool("active") ?? true,
            isFallback: false)
    }

    private static func conditions(_ when: Fields) -> [LeadCondition] {
        [
            when.text("source").map { LeadCondition(.plain(.source), .is, [$0.lowercased()]) },
            when.text("territory").map { LeadCondition(.plain(.territory), .is, [$0]) },
            when.text("product").map { LeadCondition(.plain(.product), .is, [$0]) },
            when.integer("value_min").map { LeadCondition(.plain(.value), .atLeast, ["\($0)"]) },
            when.integer("value_max").map { LeadCondition(.plain(.value), .atMost, ["\($0)"]) },
        ].compactMap { $0 }
    }

    fileprivate func write(to writer: inout JSONWriter) {
        // The first of each that `when` has words for stands there, and the rest behind it.
        var short: [String: LeadCondition] = [:]
        var rest: [LeadCondition] = []
        for condition in conditions {
            if let word = condition.word, short[word] == nil {
                short[word] = condition
            } else {
                rest.append(condition)
            }
        }
        writer.object { body in
            body.member("name", name)
            body.member("when", .object(short.compactMapValues(\.shortValue)))
            if !rest.isEmpty { body.member("conditions", .array(rest.map(\.json))) }
            body.member("to") { target.write(to: &$0) }
            if manner != Manner() { body.member("how", manner.json) }
            body.member("active", isActive)
        }
    }
}

extension LeadCondition {
    private static let valuesMax = 100

    fileprivate static let schema = Schema.object([
        .init(
            "field", .text(max: 120), required: true,
            "\(Field.Plain.allCases.map(\.rawValue).joined(separator: ", ")), custom.KEY or "
                + "attribution.KEY."),
        .init("op", .choice(Comparison.allCases.map(\.rawValue)), required: true),
        .init(
            "values", .list(.text(max: 200), max: valuesMax),
            "Any of them does. Amounts in minor units; `hours` is inside or outside."),
    ])

    /// What `when` calls it; nil for what it has no word for.
    fileprivate var word: String? {
        guard values.count == 1 else { return nil }
        return switch (field, comparison) {
        case (.plain(.source), .is): "source"
        case (.plain(.territory), .is): "territory"
        case (.plain(.product), .is): "product"
        case (.plain(.value), .atLeast): "value_min"
        case (.plain(.value), .atMost): "value_max"
        default: nil
        }
    }

    /// As `when` says it.
    fileprivate var shortValue: JSON? {
        guard let value = values.first else { return nil }
        return field == .plain(.value) ? Int64(value).map(JSON.integer) : .string(value)
    }

    fileprivate init?(_ input: Fields, at path: String, _ faults: inout [Problem.Fault]) {
        guard let field = input.text("field").flatMap(Field.init) else {
            faults.append(.init("\(path).field", "There is no such field of a lead."))
            return nil
        }
        let comparison: Comparison = input.choice("op") ?? .is
        let values = input.texts("values") ?? []
        if !field.comparisons.contains(comparison) {
            let known = field.comparisons.map(\.rawValue).joined(separator: ", ")
            faults.append(.init("\(path).op", "Of \(field.words), give one of: \(known)."))
        }
        if let fault = Self.fault(of: values, field, comparison) {
            faults.append(.init("\(path).values", fault))
        }
        self.init(field, comparison, values)
    }

    private static func fault(
        of values: [String], _ field: Field, _ comparison: Comparison
    ) -> String? {
        switch comparison {
        case .known, .unknown: return values.isEmpty ? nil : "Leave this out."
        case .atLeast, .atMost:
            let isNumber =
                values.count == 1
                && (field == .plain(.value) ? Int64(values[0]) != nil : Double(values[0]) != nil)
            return isNumber ? nil : "Give one number, as text."
        default:
            if field == .plain(.hours) {
                let known = values.count == 1 && ["inside", "outside"].contains(values[0])
                return known ? nil : "Give inside or outside."
            }
            return values.isEmpty ? "Give at least one value." : nil
        }
    }
}

extension AssignmentRule.Manner {
    private static let minutes: ClosedRange<Int64> = 1...43_200

    fileprivate static let schema = Schema.object([
        .init(
            "method", .choice(Method.allCases.map(\.rawValue)),
            "`round_robin` unless told; `weighted` by what members are worth; `least_loaded` goes "
                + "to who has the fewest open leads."),
        .init("skills", .list(.text(max: 60), max: 20), "Only to who has all of them."),
        .init(
            "speaks_language", .boolean, "Only to who speaks the lead's language, when it is known."
        ),
        .init("in_working_hours", .boolean, "Only to who is in their working hours."),
        .init(
            "hold_minutes", .optional(.integer(minutes)),
            "How long a lead waits for somebody, when nobody can take it, before the next rule."),
        .init(
            "reoffer_minutes", .optional(.integer(minutes)),
            "Working minutes after which the next of the team gets it when its owner has not "
                + "acted; \(Reoffers.most) times at most."),
    ])
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

    func write(to writer: inout JSONWriter) {
        writer.object { body in
            switch self {
            case .user(let id): body.member("user", id)
            case .team(let id): body.member("team", id)
            }
        }
    }
}

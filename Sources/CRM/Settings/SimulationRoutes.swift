import HTTPTypes
import Storage
import Tenancy
import Web

/// Trying a draft of the assignment rules, in the API.
struct SimulationRoutes {
    /// Unless told, the leads of so many days until now.
    private static let usualDays = 30

    var routes: [Route] {
        [
            .api(
                .post, "/assignment/simulations",
                "Tries a draft of the assignment rules on leads that came in; changes nothing",
                input: .json(Self.schema),
                answers: [.init(200, "What it would have done.", Simulation.Result.schema)],
                handle: run)
        ].grouped("Assignment")
    }

    private static let schema = Schema.named(
        "AssignmentSimulation",
        .object(
            AssignmentRule.listFields + [
                .init("from", .instant, "\(usualDays) days before `until`, unless told."),
                .init("until", .instant, "Now unless told."),
                .init(
                    "limit", .integer(1...Int64(Simulation.leadsMax)),
                    "Leads that are looked at, the oldest first; \(Simulation.leadsMax) unless told."
                ),
                .init(
                    "listed", .integer(0...Int64(Simulation.listMax)),
                    "Leads that are listed of those that would go elsewhere; 50 unless told."),
            ]))

    private func run(_ call: Call) async throws -> Reply {
        let input = call.input
        let until = input.instant("until") ?? call.now
        var order = Simulation.Order(
            from: input.instant("from") ?? until.adding(days: -Self.usualDays), until: until)
        guard order.from < order.until else {
            throw Problem.invalid("from", "Give a moment before `until`.")
        }
        if let limit = input.integer("limit") { order.limit = Int(limit) }
        if let listed = input.integer("listed") { order.listed = Int(listed) }
        let (rules, wanted) = (try [AssignmentRule](input), order)
        let result = try await call.read { scope in
            try scope.caller.must(.settingsEdit)
            return try await Simulation(scope: scope, rules: rules).run(wanted)
        }
        return .json { result.write(to: &$0, wanted) }
    }
}

extension Simulation.Result {
    private static let count = Schema.integer(0...Int64.max)

    fileprivate static let schema = Schema.named(
        "AssignmentSimulationResult",
        .object([
            .init("from", .instant, required: true), .init("until", .instant, required: true),
            .init("leads", count, required: true, "That were looked at."),
            .init("cut", .boolean, required: true, "Whether there were more than `limit`."),
            .init("differing", count, required: true, "That would go to somebody else."),
            .init(
                "people",
                .list(
                    .object([
                        .init("user", .id, required: true),
                        .init("name", .text(max: 200), required: true),
                        .init("before", count, required: true, "Leads that are theirs."),
                        .init("after", count, required: true, "Leads that would be."),
                    ]), max: 5000), required: true, "Who has or would have any."),
            .init(
                "rules",
                .list(
                    .object([
                        .init("name", .text(max: 80), required: true),
                        .init("leads", count, required: true, "That it takes, or lets wait."),
                    ]), max: 201), required: true, "Active ones, in order."),
            .init(
                "unassigned",
                .object([
                    .init("before", count, required: true), .init("after", count, required: true),
                ]), required: true),
            .init("waiting", count, required: true, "That would wait for somebody."),
            .init(
                "changes",
                .list(
                    .object([
                        .init("lead", .id, required: true),
                        .init("title", .text(max: 300), required: true),
                        .init("before", .optional(.text(max: 200)), required: true),
                        .init("after", .optional(.text(max: 200)), required: true),
                        .init("reason", .text(max: 4000), required: true),
                    ]), max: Simulation.listMax), required: true,
                "The first of those that differ."),
        ]))

    fileprivate func write(to writer: inout JSONWriter, _ order: Simulation.Order) {
        let ordered = people.sorted { ($0.value.name, $0.key) < ($1.value.name, $1.key) }
        writer.object { body in
            body.member("from", order.from)
            body.member("until", order.until)
            body.member("leads", leads)
            body.member("cut", isCut)
            body.member("differing", differing)
            body.member("people", objects: ordered) { body, one in
                body.member("user", one.key)
                body.member("name", one.value.name)
                body.member("before", one.value.before)
                body.member("after", one.value.after)
            }
            body.member("rules", objects: rules) { body, rule in
                body.member("name", rule.name)
                body.member("leads", rule.leads)
            }
            body.member("unassigned") { writer in
                writer.object {
                    $0.member("before", unassigned.before)
                    $0.member("after", unassigned.after)
                }
            }
            body.member("waiting", waiting)
            body.member("changes", objects: differences) { body, one in
                body.member("lead", one.lead)
                body.member("title", one.title)
                body.member("before", one.before)
                body.member("after", one.after)
                body.member("reason", one.reason)
            }
        }
    }
}

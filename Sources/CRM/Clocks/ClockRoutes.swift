import Background
import HTTPTypes
import Storage
import Tenancy
import Web

/// Speed to lead in the API: what the company asks, and how a lead's clock stands.
struct ClockRoutes {
    var routes: [Route] {
        [
            .api(
                .get, "/leads/{id}/clocks", "Lists a lead's clocks with what befell them",
                answers: [.init(200, "All of them.", Self.listSchema)], handle: list),
            .api(
                .get, "/policies/first-response", "Reads within what time a lead is responded to",
                answers: [.init(200, "The policy.", FirstResponse.schema)], handle: show),
            .api(
                .put, "/policies/first-response", "Sets within what time a lead is responded to",
                input: .json(FirstResponse.inputSchema),
                answers: [
                    .init(200, "As it is now.", FirstResponse.schema), .staleIfMatched,
                ], handle: set),
        ].grouped("Speed to lead")
    }

    private func list(_ call: Call) async throws -> Reply {
        let id: ID<Lead> = try call.id(of: "lead")
        let clocks = try await call.read { scope in
            _ = try await Leads(scope).find(id)
            return try await Clocks(scope).list(of: id)
        }
        return .json { writer in
            writer.object { body in
                body.member("data") { writer in
                    writer.array(clocks) { $1.clock.write($1.entries, to: &$0) }
                }
            }
        }
    }

    private func show(_ call: Call) async throws -> Reply {
        try await call.read { scope in
            try scope.caller.must(.settingsEdit)
            return try await ClockPolicies(scope).firstResponse()
        }.whole.reply
    }

    private func set(_ call: Call) async throws -> Reply {
        let seen = try call.versionIfGiven()
        let input = call.input
        return try await call.write { scope in
            let policies = ClockPolicies(scope)
            try scope.caller.must(.settingsEdit)
            var policy = try await policies.firstResponse()
            try policy.whole.mustBe(seen)
            if let minutes = input.integer("target_minutes") { policy.targetMinutes = Int(minutes) }
            if let isActive = input.bool("active") { policy.isActive = isActive }
            try await policies.set(policy)
            if input.text("running") == "retarget" {
                try await Jobs(scope).add(RetargetClocks(), key: RetargetClocks.kind.name)
            }
            return policy.whole.reply
        }
    }

    private static let listSchema = Schema.object([
        .init("data", .list(Clock.schema, max: 10), required: true)
    ])
}

extension FirstResponse {
    private static let fields: [Schema.Field] = [
        .init(
            "target_minutes", .integer(1...Int64(minutesMax)), required: true,
            "Working minutes by the company's calendar."),
        .init(
            "active", .boolean, required: true,
            "When false, no clock starts; those that run go on."),
    ]

    static let schema = Schema.named("FirstResponsePolicy", .object(fields))

    static let inputSchema = Schema.named(
        "FirstResponsePolicyChange",
        .object(
            fields.map { .init($0.name, $0.schema, $0.note) } + [
                .init(
                    "running", .choice(["keep", "retarget"]),
                    "Whether clocks that run keep the target they started with; they do unless told."
                )
            ]))

    var whole: WholeList {
        WholeList { writer in
            writer.object { body in
                body.member("target_minutes", targetMinutes)
                body.member("active", isActive)
            }
        }
    }
}

extension Clock {
    static let schema = Schema.named(
        "Clock",
        .object([
            .init("id", .id, required: true),
            .init("kind", .choice([Kind.firstResponse.rawValue]), required: true),
            .init("target_seconds", .integer(0...Int64.max), required: true, "Working seconds."),
            .init("worked_seconds", .integer(0...Int64.max), required: true, "Until it last ran."),
            .init("started_at", .instant, required: true),
            .init("due_at", .optional(.instant), required: true, "Null while it is paused."),
            .init("stopped_at", .optional(.instant), required: true),
            .init(
                "breached_at", .optional(.instant), required: true,
                "When it was due, if it was stopped later or not yet."),
            .init("running", .boolean, required: true),
            .init("entries", .list(entrySchema, max: 1000), required: true),
        ]))

    private static let entrySchema = Schema.object([
        .init("number", .integer(1...Int64.max), required: true),
        .init("kind", .text(max: 20), required: true),
        .init("at", .instant, required: true),
        .init("target_seconds", .integer(0...Int64.max), required: true),
        .init("worked_seconds", .integer(0...Int64.max), required: true),
    ])

    fileprivate func write(_ entries: [Entry], to writer: inout JSONWriter) {
        writer.object { body in
            body.member("id", id)
            body.member("kind", kind.rawValue)
            body.member("target_seconds", targetSeconds)
            body.member("worked_seconds", workedSeconds)
            body.member("started_at", startedAt)
            body.member("due_at", dueAt)
            body.member("stopped_at", stoppedAt)
            body.member("breached_at", breachedAt)
            body.member("running", isRunning)
            body.member("entries", objects: entries) { body, entry in
                body.member("number", entry.number)
                body.member("kind", entry.kind.rawValue)
                body.member("at", entry.at)
                body.member("target_seconds", entry.targetSeconds)
                body.member("worked_seconds", entry.workedSeconds)
            }
        }
    }
}

import HTTPTypes
import Storage
import Tenancy
import Web

/// Activities and follow-ups in the API.
struct ActivityRoutes {
    var routes: [Route] {
        [
            .api(
                .post, "/leads/{id}/activities",
                "Logs what was done, and with it schedules the next step and moves the stage",
                input: .json(Self.activitySchema),
                answers: [.init(201, "Logged.", Self.loggedSchema)], handle: log),
            .api(
                .post, "/leads/{id}/follow-ups", "Schedules a next step",
                input: .json(NextStep.schema), answers: [.init(201, "Scheduled.", Lead.schema)],
                handle: schedule),
            .api(
                .post, "/follow-ups/{id}/completion", "Marks a follow-up as done",
                input: .json(
                    .object([
                        .init("outcome", .optional(.text(max: 200))),
                        .init("notes", .optional(.text(max: 10_000))),
                    ])),
                answers: [.init(200, "The lead as it is now.", Lead.schema)], handle: complete),
            .api(
                .patch, "/follow-ups/{id}", "Moves a follow-up to another time",
                input: .json(
                    .object([
                        .init("at", .instant, required: true),
                        .init("reason", .optional(.text(max: 500))),
                    ])),
                answers: [.init(200, "The lead as it is now.", Lead.schema)], handle: reschedule),
            .api(
                .post, "/follow-ups/{id}/hand-over",
                "Hands a follow-up to somebody, who sees its lead until it is done",
                input: .json(
                    .object([
                        .init("user", .id, required: true),
                        .init("until", .optional(.instant), "When it goes back by itself."),
                    ])),
                answers: [.init(201, "Handed on, with its lead.", Share.schema)],
                handle: handOver),
            .api(
                .delete, "/follow-ups/{id}/hand-over",
                "Takes a follow-up back, or gives it back",
                answers: [.init(204, "With whoever handed it on.")], handle: recall),
        ].grouped("Activities")
    }

    private func log(_ call: Call) async throws -> Reply {
        let id: ID<Lead> = try call.id(of: "lead")
        let input = call.input
        guard let kind: Activity.Kind = input.choice("kind") else {
            throw Problem.invalid("kind", "Say what was done.")
        }
        let activity = Activity(
            kind: kind, outcome: input.text("outcome"), notes: input.text("notes"),
            durationMinutes: input.integer("duration_minutes").map(Int.init),
            at: input.instant("at") ?? call.now)
        let next = input.fields("next").flatMap(NextStep.init)
        let move = try input.fields("transition").map(Move.init)
        return try await call.write { scope in
            // Told, not refused: it has been done.
            let touch =
                kind == .note
                ? nil : try await RecentTouches(scope).list(of: id, limit: 1).first
            let lead = try await Leads(scope).masked(
                Activities(scope).log(activity, on: id, next: next, move: move))
            return .logged(activity, lead, touch, scope.change)
        }
    }

    private func schedule(_ call: Call) async throws -> Reply {
        let id: ID<Lead> = try call.id(of: "lead")
        guard let step = NextStep(call.input) else {
            throw Problem.invalid("at", "Say when.")
        }
        return try await call.write { scope in
            let lead = try await Leads(scope).find(id, to: .leadsWork)
            _ = try await FollowUps(scope).schedule(step, for: lead)
            var reply = try await Reply.lead(Leads(scope).load(id), in: scope)
            reply.status = .created
            return reply
        }
    }

    private func complete(_ call: Call) async throws -> Reply {
        let id: ID<FollowUp> = try call.id(of: "follow-up")
        return try await call.write { scope in
            let lead = try await FollowUps(scope).complete(
                id, outcome: call.input.text("outcome"), notes: call.input.text("notes"))
            return try await answer(lead.id, in: scope)
        }
    }

    /// Who was handed a follow-up sees no more of its lead once it is done, and cannot undo it.
    private func answer(_ id: ID<Lead>, in scope: Scope) async throws -> Reply {
        let sees = try await Leads(scope).reaches(id)
        let lead = try await Leads(scope).masked(Leads(scope).load(id))
        return .lead(lead.masked(unless: sees), sees ? scope.change : nil)
    }

    private func handOver(_ call: Call) async throws -> Reply {
        let id: ID<FollowUp> = try call.id(of: "follow-up")
        guard let user: ID<User> = call.input.id("user") else {
            throw Problem.invalid("user", "Say who gets it.")
        }
        let until = call.input.instant("until")
        return try await call.write { scope in
            let share = try await FollowUps(scope).handOver(id, to: user, until: until)
            return .json(.created) { share.write(to: &$0) }
        }
    }

    private func recall(_ call: Call) async throws -> Reply {
        let id: ID<FollowUp> = try call.id(of: "follow-up")
        return try await call.write { scope in
            try await FollowUps(scope).recall(id)
            return .noContent
        }
    }

    private func reschedule(_ call: Call) async throws -> Reply {
        let id: ID<FollowUp> = try call.id(of: "follow-up")
        guard let moment = call.input.instant("at") else {
            throw Problem.invalid("at", "Say when.")
        }
        return try await call.write { scope in
            let lead = try await FollowUps(scope).reschedule(
                id, to: moment, reason: call.input.text("reason"))
            return try await answer(lead.id, in: scope)
        }
    }

    private static let activitySchema = Schema.named(
        "NewActivity",
        .object([
            .init("kind", .choice(Activity.Kind.allCases.map(\.rawValue)), required: true),
            .init("outcome", .optional(.text(max: 200)), "connected, no_answer, left_message, …"),
            .init("notes", .optional(.text(max: 10_000))),
            .init("duration_minutes", .optional(.integer(0...1440))),
            .init("at", .optional(.instant), "Now unless told."),
            .init("next", .optional(NextStep.schema)),
            .init("transition", .optional(Move.schema)),
        ]))

    private static let loggedSchema = Schema.object([
        .init("activity", Activity.schema, required: true),
        .init("lead", Lead.schema, required: true), .init("change", .id, required: true),
        .init(
            "recent_touch", .optional(RecentTouch.schema), required: true,
            "What a colleague did with the lead a short while before."),
    ])
}

extension Reply {
    fileprivate static func logged(
        _ activity: Activity, _ lead: Lead, _ touch: RecentTouch?, _ change: ID<Change>
    ) -> Reply {
        .json(.created, version: lead.version, capacity: 1600) { writer in
            writer.object { body in
                body.member("activity") { activity.write(to: &$0) }
                body.member("lead") { lead.write(to: &$0) }
                body.member("change", change)
                if let touch {
                    body.member("recent_touch") { touch.write(to: &$0) }
                } else {
                    body.member("recent_touch", JSON.null)
                }
            }
        }
    }
}

extension NextStep {
    static let schema = Schema.named(
        "NextStep",
        .object([
            .init("kind", .choice(Kind.allCases.map(\.rawValue)), required: true),
            .init("at", .instant, required: true), .init("notes", .optional(.text(max: 2000))),
        ]))

    init?(_ input: Fields) {
        guard let kind: Kind = input.choice("kind"), let at = input.instant("at") else {
            return nil
        }
        self.init(kind: kind, at: at, notes: input.text("notes"))
    }
}

extension Activity {
    static let schema = Schema.named(
        "Activity",
        .object([
            .init("id", .id, required: true),
            .init("kind", .choice(Kind.allCases.map(\.rawValue)), required: true),
            .init("outcome", .optional(.text(max: 200)), required: true),
            .init("notes", .optional(.text(max: 10_000)), required: true),
            .init("duration_minutes", .optional(.integer(0...1440)), required: true),
            .init("at", .instant, required: true),
        ]))

    func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("id", id)
            body.member("kind", kind.rawValue)
            body.member("outcome", outcome)
            body.member("notes", notes)
            body.member("duration_minutes", durationMinutes)
            body.member("at", at)
        }
    }
}

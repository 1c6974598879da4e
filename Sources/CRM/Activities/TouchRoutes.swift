import HTTPTypes
import Storage
import Tenancy
import Web

/// Who else was just in touch with a lead, in the API, and for how long that is told.
struct TouchRoutes {
    var routes: [Route] {
        [
            .api(
                .get, "/leads/{id}/recent-touches", "Lists what colleagues just did with a lead",
                answers: [.init(200, "The newest first.", Self.listSchema)], handle: list),
            .api(
                .get, "/touch-guard", "Reads for how long colleagues' touches are told",
                answers: [.init(200, "The hours.", Self.guardSchema)], handle: show),
            .api(
                .put, "/touch-guard", "Sets for how long colleagues' touches are told",
                input: .json(Self.guardSchema),
                answers: [.init(200, "As it is now.", Self.guardSchema)], handle: set),
        ].grouped("Activities")
    }

    private func list(_ call: Call) async throws -> Reply {
        let id: ID<Lead> = try call.id(of: "lead")
        let (touches, hours) = try await call.read { scope in
            _ = try await Leads(scope).find(id)
            return (
                try await RecentTouches(scope).list(of: id), try await TouchGuard(scope).hours()
            )
        }
        return .json { writer in
            writer.object { body in
                body.member("data") { $0.array(touches) { $1.write(to: &$0) } }
                body.member("hours", hours)
            }
        }
    }

    private func show(_ call: Call) async throws -> Reply {
        .hours(
            try await call.read { scope in
                try scope.caller.must(.settingsEdit)
                return try await TouchGuard(scope).hours()
            })
    }

    private func set(_ call: Call) async throws -> Reply {
        guard let hours = call.input.integer("hours").map(Int.init) else {
            throw Problem.invalid("hours", "Give a number of hours; 0 tells nothing.")
        }
        return try await call.write { scope in
            try await TouchGuard(scope).set(hours: hours)
            return .hours(hours)
        }
    }

    private static let guardSchema = Schema.named(
        "TouchGuard",
        .object([
            .init(
                "hours", .integer(0...Int64(TouchGuard.hoursMax)), required: true,
                "0 tells nothing.")
        ]))

    private static let listSchema = Schema.object([
        .init("data", .list(RecentTouch.schema, max: RecentTouches.listMax), required: true),
        .init(
            "hours", .integer(0...Int64(TouchGuard.hoursMax)), required: true,
            "How far back the company looks."),
    ])
}

extension Reply {
    fileprivate static func hours(_ hours: Int) -> Reply {
        .json { writer in writer.object { $0.member("hours", hours) } }
    }
}

extension RecentTouch {
    static let schema = Schema.named(
        "RecentTouch",
        .object([
            .init("kind", .choice(Activity.Kind.allCases.map(\.rawValue)), required: true),
            .init("outcome", .optional(.text(max: 200)), required: true),
            .init("notes", .optional(.text(max: 10_000)), required: true),
            .init("at", .instant, required: true),
            .init(
                "user",
                .object([
                    .init("id", .id, required: true),
                    .init("name", .text(max: 200), required: true),
                ]), required: true, "A colleague; never oneself."),
        ]))

    func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("kind", kind.rawValue)
            body.member("outcome", outcome)
            body.member("notes", notes)
            body.member("at", at)
            body.member("user") { writer in
                writer.object {
                    $0.member("id", user)
                    $0.member("name", name)
                }
            }
        }
    }
}

import HTTPTypes
import Storage
import Tenancy
import Web

/// Operations on several leads at once, and taking back.
struct BulkRoutes {
    private static let idsMax = 1000

    var routes: [Route] {
        [
            .api(
                .post, "/leads/assignments", "Hands several leads to somebody",
                input: .json(
                    .object([
                        .init("ids", .list(.id, max: Int(Self.idsMax)), required: true),
                        .init("owner", .id, required: true),
                        .init("reason", .text(max: 500), "Needed for more than one."),
                    ])),
                answers: [.init(200, "What was done.", Changes.Result.schema)], handle: assign),
            .api(
                .post, "/leads/transitions", "Moves several leads to a stage",
                input: .json(Move.bulkSchema),
                answers: [.init(200, "What was done.", Changes.Result.schema)], handle: move),
            .api(
                .post, "/changes/{change}/undo", "Takes a change back, within the hour",
                answers: [.init(200, "What was put back.", Changes.Result.schema)], handle: undo),
        ].grouped("Leads")
    }

    private func assign(_ call: Call) async throws -> Reply {
        guard let user: ID<User> = call.input.id("owner") else {
            throw Problem.invalid("owner", "Say who gets the leads.")
        }
        let (ids, reason): ([ID<Lead>], String?) = (
            call.input.ids("ids"), call.input.text("reason")
        )
        guard ids.count < 2 || reason != nil else {
            throw Problem.invalid("reason", "Say why; it stands on each of the leads.")
        }
        return try await call.write { scope in
            try scope.caller.must(.leadsAssign)
            let result = try await Changes(scope).each(ids) {
                _ = try await Owners(scope).assign($0, to: user, reason: reason)
            }
            try await Changes(scope).record(
                "bulk.assigned", result, to: user.description, because: reason, call)
            return result.reply
        }
    }

    private func move(_ call: Call) async throws -> Reply {
        let (ids, move): ([ID<Lead>], Move) = (call.input.ids("ids"), try Move(call.input))
        return try await call.write { scope in
            try scope.caller.must(.leadsWork)
            let result = try await Changes(scope).each(ids) {
                _ = try await Leads(scope).move($0, move)
            }
            try await Changes(scope).record("bulk.moved", result, to: move.to, call)
            return result.reply
        }
    }

    private func undo(_ call: Call) async throws -> Reply {
        let change: ID<Change> = try call.id("change", of: "change")
        return try await call.write { scope in try await Changes(scope).undo(change).reply }
    }
}

extension Changes {
    /// What was done to several leads at once, for the audit log; their own events have the rest.
    fileprivate func record(
        _ name: String, _ result: Result, to target: String, because reason: String? = nil,
        _ call: Call
    ) async throws {
        try await scope.record(
            Event(name, nil) { body in
                body.member("remote", call.remote)
                body.member("to", target)
                if let reason { body.member("reason", reason) }
                body.member("done", result.done)
                body.member("failed", result.failed.count)
                body.member("change", result.change)
            })
    }
}

extension Changes.Result {
    static let schema = Schema.named(
        "ChangeResult",
        .object([
            .init("done", .integer(0...Int64.max), required: true),
            .init(
                "failed",
                .list(
                    .object([
                        .init("id", .id, required: true),
                        .init("detail", .text(max: 2000), required: true),
                    ]), max: 1000), required: true),
            .init("change", .id, required: true, "For POST /changes/{change}/undo."),
        ]))

    var reply: Reply {
        .json { writer in
            writer.object { body in
                body.member("done", done)
                body.member("failed", objects: failed) { body, failure in
                    body.member("id", failure.lead)
                    body.member("detail", failure.detail)
                }
                body.member("change", change)
            }
        }
    }
}

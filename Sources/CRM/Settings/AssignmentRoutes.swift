import HTTPTypes
import Storage
import Tenancy
import Web

/// Who gets new leads, in the API.
struct AssignmentRoutes {
    private static let holdsMax = 500

    var routes: [Route] {
        [
            .api(
                .get, "/assignment-rules", "Reads the assignment rules, in order",
                answers: [.init(200, "The rules.", AssignmentRule.listSchema)], handle: show),
            .api(
                .put, "/assignment-rules", "Replaces the assignment rules",
                input: .json(AssignmentRule.listSchema),
                answers: [
                    .init(200, "As they are now.", AssignmentRule.listSchema), .staleIfMatched,
                ], handle: replace),
            .api(
                .get, "/assignment/members", "Reads how much each person takes, and their skills",
                answers: [.init(200, "All of them.", [AssignmentMember].schema)], handle: members),
            .api(
                .put, "/assignment/members", "Replaces how much each person takes",
                input: .json([AssignmentMember].schema),
                answers: [
                    .init(200, "As they are now.", [AssignmentMember].schema), .staleIfMatched,
                ], handle: replaceMembers),
            .api(
                .get, "/assignment/holds", "Lists leads that wait for somebody, oldest first",
                answers: [.init(200, "At most \(Self.holdsMax).", .page(of: Self.holdSchema))],
                handle: holds),
        ].grouped("Assignment")
    }

    private func show(_ call: Call) async throws -> Reply {
        try await call.read { scope in
            try scope.caller.must(.settingsEdit)
            return try await Assignment(scope).rules()
        }.whole.reply
    }

    private func replace(_ call: Call) async throws -> Reply {
        let seen = try call.versionIfGiven()
        return try await call.write { scope in
            try scope.caller.must(.settingsEdit)
            let rules = try [AssignmentRule](call.input)
            let assignment = Assignment(scope)
            try await assignment.rules().whole.mustBe(seen)
            try await assignment.replace(with: rules)
            return rules.whole.reply
        }
    }

    private func members(_ call: Call) async throws -> Reply {
        try await call.read { scope in
            try scope.caller.must(.settingsEdit)
            return try await AssignmentMembers(scope).list()
        }.whole.reply
    }

    private func replaceMembers(_ call: Call) async throws -> Reply {
        let seen = try call.versionIfGiven()
        return try await call.write { scope in
            try scope.caller.must(.settingsEdit)
            let list = try [AssignmentMember](call.input)
            let members = AssignmentMembers(scope)
            try await members.list().whole.mustBe(seen)
            try await members.replace(with: list)
            return try await members.list().whole.reply
        }
    }

    private static let holdSchema = Schema.named(
        "AssignmentHold",
        .object([
            .init("lead", .id, required: true), .init("title", .text(max: 300), required: true),
            .init("rule", .optional(.text(max: 80)), required: true),
            .init("reason", .text(max: 4000), required: true),
            .init("since", .instant, required: true), .init("until", .instant, required: true),
        ]))

    private func holds(_ call: Call) async throws -> Reply {
        let holds = try await call.read { scope in
            try scope.caller.must(.leadsRead)
            return try await Holds(scope).list(limit: Self.holdsMax)
        }
        return .page(holds, next: nil) { writer, one in
            writer.object { body in
                body.member("lead", one.lead.id)
                body.member("title", one.lead.title)
                body.member("rule", one.rule)
                body.member("reason", one.lead.ownerReason)
                body.member("since", one.hold.since)
                body.member("until", one.hold.until)
            }
        }
    }
}

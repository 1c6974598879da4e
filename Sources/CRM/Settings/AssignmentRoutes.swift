import HTTPTypes
import Storage
import Tenancy
import Web

/// Who gets new leads, in the API.
struct AssignmentRoutes {
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
}

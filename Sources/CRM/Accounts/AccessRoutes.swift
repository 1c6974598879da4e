import HTTPTypes
import Storage
import Tenancy
import Web

/// Who may do what, and why, in the API.
struct AccessRoutes {
    var routes: [Route] {
        [
            .api(
                .get, "/access/explain", "Says why somebody may do something, or may not",
                query: [
                    .init("user", .id, "Whom it is about; the caller unless told."),
                    .init("subject", .text(max: 100), "`lead:` and an id; without one, any."),
                    .init(
                        "action", .choice(Right.allCases.map(\.rawValue)),
                        "A right; `leads.read` unless told."),
                ],
                answers: [.init(200, "In words.", Self.schema)], handle: explain),
            .api(
                .get, "/access/rights", "Lists the caller's rights",
                answers: [
                    .init(200, "Each with whose records it covers.", Self.rightsSchema)
                ],
                handle: rights),
        ].grouped("Access")
    }

    private func explain(_ call: Call) async throws -> Reply {
        let right = try Self.right(call.query["action"], on: call.query["subject"])
        let lead = try Self.lead(call.query["subject"])
        let explanation = try await call.read { scope in
            guard let user = try Self.user(call.query["user"]) ?? scope.caller.user else {
                throw Problem.invalid("user", "Say whom it is about.")
            }
            return try await Explainer(of: user, on: lead, in: scope).explain(right)
        }
        return .json { writer in
            writer.object { body in
                body.member("allowed", explanation.isAllowed)
                body.member("action", explanation.right.rawValue)
                body.member("because", .array(explanation.because.map(JSON.string)))
                body.member("missing", .array(explanation.missing.map(JSON.string)))
            }
        }
    }

    private func rights(_ call: Call) async throws -> Reply {
        let grants = try call.caller().grants
        return .json { writer in
            writer.object { body in
                body.member("data", objects: grants.rights) { line, right in
                    line.member("action", right.rawValue)
                    line.member("on", .array(grants[right].names.map(JSON.string)))
                }
                body.member("hidden", grants.masks.json)
            }
        }
    }

    /// `leads.read`, or `read` when the subject is a lead.
    private static func right(_ text: String?, on subject: String?) throws -> Right {
        guard let text, !text.isEmpty else { return .leadsRead }
        if let right = Right(rawValue: text) ?? Right(rawValue: "leads.\(text)") { return right }
        throw Problem.invalid("action", "Give a right, as leads.read or exports.run.")
    }

    private static func user(_ text: String?) throws -> ID<User>? {
        guard let text, !text.isEmpty else { return nil }
        guard let id = ID<User>(text) else { throw Problem.invalid("user", "Give a person's id.") }
        return id
    }

    /// `lead:ID`, or the id alone.
    private static func lead(_ text: String?) throws -> ID<Lead>? {
        guard let text, !text.isEmpty else { return nil }
        let id = text.split(whereSeparator: { $0 == ":" || $0 == "/" }).last.map(String.init)
        guard let id = id.flatMap(ID<Lead>.init) else {
            throw Problem.invalid("subject", "Give lead: and the lead's id.")
        }
        return id
    }

    private static let schema = Schema.named(
        "AccessExplanation",
        .object([
            .init("allowed", .boolean, required: true),
            .init("action", .text(max: 60), required: true),
            .init("because", .list(.text(max: 1000), max: 100), required: true),
            .init("missing", .list(.text(max: 1000), max: 100), required: true),
        ]))

    private static let rightsSchema = Schema.object([
        .init(
            "data",
            .list(
                .object([
                    .init("action", .text(max: 60), required: true),
                    .init("on", .list(.text(max: 20), max: 10), required: true),
                ]), max: 100), required: true),
        .init(
            "hidden", .list(.text(max: 40), max: 20), required: true,
            "What is left out of the leads that you reach."),
    ])
}

import HTTPTypes
import Storage
import Tenancy
import Web

/// Break-glass access in the API: operators get in by it, a company's admins see it, end it and
/// may forbid it.
struct BreakGlassRoutes {
    let authenticator: Authenticator
    let mailing: Mailing
    let secureCookies: Bool

    var routes: [Route] {
        [
            .api(
                .get, "/break-glass", "Lists break-glass access, the newest first",
                answers: [
                    .init(
                        200, "Of your company; an operator's own, in whatever company.",
                        .page(of: BreakGlass.schema))
                ], handle: list),
            .api(
                .post, "/break-glass", "Lets a platform operator look into a company, for a while",
                input: .json(NewBreakGlass.schema),
                answers: [
                    .init(
                        201, "A program gets the token this once, a browser a cookie.",
                        BreakGlass.newSchema)
                ], handle: begin),
            .api(
                .delete, "/break-glass/{id}", "Ends break-glass access at once",
                answers: [.init(204, "It is over.")], handle: end
            ).forInsiders,
            .api(
                .get, "/break-glass/policy", "Reads whether operators are let in",
                answers: [.init(200, "The policy.", Self.policySchema)], handle: policy),
            .api(
                .put, "/break-glass/policy", "Lets no operator in, or again",
                input: .json(Self.policySchema),
                answers: [
                    .init(200, "As it is now; who was inside is put out.", Self.policySchema)
                ], handle: setPolicy),
        ].grouped("Break-glass")
    }

    private func list(_ call: Call) async throws -> Reply {
        let all = try await authenticator.breakGlasses(for: call.caller(), at: call.now)
        return .page(all, next: nil) { $1.write(to: &$0, at: call.now) }
    }

    private func begin(_ call: Call) async throws -> Reply {
        let (caller, mailing) = (try call.caller(), mailing)
        let (glass, token) = try await authenticator.breakGlass(
            NewBreakGlass(call.input), as: caller, from: call.comesFrom, at: call.now
        ) { glass, scope in
            try await BreakGlassNotice(scope: scope, mailing: mailing).send(glass)
        }
        let isBrowser = call.visitorIfAny != nil
        let reply = Reply.json(.created) { writer in
            glass.write(to: &writer, at: call.now) {
                $0.member("token", isBrowser ? nil : token)
            }
        }.secret
        guard isBrowser else { return reply }
        let seconds = glass.endsAt.seconds(since: call.now)
        return reply.with(.setCookie, cookie(token, seconds: Int(seconds), call))
    }

    private func end(_ call: Call) async throws -> Reply {
        let id: ID<BreakGlass> = try call.id(of: "break-glass access")
        try await authenticator.endBreakGlass(id, as: call.caller(), at: call.now)
        guard call.visitorIfAny?.glass != nil else { return .noContent }
        return Reply.noContent.with(.setCookie, cookie("", seconds: 0, call))
    }

    private func policy(_ call: Call) async throws -> Reply {
        try await call.read { scope in
            try scope.caller.must(.peopleEdit)
            return Self.reply(try await BreakGlasses(scope).forbiddenSince() != nil)
        }
    }

    private func setPolicy(_ call: Call) async throws -> Reply {
        let isForbidden = call.input.bool("forbidden") ?? false
        try await authenticator.forbidBreakGlass(isForbidden, as: call.caller(), at: call.now)
        return Self.reply(isForbidden)
    }

    private func cookie(_ token: String, seconds: Int, _ call: Call) -> String {
        SessionCookie.carrying(
            token, as: Site.breakGlassCookie, seconds: seconds,
            isSecure: secureCookies || call.scheme == "https")
    }

    private static func reply(_ isForbidden: Bool) -> Reply {
        .json { writer in writer.object { $0.member("forbidden", isForbidden) } }
    }

    private static let policySchema = Schema.named(
        "BreakGlassPolicy",
        .object([.init("forbidden", .boolean, required: true, "No operator is let in.")]))
}

extension NewBreakGlass {
    fileprivate static let schema = Schema.named(
        "NewBreakGlass",
        .object([
            .init("tenant", .text(max: 100), required: true, "The company's short name."),
            .init(
                "reason", .text(max: BreakGlass.reasonCharacters.upperBound), required: true,
                "At least \(BreakGlass.reasonCharacters.lowerBound) characters; its admins read it."
            ),
            .init("minutes", .integer(0...Int64(Int32.max)), required: true, "From 5 to 240."),
            .init("password", .text(max: 200), required: true, "Your own, once more."),
            .init("code", .text(max: 40), "For who has a second step."),
        ]))

    /// A password is taken to the letter.
    fileprivate init(_ input: Fields) {
        self.init(
            slug: input.text("tenant") ?? "", reason: input.text("reason") ?? "",
            minutes: input.integer("minutes") ?? 0, password: input["password"]?.string ?? "",
            code: input.text("code"))
    }
}

extension BreakGlass {
    fileprivate func write(
        to writer: inout JSONWriter, at now: Instant,
        extra: (inout JSONWriter) -> Void = { _ in }
    ) {
        writer.object { body in
            body.member("id", id)
            body.member("company", company)
            body.member("operator", operatorName)
            body.member("email", operatorEmail)
            body.member("reason", reason)
            body.member("began_at", beganAt)
            body.member("ends_at", endsAt)
            body.member("ended_at", endedAt)
            body.member("open", isOpen(at: now))
            extra(&body)
        }
    }

    private static let fields: [Schema.Field] = [
        .init("id", .id, required: true),
        .init("company", .text(max: 120), required: true, "That is looked at."),
        .init("operator", .text(max: 120), required: true),
        .init("email", .text(max: 254), required: true, "The operator's."),
        .init("reason", .text(max: reasonCharacters.upperBound), required: true),
        .init("began_at", .instant, required: true), .init("ends_at", .instant, required: true),
        .init("ended_at", .optional(.instant), required: true, "When ended before its time."),
        .init("open", .boolean, required: true, "Whether it lets somebody in now."),
    ]

    fileprivate static let schema = Schema.named("BreakGlass", .object(fields))
    fileprivate static let newSchema = Schema.named(
        "NewBreakGlassAccess",
        .object(
            fields + [
                .init(
                    "token", .optional(.text(max: 100)), required: true,
                    "A bearer token until ends_at; null for a browser.")
            ]))
}

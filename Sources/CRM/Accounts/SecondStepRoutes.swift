import HTTPTypes
import Storage
import Tenancy
import Web

/// The second step of the sign-in in the API: one-time codes of an authenticator app.
struct SecondStepRoutes {
    let authenticator: Authenticator
    let keys: MasterKeys

    var routes: [Route] {
        (own + company).grouped("Sign-in")
    }

    private var own: [Route] {
        let code = Schema.Field("code", .text(max: 40), required: true)
        return [
            .api(
                .get, "/me/totp", "Reads your second step",
                answers: [.init(200, "How it stands.", Self.schema)], handle: show
            ).forSetUp,
            .api(
                .post, "/me/totp", "Begins to set up a second step",
                answers: [.init(201, "For the authenticator app.", Self.seedSchema)],
                handle: begin
            ).forSetUp,
            .api(
                .post, "/me/totp/confirmation", "Turns the second step on",
                input: .json(.object([code])),
                answers: [.init(200, "Recovery codes, told this once.", Self.codesSchema)],
                handle: confirm
            ).forSetUp,
            .api(
                .post, "/me/totp/removal", "Turns the second step off",
                input: .json(
                    .object([
                        .init("password", .text(max: 200), required: true),
                        .init("code", .text(max: 40), "Needed once it is on."),
                    ])),
                answers: [.init(204, "Off.")], handle: end),
        ]
    }

    private var company: [Route] {
        [
            .api(
                .delete, "/users/{id}/totp", "Takes the second step from a person",
                answers: [.init(204, "Gone, and the person is signed out everywhere.")],
                handle: reset),
            .api(
                .get, "/sign-in-policy", "Reads what the company asks of sign-ins",
                answers: [.init(200, "The policy.", Self.policySchema)], handle: policy),
            .api(
                .put, "/sign-in-policy", "Changes what the company asks of sign-ins",
                input: .json(Self.policySchema),
                answers: [.init(200, "As it is now.", Self.policySchema)], handle: setPolicy),
        ]
    }

    private func show(_ call: Call) async throws -> Reply {
        let (own, isRequired) = try await call.read { [keys] scope in
            let steps = SecondSteps(scope, keys)
            return (try await steps.own(), try await steps.isRequired())
        }
        return .json { writer in
            writer.object {
                $0.member("enabled_at", own?.confirmedAt)
                $0.member("recovery_codes_left", own?.recoveryCodesLeft ?? 0)
                $0.member("required", isRequired)
            }
        }
    }

    /// Not by `call.write`: what is told once must not be kept for an `Idempotency-Key`.
    private func begin(_ call: Call) async throws -> Reply {
        let (code, address) = try await authenticator.write(
            as: call.caller(), at: call.now
        ) { [keys] scope in
            let code = try await SecondSteps(scope, keys).begin()
            return (code, try await code.address(in: scope))
        }
        return .json(.created) { writer in
            writer.object {
                $0.member("secret", code.text)
                $0.member("address", address)
            }
        }
    }

    private func confirm(_ call: Call) async throws -> Reply {
        let code = call.input.text("code") ?? ""
        let codes = try await authenticator.write(as: call.caller(), at: call.now) { [keys] in
            try await SecondSteps($0, keys).confirm(code)
        }
        return .json { writer in
            writer.object {
                $0.member("recovery_codes", .array(codes.map(JSON.string)))
            }
        }
    }

    private func end(_ call: Call) async throws -> Reply {
        try await authenticator.endSecondStep(
            of: call.caller(), password: call.input["password"]?.string ?? "",
            code: call.input.text("code"), from: call.comesFrom, at: call.now)
        return .noContent
    }

    private func reset(_ call: Call) async throws -> Reply {
        let user: ID<User> = try call.id(of: "user")
        try await authenticator.write(as: call.caller(), at: call.now) { [keys] in
            try await SecondSteps($0, keys).reset(user)
        }
        return .noContent
    }

    private func policy(_ call: Call) async throws -> Reply {
        .policy(try await call.read { [keys] in try await SecondSteps($0, keys).isRequired() })
    }

    private func setPolicy(_ call: Call) async throws -> Reply {
        let isRequired = call.input.bool("totp_required") ?? false
        try await authenticator.write(as: call.caller(), at: call.now) { [keys] in
            try await SecondSteps($0, keys).require(isRequired)
        }
        return .policy(isRequired)
    }

    private static let schema = Schema.named(
        "SecondStep",
        .object([
            .init("enabled_at", .optional(.instant), required: true, "Null while it is off."),
            .init("recovery_codes_left", .integer(0...100), required: true),
            .init("required", .boolean, required: true, "Whether the company asks for it."),
        ]))

    private static let seedSchema = Schema.object([
        .init("secret", .text(max: 100), required: true, "In base32."),
        .init("address", .text(max: 1000), required: true, "`otpauth://…`, for a QR code."),
    ])

    private static let codesSchema = Schema.object([
        .init(
            "recovery_codes", .list(.text(max: 40), max: 20), required: true,
            "Each is good once, in place of a code.")
    ])

    private static let policySchema = Schema.named(
        "SignInPolicy",
        .object([
            .init(
                "totp_required", .boolean, required: true,
                "Who has no second step can do nothing but set one up.")
        ]))
}

extension OneTimeCode {
    /// The address for the app, named after the company and the caller.
    func address(in scope: Scope) async throws -> String {
        address(
            of: try await Users(scope).find(try scope.caller.person()).email,
            at: try await Tenants.find(scope.tenant, in: scope.tx).name)
    }
}

extension Reply {
    fileprivate static func policy(_ isRequired: Bool) -> Reply {
        .json { writer in writer.object { $0.member("totp_required", isRequired) } }
    }
}

import HTTPTypes
import Storage
import Tenancy
import Web

/// Forgotten passwords in the API.
struct PasswordResetRoutes {
    let authenticator: Authenticator
    let passwords: Passwords
    let mailing: Mailing
    private let byAddress = RateLimiter(limit: 20, perSeconds: 3600)
    private let byAccount = RateLimiter(limit: 5, perSeconds: 3600)

    init(authenticator: Authenticator, passwords: Passwords, mailing: Mailing) {
        self.authenticator = authenticator
        self.passwords = passwords
        self.mailing = mailing
    }

    var routes: [Route] {
        [
            .api(
                .post, "/password-resets", "Mails a link to choose another password",
                input: .json(Self.requestSchema),
                answers: [
                    .init(202, "The same whether there is such an account.", Self.askedSchema)
                ],
                access: .anyone, handle: ask),
            .api(
                .post, "/password-resets/completion", "Chooses another password by the link",
                input: .json(Self.completionSchema),
                answers: [.init(204, "Signed out everywhere.")], access: .anyone,
                handle: complete),
        ].grouped("Sign-in")
    }

    /// Both limits count what was typed, so they do not tell who has an account.
    private func ask(_ call: Call) async throws -> Reply {
        let slug = (call.input.text("tenant") ?? "").lowercased()
        let email = (call.input.text("email") ?? "").lowercased()
        for standing in [
            byAddress.take(call.remote, at: call.now),
            byAccount.take("\(slug) \(email)", at: call.now),
        ] where !standing.isAllowed {
            throw Problem.tooMany(
                "Asked for too often. Look into your mail, or try again later.",
                retryAfterSeconds: standing.retryAfterSeconds)
        }
        let tenant = try await call.database.translated {
            try await call.database.read { try await Tenants.find(slug: slug, in: $0)?.id }
        }
        try await PasswordResets.ask(for: email, of: tenant, in: call.database, at: call.now)
        return .json(.accepted) { writer in
            writer.object { $0.member("detail", "If there is such an account, it gets mail.") }
        }
    }

    private func complete(_ call: Call) async throws -> Reply {
        let token = call.input["token"]?.string ?? ""
        let person = try await authenticator.link(token, .passwordReset, at: call.now)
        let hash = try await passwords.hash(call.input["password"]?.string ?? "")
        try await authenticator.write(as: person.caller, at: call.now) { scope in
            try await PasswordResets(scope: scope, mailing: mailing)
                .complete(token, of: person, hash: hash)
        }
        return .noContent
    }

    private static let askedSchema = Schema.object([
        .init("detail", .text(max: 200), required: true)
    ])

    private static let requestSchema = Schema.named(
        "PasswordResetRequest",
        .object([
            .init("tenant", .text(max: 100), required: true, "The company's short name."),
            .init("email", .text(max: 254), required: true),
        ]))

    private static let completionSchema = Schema.named(
        "PasswordReset",
        .object([
            .init("token", .text(max: 100), required: true, "From the link."),
            .init("password", .text(max: PasswordPolicy.lengths.upperBound), required: true),
        ]))
}

import HTTPTypes
import OpenID
import Storage
import Tenancy
import Web

/// A company's identity provider in the API, for admins.
struct OpenIDSettingRoutes {
    let authenticator: Authenticator
    let keys: MasterKeys
    let relyingParty: RelyingParty
    let mailing: Mailing

    var routes: [Route] {
        [
            .api(
                .get, "/sign-in/openid", "Reads the company's identity provider",
                answers: [.init(200, "Without the client's secret.", Self.schema)], handle: show),
            .api(
                .put, "/sign-in/openid", "Sets the company's identity provider",
                input: .json(Self.changeSchema),
                answers: [.init(200, "As it is now; the provider was asked.", Self.schema)],
                handle: set),
            .api(
                .delete, "/sign-in/openid", "Ends sign-in by the identity provider",
                answers: [.init(204, "Gone. Who is signed in stays so.")], handle: remove),
            .api(
                .delete, "/users/{id}/openid", "Unlinks a person from the identity provider",
                answers: [.init(204, "The next account with the person's address is theirs.")],
                handle: unlink),
        ].grouped("Sign-in")
    }

    private func show(_ call: Call) async throws -> Reply {
        let (provider, slug) = try await call.read { [keys] scope in
            guard let provider = try await OpenIDProviders(scope, keys).find() else {
                throw Problem.notFound("provider")
            }
            return (provider, try await Tenants.find(scope.tenant, in: scope.tx).slug)
        }
        return reply(provider, slug)
    }

    /// The provider is asked before anything is kept, and by admins alone.
    private func set(_ call: Call) async throws -> Reply {
        try call.caller().must(.settingsEdit)
        let provider = OpenIDProvider(call.input)
        do {
            try await relyingParty.check(provider.issuer, at: call.now)
        } catch let fault as ProviderFault {
            throw Problem.invalid("issuer", fault.description)
        }
        let secret = call.input["client_secret"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let (kept, slug) = try await authenticator.write(
            as: call.caller(), at: call.now
        ) { [keys] scope in
            let kept = try await OpenIDProviders(scope, keys).set(provider, secret: secret)
            return (kept, try await Tenants.find(scope.tenant, in: scope.tx).slug)
        }
        return reply(kept, slug)
    }

    private func remove(_ call: Call) async throws -> Reply {
        try await authenticator.write(as: call.caller(), at: call.now) { [keys] in
            try await OpenIDProviders($0, keys).remove()
        }
        return .noContent
    }

    private func unlink(_ call: Call) async throws -> Reply {
        let user: ID<User> = try call.id(of: "user")
        return try await call.write { scope in
            try await OpenIDIdentities(scope).unlink(user)
            return .noContent
        }
    }

    private func reply(_ provider: OpenIDProvider, _ slug: String) -> Reply {
        .json { writer in
            writer.object {
                $0.member("issuer", provider.issuer)
                $0.member("client_id", provider.clientID)
                $0.member("label", provider.label)
                $0.member("passwords", provider.passwords.rawValue)
                $0.member("second_step", provider.secondStep.rawValue)
                $0.member("redirect_uri", mailing.openID(slug))
            }
        }
    }

    private static let fields: [Schema.Field] = [
        .init(
            "issuer", .text(max: 500, hint: "uri"), required: true,
            "Exactly as the provider writes it."),
        .init("client_id", .text(max: 300), required: true),
        .init("label", .text(max: 100), required: true, "Its name on the sign-in page."),
        .init(
            "passwords", .choice(OpenIDProvider.Passwords.allCases.map(\.rawValue)),
            required: true, "Who may go on signing in with a password."),
        .init(
            "second_step", .choice(OpenIDProvider.SecondStep.allCases.map(\.rawValue)),
            required: true, "Who asks for it; `provider` when it always does."),
    ]

    private static let schema = Schema.named(
        "OpenIDProvider",
        .object(
            fields + [
                .init(
                    "redirect_uri", .text(max: 500), required: true,
                    "To be registered with the provider.")
            ]))

    private static let changeSchema = Schema.named(
        "OpenIDProviderChange",
        .object(
            fields + [
                .init(
                    "client_secret", .text(max: 500),
                    "Kept as it is when left out, unless issuer or client change.")
            ]))
}

extension OpenIDProvider {
    fileprivate init(_ input: Fields) {
        self.init(
            issuer: input.text("issuer") ?? "", clientID: input.text("client_id") ?? "",
            label: input.text("label") ?? "", passwords: input.choice("passwords") ?? .everybody,
            secondStep: input.choice("second_step") ?? .here)
    }
}

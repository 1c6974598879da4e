import App
import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

/// A world beside an identity provider, with nia, who has a password, and a browser's steps.
struct OpenIDDesk: Sendable {
    static let setting = "/api/v1/sign-in/openid"

    let world: World
    let stand: ProviderStand
    /// Of nia.
    let credentials: JSON

    static func with(
        _ engine: EngineKind, passwords: JSON = "everybody", secondStep: JSON = "here",
        _ body: @escaping @Sendable (OpenIDDesk) async throws -> Void
    ) async throws {
        let beside: @Sendable (inout Settings) -> Void = { $0.trustsLocalProviders = true }
        try await Password.world(engine, setting: beside) { world, credentials in
            try await ProviderStand.with(now: { world.clock.now }) { stand in
                let desk = OpenIDDesk(world: world, stand: stand, credentials: credentials)
                let answer = try await world.ada.put(
                    setting, desk.provider(passwords: passwords, secondStep: secondStep))
                try #require(answer.status == 200, "\(answer.text)")
                try await body(desk)
            }
        }
    }

    func provider(
        passwords: JSON = "everybody", secondStep: JSON = "here",
        changing changes: [String: JSON?] = [:]
    ) -> JSON {
        var fields: [String: JSON] = [
            "issuer": .string(stand.issuer), "client_id": .string(ProviderStand.client),
            "client_secret": .string(ProviderStand.secret), "label": "Vantage ID",
            "passwords": passwords, "second_step": secondStep,
        ]
        for (name, value) in changes { fields[name] = value }
        return .object(fields)
    }

    /// A browser that was sent to the provider.
    func begin(
        next: String? = nil, tenant: String = "vantage-retail"
    ) async throws -> (browser: Client, address: String) {
        var wish: [String: JSON] = ["tenant": .string(tenant)]
        if let next { wish["next"] = .string(next) }
        let answer = try await world.nobody.send(
            .post, "\(Self.setting)/attempts", .object(wish))
        guard answer.status == 201, let address = answer.json["redirect"]?.string else {
            throw UnexpectedAnswer(answer: answer)
        }
        return (browser(after: answer), address)
    }

    /// A browser with the cookies that an answer sets.
    func browser(after answer: Answer) -> Client {
        let cookies = answer.headers[values: .setCookie].map { $0.prefix { $0 != ";" } }
        var browser = world.nobody
        browser.headers[.cookie] = cookies.joined(separator: "; ")
        return browser
    }

    /// All the way to where the provider sends the browser.
    func signIn(
        as account: ProviderStand.Account = .init(), next: String? = nil
    ) async throws -> Answer {
        let (browser, address) = try await begin(next: next)
        let (path, query) = try stand.signIn(address, as: account)
        return try await browser.send(.get, "\(path)?\(query)")
    }

    /// Who the browser that has this answer is; nil for nobody.
    func who(_ answer: Answer) async throws -> String? {
        try await browser(after: answer).send(.get, "/api/v1/me").json["email"]?.string
    }

    func events(_ name: String) async throws -> [JSON] {
        let tenant = world.vantage
        let texts: [String] = try await world.database.read { tx in
            try await tx.column(
                "SELECT data FROM events WHERE tenant_id = \(tenant) AND name = \(name) ORDER BY seq"
            )
        }
        return try texts.map { try JSON(parsing: $0) }
    }
}

import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

/// A world with olga, a platform operator who is of Rival and looks into Vantage.
struct Glass: Sendable {
    let world: World
    let olga: ID<User>

    static let path = "/api/v1/break-glass"
    static let reason = "Ticket 4711: totals differ"
    private static let hash = Task { try await Passwords().hash(Password.text) }

    static func world(
        _ engine: EngineKind, _ body: @Sendable (Glass) async throws -> Void
    ) async throws {
        let hash = try await hash.value
        try await World.with(engine) { world in
            world.clock.advance(seconds: Instant.now.seconds(since: world.clock.now))
            let new = NewUser(
                email: "olga@rival.example", name: "Olga", role: .platformOperator,
                passwordHash: hash)
            let olga = try await world.database.write(as: .system(world.rival)) {
                try await Users($0).create(new).id
            }
            try await body(Glass(world: world, olga: olga))
        }
    }

    private var credentials: JSON {
        [
            "tenant": "rival-trading", "email": "olga@rival.example",
            "password": .string(Password.text),
        ]
    }

    /// Olga's program, at home.
    func program() async throws -> Client {
        let answer = try await world.nobody.send(.post, "/api/v1/tokens", credentials)
        let token = try #require(answer.json["access_token"]?.string, "\(answer.text)")
        return world.nobody.bearing(token)
    }

    /// Olga's browser, at home.
    func browser() async throws -> Client {
        let answer = try await world.nobody.send(.post, "/api/v1/sessions", credentials)
        var client = world.nobody
        client.headers[.cookie] = Self.cookie(answer)
        client.headers[HTTPField.Name("X-CSRF-Token")!] = answer.json["csrf"]?.string
        return client
    }

    static func cookie(_ answer: Answer) -> String {
        String(answer.headers[.setCookie]?.prefix { $0 != ";" } ?? "")
    }

    func wish(_ changes: [String: JSON] = [:]) -> JSON {
        let wish: [String: JSON] = [
            "tenant": "vantage-retail", "reason": .string(Self.reason), "minutes": 30,
            "password": .string(Password.text),
        ]
        return .object(wish.merging(changes) { $1 })
    }

    /// A program of Olga's that is inside, and the grant.
    func inside() async throws -> (client: Client, glass: JSON) {
        // So that they have an order.
        world.clock.advance(seconds: 1)
        let answer = try await program().send(.post, Self.path, wish())
        let token = try #require(answer.json["token"]?.string, "\(answer.text)")
        return (world.nobody.bearing(token), answer.json)
    }
}

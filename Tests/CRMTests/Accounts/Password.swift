import App
import DatabaseSupport
import Storage
import Tenancy
import TestSupport

/// A world with somebody who has a password: the cast comes in without.
enum Password {
    static let text = "correct horse battery"
    private static let hash = Task { try await Passwords().hash(text) }

    /// - Parameter credentials: Of nia, a salesperson of Vantage.
    static func world(
        _ engine: EngineKind, setting: @Sendable (inout Settings) -> Void = { _ in },
        _ body: @Sendable (_ world: World, _ credentials: JSON) async throws -> Void
    ) async throws {
        let hash = try await hash.value
        try await World.with(engine, setting: setting) { world in
            // A sign-in is dated by the world's clock, and whether it has run out is asked at
            // the door, by the system's.
            world.clock.advance(seconds: Instant.now.seconds(since: world.clock.now))
            _ = try await world.asking(world.ada) {
                try await Users($0).create(
                    NewUser(
                        email: "nia@vantage.example", name: "Nia", role: .salesperson,
                        passwordHash: hash))
            }
            try await body(world, credentials())
        }
    }

    static func credentials(_ password: String = text) -> JSON {
        [
            "tenant": "vantage-retail", "email": "Nia@Vantage.example",
            "password": .string(password),
        ]
    }
}

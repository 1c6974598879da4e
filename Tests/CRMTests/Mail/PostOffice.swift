import Background
import DatabaseSupport
import Foundation
import HTTPTypes
import Logging
import Mail
import Storage
import Tenancy
import TestSupport

@testable import CRM

/// Runs the jobs that mail takes, one after the other, and reads what came of them.
struct PostOffice: Sendable {
    let world: World
    var relay: Relay?

    static let site = "http://127.0.0.1:8080"

    init(_ world: World, _ stand: SMTPStand? = nil) throws {
        self.world = world
        relay = try stand.map {
            Relay(
                try RelayAddress("smtp://127.0.0.1:\($0.port)?tls=none"),
                from: Mailbox(name: "iPerform", address: "crm@vantage.example"))
        }
    }

    /// A world by the system's clock, and mail in it.
    static func with(
        _ engine: EngineKind, _ answers: [SMTPStand.Answer]? = nil,
        _ body: @escaping @Sendable (PostOffice, SMTPStand?, JSON) async throws -> Void
    ) async throws {
        let stand = try answers.map { try SMTPStand($0) }
        defer { stand?.stop() }
        try await Password.world(engine) { world, credentials in
            try await body(PostOffice(world, stand), stand, credentials)
        }
    }

    /// Runs what waits, and what is planned as if its time had come.
    func work() async throws {
        let runner = JobRunner(
            world.database, mailHandlers(Mailing(relay: relay, site: Self.site)),
            log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        for _ in 0..<2 {
            let jobs: [StoredJob] = try await world.database.write { tx in
                try await tx.execute(
                    "UPDATE jobs SET state = 'waiting', run_at = 0 WHERE state = 'scheduled'")
                return try await tx.all(
                    "SELECT \(StoredJob.columns) FROM jobs j WHERE state = 'waiting' ORDER BY id")
            }
            for job in jobs { _ = try? await runner.run(job.id, of: job.tenant) }
            if !jobs.contains(where: { $0.kind == SendPasswordReset.kind.name }) { return }
        }
    }

    func jobs() async throws -> [StoredJob] {
        try await world.database.read {
            try await $0.all("SELECT \(StoredJob.columns) FROM jobs j ORDER BY id")
        }
    }

    /// As an admin of Vantage sees it, the oldest first.
    func messages() async throws -> [JSON] {
        try await world.ada.get("/api/v1/outbox").data.reversed()
    }

    /// What stands in the newest message behind `/welcome/` or `/reset/`.
    func token(_ place: String) async throws -> String {
        let texts = try await messages().compactMap { $0["text"]?.string }
        let found = texts.last { $0.contains("/\(place)/") } ?? ""
        return found.firstMatch(of: try Regex("/\(place)/(\\S+)", as: (Substring, Substring).self))
            .map { String($0.1) } ?? ""
    }

    func events(_ person: ID<User>) async throws -> [String] {
        let tenant = world.vantage
        return try await world.database.read { tx in
            try await tx.rows(
                """
                SELECT name FROM events WHERE tenant_id = \(tenant) AND subject_id = \(person)
                ORDER BY seq
                """
            ) { try $0.next(String.self) }
        }
    }

    /// Adds somebody without a password.
    func invite(_ name: String = "Uma") async throws -> ID<User> {
        let answer = try await world.ada.post(
            "/api/v1/users",
            [
                "name": .string(name), "email": .string("\(name)@Vantage.example"),
                "role": "salesperson",
            ])
        guard let id = answer.json["id"]?.string.flatMap(ID<User>.init) else {
            throw UnexpectedAnswer(answer: answer)
        }
        return id
    }

    func accept(_ token: String, _ password: String = "a long enough one") async throws -> Answer {
        try await world.nobody.send(
            .post, "/api/v1/invitations/acceptance",
            ["token": .string(token), "password": .string(password), "name": "Uma Rao"])
    }

    func forgot(_ email: String, tenant: String = "vantage-retail") async throws -> Answer {
        try await world.nobody.send(
            .post, "/api/v1/password-resets",
            ["tenant": .string(tenant), "email": .string(email)])
    }

    func reset(_ token: String, _ password: String = "another one, longer") async throws -> Answer {
        try await world.nobody.send(
            .post, "/api/v1/password-resets/completion",
            ["token": .string(token), "password": .string(password)])
    }
}

import Background
import HTTPTypes
import Meta
import Storage
import Tenancy
import Web

/// Where Facebook tells of leads: journalled, then answered; the answers are fetched by jobs.
///
/// Who comes without the proof gets the same answer whether there is such a company or not.
struct MetaHookRoutes {
    let keys: MasterKeys
    /// What a call is checked against where there is no secret.
    private let nobody = (0..<32).map { _ in UInt8.random(in: 0...255) }

    /// A thousand changes take about 300 KB.
    private static let bytesMax = 2 << 20
    private static let challengeMax = 1000

    init(keys: MasterKeys) {
        self.keys = keys
    }

    var routes: [Route] {
        [
            .other(
                .get, "/hooks/meta/{slug}", "Shows Facebook that the webhook is ours",
                handle: verify),
            .other(.post, "/hooks/meta/{slug}", "Takes what Facebook tells of leads", handle: take),
        ]
    }

    private func verify(_ call: Call) async throws -> Reply {
        let door = try await door(call, .metaVerify)
        let isOurs = WebhookProof.isSame(
            call.query["hub.verify_token"] ?? "", door?.secret ?? nobody)
        guard door != nil, isOurs, call.query["hub.mode"] == "subscribe",
            let challenge = call.query["hub.challenge"], challenge.count <= Self.challengeMax
        else { throw Problem.forbidden("The verify token is not the one that was set here.") }
        return .text(challenge)
    }

    private func take(_ call: Call) async throws -> Reply {
        let body = try await call.body(bytesMax: Self.bytesMax)
        let door = try await door(call, .metaApp)
        let isSigned = WebhookProof.isSigned(
            body, call.header(.hubSignature), secret: door?.secret ?? nobody)
        guard let door, isSigned else {
            throw Problem.forbidden("X-Hub-Signature-256 is not of this body by the app’s secret.")
        }
        guard let json = try? JSON(parsing: body) else {
            throw Problem.malformed("The body is not JSON.")
        }
        if let leadgen = Leadgen(json), !leadgen.changes.isEmpty || leadgen.isIncomplete {
            try await journal(leadgen, door, call)
        }
        return .text("ok")
    }

    private func journal(_ leadgen: Leadgen, _ door: Door, _ call: Call) async throws {
        let arrivals = leadgen.changes.map(MetaArrival.init)
        let actor = Actor(kind: .connection, id: door.connection.uuid)
        try await call.database.write(
            as: .system(door.tenant, as: actor), at: call.now, isolation: .readCommitted
        ) { scope in
            try await MetaLeads(scope).journal(arrivals, by: door.connection)
            guard leadgen.isIncomplete else { return }
            // Something came, and it does not say what: Facebook's own lists do.
            try await Jobs(scope).add(ReadMetaForms(), key: ReadMetaForms.key)
        }
    }

    /// Whose webhook it is, and what proves a call of it.
    private struct Door: Sendable {
        let tenant: ID<Tenant>
        let connection: ID<MetaConnection>
        let secret: [UInt8]
    }

    private func door(_ call: Call, _ purpose: SecretPlace.Purpose) async throws -> Door? {
        let (slug, now) = (call.parameter("slug"), call.now)
        return try await call.database.translated {
            try await call.database.read { [keys] tx -> Door? in
                guard let tenant = try await Tenants.find(slug: slug, in: tx) else { return nil }
                let scope = Scope(caller: .system(tenant.id), tx: tx, now: now)
                guard let connection = try await MetaConnections.current(in: scope),
                    let secret = try await Secrets(scope, keys)
                        .find(purpose, of: connection.id.uuid)
                else { return nil }
                return Door(tenant: tenant.id, connection: connection.id, secret: secret)
            }
        }
    }
}

extension HTTPField.Name {
    fileprivate static let hubSignature = HTTPField.Name("X-Hub-Signature-256")!
}

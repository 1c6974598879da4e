import HTTPTypes
import Storage
import Tenancy
import Web

/// API keys in the API.
struct APIKeyRoutes {
    let authenticator: Authenticator

    var routes: [Route] {
        [
            .api(
                .get, "/api-keys", "Lists API keys, the newest first",
                answers: [.init(200, "All of them, revoked ones too.", .page(of: APIKey.schema))],
                handle: list),
            .api(
                .post, "/api-keys", "Makes an API key",
                input: .json(Self.inputSchema),
                answers: [.init(201, "The token is told this once.", APIKey.newSchema)],
                handle: create),
            .api(
                .delete, "/api-keys/{id}", "Revokes an API key",
                answers: [.init(204, "Revoked.")], handle: revoke),
        ].grouped("API keys")
    }

    private func list(_ call: Call) async throws -> Reply {
        let keys = try await call.read { try await APIKeys($0).list() }
        return .page(keys, next: nil) { $1.write(to: &$0) }
    }

    private func create(_ call: Call) async throws -> Reply {
        let (name, rights) = (call.input.text("name") ?? "", call.input["rights"]?.array)
        return try await call.write { scope in
            let (key, token) = try await APIKeys(scope).create(
                name: name, rights: rights?.map { $0.string ?? "" })
            return .json(.created) { writer in
                key.write(to: &writer) { $0.member("token", token) }
            }.with(.location, "/api/v1/api-keys/\(key.id)").secret
        }
    }

    private static let inputSchema = Schema.object([
        .init("name", .text(max: 120), required: true),
        .init(
            "rights", .list(.text(max: 60), max: 100),
            "Some of yours, as leads.read; all of yours, today and later, unless told."),
    ])

    private func revoke(_ call: Call) async throws -> Reply {
        let id: ID<APIKey> = try call.id(of: "API key")
        let reply = try await call.write { scope in
            try await APIKeys(scope).revoke(id)
            return .noContent
        }
        authenticator.forget(try call.caller().tenant)
        return reply
    }
}

extension APIKey {
    fileprivate func write(
        to writer: inout JSONWriter, extra: (inout JSONWriter) -> Void = { _ in }
    ) {
        writer.object { body in
            body.member("id", id)
            body.member("name", name)
            body.member("hint", hint)
            body.member("user", maker)
            body.member(
                "rights", rights.map { JSON.array($0.map { .string($0.rawValue) }) } ?? .null)
            body.member("created_at", createdAt)
            body.member("last_used_at", lastUsedAt)
            body.member("revoked_at", revokedAt)
            extra(&body)
        }
    }

    private static let fields: [Schema.Field] = [
        .init("id", .id, required: true), .init("name", .text(max: 120), required: true),
        .init("hint", .text(max: 10), required: true, "The last characters of the token."),
        .init("user", .id, required: true, "Who made it, and as whom it acts."),
        .init(
            "rights", .optional(.list(.text(max: 60), max: 100)), required: true,
            "What it may of what its maker may today; null for all of it."),
        .init("created_at", .instant, required: true),
        .init("last_used_at", .optional(.instant), required: true, "To the minute."),
        .init("revoked_at", .optional(.instant), required: true),
    ]

    fileprivate static let schema = Schema.named("APIKey", .object(fields))
    fileprivate static let newSchema = Schema.named(
        "NewAPIKey",
        .object(
            fields + [
                .init("token", .text(max: 100), required: true, "Stored hashed; keep it now.")
            ]))
}

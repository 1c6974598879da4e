import HTTPTypes
import Storage
import Tenancy
import Web

/// Partner companies in the API.
struct PartnerRoutes {
    var routes: [Route] {
        [
            .api(
                .get, "/partners", "Lists partner companies",
                answers: [.init(200, "All of them.", Self.listSchema)], handle: list),
            .api(
                .post, "/partners", "Adds a partner company", input: .json(Self.inputSchema),
                answers: [.init(201, "Added.", Partner.schema)], handle: create),
            .api(
                .patch, "/partners/{id}", "Renames a partner company, or ends working with it",
                input: .json(
                    .object([.init("name", .text(max: 120)), .init("active", .boolean)])),
                answers: [.init(200, "As it is now.", Partner.schema)], needsVersion: true,
                handle: change),
        ].grouped("People")
    }

    private func list(_ call: Call) async throws -> Reply {
        let partners = try await call.read { try await Partners($0).list() }
        return .json { writer in
            writer.object { body in
                body.member("data") { $0.array(partners) { $1.write(to: &$0) } }
            }
        }
    }

    private func create(_ call: Call) async throws -> Reply {
        try await call.write { scope in
            let partner = try await Partners(scope).create(name: call.input.text("name") ?? "")
            return .json(.created, version: partner.version) { partner.write(to: &$0) }
        }
    }

    private func change(_ call: Call) async throws -> Reply {
        let (id, version): (ID<Partner>, Int) = (try call.id(of: "partner"), try call.version())
        return try await call.write { scope in
            let partner = try await Partners(scope).change(
                id, name: call.input["name"]?.string, active: call.input.bool("active"),
                version: version)
            return .json(version: partner.version) { partner.write(to: &$0) }
        }
    }

    private static let inputSchema = Schema.object([
        .init("name", .text(max: 120), required: true)
    ])

    private static let listSchema = Schema.object([
        .init("data", .list(Partner.schema, max: Partners.listMax), required: true)
    ])
}

extension Partner {
    static let schema = Schema.named(
        "Partner",
        .object([
            .init("id", .id, required: true), .init("name", .text(max: 120), required: true),
            .init("active", .boolean, required: true),
            .init("version", .integer(1...Int64.max), required: true),
        ]))

    func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("id", id)
            body.member("name", name)
            body.member("active", deactivatedAt == nil)
            body.member("version", version)
        }
    }
}

import HTTPTypes
import Storage
import Tenancy
import Web

/// Saved mappings in the API.
struct SavedMappingRoutes {
    var routes: [Route] {
        [
            .api(
                .get, "/import-mappings", "Lists saved mappings",
                answers: [.init(200, "All of them.", .page(of: SavedMapping.schema))], handle: list),
            .api(
                .post, "/import-mappings", "Saves a mapping under a name",
                input: .json(SavedMapping.inputSchema),
                answers: [.init(201, "Saved.", SavedMapping.schema)], handle: create),
            .api(
                .patch, "/import-mappings/{id}", "Changes a saved mapping",
                input: .json(SavedMapping.changeSchema),
                answers: [.init(200, "As it is now.", SavedMapping.schema)], needsVersion: true,
                handle: change),
            .api(
                .delete, "/import-mappings/{id}", "Deletes a saved mapping",
                answers: [.init(204, "Deleted.")], handle: delete),
        ].grouped("Imports")
    }

    private func list(_ call: Call) async throws -> Reply {
        let saved = try await call.read { try await SavedMappings($0).list() }
        return .page(saved, next: nil) { $1.write(to: &$0) }
    }

    private func create(_ call: Call) async throws -> Reply {
        let mapping = try Mapping(call.input["mapping"] ?? [:])
        let saved = SavedMapping(named: call.input.text("name") ?? "", mapping)
        return try await call.write { scope in
            let saved = try await SavedMappings(scope).create(saved)
            return .json(.created, version: saved.version) { saved.write(to: &$0) }
        }
    }

    private func change(_ call: Call) async throws -> Reply {
        let (id, version): (ID<SavedMapping>, Int) = (
            try call.id(of: "mapping"), try call.version()
        )
        let name = call.input.has("name") ? call.input.text("name") ?? "" : nil
        let mapping = try call.input["mapping"].map(Mapping.init)
        return try await call.write { scope in
            let saved = try await SavedMappings(scope).change(id, version: version) { saved in
                if let name { saved.name = name }
                if let mapping { saved.mapping = mapping }
            }
            return .json(version: saved.version) { saved.write(to: &$0) }
        }
    }

    private func delete(_ call: Call) async throws -> Reply {
        let id: ID<SavedMapping> = try call.id(of: "mapping")
        return try await call.write { scope in
            try await SavedMappings(scope).delete(id)
            return .noContent
        }
    }
}

extension SavedMapping {
    private static let name = Schema.text(max: 120)

    static let inputSchema = Schema.named(
        "NewImportMapping",
        .object([
            .init("name", name, required: true), .init("mapping", Mapping.schema, required: true),
        ]))

    static let changeSchema = Schema.named(
        "ImportMappingChange",
        .object([.init("name", name), .init("mapping", Mapping.schema)]))

    static let schema = Schema.named(
        "SavedImportMapping",
        .object([
            .init("id", .id, required: true), .init("name", name, required: true),
            .init("mapping", Mapping.schema, required: true),
            .init("version", .integer(1...Int64.max), required: true),
        ]))

    func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("id", id)
            body.member("name", name)
            body.member("mapping", mapping.json)
            body.member("version", version)
        }
    }
}

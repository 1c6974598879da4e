import App
import DatabaseSupport
import Foundation
import Storage
import Tenancy
import Testing

/// Where master keys come from, and what is said when one is not there.
@Suite struct MasterKeyTests {
    private func opened<Value: Sendable>(
        _ directory: URL, _ change: (inout Settings) -> Void = { _ in },
        _ body: @Sendable (Installation) async throws -> Value
    ) async throws -> Value {
        var settings = Settings(dataDirectory: directory.path)
        change(&settings)
        let installation = try await Installation.open(settings, log: SchemaFiles.silent)
        let result: Result<Value, any Error>
        do { result = .success(try await body(installation)) } catch { result = .failure(error) }
        try await installation.close()
        return try result.get()
    }

    private func refusal(_ body: () async throws -> Void) async -> String {
        do { try await body() } catch let refusal as Refusal { return refusal.description } catch {
            Issue.record(error)
        }
        return ""
    }

    @Sendable private static func seal(_ installation: Installation) async throws {
        let tenant = try await createTenant(
            installation, name: "Harbor", adminEmail: "a@harbor.example",
            adminPassword: "a calm evening by the sea"
        ).tenant
        try await installation.database.write(as: .system(tenant)) {
            try await Secrets($0, installation.masterKeys).set([1, 2, 3], .totp, of: tenant.uuid)
        }
    }

    @Test func `a key file is made on first use, for its owner only, and stays`() async throws {
        try await TestDirectory.with { directory in
            let first = try await opened(directory) { $0.masterKeys.newestName }
            let path = directory.appending(path: "master.key").path
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            #expect(try await opened(directory) { $0.masterKeys.newestName } == first)
            let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            #expect(files.filter { $0.hasPrefix("master.key") } == ["master.key"])
        }
    }

    @Test func `without the key that secrets are under, nothing new is begun`() async throws {
        try await TestDirectory.with { directory in
            let name = try await opened(directory) { installation in
                try await Self.seal(installation)
                return installation.masterKeys.newestName
            }
            try FileManager.default.removeItem(at: directory.appending(path: "master.key"))
            let said = await refusal { try await opened(directory) { _ in } }
            #expect(said.contains(name) && said.contains("IPERFORM_MASTER_KEY_FILE"))
        }
    }

    @Test func `rotation takes two keys, and then the new one is enough`() async throws {
        try await TestDirectory.with { directory in
            try await opened(directory) { try await Self.seal($0) }
            let path = directory.appending(path: "master.key").path
            let old = try String(contentsOfFile: path, encoding: .utf8)
            let new = MasterKeys.random()
            let only = await refusal {
                try await opened(directory, { $0.masterKey = new }) { try await rotateSecrets($0) }
            }
            #expect(only.contains("not among those given"))
            try await opened(directory, { $0.masterKey = "\(new),\(old)" }) {
                try await rotateSecrets($0)
            }
            let file = directory.appending(path: "other.key").path
            try new.write(toFile: file, atomically: true, encoding: .utf8)
            let found = try await opened(directory, { $0.masterKeyFile = file }) { installation in
                let tenant = try #require(
                    try await installation.database.read { try await Tenants.all(in: $0) }.first)
                return try await installation.database.read(as: .system(tenant.id)) {
                    try await Secrets($0, installation.masterKeys).find(.totp, of: tenant.id.uuid)
                }
            }
            #expect(found == [1, 2, 3])
        }
    }

    @Test func `a key that is none is refused in words, and not repeated`() async throws {
        try await TestDirectory.with { directory in
            let said = await refusal {
                try await opened(directory, { $0.masterKey = "c2VjcmV0" }) { _ in }
            }
            #expect(said.contains("IPERFORM_MASTER_KEY") && said.contains("openssl rand"))
            #expect(!said.contains("c2VjcmV0"))
            let missing = await refusal {
                try await opened(directory, { $0.masterKeyFile = "/nowhere/at.key" }) { _ in }
            }
            #expect(missing.contains("/nowhere/at.key cannot be read"))
        }
    }
}

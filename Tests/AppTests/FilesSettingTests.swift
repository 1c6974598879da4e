import BucketSupport
import DatabaseSupport
import Files
import Foundation
import Logging
import Storage
import Testing

@testable import App

@Suite struct FilesSettingTests {
    private static let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    @Test func `files are in the data directory unless told, for nobody else to read`() async throws
    {
        try await TestDirectory.with { directory in
            var settings = Settings(dataDirectory: directory.appending(path: "data").path)
            try await Installation.open(settings, log: Self.log).close()
            let mode = try FileManager.default.attributesOfItem(
                atPath: directory.appending(path: "data/files").path)
            #expect(mode[.posixPermissions] as? Int == 0o700)

            settings.files = directory.appending(path: "elsewhere").path
            try await Installation.open(settings, log: Self.log).close()
            #expect(
                FileManager.default.fileExists(
                    atPath: directory.appending(path: "elsewhere").path))
        }
    }

    @Test(arguments: [
        (
            "ftp://x",
            "IPERFORM_FILES cannot be used: Files are kept under a path, file:// or s3://."
        ),
        (
            "s3://crm?endpoint=http://127.0.0.1:1",
            "IPERFORM_FILES cannot be used: A bucket needs an access key and a secret key."
        ),
        ("/dev/null/files", "Files cannot be kept: The directory /dev/null/files cannot be made: "),
    ])
    func `where files cannot be kept, nothing starts`(files: String, words: String) async throws {
        try await TestDirectory.with { directory in
            var settings = Settings(dataDirectory: directory.path)
            settings.files = files
            let refusal = await #expect(throws: Refusal.self) {
                try await Installation.open(settings, log: Self.log)
            }
            #expect(refusal?.description.hasPrefix(words) == true)
        }
    }

    @Test func `a bucket that is missing is refused at the start`() async throws {
        guard let moto = try await Moto.find() else {
            try Test.cancel("There is no .venv/bin/moto_server, so no bucket is tested.")
        }
        try await TestDirectory.with { directory in
            var settings = Settings(dataDirectory: directory.path)
            settings.files = "s3://elsewhere?endpoint=\(moto.origin)"
            settings.filesCredentials = moto.credentials
            let refusal = await #expect(throws: Refusal.self) {
                try await Installation.open(settings, log: Self.log)
            }
            #expect(
                refusal?.description
                    == "Files cannot be kept: The file store refused: 404 NoSuchBucket")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `files of imports of before are known after the update`(on engine: EngineKind) async throws
    {
        let (tenant, id) = (UUIDv7.next(), UUIDv7.next())
        try await engine.updating(past: "0003") { database in
            try await database.write { tx in
                try await tx.execute(
                    """
                    INSERT INTO tenants (id, slug, name, created_at) VALUES (\(tenant), 'a', 'A', 1)
                    """)
                try await tx.execute(
                    """
                    INSERT INTO imports (tenant_id, id, file_name, file, format, mapping, state,
                        created_at, finished_at)
                    VALUES (\(tenant), \(id), 'a.csv', \("files/imports/\(UUIDv7.text(id))"), 'csv',
                        '{}', 'done', 5, 7)
                    """)
            }
        } _: { database in
            let found = try await database.read { tx in
                try await tx.rows("SELECT key, purpose, bytes, expires_at FROM files") { row in
                    try "\(row.next(String.self)) \(row.next(String.self)) \(row.next(Int.self)) "
                        + "\(row.next(Int64.self))"
                }
            }
            #expect(found == ["imports/\(UUIDv7.text(id)) import 0 7776000000007"])
        }
    }
}

import DatabaseSupport
import Foundation
import Logging
import Testing

@testable import App

@Suite struct ReplicaSettingTests {
    private static let log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    @Test(arguments: [
        (nil, "postgres://replica.example/iperform", "IPERFORM_DATABASE_REPLICA is for PostgreSQL"),
        (
            "postgres://db.example/iperform", "replica.example",
            "The database's address must begin with postgres://."
        ),
    ])
    func `a replica of nothing is refused at the start`(
        database: String?, replica: String, words: String
    ) async throws {
        try await TestDirectory.with { directory in
            var settings = Settings(dataDirectory: directory.path)
            settings.databaseAddress = database
            settings.databaseReplica = replica
            let refusal = await #expect(throws: Refusal.self) {
                try await Installation.open(settings, log: Self.log)
            }
            #expect(refusal?.description.hasPrefix(words) == true)
        }
    }
}

import App
import Foundation
import Logging
import Storage
import Tenancy
import Testing

@Suite struct DemoTests {
    /// A Sunday morning, just after midnight on a Wednesday, and late on a Saturday.
    static let moments = ["2026-11-22T10:45:00Z", "2027-03-03T00:04:00Z", "2026-07-18T23:51:00Z"]

    @Test(arguments: moments)
    func `ten months hold together, whenever they are looked at`(_ text: String) async throws {
        let now = try #require(Instant(text))
        try await inInstallation { installation in
            try await foundDemo(
                in: installation.database, password: "four calm herons wade", at: now)
            func count(_ sql: SQL) async throws -> Int {
                try await installation.database.read { try await $0.value(sql) } ?? -1
            }
            #expect(try await count("SELECT COUNT(*) FROM leads") == 320)
            #expect(try await count("SELECT COUNT(DISTINCT stage) FROM leads") == 11)
            #expect(try await count("SELECT COUNT(DISTINCT source) FROM leads") == 6)
            #expect(try await count("SELECT COUNT(DISTINCT lost_reason) FROM leads") == 6)
            #expect(try await count("SELECT COUNT(*) FROM leads WHERE owner_id IS NULL") == 0)
            #expect(
                try await count(
                    "SELECT COUNT(*) FROM leads WHERE phone_raw IS NOT NULL AND phone IS NULL") == 0
            )
            #expect(
                try await count("SELECT COUNT(*) FROM leads WHERE email NOT LIKE '%.example'") == 0)
            #expect(try await count("SELECT COUNT(*) FROM events WHERE at > \(now)") == 0)
            #expect(try await count("SELECT COUNT(*) FROM activities WHERE at > \(now)") == 0)
            #expect(
                try await count(
                    "SELECT MIN(created_at) FROM leads") < now.adding(days: -295).microseconds)
            let due: SQL = "SELECT COUNT(DISTINCT owner_id) FROM follow_ups WHERE state = 'open'"
            #expect(try await count("\(due) AND due_at < \(now.day().start)") >= 4)
            #expect(
                try await count(
                    """
                    \(due) AND due_at >= \(now.day().start)
                        AND due_at < \(now.day().start.adding(days: 1))
                    """) >= 6)
            #expect(try await count("SELECT COUNT(*) FROM inbox WHERE outcome = 'waiting'") == 0)
            #expect(
                try await count(
                    """
                    SELECT SUM(received - created - merged - quarantined - refused)
                    FROM inbox_ledger
                    """) == 0)
        }
    }

    @Test func `every installation gets the same history`() async throws {
        let now = try #require(Instant(Self.moments[0]))
        func made() async throws -> [String] {
            try await inInstallation { installation in
                try await foundDemo(
                    in: installation.database, password: "four calm herons wade", at: now)
                return try await installation.database.read { try await history(in: $0) }
            }
        }
        #expect(try await made() == made())
    }

    private func history(in tx: any Transaction) async throws -> [String] {
        let leads: SQL = """
            SELECT l.company, l.stage, u.name, l.value_minor, l.created_at, l.notes,
                l.next_follow_up_at
            FROM leads l JOIN users u ON u.id = l.owner_id
            ORDER BY l.created_at, l.company
            """
        return try await tx.rows(leads) { row in
            let texts = try (0..<3).map { _ in try row.next(String.self) }
            let numbers = try (0..<2).map { _ in try row.next(Int?.self) }
            let notes = try row.next(String?.self)
            return "\(texts) \(numbers) \(notes ?? "") \(try row.next(Int?.self) ?? 0)"
        }
    }

    @Test func `asked again, it keeps the company and the password`() async throws {
        try await inInstallation { installation in
            let file = installation.directory.appending(path: "demo-sign-in.txt")
            try await makeDemo(installation)
            let first = try String(contentsOf: file, encoding: .utf8)
            try await makeDemo(installation)
            #expect(try String(contentsOf: file, encoding: .utf8) == first)
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let companies = try await installation.database.read { try await Tenants.all(in: $0) }
            #expect(companies.map(\.slug) == ["demo"])
        }
    }

    private func inInstallation<Value: Sendable>(
        _ body: (Installation) async throws -> Value
    ) async throws -> Value {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "iperform-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        var log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        log.logLevel = .critical
        let installation = try await Installation.open(
            Settings(dataDirectory: directory.path), log: log)
        let value = try await body(installation)
        try await installation.close()
        return value
    }
}

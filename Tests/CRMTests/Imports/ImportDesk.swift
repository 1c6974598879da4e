import App
import Background
import Foundation
import HTTPTypes
import Logging
import Storage
import Tenancy
import TestSupport

@testable import CRM

/// What tests of imports do again and again.
struct ImportDesk: Sendable {
    let world: World

    var files: ImportFiles { world.server.installation.imports }

    func runner(
        on database: Database? = nil, _ progress: @escaping @Sendable (Import) -> Void = { _ in }
    ) -> JobRunner {
        let (database, log) = (database ?? world.database, Logger(label: "imports"))
        var settings = JobRunner.Settings()
        settings.clock = { world.clock.now }
        let handler = ImportRunner(database, files, log: log).handler(progress)
        return JobRunner(database, [handler], settings, log: log)
    }

    /// Works until no import waits. One that is left for later waits no more.
    func work() async throws {
        while let job = try await jobs().first(where: { $0.state == .waiting }) {
            do { _ = try await runner().run(job.id, of: job.tenant) } catch {
                guard (error as? Problem)?.mayPass == true else { throw error }
            }
        }
    }

    /// The jobs of imports, in the order in which they are taken.
    func jobs() async throws -> [StoredJob] {
        try await world.database.read { tx in
            try await tx.all(
                """
                SELECT \(StoredJob.columns) FROM jobs j WHERE j.kind = 'imports.run'
                ORDER BY j.run_at, j.id
                """)
        }
    }

    /// Takes a job as a worker that does nothing with it.
    func take(_ job: StoredJob, leaseSeconds: Int) async throws -> StoredJob? {
        try await world.database.write(isolation: .readCommitted) { tx in
            try await JobQueue(tx).take(
                job.id, of: job.tenant, for: ID(), leaseSeconds: leaseSeconds)
        }
    }

    /// Looks until no import has a job, for at most five minutes.
    func waitForAll() async throws {
        let deadline = Instant.now.adding(seconds: 300)
        while try await !jobs().isEmpty, Instant.now < deadline { await Task.yield() }
    }

    /// Sends a file as a browser does.
    func send(
        _ text: String, as person: Person, name: String = "leads.csv", mapping: JSON? = nil,
        dryRun: Bool? = nil, sheet: String? = nil
    ) async throws -> Answer {
        try await send(
            Array(text.utf8), as: person, name: name, mapping: mapping, dryRun: dryRun, sheet: sheet
        )
    }

    func send(
        _ bytes: [UInt8], as person: Person, name: String = "leads.csv", mapping: JSON? = nil,
        dryRun: Bool? = nil, sheet: String? = nil
    ) async throws -> Answer {
        var form = FormBody()
        if let mapping { form.field("mapping", mapping.text) }
        if let dryRun { form.field("dry_run", dryRun ? "true" : "false") }
        if let sheet { form.field("sheet", sheet) }
        form.file("file", name, bytes)
        return try await person.browser.send(
            .post, "/api/v1/imports", bytes: form.finished, headers: [.contentType: FormBody.type])
    }

    /// Sends a file and runs it to its end.
    func run(
        _ text: String, as person: Person, mapping: JSON? = nil
    ) async throws -> JSON {
        let answer = try await send(text, as: person, mapping: mapping, dryRun: false)
        guard let id = answer.json["id"]?.string else { throw UnexpectedSending(answer.text) }
        try await work()
        return try await person.get("/api/v1/imports/\(id)").json
    }

    func rows(_ run: JSON, as person: Person, _ query: String = "") async throws -> [JSON] {
        let id = run["id"]?.string ?? ""
        return try await person.get("/api/v1/imports/\(id)/rows?limit=200\(query)").data
    }

    func leads(_ person: Person, _ query: String = "") async throws -> [JSON] {
        try await person.get("/api/v1/leads?limit=200&sort=created_at,id\(query)").data
    }

    func ledger(_ tenant: ID<Tenant>) async throws -> Ledger {
        try await world.database.read(as: .system(tenant)) { scope in
            try await Inbox(scope).ledger().first { $0.channel == .importRun }?.ledger ?? Ledger()
        }
    }
}

struct UnexpectedSending: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A multipart/form-data body.
struct FormBody {
    static let type = "multipart/form-data; boundary=----tests7MA4YWxkTrZu0gW"
    private var bytes: [UInt8] = []

    mutating func field(_ name: String, _ value: String) {
        part("form-data; name=\"\(name)\"", Array(value.utf8))
    }

    mutating func file(_ name: String, _ fileName: String, _ content: [UInt8]) {
        part(
            "form-data; name=\"\(name)\"; filename=\"\(fileName)\"\r\nContent-Type: text/csv",
            content)
    }

    private mutating func part(_ disposition: String, _ content: [UInt8]) {
        bytes += Array(
            "------tests7MA4YWxkTrZu0gW\r\nContent-Disposition: \(disposition)\r\n\r\n".utf8)
        bytes += content
        bytes += Array("\r\n".utf8)
    }

    var finished: [UInt8] { bytes + Array("------tests7MA4YWxkTrZu0gW--\r\n".utf8) }
}

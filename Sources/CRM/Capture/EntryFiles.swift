import Files
import HTTPTypes
import Storage
import Tenancy
import Web

/// A file that was sent along with an arrival, and stays with its lead.
package struct EntryFile: Sendable {
    package let id: ID<EntryFile>
    package let name: String
    package let mediaType: String
    package let bytes: Int
    package let receivedAt: Instant
    let key: FileKey
}

extension EntryFile: RowDecodable {
    static let columns: SQL = "e.id, e.name, e.media_type, e.bytes, e.created_at, e.key"

    package init(row: inout Row) throws {
        id = try row.next()
        name = try row.next()
        mediaType = try row.next()
        bytes = try row.next()
        receivedAt = try row.next()
        key = try row.next()
    }

    static let schema = Schema.named(
        "LeadFile",
        .object([
            .init("id", .id, required: true), .init("name", .text(max: 200), required: true),
            .init("media_type", .text(max: 200), required: true),
            .init("bytes", .integer(0...Int64.max), required: true),
            .init("received_at", .instant, required: true),
        ]))

    func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("id", id)
            body.member("name", name)
            body.member("media_type", mediaType)
            body.member("bytes", bytes)
            body.member("received_at", receivedAt)
        }
    }
}

/// What was sent along with arrivals, in this transaction.
package struct EntryFiles: Sendable {
    let scope: Scope

    static let listMax = 100

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// Lets files belong to an entry.
    func keep(_ files: [KeptFile], with entry: ID<Entry>) async throws {
        for file in files {
            try await StoredFiles(scope).keep(file.stored)
            try await scope.tx.execute(
                """
                INSERT INTO entry_files (tenant_id, id, entry_id, field, name, media_type, bytes,
                    key, created_at)
                VALUES (\(scope.tenant), \(file.id), \(entry), \(file.upload.field),
                    \(file.upload.name), \(file.upload.kind.mediaType), \(file.upload.bytes),
                    \(file.stored.key), \(scope.now))
                """)
        }
    }

    func list(of entry: ID<Entry>) async throws -> [EntryFile] {
        try await scope.tx.all(
            """
            SELECT \(EntryFile.columns) FROM entry_files e
            WHERE e.tenant_id = \(scope.tenant) AND e.entry_id = \(entry) ORDER BY e.id
            """)
    }

    /// What came with a lead, the newest first. Who sees the lead may.
    package func list(of lead: ID<Lead>) async throws -> [EntryFile] {
        try await scope.tx.all(
            """
            SELECT \(EntryFile.columns) FROM entry_files e
            JOIN inbox i ON i.tenant_id = e.tenant_id AND i.id = e.entry_id
            WHERE e.tenant_id = \(scope.tenant) AND i.lead_id = \(lead)
            ORDER BY e.id DESC LIMIT \(Self.listMax)
            """)
    }

    /// A file of a lead that the caller sees.
    ///
    /// - Throws: `Problem.notFound` also where the lead is not theirs to see, or there is none.
    func find(_ id: ID<EntryFile>) async throws -> (file: EntryFile, lead: ID<Lead>) {
        let found = try await scope.tx.rows(
            """
            SELECT i.lead_id, \(EntryFile.columns) FROM entry_files e
            JOIN inbox i ON i.tenant_id = e.tenant_id AND i.id = e.entry_id
            WHERE e.tenant_id = \(scope.tenant) AND e.id = \(id)
            """
        ) { row in (try row.next(ID<Lead>?.self), try EntryFile(row: &row)) }.first
        guard let (lead, file) = found, let lead else { throw Problem.notFound("file") }
        do { _ = try await Leads(scope).find(lead) } catch Problem.notFound {
            throw Problem.notFound("file")
        }
        return (file, lead)
    }

    /// Removes the files of an entry that is deleted.
    func drop(of entry: ID<Entry>) async throws {
        for file in try await list(of: entry) {
            try await StoredFiles(scope).expire(file.key, at: scope.now)
        }
        try await scope.tx.execute(
            """
            DELETE FROM entry_files
            WHERE tenant_id = \(scope.tenant) AND entry_id = \(entry)
            """)
    }
}

/// Files of leads in the API.
struct EntryFileRoutes {
    let files: FormFiles

    var routes: [Route] {
        [
            .api(
                .get, "/leads/{id}/files", "Lists what was sent along with a lead",
                answers: [.init(200, "All of them.", .page(of: EntryFile.schema))], handle: list),
            .api(
                .get, "/files/{id}", "Downloads a file that was sent along with a lead",
                answers: [
                    .init(
                        200, "The file.", .text(max: Int(Int32.max)),
                        mediaType: "application/octet-stream")
                ], handle: download),
        ].grouped("Leads")
    }

    private func list(_ call: Call) async throws -> Reply {
        let id: ID<Lead> = try call.id(of: "lead")
        let found = try await call.read { scope in
            _ = try await Leads(scope).find(id)
            return try await EntryFiles(scope).list(of: id)
        }
        return .page(found, next: nil) { $1.write(to: &$0) }
    }

    /// Always as a download: what a stranger sent is never shown as a page of ours.
    private func download(_ call: Call) async throws -> Reply {
        let id: ID<EntryFile> = try call.id(of: "file")
        let file = try await call.read { try await EntryFiles($0).find(id).file }
        return Reply(
            .ok,
            headers: [
                .contentType: file.mediaType,
                .contentDisposition: "attachment; filename*=UTF-8''\(Query.encoded(file.name))",
                .contentSecurityPolicy: "default-src 'none'; sandbox",
            ], body: .stream(try await files.body(of: file)))
    }
}

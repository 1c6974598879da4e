import Spreadsheets
import Storage
import Tenancy
import Web

/// The audit log as a file, in the order of the chain, made as it is sent.
struct AuditFile: Sendable {
    let database: Database
    let caller: Caller
    let request: ListRequest
    let format: Format

    enum Format: String, Sendable, CaseIterable {
        case csv, jsonl

        var mediaType: String {
            switch self {
            case .csv: "text/csv; charset=utf-8"
            case .jsonl: "application/x-ndjson"
            }
        }
    }

    private static let rowsPerRead = 1000

    /// What comes before the entries.
    func beginning() throws -> [UInt8] { format == .csv ? try Self.heading() : [] }

    /// The entries behind a number, as many as are read at once, and the last one's number;
    /// nil at the end.
    func piece(after number: Int64) async throws -> (bytes: [UInt8], last: Int64)? {
        let entries = try await database.read(as: caller) { scope in
            try await AuditLog(scope).entries(request, after: number, limit: Self.rowsPerRead)
        }
        guard let last = entries.last else { return nil }
        return (format == .csv ? try table(entries) : lines(entries), last.number)
    }

    private static func heading() throws -> [UInt8] {
        var format = CSVWriter.Format()
        format.beginsWithByteOrderMark = true
        var writer = CSVWriter(format: format)
        try writer.append([
            "tenant", "number", "at", "actor_kind", "actor", "person", "remote", "action",
            "subject_kind",
            "subject", "event", "detail", "previous", "hash",
        ])
        return writer.take()
    }

    private func table(_ entries: [AuditEntry]) throws -> [UInt8] {
        var writer = CSVWriter()
        for entry in entries {
            try writer.append([
                caller.tenant.description, String(entry.number), entry.at.text,
                entry.actor.rawValue,
                entry.actorID.map(UUIDv7.text) ?? "", entry.person?.description ?? "",
                entry.remote ?? "", entry.action, entry.subjectKind ?? "",
                entry.subject.map(UUIDv7.text) ?? "", String(entry.event), entry.detail,
                entry.previous.hexadecimal, entry.hash.hexadecimal,
            ])
        }
        return writer.take()
    }

    private func lines(_ entries: [AuditEntry]) -> [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries {
            var writer = JSONWriter(capacity: 1024)
            entry.write(to: &writer, of: caller.tenant)
            bytes += writer.bytes
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}

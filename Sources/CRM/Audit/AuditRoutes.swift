import HTTPTypes
import Hummingbird
import NIOCore
import Storage
import Tenancy
import Web

/// The audit log in the API.
struct AuditRoutes {
    let cursors: Cursors

    var routes: [Route] {
        [
            .api(
                .get, "/audit", "Lists the audit log, newest first",
                query: AuditLog.listing.parameters,
                answers: [.init(200, "One page.", .page(of: AuditEntry.schema))], handle: list),
            .api(
                .get, "/audit/export", "The audit log as a file, oldest first",
                query: [
                    .init(
                        "format", .choice(AuditFile.Format.allCases.map(\.rawValue)),
                        "csv unless told; jsonl has one object a line.")
                ] + AuditLog.listing.filterParameters,
                answers: ["text/csv", "application/x-ndjson"].map { mediaType in
                    .init(
                        200, "All entries that the filters leave.", .text(max: Int(Int32.max)),
                        mediaType: mediaType)
                }, handle: export),
            .api(
                .get, "/audit/retention", "Reads for how many days entries are kept",
                answers: [.init(200, "The days.", Self.retentionSchema)], handle: retention),
            .api(
                .put, "/audit/retention", "Sets for how many days entries are kept",
                input: .json(Self.retentionSchema),
                answers: [.init(200, "As it is now.", Self.retentionSchema)], handle: keep),
        ].grouped("Audit")
    }

    private static let retentionSchema = Schema.named(
        "AuditRetention",
        .object([
            .init(
                "days", .optional(.integer(0...Int64(AuditRetention.daysMax))), required: true,
                "From \(AuditRetention.daysMin) on; null keeps everything.")
        ]))

    private func list(_ call: Call) async throws -> Reply {
        let request = try ListRequest(call.query, AuditLog.listing)
        let page = try await call.read { try await AuditLog($0).page(request, cursors) }
        let tenant = try call.caller().tenant
        return .page(page.elements, next: page.next) { $1.write(to: &$0, of: tenant) }
    }

    /// Who reads more than the own entries takes them away only with the right to export.
    private func export(_ call: Call) async throws -> Reply {
        let caller = try call.caller()
        try caller.must(.auditRead)
        if caller.grants[.auditRead] != .own { try caller.must(.exportsRun) }
        let request = try ListRequest(call.query, AuditLog.listing, also: ["format"])
        let name = call.query["format"] ?? AuditFile.Format.csv.rawValue
        guard let format = AuditFile.Format(rawValue: name) else {
            throw Problem.invalid("format", "Give csv or jsonl.")
        }
        // A filter that cannot be read is told before anything is sent.
        _ = try await call.read { try request.conditions(in: $0) }
        try await call.recordExport(
            of: "audit", as: format.rawValue, filters: call.query.encoded(without: "format"))
        let file = AuditFile(
            database: call.database, caller: caller, request: request, format: format)
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(bytes: file.beginning()))
            var number: Int64 = 0
            while let piece = try await file.piece(after: number) {
                number = piece.last
                try await writer.write(ByteBuffer(bytes: piece.bytes))
            }
            try await writer.finish(nil)
        }
        return Reply(
            .ok,
            headers: [
                .contentType: format.mediaType,
                .contentDisposition: "attachment; filename=\"audit.\(format.rawValue)\"",
            ], body: .stream(body))
    }

    private func retention(_ call: Call) async throws -> Reply {
        try await call.read { scope in
            try scope.caller.must(.auditRead)
            return Self.reply(try await AuditRetention(scope).days())
        }
    }

    private func keep(_ call: Call) async throws -> Reply {
        let days = call.input.integer("days").map(Int.init)
        return try await call.write { scope in
            try await AuditRetention(scope).set(days: days)
            return Self.reply(days)
        }
    }

    private static func reply(_ days: Int?) -> Reply {
        .json { writer in writer.object { $0.member("days", days) } }
    }
}

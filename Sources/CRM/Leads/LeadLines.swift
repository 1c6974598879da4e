import HTTPTypes
import Storage
import Tenancy
import Web

/// Many leads in one request, one JSON object a line.
struct LeadLineRoutes {
    private static let linesMax = 10_000
    private static let bytesMax = 20 << 20
    /// Lines that share a transaction: each fails alone, all are durable together.
    private static let chunk = 500

    var routes: [Route] {
        [
            .api(
                .post, "/leads/bulk", "Creates many leads from NDJSON, each line for itself",
                input: .lines(LeadDraft.schema),
                answers: [.init(200, "What became of each line.", Self.schema)], handle: create)
        ].grouped("Leads")
    }

    /// What became of a line.
    private struct Line: Sendable {
        let number: Int
        var lead: ID<Lead>?
        var merged = false
        var problem: Problem?
    }

    private func create(_ call: Call) async throws -> Reply {
        // Else each of the lines would be told so.
        try call.caller().must(.leadsCreate)
        let type = call.header(.contentType) ?? ""
        guard type.hasPrefix("application/x-ndjson") else {
            throw Problem.unsupportedMedia(
                "Send one JSON object a line with Content-Type: application/x-ndjson.")
        }
        let body = try await call.body(bytesMax: Self.bytesMax)
        let lines = body.split(separator: UInt8(ascii: "\n")).filter { $0.count > 1 }
        guard lines.count <= Self.linesMax else {
            throw Problem.tooLarge("Send at most \(Self.linesMax) lines here.")
        }
        var done: [Line] = []
        for start in stride(from: 0, to: lines.count, by: Self.chunk) {
            let chunk = Array(lines[start..<min(start + Self.chunk, lines.count)])
            done += try await take(chunk.map(Array.init), from: start, call)
        }
        return Self.reply(done)
    }

    private func take(
        _ lines: [[UInt8]], from start: Int, _ call: Call
    ) async throws -> [Line] {
        let (caller, remote) = (try call.caller(), call.remote)
        return try await call.database.write(
            as: caller, at: call.now, isolation: .readCommitted
        ) { scope in
            let profile = try await Tenants.find(scope.tenant, in: scope.tx)
            var done: [Line] = []
            for (offset, line) in lines.enumerated() {
                done.append(
                    try await take(
                        line, number: start + offset + 1, profile, remote, in: scope))
            }
            return done
        }
    }

    private func take(
        _ bytes: [UInt8], number: Int, _ profile: TenantProfile, _ remote: String,
        in scope: Scope
    ) async throws -> Line {
        do {
            let captured = try await scope.tx.attempt {
                let draft = try await draft(bytes, profile, in: scope)
                let arrived = Arrived(
                    channel: scope.caller.role == .partner ? .partner : .api, source: draft.source,
                    payload: String(decoding: bytes, as: UTF8.self), remote: remote)
                return try await Inbox(scope).take(arrived) {
                    try await Leads(scope).create(draft)
                }
            }
            return Line(number: number, lead: captured.id, merged: captured.merged)
        } catch let problem as Problem {
            return Line(number: number, problem: problem)
        }
    }

    private func draft(
        _ bytes: [UInt8], _ profile: TenantProfile, in scope: Scope
    ) async throws -> LeadDraft {
        guard let json = try? JSON(parsing: bytes) else {
            throw Problem.malformed("This line is not valid JSON.")
        }
        let faults = LeadDraft.schema.faults(in: json)
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        var draft = try LeadDraft(Fields(json), profile: profile, source: "api")
        draft.custom = try await CustomFields(scope).checked(draft.custom)
        return draft
    }

    private static func reply(_ lines: [Line]) -> Reply {
        .json(capacity: lines.count * 90 + 128) { writer in
            writer.object { body in
                body.member("created", lines.count { $0.lead != nil && !$0.merged })
                body.member("merged", lines.count { $0.merged })
                body.member("rejected", lines.count { $0.problem != nil })
                body.member("data") { $0.array(lines) { write($1, to: &$0) } }
            }
        }
    }

    private static func write(_ line: Line, to writer: inout JSONWriter) {
        writer.object { body in
            body.member("line", line.number)
            body.member("id", line.lead)
            body.member("merged", line.merged)
            body.member("problem", line.problem?.detail)
        }
    }

    private static let schema = Schema.object([
        .init("created", .integer(0...Int64.max), required: true),
        .init("merged", .integer(0...Int64.max), required: true),
        .init("rejected", .integer(0...Int64.max), required: true),
        .init(
            "data",
            .list(
                .object([
                    .init("line", .integer(1...Int64.max), required: true),
                    .init("id", .optional(.id), required: true),
                    .init("merged", .boolean, required: true),
                    .init("problem", .optional(.text(max: 10_000)), required: true),
                ]), max: linesMax), required: true),
    ])
}

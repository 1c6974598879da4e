import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Storage
import Web

/// The web server alone, with two routes that do the least there is to do for an answer: what
/// the product's own routes are held against.
struct BareServer: Sendable {
    /// Answered to `GET /api/v1/leads/{id}`, whatever the id: no token, no database.
    let lead: [UInt8]
    /// Answered to `GET /api/v1/leads`: one statement, each of its columns written as it comes.
    let list: BareList
    let database: Database

    func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.get("/api/v1/leads/{id}") { [lead] _, _ in json(lead) }
        router.get("/api/v1/leads") { [list, database] _, _ in
            json(try await database.read { try await list.bytes(in: $0) })
        }
        return router
    }
}

@Sendable private func json(_ bytes: [UInt8]) -> Response {
    Response(
        status: .ok, headers: [.contentType: "application/json"],
        body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
}

/// A statement of the product's lead list, written as JSON without anything in between.
struct BareList: Sendable {
    let statement: SQL
    let limit: Int
    /// The cursor that ends the page.
    let next: String?

    private enum Kind {
        case id, text, integer, instant, day, json
        case unseen
    }

    /// The columns in the order in which the product selects them.
    private static let columns: [(name: String, kind: Kind)] = [
        ("id", .id), ("company", .text), ("contact_name", .text), ("email", .text),
        ("phone", .text), ("phone_raw", .text), ("external_id", .text), ("source", .text),
        ("campaign", .text), ("attribution", .json), ("product", .text), ("territory", .text),
        ("value_minor", .integer), ("currency", .text), ("owner", .id), ("owner_reason", .text),
        ("stage", .text), ("stage_entered_at", .instant), ("held_from", .unseen),
        ("resume_on", .day), ("demo_at", .instant), ("lost_reason", .text),
        ("lost_note", .text), ("closed_at", .instant), ("score", .integer),
        ("next_follow_up_at", .instant), ("next_follow_up_kind", .text),
        ("last_activity_at", .instant), ("tags", .json), ("custom", .json), ("notes", .text),
        ("touches", .integer), ("version", .integer), ("created_at", .instant),
        ("updated_at", .instant), ("respond_by", .instant), ("stage_class", .text),
        ("owner_name", .text),
    ]

    func bytes(in tx: any Transaction) async throws -> [UInt8] {
        var writer = JSONWriter(capacity: 1200 * limit)
        let rows = try await tx.rows(statement) { row in
            var one = JSONWriter(capacity: 1200)
            try Self.write(&row, to: &one)
            return one.bytes
        }
        writer.object { body in
            body.member("data") { list in
                list.array(rows.prefix(limit)) { $0.raw($1) }
            }
            body.member("next", next)
        }
        return writer.bytes
    }

    private static func write(_ row: inout Row, to writer: inout JSONWriter) throws {
        var fault: (any Error)?
        writer.object { body in
            do {
                for column in columns { try write(column.name, column.kind, &row, to: &body) }
            } catch {
                fault = error
            }
        }
        if let fault { throw fault }
    }

    private static func write(
        _ name: String, _ kind: Kind, _ row: inout Row, to body: inout JSONWriter
    ) throws {
        switch kind {
        case .id: body.member(name, try row.next(ID<Never>?.self))
        case .text: body.member(name, try row.next(String?.self))
        case .integer: body.member(name, try row.next(Int64?.self))
        case .instant: body.member(name, try row.next(Instant?.self))
        case .day: body.member(name, try row.next(Day?.self))
        case .json:
            let text = try row.next(String.self)
            body.member(name) { $0.raw(text) }
        case .unseen: _ = try row.next(String?.self)
        }
    }
}

/// Serves `router` on a free port while `body` runs.
func serving<Context: InitializableFromSource<ApplicationRequestContextSource>, Value>(
    _ router: Router<Context>, _ body: (_ port: Int) async throws -> Value
) async throws -> Value where Context: RequestContext {
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    let application = Application(
        router: router, server: .onEventLoops,
        configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { continuation.yield($0.localAddress?.port ?? 0) }, logger: quietLog)
    let group = ServiceGroup(services: [application], logger: quietLog)
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask {
            defer { continuation.finish() }
            try await group.run()
        }
        guard let port = await ports.first(where: { _ in true }) else {
            throw Refusal("The bare server did not start.")
        }
        let value = try await body(port)
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        return value
    }
}

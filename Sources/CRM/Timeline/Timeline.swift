import HTTPTypes
import Storage
import Tenancy
import Web

/// One entry of a lead's history: an event with the name of who caused it.
struct HistoryEntry: Sendable, RowDecodable {
    let seq: Int
    let at: Instant
    let name: String
    let actor: Actor.Kind
    let actorID: ID<User>?
    let imported: Bool
    var data: JSON
    let who: String?

    init(row: inout Row) throws {
        seq = try row.next()
        at = try row.next()
        name = try row.next()
        actor = try row.next()
        actorID = try row.next()
        imported = try row.next()
        data = try JSON(parsing: row.next(String.self))
        who = try row.next()
    }

    static let schema = Schema.named(
        "TimelineEntry",
        .object([
            .init("seq", .integer(1...Int64.max), required: true),
            .init("at", .instant, required: true), .init("name", .text(max: 100), required: true),
            .init(
                "actor",
                .object([
                    .init("kind", .text(max: 20), required: true),
                    .init("id", .optional(.id), required: true),
                    .init("name", .optional(.text(max: 200)), required: true),
                ]), required: true),
            .init("imported", .boolean, required: true), .init("data", .map(.any), required: true),
        ]))

    func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("seq", seq)
            body.member("at", at)
            body.member("name", name)
            body.member("actor") { actor in
                actor.object {
                    $0.member("kind", self.actor.rawValue)
                    $0.member("id", actorID)
                    $0.member("name", who)
                }
            }
            body.member("imported", imported)
            body.member("data", data)
        }
    }
}

/// Everything that ever happened to a lead, from the feed.
struct Timeline: Sendable {
    let scope: Scope

    init(_ scope: Scope) {
        self.scope = scope
    }

    /// What only the audit log tells: who was refused, and who looked.
    private static let unsaid = ["access.refused", "sensitive.read", "break_glass.read"]

    /// Newest first, older than `before`; also of what was merged into it.
    func entries(of id: ID<Lead>, before: Int? = nil, limit: Int) async throws -> [HistoryEntry] {
        let ids = [id] + (try await Merges(scope).parts(of: id))
        let older: SQL = if let before { "AND e.seq < \(before)" } else { "" }
        let entries = try await scope.tx.all(
            """
            SELECT e.seq, e.at, e.name, e.actor_kind, e.actor_id, e.imported, e.data, u.name
            FROM events e
            LEFT JOIN users u ON u.tenant_id = e.tenant_id AND u.id = e.actor_id
                \(Colleagues(scope).sql("u.id"))
            WHERE e.tenant_id = \(scope.tenant) AND e.subject_id IN \(SQL.list(ids)) \(older)
                AND e.name NOT IN \(SQL.list(Self.unsaid))
            ORDER BY e.seq DESC LIMIT \(limit)
            """, as: HistoryEntry.self
        ).map { $0.masked(for: scope.caller) }
        guard entries.contains(where: \.tellsCustom) else { return entries }
        let plain = try await CustomFields(scope).list().plainKeys
        return try entries.map { $0.tellsCustom ? try $0.keeping(plain) : $0 }
    }
}

struct TimelineRoutes {
    let cursors: Cursors

    var routes: [Route] {
        [
            .api(
                .get, "/leads/{id}/timeline", "Everything that happened to a lead, newest first",
                query: [
                    .init("limit", .integer(1...Int64(Listing.limitMax)), "50 unless told."),
                    .init("cursor", .text(max: 2000), "`next` of the page before."),
                ],
                answers: [.init(200, "One page.", .page(of: HistoryEntry.schema))],
                handle: show)
        ].grouped("Leads")
    }

    private func show(_ call: Call) async throws -> Reply {
        let id: ID<Lead> = try call.id(of: "lead")
        let request = try ListRequest(call.query, Listing([], defaultSort: ""))
        let place = "timeline \(id)"
        let before = try request.cursor.map { try cursors.values($0, of: place) }?.first?.integer
        let entries = try await call.read { scope in
            _ = try await Leads(scope).find(id)
            return try await Timeline(scope).entries(
                of: id, before: before.map(Int.init), limit: request.limit + 1)
        }
        let page = Array(entries.prefix(request.limit))
        let next =
            entries.count > request.limit
            ? page.last.map { cursors.cursor(after: [.integer(Int64($0.seq))], of: place) } : nil
        return .page(page, next: next) { $1.write(to: &$0) }
    }
}

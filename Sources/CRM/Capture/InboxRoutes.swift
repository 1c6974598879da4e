import HTTPTypes
import Storage
import Tenancy
import Web

/// The inbox in the API: what came from outside, and what became of it.
struct InboxRoutes {
    let cursors: Cursors

    var routes: [Route] {
        [
            .api(
                .get, "/inbox/ledger", "Adds up what arrived and what became of it",
                answers: [.init(200, "The ledger.", Ledger.schema)], handle: ledger),
            .api(
                .get, "/inbox", "Lists what arrived, the newest first",
                query: Inbox.listing.parameters,
                answers: [.init(200, "One page.", .page(of: Entry.schema))], handle: list),
            .api(
                .post, "/inbox/{id}/release", "Makes a lead of an entry in quarantine",
                answers: [.init(200, "What became of it.", Entry.schema)],
                handle: { try await process($0, .quarantined) }),
            .api(
                .post, "/inbox/{id}/replay", "Tries a refused entry again",
                answers: [.init(200, "What became of it.", Entry.schema)],
                handle: { try await process($0, .refused) }),
            .api(
                .delete, "/inbox/{id}", "Deletes what an entry in quarantine says",
                answers: [.init(200, "It stays in the ledger, as refused.", Entry.schema)],
                handle: delete),
        ].grouped("Inbox")
    }

    private func ledger(_ call: Call) async throws -> Reply {
        let channels = try await call.read { try await Inbox($0).ledger() }
        let total = channels.reduce(Ledger()) { $0 + $1.ledger }
        return .json { writer in
            writer.object { body in
                total.write(to: &body)
                body.member("by_channel", objects: channels) { body, one in
                    body.member("channel", one.channel.rawValue)
                    one.ledger.write(to: &body)
                }
            }
        }
    }

    private func list(_ call: Call) async throws -> Reply {
        let request = try ListRequest(call.query, Inbox.listing)
        let page = try await call.read(from: .replica) {
            try await Inbox($0).page(request, cursors)
        }
        return .page(page.elements, next: page.next) { $1.write(to: &$0) }
    }

    private func delete(_ call: Call) async throws -> Reply {
        let id: ID<Entry> = try call.id(of: "entry")
        return try await call.write { scope in
            let inbox = Inbox(scope)
            try inbox.checkMaySee()
            try await inbox.delete(inbox.find(id))
            let now = try await inbox.masked([inbox.find(id)])[0]
            return .json { now.write(to: &$0) }
        }
    }

    private func process(_ call: Call, _ outcome: Outcome) async throws -> Reply {
        let id: ID<Entry> = try call.id(of: "entry")
        return try await call.write { scope in
            let inbox = Inbox(scope)
            try inbox.checkMaySee()
            // The lead that comes of it is the form's; that it comes is the caller's doing.
            try scope.caller.must(.leadsCreate)
            let entry = try await inbox.find(id)
            guard entry.outcome == outcome else {
                throw Problem.conflict("This entry is \(entry.outcome), not \(outcome).")
            }
            try await inbox.process(entry)
            let now = try await inbox.masked([inbox.find(id)])[0]
            return .json { now.write(to: &$0) }
        }
    }
}

extension Ledger {
    fileprivate func write(to body: inout JSONWriter) {
        body.member("received", received)
        body.member("created", created)
        body.member("merged", merged)
        body.member("quarantined", quarantined)
        body.member("refused", refused)
        body.member("waiting", waiting)
        body.member("balanced", isBalanced)
    }

    private static let count = Schema.integer(0...Int64.max)

    private static let fields: [Schema.Field] = [
        .init("received", count, required: true), .init("created", count, required: true),
        .init("merged", count, required: true), .init("quarantined", count, required: true),
        .init("refused", count, required: true), .init("waiting", count, required: true),
        .init("balanced", .boolean, required: true, "Whether received is the sum of the others."),
    ]

    fileprivate static let schema = Schema.named(
        "Ledger",
        .object(
            fields + [
                .init(
                    "by_channel",
                    .list(
                        .object(
                            [
                                .init(
                                    "channel", .choice(Arrived.Channel.allCases.map(\.rawValue)),
                                    required: true)
                            ] + fields), max: 10), required: true)
            ]))
}

extension Entry {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("id", id)
            body.member("received_at", receivedAt)
            body.member("channel", channel.rawValue)
            body.member("source", source)
            body.member("form", form)
            body.member("outcome", outcome.rawValue)
            body.member("reason", reason)
            body.member("lead", lead)
            body.member("payload", payload.map { (try? JSON(parsing: $0)) ?? .string($0) } ?? .null)
        }
    }

    fileprivate static let schema = Schema.named(
        "InboxEntry",
        .object([
            .init("id", .id, required: true), .init("received_at", .instant, required: true),
            .init("channel", .choice(Arrived.Channel.allCases.map(\.rawValue)), required: true),
            .init("source", .text(max: 100), required: true),
            .init("form", .optional(.id), required: true),
            .init("outcome", .choice(Outcome.allCases.map(\.rawValue)), required: true),
            .init(
                "reason", .optional(.text(max: 10_000)), required: true,
                "Why it was set aside or refused."),
            .init("lead", .optional(.id), required: true),
            .init("payload", .any, required: true, "As it arrived; null for a row of a file."),
        ]))
}

import HTTPTypes
import Mail
import Storage
import Tenancy
import Web

extension Mailing {
    /// Whether a caller may read what messages say. Their links are as good as a password, so it
    /// takes who may set everybody's, and only where no relay brings them.
    func shows(to caller: Caller) -> Bool {
        relay == nil && caller.grants.covers(.of(.companyAdmin))
    }
}

/// The outbox in the API.
struct OutboxRoutes {
    let cursors: Cursors
    let mailing: Mailing

    var routes: [Route] {
        [
            .api(
                .get, "/outbox", "Lists messages to people", query: Outbox.listing.parameters,
                answers: [.init(200, "One page.", .page(of: OutboxMessage.schema))],
                handle: list),
            .api(
                .post, "/outbox/{id}/retry", "Sends a message again that was not sent",
                answers: [.init(200, "As it is now.", OutboxMessage.schema)], handle: retry),
        ].grouped("Outbox")
    }

    private func list(_ call: Call) async throws -> Reply {
        let request = try ListRequest(call.query, Outbox.listing)
        let shows = mailing.shows(to: try call.caller())
        let page = try await call.read { try await Outbox($0).page(request, cursors) }
        return .page(page.elements, next: page.next) { $1.write(to: &$0, isOpen: shows) }
    }

    /// The answer of a write may be kept for an `Idempotency-Key`, so no link stands in it.
    private func retry(_ call: Call) async throws -> Reply {
        let id: ID<OutboxMessage> = try call.id(of: "message")
        return try await call.write { scope in
            let message = try await Outbox(scope).sendAgain(id)
            return .json { message.write(to: &$0, isOpen: false) }
        }
    }
}

extension OutboxMessage {
    fileprivate func write(to writer: inout JSONWriter, isOpen: Bool) {
        writer.object { body in
            body.member("id", id)
            body.member("kind", kind)
            body.member("recipient", recipient)
            body.member("subject", subject)
            body.member("text", isOpen ? text : nil)
            body.member("state", state.rawValue)
            body.member("tries", tries)
            body.member("error", error)
            body.member("created_at", createdAt)
            body.member("changed_at", changedAt)
        }
    }

    fileprivate static let schema = Schema.named(
        "Message",
        .object([
            .init("id", .id, required: true), .init("kind", .text(max: 100), required: true),
            .init("recipient", .text(max: 254), required: true),
            .init("subject", .text(max: 200), required: true),
            .init(
                "text", .optional(.text(max: 20_000)), required: true,
                "Only where no relay is set, and to who may set passwords."),
            .init("state", .choice(State.allCases.map(\.rawValue)), required: true),
            .init("tries", .integer(0...Int64.max), required: true),
            .init(
                "error", .optional(.text(max: 1000)), required: true,
                "Of the last try, in the server's words."),
            .init("created_at", .instant, required: true),
            .init("changed_at", .instant, required: true),
        ]))
}

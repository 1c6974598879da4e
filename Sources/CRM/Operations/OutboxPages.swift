import Mail
import Storage
import Tenancy
import Views
import Web

/// The page of messages to people, for admins.
struct OutboxPages {
    let shells: Shells
    let cursors: Cursors
    let mailing: Mailing

    var routes: [Route] {
        [.page("/outbox", "Messages to people, and how they stand", handle: show)]
    }

    private func show(_ call: Call) async throws -> Reply {
        let filter = call.query["state"].flatMap(OutboxLine.State.init(rawValue:))
        let request = try ListRequest(
            Outbox.listing, "state", filter?.rawValue, cursor: call.query["cursor"])
        return .html(
            try await call.read { scope in
                let frame = try await shells.frame("Outbox", .outbox, for: call, in: scope)
                let (messages, next) = try await Outbox(scope).page(request, cursors)
                let state = filter.map { "state=\($0.rawValue)" }
                let shows = mailing.shows(to: scope.caller)
                let page = OutboxPage(
                    messages: messages.map { Self.line($0, frame.faces.time, isOpen: shows) },
                    filter: filter,
                    olderURL: next.map {
                        LeadFilters.url("/outbox", state, "cursor=\(Query.encoded($0))")
                    }, hasRelay: mailing.relay != nil)
                return call.wantsFragment ? outboxBody(page) : outboxPage(frame.shell, page)
            })
    }

    private static func line(
        _ message: OutboxMessage, _ time: LocalTime, isOpen: Bool
    ) -> OutboxLine {
        var line = OutboxLine(
            id: message.id.description, subject: message.subject, recipient: message.recipient,
            state: OutboxLine.State(rawValue: message.state.rawValue) ?? .queued,
            when: time.ago(message.changedAt))
        line.tries = message.tries
        line.error = message.error ?? ""
        line.canSend = message.state != .sent && message.isUseful(at: time.now)
        line.hasRunOut = message.state != .sent && !line.canSend
        if isOpen {
            line.text = message.text ?? ""
            line.link = line.canSend ? message.link : nil
        }
        return line
    }
}

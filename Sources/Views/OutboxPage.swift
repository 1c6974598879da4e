/// A message to a person, as a line.
package struct OutboxLine: Sendable {
    package enum State: String, Sendable, CaseIterable {
        case queued, sent, failed

        var label: String {
            switch self {
            case .queued: "Queued"
            case .sent: "Sent"
            case .failed: "Failed"
            }
        }

        fileprivate var weight: Weight {
            switch self {
            case .queued: .warn
            case .sent: .good
            case .failed: .bad
            }
        }

        fileprivate var icon: String {
            switch self {
            case .queued: "clock"
            case .sent: "check"
            case .failed: "triangle-alert"
            }
        }

        /// Before how long ago it was.
        fileprivate var verb: String {
            switch self {
            case .queued: "Queued"
            case .sent: "Sent"
            case .failed: "Given up"
            }
        }
    }

    package var id: String
    package var subject: String
    package var recipient: String
    package var state: State
    /// How long ago it came into this state, a phrase.
    package var when: String
    package var tries: Int
    package var error: String
    /// What it says, where the reader may know.
    package var text: String
    package var link: String?
    package var canSend: Bool
    /// Its link leads nowhere any more, so it is not sent.
    package var hasRunOut: Bool

    package init(id: String, subject: String, recipient: String, state: State, when: String) {
        (self.id, self.subject, self.recipient) = (id, subject, recipient)
        (self.state, self.when) = (state, when)
        (tries, error, text, link) = (0, "", "", nil)
        (canSend, hasRunOut) = (false, false)
    }
}

/// The page at `/outbox`.
package struct OutboxPage: Sendable {
    package var messages: [OutboxLine]
    /// `?state=`; nil is all.
    package var filter: OutboxLine.State?
    package var olderURL: String?
    /// Whether a relay is set that takes messages.
    package var hasRelay: Bool

    package init(
        messages: [OutboxLine], filter: OutboxLine.State?, olderURL: String?, hasRelay: Bool
    ) {
        (self.messages, self.filter) = (messages, filter)
        (self.olderURL, self.hasRelay) = (olderURL, hasRelay)
    }
}

package func outboxPage(_ frame: ShellPage, _ page: OutboxPage) -> HTML {
    shell(frame, body: outboxBody(page), assets: ["js/forms.js"])
}

/// The page without its frame; also the answer to a request for a fragment.
package func outboxBody(_ page: OutboxPage) -> HTML {
    let hint = notice(
        .info,
        """
        No mail server is set, so nothing leaves. Give people their links yourself, or set \
        IPERFORM_SMTP and send what waits.
        """)
    return """
        <div class="leaf" data-region="outbox">\(when: !page.hasRelay, hint)\
        <section class="panel flush" aria-labelledby="outbox-title"><header>\
        <h2 id="outbox-title">Messages to people</h2></header>\(stateTabs(page))\(list(page))\
        </section></div>
        """
}

private func stateTabs(_ page: OutboxPage) -> HTML {
    let all = MenuLink("All", url: "/outbox", isCurrent: page.filter == nil)
    let rest = OutboxLine.State.allCases.map { state in
        MenuLink(
            state.label, url: "/outbox?state=\(state.rawValue)", isCurrent: state == page.filter)
    }
    return tabs(([all] + rest).map { ($0, count: nil) }, label: "Messages by state")
}

private func list(_ page: OutboxPage) -> HTML {
    guard !page.messages.isEmpty else {
        return emptyState(
            "No messages here", "Invitations and links to new passwords are listed here.",
            icon: "mail")
    }
    return """
        <ul class="entries">\(page.messages.map { entry($0, page) })</ul>\
        \(page.olderURL.map(olderLink))
        """
}

private func entry(_ message: OutboxLine, _ page: OutboxPage) -> HTML {
    let tries: HTML? =
        message.tries < 2 ? nil : " · tried \(message.tries) times"
    let runOut: HTML? = message.hasRunOut ? " · its link has run out" : nil
    return """
        <li class="entry" id="message-\(message.id)">\
        <span class="entry-mark">\(icon(message.state.icon))</span>\
        <div class="entry-main"><p class="entry-line"><b>\(message.subject)</b>\
        \(tag(message.state.label, message.state.weight))</p>\
        <p class="entry-note">To \(message.recipient) · \(message.state.verb) \(message.when)\
        \(tries)\(runOut)</p>\
        \(when: !message.error.isEmpty, "<p class=\"entry-why\">\(message.error)</p>")\
        \(message.link.map { copyable($0, label: "Link for \(message.recipient)") })\
        \(when: !message.text.isEmpty, content(message))</div>\
        \(when: message.canSend && page.hasRelay, sendButton(message))</li>
        """
}

private func content(_ message: OutboxLine) -> HTML {
    """
    <details class="raw"><summary>What it says</summary><pre tabindex="0">\(message.text)</pre>\
    </details>
    """
}

private func sendButton(_ message: OutboxLine) -> HTML {
    let write = Write("POST /outbox/\(message.id)/retry", said: "It is sent again")
    return """
        <div class="entry-acts"><button class="btn" type="button" data-do \(write.attributes) \
        aria-label="Send again: \(message.subject), to \(message.recipient)">\
        \(icon("rotate-cw"))Send again</button></div>
        """
}

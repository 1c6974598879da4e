/// What became of something that arrived from outside.
package enum InboxOutcome: String, Sendable, CaseIterable {
    case created, merged, quarantined, refused, waiting
}

/// The promise that nothing is lost, as numbers: everything received has exactly one outcome.
package struct InboxLedger: Sendable, Equatable {
    package var received: Int
    package var created: Int
    package var merged: Int
    package var quarantined: Int
    package var refused: Int
    package var waiting: Int

    package init(
        received: Int, created: Int, merged: Int, quarantined: Int, refused: Int, waiting: Int
    ) {
        (self.received, self.created, self.merged) = (received, created, merged)
        (self.quarantined, self.refused, self.waiting) = (quarantined, refused, waiting)
    }

    package subscript(outcome: InboxOutcome) -> Int {
        switch outcome {
        case .created: created
        case .merged: merged
        case .quarantined: quarantined
        case .refused: refused
        case .waiting: waiting
        }
    }

    /// Received less all outcomes; anything but 0 is a fault somebody must look at.
    package var difference: Int { received - (created + merged + quarantined + refused + waiting) }
}

/// One source's line of the ledger.
package struct InboxSource: Sendable {
    package var name: String
    /// A name of the icon sprite.
    package var icon: String
    package var ledger: InboxLedger
    /// When something last came, as people say it.
    package var last: String

    package init(name: String, icon: String, ledger: InboxLedger, last: String) {
        (self.name, self.icon, self.ledger, self.last) = (name, icon, ledger, last)
    }
}

/// One thing that arrived.
package struct InboxEntry: Sendable {
    package var id: String
    package var when: String
    package var source: String
    package var icon: String
    /// What arrived, in short: who and what.
    package var summary: String
    package var outcome: InboxOutcome
    /// Why it was merged, quarantined or refused; a sentence.
    package var reason: String
    package var leadURL: String?
    package var leadName: String?
    /// The raw payload as received, shortened by the server when it is long.
    package var payload: String
    package var canRelease: Bool
    package var canReplay: Bool
    package var canDelete: Bool

    package init(
        id: String, when: String, source: String, icon: String, summary: String,
        outcome: InboxOutcome
    ) {
        (self.id, self.when, self.source, self.icon) = (id, when, source, icon)
        (self.summary, self.outcome, self.reason) = (summary, outcome, "")
        (leadURL, leadName, payload) = (nil, nil, "")
        (canRelease, canReplay, canDelete) = (false, false, false)
    }
}

/// The page at `/inbox`.
package struct InboxPage: Sendable {
    package var ledger: InboxLedger
    package var sources: [InboxSource]
    package var entries: [InboxEntry]
    /// The outcome the entries are filtered by (`?outcome=`); nil is all.
    package var filter: InboxOutcome?
    /// What keeps leads from being read, and where that is put right.
    package var warning: (text: String, url: String)?
    /// Older entries, `?outcome=…&cursor=…`.
    package var olderURL: String?

    package init(
        ledger: InboxLedger, sources: [InboxSource], entries: [InboxEntry],
        filter: InboxOutcome? = nil, olderURL: String? = nil
    ) {
        (self.ledger, self.sources, self.entries) = (ledger, sources, entries)
        (self.filter, self.olderURL) = (filter, olderURL)
    }
}

/// The page at `/duplicates`: pairs of leads that may be one, and one of them side by side.
package struct DuplicatesPage: Sendable {
    package var pairs: [DuplicateLine]
    /// Nil when there is none to look at.
    package var current: DuplicateComparison?
    /// As "12 pairs to look at".
    package var summary: String
    /// The next pairs, `?cursor=…`.
    package var moreURL: String?
    /// Whether those are shown that were said to be two.
    package var isDismissed: Bool

    package init(
        pairs: [DuplicateLine], current: DuplicateComparison?, summary: String,
        moreURL: String? = nil, isDismissed: Bool = false
    ) {
        (self.pairs, self.current, self.summary) = (pairs, current, summary)
        (self.moreURL, self.isDismissed) = (moreURL, isDismissed)
    }
}

/// One pair of the queue.
package struct DuplicateLine: Sendable {
    package var id: String
    package var url: String
    package var first: String
    package var second: String
    /// How likely it is.
    package var percent: Int
    package var isLikely: Bool
    package var isCurrent: Bool

    package init(
        id: String, url: String, first: String, second: String, percent: Int, isLikely: Bool,
        isCurrent: Bool = false
    ) {
        (self.id, self.url, self.first, self.second) = (id, url, first, second)
        (self.percent, self.isLikely, self.isCurrent) = (percent, isLikely, isCurrent)
    }
}

/// Two leads side by side.
package struct DuplicateComparison: Sendable {
    package var id: String
    package var percent: Int
    package var isLikely: Bool
    package var evidence: [DuplicateEvidence]
    package var first: DuplicateSide
    package var second: DuplicateSide
    package var fields: [DuplicateField]
    /// Whether the first is the one that stays, unless somebody says otherwise.
    package var staysFirst: Bool
    /// Why they cannot be merged; nil when they can.
    package var obstacle: String?

    package init(
        id: String, percent: Int, isLikely: Bool, evidence: [DuplicateEvidence],
        first: DuplicateSide, second: DuplicateSide, fields: [DuplicateField], staysFirst: Bool,
        obstacle: String? = nil
    ) {
        (self.id, self.percent, self.isLikely) = (id, percent, isLikely)
        (self.evidence, self.first, self.second) = (evidence, first, second)
        (self.fields, self.staysFirst, self.obstacle) = (fields, staysFirst, obstacle)
    }
}

/// What speaks for it that two leads are one, or against it.
package struct DuplicateEvidence: Sendable {
    package var words: String
    package var isFor: Bool

    package init(_ words: String, isFor: Bool) {
        (self.words, self.isFor) = (words, isFor)
    }
}

/// One of the two leads.
package struct DuplicateSide: Sendable {
    package var id: String
    package var title: String
    package var url: String
    package var hue: Int
    package var stage: StageName
    /// As "Sam · created 3 Nov · 4 touches".
    package var note: String

    package init(
        id: String, title: String, url: String, hue: Int, stage: StageName, note: String
    ) {
        (self.id, self.title, self.url) = (id, title, url)
        (self.hue, self.stage, self.note) = (hue, stage, note)
    }
}

/// What both say in one field.
package struct DuplicateField: Sendable {
    /// The API's name; `custom.<key>` for a custom field.
    package var name: String
    package var label: String
    package var first: String
    package var second: String

    package init(_ name: String, _ label: String, _ first: String, _ second: String) {
        (self.name, self.label, self.first, self.second) = (name, label, first, second)
    }

    /// Whether there is something to choose.
    var differs: Bool { first != second && !first.isEmpty && !second.isEmpty }
}

/// One line of the audit log.
package struct AuditLine: Sendable {
    package var number: Int
    package var icon: String
    /// As "Sign in failed".
    package var what: String
    package var who: String
    package var when: String
    /// RFC 3339.
    package var moment: String
    /// Whom or what it was done to; empty when that is clear.
    package var subject: String
    package var subjectURL: String?
    package var remote: String
    /// Somebody was turned away.
    package var isWarning: Bool
    package var detail: [String]
    package var hash: String

    package init(number: Int, icon: String, what: String, who: String, when: String) {
        self.icon = icon
        (self.number, self.what, self.who, self.when) = (number, what, who, when)
        (moment, subject, subjectURL, remote) = ("", "", nil, "")
        (isWarning, detail, hash) = (false, [], "")
    }
}

/// What the log is searched for.
package struct AuditSearch: Sendable {
    package var words: String
    /// Days, as `2026-11-22`; empty for none.
    package var from: String
    package var to: String
    package var actions: [Choice]
    /// Empty for who reads the own entries alone.
    package var people: [Choice]
    /// Whether the viewer reads the whole company's.
    package var isAll: Bool

    package init(
        words: String, from: String, to: String, actions: [Choice], people: [Choice], isAll: Bool
    ) {
        (self.words, self.from, self.to) = (words, from, to)
        (self.actions, self.people, self.isAll) = (actions, people, isAll)
    }

    var isEmpty: Bool {
        words.isEmpty && from.isEmpty && to.isEmpty
            && !(actions + people).contains { $0.isSelected }
    }
}

/// The page at `/audit`.
package struct AuditPage: Sendable {
    package var entries: [AuditLine]
    package var search: AuditSearch
    package var olderURL: String?
    /// Files to take away; empty for who may not.
    package var exports: [MenuLink]
    /// Nil for who may not change it.
    package var retention: Retention?
    /// Whether the viewer may see who got in by break-glass.
    package var showsBreakGlass: Bool

    package struct Retention: Sendable {
        /// Nil keeps everything.
        package var days: Int?

        package init(days: Int?) {
            self.days = days
        }
    }

    package init(entries: [AuditLine], search: AuditSearch) {
        (self.entries, self.search) = (entries, search)
        (olderURL, exports, retention) = (nil, [], nil)
        showsBreakGlass = false
    }
}
